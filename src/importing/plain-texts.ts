/**
 * Texts in a line of JSON that stand there as a catalogue keeps them, so that their bytes can be copied: what these readers
 * accept, the readings of the same name (readings.ts) return unchanged. What they do not accept may still be well, and is
 * for those to say. Given bytes must be UTF-8, with a line's end somewhere behind, which no text goes beyond.
 */
import { DAYS_OF_MONTHS, isUpc, MOST_ID_UNITS, MOST_TEXT_UNITS } from './readings.ts';

/**
 * Reads the text whose first byte is at `from`, behind its quote; `by` is what ends it, the quote or what stands between
 * several. Returns where that is, or `NOT_PLAIN`.
 */
export type TextReader = (bytes: Uint8Array, from: number, by: number) => number;

/** Says that something cannot be taken as it stands. */
export const NOT_PLAIN = -1;
/** `"`, which ends a text. */
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;
const ZERO = 0x30;
const HYPHEN = 0x2d;
const NOT_ASCII = 0x80;
/** How UTF-8 begins U+0080 to U+00BF, of which the first 32 are controls, and U+2000 to U+2FFF. */
const TWO_BYTES = 0xc2;
const THREE_BYTES = 0xe2;

const MORE = 0;
const LOOK = 1;
const END = 2;
/** Of each byte in a text: whether it is passed over, looked at with those behind, or ends what is plain. */
const TEXT_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < SPACE || byte === DELETE || byte === QUOTE || byte === BACKSLASH) return END;
  return byte === TWO_BYTES || byte === THREE_BYTES ? LOOK : MORE;
});
const ID_BYTES = bytesOf(/[A-Za-z0-9._-]/);
const DIGITS = bytesOf(/[0-9]/);
const LETTERS = bytesOf(/[A-Z]/);
const SMALL_LETTERS = bytesOf(/[a-z]/);
const LETTERS_AND_DIGITS = bytesOf(/[A-Z0-9]/);
const ISRC_BYTES = [
  ...[LETTERS, LETTERS],
  ...[LETTERS_AND_DIGITS, LETTERS_AND_DIGITS, LETTERS_AND_DIGITS],
  ...Array.from({ length: 7 }, () => DIGITS),
];

/** The readers of texts, by the names of the readings. */
export const PLAIN_TEXTS: { readonly [reading: string]: TextReader | undefined } = {
  text: endOfText,
  id: endOfId,
  date: endOfDate,
  upc: endOfUpc,
  isrc: shaped(ISRC_BYTES),
  country: shaped([LETTERS, LETTERS]),
  language: shaped([SMALL_LETTERS, SMALL_LETTERS, SMALL_LETTERS]),
  mode: endOfMode,
};

/** Where the first byte from `from` on is that ends any text: a quote, an escape, a control character. */
export function endOfBytes(bytes: Uint8Array, from: number): number {
  let at = from;
  while (TEXT_BYTES[bytes[at]!] !== END) at += 1;
  return at;
}

/** Of text on one line, neither empty nor with white space at its ends. */
function endOfText(bytes: Uint8Array, from: number, by: number): number {
  // What stands between several may be part of a text.
  if (by !== QUOTE) return NOT_PLAIN;
  let at = from;
  for (;;) {
    const what = TEXT_BYTES[bytes[at]!]!;
    if (what === END || (what === LOOK && isControl(bytes, at))) break;
    at += 1;
  }
  if (bytes[at] !== QUOTE || at === from || at - from > MOST_TEXT_UNITS) return NOT_PLAIN;
  return isSpace(bytes, from) || endsWithSpace(bytes, at) ? NOT_PLAIN : at;
}

/** Whether U+0080 to U+009F, U+2028 or U+2029 is at `at`, where a byte of `LOOK` is. */
function isControl(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1]!;
  if (bytes[at] === TWO_BYTES) return second < 0xa0;
  const third = bytes[at + 2]!;
  return second === 0x80 && (third === 0xa8 || third === 0xa9);
}

