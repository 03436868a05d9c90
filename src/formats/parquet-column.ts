/**
 * One column of a Parquet file being written: values in, compressed pages out. PLAIN encoding, levels as run-length
 * hybrid, zstd; every column is optional. Spec: parquet-format, Encodings.md and README.md (nested encoding).
 */
import zlib from 'node:zlib';
import { i32, struct, type ThriftField, thriftStruct } from './thrift-compact.ts';

/** The kinds of columns: text, whole numbers within 2^53, numbers, truth values, lists of text. */
export type ParquetKind = 'text' | 'whole' | 'number' | 'flag' | 'texts';

/** A column being filled. */
export interface ParquetColumn {
  /** Adds one row's value; null is an absent one. */
  add(value: unknown): void;
  /** Adds finished pages of another column of the same kind. */
  append(taken: ColumnPages): void;
  /** The finished pages of the rows since the last call. Numbers count values (with absent ones) and bytes. */
  take(): ColumnPages;
}

/** The pages of one column in one row group. */
export interface ColumnPages {
  readonly pages: readonly Uint8Array[];
  readonly values: number;
  readonly plainBytes: number;
  readonly bytes: number;
  /** Of the dictionary that the pages begin with, where there is one. */
  readonly dictionaryBytes?: number;
}

/** Plain bytes of values in a page, about: what a reader has to unpack to see one. */
const PAGE_BYTES = 512 * 1024;
const DATA_PAGE = 0;
const PLAIN = 0;
const RLE = 3;
/** Of levels 1, 2, 4: fast and, on catalogue rows, within a tenth of what level 3 makes of them. */
const ZSTD_LEVEL = 1;
const LENGTH_BYTES = 4;
const WHOLE_BYTES = 8;
/** No character takes more bytes in UTF-8 than this for each of its UTF-16 units. */
const MOST_BYTES_A_UNIT = 3;
const HIGH = 2 ** 32;
const SHORT_UNITS = 40;

/** An empty column of `kind`. Memory: two pages' worth, and the compressed pages of one row group. */
export function createParquetColumn(kind: ParquetKind): ParquetColumn {
  const page = createPage(kind);
  let pages: Uint8Array[] = [];
  let values = 0;
  let plainBytes = 0;
  const flush = () => {
    if (page.levelCount() === 0) return;
    values += page.levelCount();
    const finished = page.finish();
    pages.push(...finished.parts);
    plainBytes += finished.plainBytes;
  };
  return {
    add(value) {
      page.add(value);
      if (page.sizeBytes() >= PAGE_BYTES) flush();
    },
    append(taken) {
      flush();
      pages.push(...taken.pages);
      values += taken.values;
      plainBytes += taken.plainBytes;
    },
    take() {
      flush();
      const taken = { pages, values, plainBytes, bytes: sumOf(pages) };
      pages = [];
      values = 0;
      plainBytes = 0;
      return taken;
    },
  };
}

interface Page {
  add(value: unknown): void;
  levelCount(): number;
  sizeBytes(): number;
  /** Empties the page. */
  finish(): FinishedPage;
}

function createPage(kind: ParquetKind): Page {
  const bytes = createRoom();
  const definitions = createLevels(kind === 'texts' ? 2 : 1);
  const repetitions = kind === 'texts' ? createLevels(1) : undefined;
  const put = putterOf(kind, bytes);
  const addList = (value: unknown) => {
    const items = value as readonly string[] | null;
    if (items === null || items.length === 0) {
      repetitions!.add(0);
      definitions.add(items === null ? 0 : 1);
      return;
    }
    for (let index = 0; index < items.length; index++) {
      repetitions!.add(index === 0 ? 0 : 1);
      definitions.add(2);
      put(items[index]);
    }
  };
  const addOne = (value: unknown) => {
    if (value === null) definitions.add(0);
    else {
      definitions.add(1);
      put(value);
    }
  };
  return {
    add: kind === 'texts' ? addList : addOne,
    levelCount: () => definitions.count(),
    sizeBytes: () => bytes.size() + definitions.count(),
    finish() {
      const count = definitions.count();
      const values = kind === 'flag' ? packBits(bytes.take()) : bytes.take();
      const parts = [...(repetitions?.take() ?? []), ...definitions.take(), values];
      return dataPage(count, PLAIN, parts);
    },
  };
}

/** A finished page: its header and its compressed body. */
interface FinishedPage {
  readonly parts: readonly [header: Uint8Array, body: Uint8Array];
  /** Of the header, and of the body before it was compressed. */
  readonly plainBytes: number;
}

/** A page of `values` (absent ones counted) in `encoding`, version 1. */
export function dataPage(
  values: number,
  encoding: number,
  body: readonly Uint8Array[],
): FinishedPage {
  return pageOf(Buffer.concat(body), [
    [1, i32(DATA_PAGE)],
    [5, struct([1, i32(values)], [2, i32(encoding)], [3, i32(RLE)], [4, i32(RLE)])],
  ]);
}

