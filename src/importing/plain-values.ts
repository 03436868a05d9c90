/**
 * The values of a line of JSON that stand there as a catalogue keeps them: where the bytes of texts are, what numbers say.
 * What is not read here may still be well: the whole line is then read as any other.
 */
import {
  endOfBytes,
  equals,
  NOT_PLAIN,
  PLAIN_TEXTS,
  QUOTE,
  type TextReader,
} from './plain-texts.ts';
import type { Reading } from './preset.ts';
import * as readings from './readings.ts';
import { type ReadValue, UNREADABLE } from './readings.ts';

/** What was found in a line, by the places of its members. */
export interface FoundValues {
  bytes: Uint8Array;
  /** `UNSEEN`, `NOTHING` or `VALUE`. */
  readonly states: Uint8Array;
  /** Of a text its first byte and the one behind it; of a list the same of its items among `spans`. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Of a number; of a truth value 1 or 0. */
  readonly numbers: Float64Array;
  /** Begin and end of each item of the lists, two by two. */
  readonly spans: Int32Array;
  spansUsed: number;
  /** Whether the items of the list at hand came in the order of their bytes so far. */
  areSorted: boolean;
}

/** Reads the value at `at` into the place of its member: returns where it ends, or `NOT_PLAIN`. */
export type ValueReader = (found: FoundValues, place: number, at: number) => number;

/** Of a member that did not come yet. */
export const UNSEEN = 0;
/** Of one without a value. */
export const NOTHING = 1;
/** Of one with a value. */
export const VALUE = 2;
const COMMA = 0x2c;
const HYPHEN = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const SPACE = 0x20;
const TAB = 0x09;
const DELETE = 0x7f;
const [NULL, TRUE, FALSE] = ['null', 'true', 'false'].map((word) => Buffer.from(word)) as [
  Buffer,
  Buffer,
  Buffer,
];
/** As many digits, and tens to divide by, are exact in a double, so that one division rounds as it should. */
const EXACT_DIGITS = 15;
const TENS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
const MOST_SPANS = 1024;
/** Items that are not in the order of their bytes are each compared with all before. */
const MOST_UNSORTED = 16;

const NUMBERS: { readonly [reading: string]: ((value: number) => ReadValue) | undefined } = {
  count: readings.readCount,
  number: readings.readNumber,
  share: readings.readShare,
  popularity: readings.readPopularity,
  milliseconds: (value) => readings.readDuration(value, 1),
  key: readings.readKey,
};

/** Nothing of a line with `members`. */
export function createFoundValues(members: number): FoundValues {
  return {
    bytes: new Uint8Array(0),
    states: new Uint8Array(members),
    from: new Int32Array(members),
    to: new Int32Array(members),
    // One more for numbers that nobody asks for.
    numbers: new Float64Array(members + 1),
    spans: new Int32Array(MOST_SPANS),
    spansUsed: 0,
    areSorted: true,
  };
}

/** The reader of what `reading` makes of a member for columns of `kind`, a text between whose parts `split` stands; undefined where none of it is plain. */
export function plainReader(
  reading: Reading,
  kind: string,
  split: string | undefined,
): ValueReader | undefined {
  const endOf = PLAIN_TEXTS[reading];
  const read = NUMBERS[reading];
  if (kind === 'text') return endOf && textReader(endOf);
  if (kind === 'texts')
    return endOf && (split === undefined ? listReader(endOf) : splitReader(endOf, split));
  if (kind === 'flag') return reading === 'flag' ? readFlag : undefined;
  return read && numberReader(read);
}

/** Where the `null` at `at` ends. */
export function endOfNull(bytes: Uint8Array, at: number): number {
  return equals(bytes, at, NULL) ? at + NULL.length : NOT_PLAIN;
}

/** Where a value ends that nobody asks for: of text, numbers and truth values. */
export function endOfOther(found: FoundValues, at: number): number {
  const { bytes, numbers } = found;
  if (bytes[at] === QUOTE) {
    const end = endOfBytes(bytes, at + 1);
    return bytes[end] === QUOTE ? end + 1 : NOT_PLAIN;
  }
  for (const word of [NULL, TRUE, FALSE]) if (equals(bytes, at, word)) return at + word.length;
  return readNumber(bytes, at, numbers, numbers.length - 1);
}

function textReader(endOf: TextReader): ValueReader {
  return (found, place, at) => {
    const { bytes } = found;
    const end = bytes[at] === QUOTE ? endOf(bytes, at + 1, QUOTE) : NOT_PLAIN;
    if (end === NOT_PLAIN) return NOT_PLAIN;
    found.from[place] = at + 1;
    found.to[place] = end;
    found.states[place] = VALUE;
    return end + 1;
  };
}

function numberReader(read: (value: number) => ReadValue): ValueReader {
  return (found, place, at) => {
    const { numbers, states } = found;
    const end = readNumber(found.bytes, at, numbers, place);
    if (end === NOT_PLAIN) return NOT_PLAIN;
    const value = read(numbers[place]!);
    if (value === UNREADABLE) return NOT_PLAIN;
    states[place] = value === null ? NOTHING : VALUE;
    numbers[place] = value as number;
    return end;
  };
}

