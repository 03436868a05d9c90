/**
 * A column of a Parquet file with few different values: each is kept once a row group and its place in bits, as long as there
 * are at most 32,768; what comes after that is plain. Spec: parquet-format, Encodings.md, RLE_DICTIONARY.
 */
import {
  type ColumnPages,
  createLevels,
  createParquetColumn,
  createPlainValues,
  dataPage,
  type ParquetColumn,
  type ParquetKind,
  pageOf,
  varint,
} from './parquet-column.ts';
import { i32, struct } from './thrift-compact.ts';

const MOST_VALUES = 2 ** 15;
/** Values of a page. */
const PAGE_VALUES = 2 ** 16;
/** Up to this many places take a whole byte each, of which zstd makes less than of bits that lie across bytes. */
const BYTE_PLACES = 256;
const DICTIONARY_PAGE = 2;
const RLE_DICTIONARY = 8;
const PLAIN = 0;
/** Numbers with up to four decimals, from 0 to 1.6, are found by place and not by hash. */
const DECIMALS = 10_000;
const NEAR_VALUES = 2 ** 14;

/** An empty column of `kind`. Memory: 128 KiB, its different values, and the pages of one row group. */
export function createDictionaryColumn(kind: 'text' | 'whole' | 'number'): ParquetColumn {
  const plain = createParquetColumn(kind);
  const places = createPlaces();
  const levels = createLevels(1);
  const waiting = new Uint16Array(PAGE_VALUES);
  let count = 0;
  let isPlain = false;
  let pages: Uint8Array[] = [];
  let values = 0;
  let plainBytes = 0;
  const flush = () => {
    const rows = levels.count();
    if (rows === 0) return;
    const body = [...levels.take(), ...packedPlaces(waiting.subarray(0, count), places.size())];
    const page = dataPage(rows, RLE_DICTIONARY, body);
    pages.push(...page.parts);
    plainBytes += page.plainBytes;
    values += rows;
    count = 0;
  };
  return {
    add(value) {
      if (isPlain) return plain.add(value);
      if (value === null) levels.add(0);
      else {
        const place = places.of(value as string | number);
        if (place === MOST_VALUES) {
          flush();
          isPlain = true;
          return plain.add(value);
        }
        levels.add(1);
        waiting[count++] = place;
      }
      if (levels.count() === PAGE_VALUES) flush();
    },
    append() {
      throw new Error('a column with a dictionary takes no pages of another');
    },
    take(): ColumnPages {
      flush();
      const rest = plain.take();
      const first = pages.length > 0 ? dictionaryPage(kind, places.all()) : undefined;
      const all = [...(first?.parts ?? []), ...pages, ...rest.pages];
      const taken = {
        pages: all,
        values: values + rest.values,
        plainBytes: (first?.plainBytes ?? 0) + plainBytes + rest.plainBytes,
        bytes: all.reduce((sum, { length }) => sum + length, 0),
        dictionaryBytes: first?.parts.reduce((sum, { length }) => sum + length, 0) ?? 0,
      };
      places.clear();
      pages = [];
      values = 0;
      plainBytes = 0;
      isPlain = false;
      return taken;
    },
  };
}

/** Different values and their places; `MOST_VALUES` when there is no room for one more. */
function createPlaces() {
  const near = new Uint16Array(NEAR_VALUES);
  const far = new Map<string | number, number>();
  let all: (string | number)[] = [];
  const placed = (value: string | number): number => {
    if (all.length === MOST_VALUES) return MOST_VALUES;
    all.push(value);
    return all.length - 1;
  };
  return {
    of(value: string | number): number {
      if (typeof value === 'number') {
        const at = Math.round(value * DECIMALS);
        if (at > 0 && at < NEAR_VALUES && at / DECIMALS === value) {
          if (near[at]! > 0) return near[at]! - 1;
          const place = placed(value);
          if (place < MOST_VALUES) near[at] = place + 1;
          return place;
        }
      }
      // Zero of either sign is one key and two values.
      if (Object.is(value, -0)) return placed(value);
      const known = far.get(value);
      if (known !== undefined) return known;
      const place = placed(value);
      if (place < MOST_VALUES) far.set(value, place);
      return place;
    },
    size: () => all.length,
    all: () => all,
    clear() {
      near.fill(0);
      far.clear();
      all = [];
    },
  };
}

function dictionaryPage(kind: ParquetKind, values: readonly (string | number)[]) {
  const plain = createPlainValues(kind);
  for (const value of values) plain.put(value);
  return pageOf(plain.take(), [
    [1, i32(DICTIONARY_PAGE)],
    [7, struct([1, i32(values.length)], [2, i32(PLAIN)])],
  ]);
}

/** The width of a place, then all as one packed run. */
function packedPlaces(places: Uint16Array, different: number): Uint8Array[] {
  if (different <= BYTE_PLACES) {
    const bytes = new Uint8Array(Math.ceil(places.length / 8) * 8);
    bytes.set(places);
    return [Uint8Array.of(8), varint(Math.ceil(places.length / 8) * 2 + 1), bytes];
  }
  const width = 32 - Math.clz32(different - 1);
  const bytes = new Uint8Array(Math.ceil(places.length / 8) * width);
  let at = 0;
  let held = 0;
  let bits = 0;
  for (let index = 0; index < places.length; index += 1) {
    held |= places[index]! << bits;
    for (bits += width; bits >= 8; bits -= 8) {
      bytes[at++] = held;
      held >>>= 8;
    }
  }
  if (bits > 0) bytes[at] = held;
  return [Uint8Array.of(width), varint(Math.ceil(places.length / 8) * 2 + 1), bytes];
}