/** A page of `plain`, with the fields of its header but for the sizes. */
export function pageOf(plain: Uint8Array, [type, rest]: readonly ThriftField[]): FinishedPage {
  const body = zlib.zstdCompressSync(plain, {
    params: { [zlib.constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
  });
  const header = thriftStruct([type!, [2, i32(plain.length)], [3, i32(body.length)], rest!]);
  return { parts: [header, body], plainBytes: header.length + plain.length };
}

/** Values one after the other as PLAIN has them. */
interface PlainValues {
  put(value: unknown): void;
  take(): Uint8Array;
}

/** No values of `kind`, which is no list. */
export function createPlainValues(kind: ParquetKind): PlainValues {
  const room = createRoom();
  return { put: putterOf(kind, room), take: () => room.take() };
}

interface Room {
  /** The buffer with room for `bytes` more, to be written at `at()`. */
  reserve(bytes: number): Buffer;
  at(): number;
  advance(bytes: number): void;
  size(): number;
  take(): Buffer;
}

function createRoom(): Room {
  let buffer = Buffer.allocUnsafe(PAGE_BYTES * 2);
  let length = 0;
  return {
    reserve(bytes) {
      if (length + bytes > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      return buffer;
    },
    at: () => length,
    advance(bytes) {
      length += bytes;
    },
    size: () => length,
    take() {
      const taken = buffer.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}

function putterOf(kind: ParquetKind, room: Room): (value: unknown) => void {
  if (kind === 'text' || kind === 'texts')
    return (value) => {
      const words = value as string;
      const buffer = room.reserve(LENGTH_BYTES + words.length * MOST_BYTES_A_UNIT);
      const at = room.at();
      const written = putText(buffer, words, at + LENGTH_BYTES);
      putWord(buffer, written, at);
      room.advance(LENGTH_BYTES + written);
    };
  if (kind === 'whole')
    return (value) => {
      const number = value as number;
      const buffer = room.reserve(WHOLE_BYTES);
      putWord(buffer, number >>> 0, room.at());
      putWord(buffer, Math.floor(number / HIGH), room.at() + LENGTH_BYTES);
      room.advance(WHOLE_BYTES);
    };
  if (kind === 'number')
    return (value) => {
      room.reserve(WHOLE_BYTES).writeDoubleLE(value as number, room.at());
      room.advance(WHOLE_BYTES);
    };
  return (value) => {
    room.reserve(1)[room.at()] = value === true ? 1 : 0;
    room.advance(1);
  };
}

/** Writes `words` as UTF-8 and returns its length. Short ASCII is written here, which spares a call out of JavaScript. */
function putText(buffer: Buffer, words: string, at: number): number {
  const { length } = words;
  if (length > SHORT_UNITS) return buffer.write(words, at, 'utf8');
  for (let index = 0; index < length; index++) {
    const unit = words.charCodeAt(index);
    if (unit >= 0x80) return buffer.write(words, at, 'utf8');
    buffer[at + index] = unit;
  }
  return length;
}

/** Writes 32 bits, the lowest first. */
function putWord(buffer: Buffer, word: number, at: number): void {
  buffer[at] = word;
  buffer[at + 1] = word >>> 8;
  buffer[at + 2] = word >>> 16;
  buffer[at + 3] = word >>> 24;
}

/** Levels of a page being gathered. */
interface Levels {
  add(level: number): void;
  count(): number;
  /** Their length in four bytes and their encoding; empties them. */
  take(): Uint8Array[];
}

/** Levels of `width` bits, packed eight at a time; one run when all are alike, which is the common case. */
export function createLevels(width: 1 | 2): Levels {
  let levels = new Uint8Array(1 << 16);
  let count = 0;
  /** While all are alike, the first stands for them and none is stored. */
  let areAlike = true;
  let first = 0;
  return {
    add(level) {
      if (areAlike) {
        if (count === 0) first = level;
        if (level === first) {
          count += 1;
          return;
        }
        areAlike = false;
        while (levels.length <= count) levels = new Uint8Array(levels.length * 2);
        levels.fill(first, 0, count);
      } else if (count === levels.length) {
        const larger = new Uint8Array(levels.length * 2);
        larger.set(levels);
        levels = larger;
      }
      levels[count++] = level;
    },
    count: () => count,
    take() {
      const encoded = areAlike
        ? Buffer.from([...varint(count * 2), first])
        : Buffer.concat([varint(Math.ceil(count / 8) * 2 + 1), packLevels(levels, count, width)]);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(encoded.length);
      count = 0;
      areAlike = true;
      return [length, encoded];
    },
  };
}

function packLevels(levels: Uint8Array, count: number, width: 1 | 2): Uint8Array {
  const packed = new Uint8Array(Math.ceil(count / 8) * width);
  for (let index = 0; index < count; index++)
    packed[(index * width) >> 3]! |= levels[index]! << ((index * width) & 7);
  return packed;
}

function packBits(flags: Uint8Array): Uint8Array {
  return packLevels(flags, flags.length, 1).subarray(0, Math.ceil(flags.length / 8));
}

/** `value` in seven bits a byte, the lowest first. */
export function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest & 0x7f) | 0x80);
  out.push(rest);
  return Buffer.from(out);
}

function sumOf(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, { length }) => sum + length, 0);
}
