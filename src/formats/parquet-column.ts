/**
 * One column of a Parquet file being written: values in, compressed pages out. PLAIN encoding, levels as run-length
 * hybrid, zstd; every column is optional. Spec: parquet-format, Encodings.md and README.md (nested encoding).
 */
import zlib from 'node:zlib';
import { createLevels, packBits } from './parquet-levels.ts';
import { createPlainValues, type ParquetKind } from './parquet-values.ts';
import { i32, struct, type ThriftField, thriftStruct } from './thrift-compact.ts';

/** A column being filled. */
export interface ParquetColumn {
  /** Adds one row's value; null is an absent one. */
  add(value: unknown): void;
  /** Adds finished pages of another column of the same kind. */
  append(taken: ColumnPages): void;
  /** The finished pages of the rows since the last call. Numbers count values (with absent ones) and bytes. */
  take(): ColumnPages;
}

/** A column that takes texts as the bytes of their UTF-8 as well. */
export interface BytesColumn extends ParquetColumn {
  /** Adds the text that is `head` and the bytes of `source` in `from` to `to`. */
  addBytes(head: Uint8Array, source: Uint8Array, from: number, to: number): void;
  /** Adds a list of such texts: `spans` has begin and end of each, two by two from `first` to `last`. */
  addBytesList(
    head: Uint8Array,
    source: Uint8Array,
    spans: Int32Array,
    first: number,
    last: number,
  ): void;
}

/** The pages of one column in one row group. */
export interface ColumnPages extends ColumnSizes {
  readonly pages: readonly Uint8Array[];
}

/** What the footer of a file says of such pages. */
export interface ColumnSizes {
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

/** An empty column of `kind`. Memory: two pages' worth, and the compressed pages of one row group. */
export function createParquetColumn(kind: ParquetKind): BytesColumn {
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
    addBytes(head, source, from, to) {
      page.addBytes(head, source, from, to);
      if (page.sizeBytes() >= PAGE_BYTES) flush();
    },
    addBytesList(head, source, spans, first, last) {
      page.addBytesList(head, source, spans, first, last);
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

interface Page extends Pick<BytesColumn, 'add' | 'addBytes' | 'addBytesList'> {
  levelCount(): number;
  sizeBytes(): number;
  /** Empties the page. */
  finish(): FinishedPage;
}

function createPage(kind: ParquetKind): Page {
  const plain = createPlainValues(kind);
  const definitions = createLevels(kind === 'texts' ? 2 : 1);
  const repetitions = kind === 'texts' ? createLevels(1) : undefined;
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
      plain.put(items[index]);
    }
  };
  const addOne = (value: unknown) => {
    if (value === null) definitions.add(0);
    else {
      definitions.add(1);
      plain.put(value);
    }
  };
  return {
    add: kind === 'texts' ? addList : addOne,
    addBytes(head, source, from, to) {
      definitions.add(1);
      plain.putBytes(head, source, from, to);
    },
    addBytesList(head, source, spans, first, last) {
      for (let at = first; at < last; at += 2) {
        repetitions!.add(at === first ? 0 : 1);
        definitions.add(2);
        plain.putBytes(head, source, spans[at]!, spans[at + 1]!);
      }
    },
    levelCount: () => definitions.count(),
    sizeBytes: () => plain.sizeBytes() + definitions.count(),
    finish() {
      const count = definitions.count();
      const values = kind === 'flag' ? packBits(plain.take()) : plain.take();
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

function sumOf(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, { length }) => sum + length, 0);
}
