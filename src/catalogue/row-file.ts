/**
 * A row file: rows by number in blocks of columns, in a checked file. A look-up reads the place of a block, then the block,
 * and unpacks the columns that are asked for. Layout: docs/formats/catalogue-files.md.
 */
import type { Disk } from '../base/disk.ts';
import { joinBytes } from '../base/join-bytes.ts';
import { BlockError } from './block-bytes.ts';
import {
  type CheckedFile,
  type CheckedWriter,
  continueChecked,
  damagedFile,
  openChecked,
  startChecked,
} from './checked-file.ts';
import type { PageCache } from './page-cache.ts';
import {
  BLOCK_ROWS,
  encodeRowBlock,
  type Kinds,
  openRowBlock,
  ROW_TABLES,
  type RowBlock,
  type RowTable,
} from './row-block.ts';
import { type Room, startRoom } from './used-again.ts';

const KIND = 'rowcols';
const VERSION = 2;
/** In which albums had no language. */
const FIRST_VERSION = 1;
const PLACE_BYTES = 8;
const FOOTER_BYTES = 24;
/** Blocks that are kept: some 12 KB each, and twice as much again when texts are unpacked. */
const KEPT_BLOCKS = 32;
const TABLES = Object.keys(ROW_TABLES) as RowTable[];

/** A row file being written. Memory: one block, and 8 bytes for each 256 rows. */
export interface RowFileWriter {
  readonly rows: number;
  /** Adds the next row: its values in the order of the columns of the table. */
  add(row: readonly unknown[]): void;
  /** Adds the next rows as they were encoded elsewhere, behind full blocks alone. */
  append(blocks: RowBlocks): void;
  /** Makes what was appended durable under the temporary name: the bytes of the blocks, one behind the other. */
  sync(): void;
  finish(final: string): void;
  abort(): void;
}

/** Blocks of rows one behind the other, all but the last of them full. */
export interface RowBlocks {
  readonly rows: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each block. */
  readonly sizes: Uint32Array<ArrayBuffer>;
}

/** Blocks being made. */
export interface RowBlocksMaker {
  /** Adds the next row: its values in the order of the columns of the table. */
  add(row: readonly unknown[]): void;
  /** The blocks of the rows that came since the last. */
  take(): RowBlocks;
}

/** No rows of `table`; pure, so that any thread may make blocks. */
export function startRowBlocks(table: RowTable): RowBlocksMaker {
  let blocks: Uint8Array[] = [];
  let rows = 0;
  let waiting: (readonly unknown[])[] = [];
  const flush = () => {
    if (waiting.length > 0) blocks.push(encodeRowBlock(table, waiting));
    waiting = [];
  };
  return {
    add(row) {
      waiting.push(row);
      rows += 1;
      if (waiting.length === BLOCK_ROWS) flush();
    },
    take() {
      flush();
      const sizes = Uint32Array.from(blocks, ({ length }) => length);
      const taken = { rows, bytes: joinBytes(blocks), sizes };
      [blocks, rows] = [[], 0];
      return taken;
    },
  };
}

/** A row file that is open. Throws `SEARCH_INDEX_DAMAGED` where a block is not as it was written. */
export interface RowFile extends Disposable {
  readonly rows: number;
  /** The value of row `number` in the column of this number. */
  value(column: number, number: number): unknown;
}

/** Starts a row file of `table` at `temporary`. */
export function startRowFile(disk: Disk, temporary: string, table: RowTable): RowFileWriter {
  return rowsOver(startChecked(disk, temporary, KIND), table, { rows: 0, places: [] });
}

/** Goes on with a row file of `table` at `temporary` behind its first `rows`, in blocks of these `sizes`, which `sync` made durable. */
export function continueRowFile(
  disk: Disk,
  temporary: string,
  table: RowTable,
  { rows, sizes }: { readonly rows: number; readonly sizes: Iterable<number> },
): RowFileWriter {
  const places: number[] = [];
  const bodyBytes = addPlaces(places, 0, sizes);
  return rowsOver(continueChecked(disk, temporary, KIND, bodyBytes), table, { rows, places });
}

/** Adds where blocks of these `sizes` begin, the first at `from`; returns where the last ends. */
function addPlaces(places: number[], from: number, sizes: Iterable<number>): number {
  let place = from;
  for (const size of sizes) {
    places.push(place);
    place += size;
  }
  return place;
}

interface Begun {
  readonly rows: number;
  readonly places: number[];
}