/** A number of JSON without an exponent, into `numbers` at `place`. */
function readNumber(bytes: Uint8Array, at: number, numbers: Float64Array, place: number): number {
  const first = bytes[at] === HYPHEN ? at + 1 : at;
  let value = 0;
  let end = first;
  for (let digit = bytes[end]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[end]! - ZERO) {
    value = value * 10 + digit;
    end += 1;
  }
  let digits = end - first;
  if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) return NOT_PLAIN;
  let places = 0;
  if (bytes[end] === POINT) {
    const point = end;
    end += 1;
    for (let digit = bytes[end]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[end]! - ZERO) {
      value = value * 10 + digit;
      end += 1;
    }
    places = end - point - 1;
    digits += places;
    if (places === 0) return NOT_PLAIN;
  }
  if (digits > EXACT_DIGITS) return NOT_PLAIN;
  numbers[place] = (first === at ? value : -value) / TENS[places]!;
  return end;
}

function readFlag(found: FoundValues, place: number, at: number): number {
  const isTrue = equals(found.bytes, at, TRUE);
  if (!isTrue && !equals(found.bytes, at, FALSE)) return NOT_PLAIN;
  found.states[place] = VALUE;
  found.numbers[place] = isTrue ? 1 : 0;
  return at + (isTrue ? TRUE : FALSE).length;
}

/** Of a JSON list of texts. */
function listReader(endOf: TextReader): ValueReader {
  return (found, place, at) => {
    const { bytes } = found;
    if (bytes[at] !== OPEN) return NOT_PLAIN;
    beginList(found, place);
    let next = endOfSpaces(bytes, at + 1);
    while (bytes[next] === QUOTE) {
      const end = endOf(bytes, next + 1, QUOTE);
      if (end === NOT_PLAIN || !addItem(found, place, next + 1, end)) return NOT_PLAIN;
      next = endOfSpaces(bytes, end + 1);
      if (bytes[next] !== COMMA) break;
      next = endOfSpaces(bytes, next + 1);
      if (bytes[next] !== QUOTE) return NOT_PLAIN;
    }
    return bytes[next] === CLOSE ? endList(found, place, next + 1) : NOT_PLAIN;
  };
}

/** Of one text with `split` between its parts. */
function splitReader(endOf: TextReader, split: string): ValueReader | undefined {
  const by = split.charCodeAt(0);
  const isPlain =
    split.length === 1 && by >= SPACE && by < DELETE && by !== QUOTE && split !== '\\';
  if (!isPlain) return undefined;
  return (found, place, at) => {
    const { bytes } = found;
    const last = bytes[at] === QUOTE ? endOfBytes(bytes, at + 1) : NOT_PLAIN;
    if (last === NOT_PLAIN || bytes[last] !== QUOTE) return NOT_PLAIN;
    beginList(found, place);
    for (let from = at + 1; ; ) {
      let end = from;
      while (end < last && bytes[end] !== by) end += 1;
      if (endOf(bytes, from, bytes[end]!) !== end || !addItem(found, place, from, end))
        return NOT_PLAIN;
      if (end === last) return endList(found, place, end + 1);
      from = end + 1;
    }
  };
}

function beginList(found: FoundValues, place: number): void {
  found.from[place] = found.spansUsed;
  found.areSorted = true;
}

function endList(found: FoundValues, place: number, end: number): number {
  found.to[place] = found.spansUsed;
  found.states[place] = found.spansUsed === found.from[place] ? NOTHING : VALUE;
  return end;
}

/** Adds an item to the list at `place`; false when it may be in it already, or there are too many. */
function addItem(found: FoundValues, place: number, from: number, to: number): boolean {
  const { bytes, spans, spansUsed: used } = found;
  if (used === spans.length) return false;
  const first = found.from[place]!;
  if (used > first) {
    found.areSorted &&= compared(bytes, spans, used - 2, from, to) < 0;
    if (!found.areSorted) {
      if (used - first > MOST_UNSORTED * 2) return false;
      for (let span = first; span < used; span += 2)
        if (compared(bytes, spans, span, from, to) === 0) return false;
    }
  }
  spans[used] = from;
  spans[used + 1] = to;
  found.spansUsed = used + 2;
  return true;
}

/** Below, at or above 0 as the item at `span` comes before, is, or comes behind that of `from` to `to`, by its bytes. */
function compared(
  bytes: Uint8Array,
  spans: Int32Array,
  span: number,
  from: number,
  to: number,
): number {
  const other = spans[span]!;
  const length = spans[span + 1]! - other;
  const shared = Math.min(length, to - from);
  for (let index = 0; index < shared; index++) {
    const difference = bytes[other + index]! - bytes[from + index]!;
    if (difference !== 0) return difference;
  }
  return length - (to - from);
}

/** Behind the spaces that stand at `at` between two parts of JSON on one line. */
export function endOfSpaces(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === SPACE || bytes[end] === TAB) end += 1;
  return end;
}
