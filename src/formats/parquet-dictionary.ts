/**
 * A column of a Parquet file with few different values: each is kept once a row group and its place in bits, as long as there
 * are at most 32,768; what comes after that is plain. Spec: parquet-format, Encodings.md, RLE_DICTIONARY.
 */
import {
  type ColumnPages,
  createParquetColumn,
  dataPage,
  type ParquetColumn,
  pageOf,
} from './parquet-column.ts';
import { createLevels, varint } from './parquet-levels.ts';
import { createPlainValues, type ParquetKind } from './parquet-values.ts';
import { i32, struct } from './thrift-compact.ts';

const MOST_VALUES = 2 ** 15;
/** Values of a page. */
const PAGE_VALUES = 2 ** 16;
/** Up to this many places take a whole byte each, of which zstd makes less than of bits that lie across bytes. */
const BYTE_PLACES = 256;
const DICTIONARY_PAGE = 2;
const RLE_DICTIONARY = 8;
const PLAIN = 0;
/** Of the hash of numbers, twice as many as there are values at most. */
const SLOTS = 2 * MOST_VALUES;
const SLOT_SHIFT = 16;
/** Whole numbers that have a slot of their own: years, hundredths of decibels and of beats a minute, ten thousandths. */
const LEAST_SMALL = -(2 ** 14);
const SMALL_WHOLES = 2 ** 16;

/**
 * An empty column of `kind`; its numbers are given as whole numbers of which `units` are 1, where that is told. Memory: 256 KiB,
 * its different values, and the pages of one row group.
 */
export function createDictionaryColumn(
  kind: 'text' | 'whole' | 'number',
  units?: number,
): ParquetColumn {
  const plain = createParquetColumn(kind);
  const addPlain =
    units === undefined ? plain.add : (value: unknown) => plain.add(inUnits(value, units));
  const places = placesOf(kind, units);
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
      if (isPlain) return addPlain(value);
      if (value === null) levels.add(0);
      else {
        const place = places.of(value as string | number);
        if (place === MOST_VALUES) {
          flush();
          isPlain = true;
          return addPlain(value);
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
interface Places<Value> {
  of(value: Value): number;
  size(): number;
  all(): readonly Value[];
  clear(): void;
}

function textPlaces(): Places<string> {
  const places = new Map<string, number>();
  let last: string | undefined;
  let lastPlace = 0;
  return {
    of(value) {
      // Rows side by side mostly say the same.
      if (value === last) return lastPlace;
      let place = places.get(value);
      if (place === undefined) {
        if (places.size === MOST_VALUES) return MOST_VALUES;
        place = places.size;
        places.set(value, place);
      }
      last = value;
      lastPlace = place;
      return place;
    },
    size: () => places.size,
    all: () => [...places.keys()],
    clear() {
      places.clear();
      last = undefined;
    },
  };
}

function placesOf(kind: 'text' | 'whole' | 'number', units?: number): Places<string | number> {
  if (kind === 'text') return textPlaces();
  if (kind === 'number' && units === undefined) return numberPlaces();
  return wholePlaces(units ?? 1);
}

function inUnits(value: unknown, units: number): number | null {
  return value === null ? null : (value as number) / units;
}

/** Whole numbers, small ones by a table of all that there may be. */
function wholePlaces(units: number): Places<number> {
  const small = new Uint16Array(SMALL_WHOLES);
  const large = new Map<number, number>();
  const values: number[] = [];
  const next = (value: number) => {
    if (values.length === MOST_VALUES) return MOST_VALUES;
    values.push(value);
    return values.length - 1;
  };
  return {
    of(value) {
      const slot = value - LEAST_SMALL;
      if (slot >= 0 && slot < SMALL_WHOLES) {
        const known = small[slot]!;
        if (known > 0) return known - 1;
        const place = next(value);
        if (place < MOST_VALUES) small[slot] = place + 1;
        return place;
      }
      const known = large.get(value);
      if (known !== undefined) return known;
      const place = next(value);
      if (place < MOST_VALUES) large.set(value, place);
      return place;
    },
    size: () => values.length,
    all: () => values.map((value) => value / units),
    clear() {
      small.fill(0);
      large.clear();
      values.length = 0;
    },
  };
}

/** Numbers are told apart by their bits, so that zero of either sign is a value of its own. */
function numberPlaces(): Places<number> {
  const slots = new Uint16Array(SLOTS);
  const values = new Float64Array(MOST_VALUES);
  const bits = new Int32Array(values.buffer);
  const given = new Float64Array(1);
  const givenBits = new Int32Array(given.buffer);
  let count = 0;
  return {
    of(value) {
      given[0] = value;
      const mixed = Math.imul(givenBits[0]! ^ Math.imul(givenBits[1]!, 0x85ebca6b), 0x9e3779b1);
      for (let slot = mixed >>> SLOT_SHIFT; ; slot = (slot + 1) % SLOTS) {
        const place = slots[slot]! - 1;
        if (place < 0) {
          if (count === MOST_VALUES) return MOST_VALUES;
          values[count] = value;
          count += 1;
          slots[slot] = count;
          return count - 1;
        }
        if (bits[place * 2] === givenBits[0] && bits[place * 2 + 1] === givenBits[1]) return place;
      }
    },
    size: () => count,
    all: () => [...values.subarray(0, count)],
    clear() {
      slots.fill(0);
      count = 0;
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