function rowsOver(
  file: CheckedWriter,
  table: RowTable,
  { rows: before, places }: Begun,
): RowFileWriter {
  const own = startRowBlocks(table);
  let ownRows = 0;
  let rows = before;
  const append = ({ rows: count, bytes, sizes }: RowBlocks) => {
    addPlaces(places, file.position, sizes);
    file.write(bytes);
    rows += count;
  };
  const flush = () => {
    append(own.take());
    ownRows = 0;
  };
  return {
    get rows() {
      return rows + ownRows;
    },
    add(row) {
      own.add(row);
      ownRows += 1;
      if (ownRows === BLOCK_ROWS) flush();
    },
    append,
    sync: () => file.sync(),
    finish(final) {
      flush();
      const placesAt = file.position;
      const room = Buffer.alloc(PLACE_BYTES);
      for (const place of places) {
        room.writeBigUInt64LE(BigInt(place));
        file.write(room);
      }
      const footer = Buffer.alloc(FOOTER_BYTES);
      footer.writeBigUInt64LE(BigInt(placesAt), 0);
      footer.writeBigUInt64LE(BigInt(rows), 8);
      footer.writeUInt32LE(TABLES.indexOf(table), 16);
      footer.writeUInt32LE(VERSION, 20);
      file.write(footer);
      file.finish(final);
    },
    abort: () => file.abort(),
  };
}

/** A block that is kept, in memory that the next one takes over. Not in a `Map`, whose outgrown tables keep what was in them. */
interface KeptBlock {
  /** -1 when there is none. */
  number: number;
  block: RowBlock | undefined;
  /** When it was asked for last, by count. */
  askedAt: number;
  readonly room: Room;
  readonly textRoom: Room;
}

/** The row file of `table` at `path`. `SEARCH_INDEX_DAMAGED`, `FILE_MISSING`. */
export function openRowFile(
  disk: Disk,
  path: string,
  { table, cache }: { table: RowTable; cache: PageCache },
): RowFile {
  using opened = new DisposableStack();
  const file = opened.use(openChecked(disk, path, { kind: KIND, cache }));
  const { placesAt, rows, kinds } = readFooter(file, path, table);
  const resources = opened.move();
  const kept: KeptBlock[] = [];
  let asked = 0;
  let last = -1;
  let lastBlock: RowBlock | undefined;
  const placeOf = (block: number): number => {
    if (block * BLOCK_ROWS >= rows) return placesAt;
    return Number(file.read(placesAt + block * PLACE_BYTES, PLACE_BYTES).readBigUInt64LE());
  };
  const readBlock = (number: number, { room, textRoom }: KeptBlock): RowBlock => {
    const from = placeOf(number);
    const to = placeOf(number + 1);
    if (!(to > from && to <= placesAt)) throw new BlockError('a place that is none');
    const block = openRowBlock(kinds, file.readApart(from, to - from, room), textRoom);
    if (block.rows !== Math.min(BLOCK_ROWS, rows - number * BLOCK_ROWS))
      throw new BlockError(`${block.rows} rows`);
    return block;
  };
  /** A new one, or the one that was asked for least recently. */
  const takeOver = (): KeptBlock => {
    if (kept.length === KEPT_BLOCKS) return kept.reduce((a, b) => (b.askedAt < a.askedAt ? b : a));
    const rooms = { room: startRoom(), textRoom: startRoom() };
    kept.push({ number: -1, block: undefined, askedAt: 0, ...rooms });
    return kept.at(-1)!;
  };
  const blockOf = (number: number): RowBlock => {
    let found = kept.find((each) => each.number === number);
    if (!found?.block) {
      found = takeOver();
      found.number = -1;
      found.block = readBlock(number, found);
      found.number = number;
    }
    asked += 1;
    found.askedAt = asked;
    return found.block;
  };
  return {
    rows,
    value(column, number) {
      if (!(number >= 0 && number < rows)) throw damagedFile(path, `no row ${number}`);
      const wanted = Math.floor(number / BLOCK_ROWS);
      try {
        if (wanted !== last || !lastBlock) {
          // Should this fail, the rooms of the last block may be gone.
          last = -1;
          lastBlock = blockOf(wanted);
          last = wanted;
        }
        return lastBlock.value(column, number - wanted * BLOCK_ROWS);
      } catch (error) {
        if (error instanceof BlockError)
          throw damagedFile(path, `block ${wanted}: ${error.message}`);
        throw error;
      }
    },
    [Symbol.dispose]: () => resources.dispose(),
  };
}

function readFooter(file: CheckedFile, path: string, table: RowTable) {
  const footer = file.read(file.sizeBytes - FOOTER_BYTES, FOOTER_BYTES);
  const placesAt = Number(footer.readBigUInt64LE(0));
  const rows = Number(footer.readBigUInt64LE(8));
  const version = footer.readUInt32LE(20);
  if (version !== VERSION && version !== FIRST_VERSION)
    throw damagedFile(path, `rows of version ${version}`);
  if (TABLES[footer.readUInt32LE(16)] !== table) throw damagedFile(path, 'rows of another table');
  const places = Math.ceil(rows / BLOCK_ROWS) * PLACE_BYTES;
  if (placesAt + places + FOOTER_BYTES !== file.sizeBytes)
    throw damagedFile(path, 'another size than its rows take');
  const kinds: Kinds = ROW_TABLES[table];
  const hasAll = version === VERSION || table !== 'albums';
  return { placesAt, rows, kinds: hasAll ? kinds : kinds.slice(0, -1) };
}
