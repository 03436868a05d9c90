/**
 * Bencode, the encoding of torrents: bytes ⇄ values, canonical only (BEP 3, BEP 52 "bencoding").
 *
 * What decodes is exactly what re-encodes to the same bytes, so the hash of a re-encoded part equals the hash of the
 * part as found. Refused: unsorted or doubled keys, leading zeros, `-0`, integers beyond 2^53 − 1, lengths beyond the
 * input, nesting beyond `MAX_BENCODE_DEPTH`, more than `MAX_BENCODE_VALUES`, and bytes after the end. Specified in docs/formats/bencode-metainfo.md.
 */
import assert from 'node:assert/strict';
import { FonotecaError } from '../base/errors.ts';

/** A bencoded value. Strings are bytes, for nothing says that they are text. */
export type Bencode = number | Uint8Array | readonly Bencode[] | BencodeDictionary;

/** A dictionary. Each character of a key stands for one byte (U+0000–U+00FF), so that any byte string can be a key. */
export type BencodeDictionary = ReadonlyMap<string, Bencode>;

/** Deepest nesting read: the 64 names of a safe path, with the dictionaries of a v2 torrent round them. */
export const MAX_BENCODE_DEPTH = 72;

/**
 * Most values read, keys included: what 200,000 files in folders need, and some hundred megabytes of memory. Without
 * it two bytes of input would cost a hundred of memory.
 */
export const MAX_BENCODE_VALUES = 2_000_000;

/** The value in `bytes`. Byte strings are views into `bytes`. Throws `BENCODE_INVALID` with the offset; one pass. */
export function decodeBencode(bytes: Uint8Array): Bencode {
  const cursor: Cursor = { bytes, at: 0, values: 0 };
  const value = readValue(cursor, 0);
  if (cursor.at !== bytes.length) throw invalid('bytes after the end', cursor.at);
  return value;
}

/** `value` as bencode, keys sorted by bytes. Integers must be safe and keys of one byte a character: else a bug. */
export function encodeBencode(value: Bencode): Uint8Array {
  const parts: Uint8Array[] = [];
  writeValue(value, parts);
  return Buffer.concat(parts);
}

/** The dictionary key for `text` in UTF-8: one character a byte. */
export function keyFromText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes that the dictionary key `key` stands for. */
export function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'latin1');
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  /** Values begun so far. */
  values: number;
}

const LETTER = {
  i: 0x69,
  l: 0x6c,
  d: 0x64,
  e: 0x65,
  colon: 0x3a,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
};

function readValue(cursor: Cursor, depth: number): Bencode {
  const start = cursor.at;
  const first = cursor.bytes[start];
  cursor.values += 1;
  if (first === undefined) throw invalid('the end where a value should be', start);
  if (cursor.values > MAX_BENCODE_VALUES)
    throw invalid(`more than ${MAX_BENCODE_VALUES} values`, start);
  if (isDigit(first)) return readString(cursor);
  cursor.at += 1;
  if (first === LETTER.i) return readNumber(cursor, LETTER.e, true);
  if (first !== LETTER.l && first !== LETTER.d)
    throw invalid(`byte 0x${first.toString(16).padStart(2, '0')} where a value should be`, start);
  if (depth >= MAX_BENCODE_DEPTH) throw invalid(`nesting deeper than ${MAX_BENCODE_DEPTH}`, start);
  return first === LETTER.l ? readList(cursor, depth + 1) : readDictionary(cursor, depth + 1);
}

function readList(cursor: Cursor, depth: number): Bencode[] {
  const list: Bencode[] = [];
  while (cursor.bytes[cursor.at] !== LETTER.e) list.push(readValue(cursor, depth));
  cursor.at += 1;
  return list;
}

function readDictionary(cursor: Cursor, depth: number): BencodeDictionary {
  const dictionary = new Map<string, Bencode>();
  let last: string | undefined;
  while (cursor.bytes[cursor.at] !== LETTER.e) {
    const start = cursor.at;
    const first = cursor.bytes[start];
    if (first === undefined || !isDigit(first)) throw invalid('no key where one should be', start);
    cursor.values += 1;
    const key = Buffer.from(readString(cursor)).toString('latin1');
    // One character a byte, so the order of the strings is the order of the bytes.
    if (last !== undefined && key <= last)
      throw invalid(key === last ? 'a doubled key' : 'keys out of order', start);
    last = key;
    dictionary.set(key, readValue(cursor, depth));
  }
  cursor.at += 1;
  return dictionary;
}

function readString(cursor: Cursor): Uint8Array {
  const start = cursor.at;
  const length = readNumber(cursor, LETTER.colon, false);
  if (length > cursor.bytes.length - cursor.at)
    throw invalid(
      `a string of ${length} bytes with ${cursor.bytes.length - cursor.at} left`,
      start,
    );
  const bytes = cursor.bytes.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return bytes;
}

/** Longest integer in characters: `-9007199254740991`. */
const MAX_INTEGER_CHARACTERS = 17;

function readNumber(cursor: Cursor, end: number, signed: boolean): number {
  const start = cursor.at;
  let at = start;
  const negative = signed && cursor.bytes[at] === LETTER.minus;
  if (negative) at += 1;
  const digits = at;
  let value = 0;
  for (;;) {
    const byte = cursor.bytes[at];
    if (byte === end && at > digits) break;
    if (byte === undefined || !isDigit(byte)) throw invalid('no whole number', start);
    if (at - start >= MAX_INTEGER_CHARACTERS) throw invalid('a number beyond 2^53 - 1', start);
    value = value * 10 + (byte - LETTER.zero);
    at += 1;
  }
  if (!Number.isSafeInteger(value)) throw invalid('a number beyond 2^53 - 1', start);
  if (cursor.bytes[digits] === LETTER.zero && at - digits > 1)
    throw invalid('a leading zero', start);
  if (negative && value === 0) throw invalid('minus zero', start);
  cursor.at = at + 1;
  return negative ? -value : value;
}

function isDigit(byte: number): boolean {
  return byte >= LETTER.zero && byte <= LETTER.nine;
}

function invalid(what: string, offset: number): FonotecaError {
  return new FonotecaError('BENCODE_INVALID', `${what} at byte ${offset}`);
}

function writeValue(value: Bencode, parts: Uint8Array[]): void {
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value) && !Object.is(value, -0), `no bencode integer: ${value}`);
    parts.push(Buffer.from(`i${value}e`));
  } else if (value instanceof Uint8Array) {
    parts.push(Buffer.from(`${value.length}:`), value);
  } else if (isList(value)) {
    parts.push(Buffer.from('l'));
    for (const item of value) writeValue(item, parts);
    parts.push(Buffer.from('e'));
  } else {
    parts.push(Buffer.from('d'));
    for (const key of [...value.keys()].sort(compareKeys)) {
      assert.equal(keyBytes(key).toString('latin1'), key, 'a key of one byte a character');
      writeValue(keyBytes(key), parts);
      writeValue(value.get(key)!, parts);
    }
    parts.push(Buffer.from('e'));
  }
}

/** One character a byte, so the order of the strings is the order of the bytes. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isList(value: Bencode): value is readonly Bencode[] {
  return Array.isArray(value);
}