/** Whether the character at `at` is white space as JavaScript trims it. */
function isSpace(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  if (first < NOT_ASCII) return first === SPACE;
  const second = bytes[at + 1]!;
  if (first === TWO_BYTES) return second === 0xa0;
  const third = bytes[at + 2]!;
  if (first === THREE_BYTES)
    return second === 0x80 ? third <= 0x8a || third === 0xaf : second === 0x81 && third === 0x9f;
  if (first === 0xe1) return second === 0x9a && third === 0x80;
  if (first === 0xe3) return second === 0x80 && third === 0x80;
  return first === 0xef && second === 0xbb && third === 0xbf;
}

function endsWithSpace(bytes: Uint8Array, end: number): boolean {
  if (bytes[end - 1]! < NOT_ASCII) return bytes[end - 1] === SPACE;
  if (bytes[end - 2] === TWO_BYTES) return isSpace(bytes, end - 2);
  return bytes[end - 3]! >= 0xe0 && isSpace(bytes, end - 3);
}

function endOfId(bytes: Uint8Array, from: number, by: number): number {
  let at = from;
  while (ID_BYTES[bytes[at]!] === 1) at += 1;
  return bytes[at] === by && at > from && at - from <= MOST_ID_UNITS ? at : NOT_PLAIN;
}

/** Of `1999`, `1999-07` or `1999-07-13`. */
function endOfDate(bytes: Uint8Array, from: number, by: number): number {
  for (let at = from; at < from + 4; at++) if (DIGITS[bytes[at]!] !== 1) return NOT_PLAIN;
  const year = number(bytes, from) * 100 + number(bytes, from + 2);
  if (year === 0) return NOT_PLAIN;
  if (bytes[from + 4] === by) return from + 4;
  const month = part(bytes, from + 4);
  if (month < 1 || month > 12) return NOT_PLAIN;
  if (bytes[from + 7] === by) return from + 7;
  const day = part(bytes, from + 7);
  // The 29th of February is for the reading to know.
  const isDay = day >= 1 && day <= DAYS_OF_MONTHS[month - 1]!;
  return isDay && bytes[from + 10] === by ? from + 10 : NOT_PLAIN;
}

/** The number of `-07` at `at`, or none of a date. */
function part(bytes: Uint8Array, at: number): number {
  const isOne =
    bytes[at] === HYPHEN && DIGITS[bytes[at + 1]!] === 1 && DIGITS[bytes[at + 2]!] === 1;
  return isOne ? number(bytes, at + 1) : NOT_PLAIN;
}

/** That of the two digits at `at`. */
function number(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO;
}

function endOfUpc(bytes: Uint8Array, from: number, by: number): number {
  let at = from;
  while (DIGITS[bytes[at]!] === 1) at += 1;
  if (bytes[at] !== by) return NOT_PLAIN;
  return isUpc(at - from, (index) => bytes[from + index]! - ZERO) ? at : NOT_PLAIN;
}

function endOfMode(bytes: Uint8Array, from: number, by: number): number {
  const isMode = equals(bytes, from, MAJOR) || equals(bytes, from, MINOR);
  return isMode && bytes[from + MAJOR.length] === by ? from + MAJOR.length : NOT_PLAIN;
}

const MAJOR = Buffer.from('major');
const MINOR = Buffer.from('minor');

/** Whether `bytes` at `at` are those of `text`. */
export function equals(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** Of a text with a byte of each of `shape`, and no other. */
function shaped(shape: readonly Uint8Array[]): TextReader {
  return (bytes, from, by) => {
    for (let index = 0; index < shape.length; index++)
      if (shape[index]![bytes[from + index]!] !== 1) return NOT_PLAIN;
    return bytes[from + shape.length] === by ? from + shape.length : NOT_PLAIN;
  };
}

/** 1 at the bytes that `pattern` matches. */
function bytesOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    byte < NOT_ASCII && pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}
