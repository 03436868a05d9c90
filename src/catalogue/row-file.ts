/**
 * A row file: lines of JSON by number, 64 to a block of zstd, in a checked file. One look-up reads the block's place, then
 * the block. Layout: docs/formats/catalogue-files.md.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Disk } from '../base/disk.ts';
import { damagedFile, openChecked, startChecked } from './checked-file.ts';
import type { PageCache } from './page-cache.ts';

/** Rows of a block: of 16 to 256 tried, the size at which larger ones save little and cost a look-up more. */
export const BLOCK_ROWS = 64;
const KIND = 'rows';
const PLACE_BYTES = 8;
const FOOTER_BYTES = 16;
/** Level 1 is as small as level 3 on such rows and a third faster. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** A row is at most 1 MiB of text when it is written; a block that unpacks to more is not ours. */
const MAX_BLOCK_BYTES = 64 * 2 ** 20;

/** A row file being written. Memory: one block, and 8 bytes for each 64 rows. */
export interface RowFileWriter {
  readonly rows: number;
  /** Adds the next row: JSON without a line break. */
  add(line: string): void;
  finish(final: string): void;
  abort(): void;
}

/** A row file that is open. */
export interface RowFile extends Disposable {
  readonly rows: number;
  /** The lines at `numbers`, undefined beyond the end; a block is unpacked once for all that lie in it side by side. */
  lines(numbers: readonly number[]): (string | undefined)[];
  /** All lines from `first` on, in order. */
  from(first: number): Generator<string>;
}

/** Starts a row file at `temporary`. */
export function startRowFile(disk: Disk, temporary: string): RowFileWriter {
  const file = startChecked(disk, temporary, KIND);
  let places = new Float64Array(1024);
  let blocks = 0;
  let rows = 0;
  let waiting: string[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    if (blocks === places.length) {
      const larger = new Float64Array(places.length * 2);
      larger.set(places);
      places = larger;
    }
    places[blocks] = file.position;
    blocks += 1;
    file.write(zstdCompressSync(waiting.join('\n'), LEVEL));
    waiting = [];
  };
  return {
    get rows() {
      return rows;
    },
    add(line) {
      waiting.push(line);
      rows += 1;
      if (waiting.length === BLOCK_ROWS) flush();
    },
    finish(final) {
      flush();
      const placesAt = file.position;
      const table = Buffer.alloc(PLACE_BYTES);
      for (let block = 0; block < blocks; block++) {
        table.writeBigUInt64LE(BigInt(places[block]!));
        file.write(table);
      }
      const footer = Buffer.alloc(FOOTER_BYTES);
      footer.writeBigUInt64LE(BigInt(placesAt), 0);
      footer.writeBigUInt64LE(BigInt(rows), 8);
      file.write(footer);
      file.finish(final);
    },
    abort: () => file.abort(),
  };
}

/** The row file at `path`. `SEARCH_INDEX_DAMAGED`, `FILE_MISSING`. */
export function openRowFile(disk: Disk, path: string, cache: PageCache): RowFile {
  const file = openChecked(disk, path, { kind: KIND, cache });
  const footer = file.read(file.sizeBytes - FOOTER_BYTES, FOOTER_BYTES);
  const placesAt = Number(footer.readBigUInt64LE(0));
  const rows = Number(footer.readBigUInt64LE(8));
  const placeOf = (block: number): number => {
    if (block * BLOCK_ROWS >= rows) return placesAt;
    return Number(file.read(placesAt + block * PLACE_BYTES, PLACE_BYTES).readBigUInt64LE());
  };
  const block = (number: number): string[] => {
    const from = placeOf(number);
    const packed = file.read(from, placeOf(number + 1) - from);
    const lines = unpack(packed, path, number);
    const wanted = Math.min(BLOCK_ROWS, rows - number * BLOCK_ROWS);
    if (lines.length !== wanted) throw damagedFile(path, `block ${number}: ${lines.length} rows`);
    return lines;
  };
  return {
    rows,
    lines(numbers) {
      let last = -1;
      let lines: string[] = [];
      return numbers.map((number) => {
        if (!(number >= 0 && number < rows)) return undefined;
        const wanted = Math.floor(number / BLOCK_ROWS);
        if (wanted !== last) lines = block(wanted);
        last = wanted;
        return lines[number - wanted * BLOCK_ROWS];
      });
    },
    *from(first) {
      for (let number = Math.floor(first / BLOCK_ROWS); number * BLOCK_ROWS < rows; number++) {
        const lines = block(number);
        yield* lines.slice(Math.max(0, first - number * BLOCK_ROWS));
      }
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

function unpack(packed: Uint8Array, path: string, number: number): string[] {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: MAX_BLOCK_BYTES })
      .toString('utf8')
      .split('\n');
  } catch {
    throw damagedFile(path, `block ${number} cannot be unpacked`);
  }
}
