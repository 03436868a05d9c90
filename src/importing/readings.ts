/**
 * How one value of a source becomes a value of a row. A reading is given what stands in the source, present and scalar,
 * and returns the value, null when it means none, or `UNREADABLE` when it cannot be what it claims to be.
 */
import { sha256 } from '../base/digest.ts';
import { foldText } from '../model/fold.ts';
import { parseIsrc } from '../model/ids.ts';

/** What a reading answers to what it cannot read. */
export const UNREADABLE: unique symbol = Symbol('unreadable');

/** A value of a row, or none, or one that cannot be read. */
export type ReadValue = string | number | boolean | null | typeof UNREADABLE;

/** A number that is not written as it would be again, such as `5.0` or `9007199254740993`: what it says, and how it stands there. */
export class WrittenNumber {
  readonly #number: number;
  readonly #text: string;

  constructor(number: number, text: string) {
    this.#number = number;
    this.#text = text;
  }

  /** The nearest number there is. */
  valueOf(): number {
    return this.#number;
  }

  /** As it stands in the source. */
  toString(): string {
    return this.#text;
  }
}

/** What stands in a source. */
export type Scalar = string | number | boolean | WrittenNumber;

/** Longer than any title that is one; a megabyte in its place is an attack or a shifted column. */
export const MOST_TEXT_UNITS = 4096;
/** Of an id behind its namespace, as it is written. */
export const MOST_ID_UNITS = 128;
const MOST_URL_UNITS = 2048;
/** Half a year of sound: longer is a unit mistaken. */
export const MOST_DURATION_MS = 180 * 24 * 3600 * 1000;
const NAME_ID_DIGITS = 24;
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const HAS_CONTROLS = /[\p{Cc}\u2028\u2029]/u;
const PLAIN_ID = /^[A-Za-z0-9._-]{1,128}$/;
const BAD_IN_ID = /[\s\p{Cc}]/u;
const PITCHES: Readonly<Record<string, number>> = {
  c: 0,
  'c#': 1,
  db: 1,
  d: 2,
  'd#': 3,
  eb: 3,
  e: 4,
  f: 5,
  'f#': 6,
  gb: 6,
  g: 7,
  'g#': 8,
  ab: 8,
  a: 9,
  'a#': 10,
  bb: 10,
  b: 11,
};

/**
 * The characters of an id, a code or a name: those of a text, or of a whole number below 2^53 that is written as one.
 * Undefined of anything else: two other numbers may be the same once they are rounded, and a truth value names nothing.
 */
export function charactersOf(value: Scalar): string | undefined {
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
}

/** What `value` says, as text: of a number however it is written. */
export function spelled(value: Scalar): string {
  return typeof value === 'string' ? value : String(value.valueOf());
}

/** Text on one line, trimmed: runs of control characters, line ends among them, become a space. */
export function readText(value: Scalar): ReadValue {
  let text = charactersOf(value);
  if (text === undefined) return UNREADABLE;
  if (HAS_CONTROLS.test(text)) text = text.replaceAll(CONTROLS, ' ');
  text = text.trim();
  if (text.length > MOST_TEXT_UNITS) return UNREADABLE;
  if (text === '') return null;
  return text.isWellFormed() ? text : text.toWellFormed();
}

/**
 * An id without spaces or control characters, such that it can stand in an address: other than letters, digits, `.`, `_` and
 * `-` are written as `~` and two hex digits for each byte of UTF-8. At most 128 characters then.
 */
export function readId(value: Scalar): ReadValue {
  const text = charactersOf(value);
  if (text === undefined) return UNREADABLE;
  if (text === '') return null;
  if (PLAIN_ID.test(text)) return text;
  if (text.length > MOST_ID_UNITS || BAD_IN_ID.test(text) || !text.isWellFormed())
    return UNREADABLE;
  const written = text.replaceAll(/[^A-Za-z0-9._-]/gu, escaped);
  return written.length > MOST_ID_UNITS ? UNREADABLE : written;
}

function escaped(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '~$&');
}

/** The id made of names, for sources that have none: the first 24 digits of the SHA-256 over the names, folded. */
export function nameId(names: readonly string[]): string {
  return sha256(names.map(foldText).join('\u0000')).slice(0, NAME_ID_DIGITS);
}

/** A whole number from 0 to 2^53 - 1; `82.0` is one, `1e400` is not. */
export function readCount(value: Scalar): ReadValue {
  const number = numberOf(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : UNREADABLE;
}

/** Any finite number, exponents included. */
export function readNumber(value: Scalar): ReadValue {
  const number = numberOf(value);
  return Number.isFinite(number) ? number : UNREADABLE;
}

/** A number from 0 to 1. */
export function readShare(value: Scalar): ReadValue {
  const number = numberOf(value);
  return number >= 0 && number <= 1 ? number : UNREADABLE;
}

/** A number from 0 to 100. */
export function readPopularity(value: Scalar): ReadValue {
  const number = numberOf(value);
  return number >= 0 && number <= 100 ? number : UNREADABLE;
}

/**
 * `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, whichever of it is known: a month or day of 00 is unknown and cut off, a time of
 * day behind it is left out. A year of 0 is no date.
 */
export function readDate(value: Scalar): ReadValue {
  const match = /^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?\s*$/.exec(spelled(value));
  if (!match) return UNREADABLE;
  const year = match[1]!;
  const month = Number(match[2] ?? 0);
  const day = Number(match[3] ?? 0);
  if (year === '0000') return null;
  if (month > 12 || day > daysOf(Number(year), month || 1)) return UNREADABLE;
  if (month === 0) return year;
  const ofMonth = `${year}-${twoDigits(month)}`;
  return day === 0 ? ofMonth : `${ofMonth}-${twoDigits(day)}`;
}

/** A duration of `unitMs` each in milliseconds, rounded; 0 is none. */
export function readDuration(value: Scalar, unitMs: number): ReadValue {
  const number = numberOf(value) * unitMs;
  if (!(number >= 0 && number <= MOST_DURATION_MS)) return UNREADABLE;
  const rounded = Math.round(number);
  return rounded === 0 ? null : rounded;
}

/** `3:07`, `1:02:03` or `187.5` (seconds) in milliseconds. */
export function readMinutes(value: Scalar): ReadValue {
  const text = spelled(value).trim();
  const match = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)$/.exec(text);
  if (!match) return readDuration(text, 1000);
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return readDuration(seconds, 1000);
}

/** A truth value as sources write it. */
export function readFlag(value: Scalar): ReadValue {
  if (typeof value === 'boolean') return value;
  const text = spelled(value).trim().toLowerCase();
  if (/^(?:1|t|true|y|yes)$/.test(text)) return true;
  return /^(?:0|f|false|n|no)$/.test(text) ? false : UNREADABLE;
}

/** An ISRC of 12 characters without hyphens. */
export function readIsrc(value: Scalar): ReadValue {
  return parseIsrc(charactersOf(value) ?? '') ?? UNREADABLE;
}

/** A UPC or EAN of 8, 12, 13 or 14 digits whose last one checks the others (GS1 General Specifications 7.9). */
export function readUpc(value: Scalar): ReadValue {
  const digits = (charactersOf(value) ?? '').replaceAll(/[\s<>-]/g, '');
  return /^\d+$/.test(digits) && isUpc(digits.length, (index) => Number(digits[index]))
    ? digits
    : UNREADABLE;
}

/** Whether `count` digits are a UPC or EAN. */
export function isUpc(count: number, digit: (index: number) => number): boolean {
  if (count !== 8 && (count < 12 || count > 14)) return false;
  let sum = 0;
  for (let index = 0; index < count; index++)
    sum += digit(count - 1 - index) * (index % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

/** An http or https address. */
export function readUrl(value: Scalar): ReadValue {
  const text = (charactersOf(value) ?? '').trim();
  if (text.length > MOST_URL_UNITS || !/^https?:\/\//i.test(text)) return UNREADABLE;
  return URL.canParse(text) ? new URL(text).href : UNREADABLE;
}

/** Two letters of ISO 3166-1. */
export function readCountry(value: Scalar): ReadValue {
  const text = (charactersOf(value) ?? '').trim().toUpperCase();
  return /^[A-Z]{2}$/.test(text) ? text : UNREADABLE;
}

/** Three letters of ISO 639-3. */
export function readLanguage(value: Scalar): ReadValue {
  const text = (charactersOf(value) ?? '').trim().toLowerCase();
  return /^[a-z]{3}$/.test(text) ? text : UNREADABLE;
}

/** A pitch class: 0 to 11, -1 for none, or a name such as `F#` or `Bb`. */
export function readKey(value: Scalar): ReadValue {
  const text = spelled(value).trim().toLowerCase();
  const named = Object.hasOwn(PITCHES, text) ? PITCHES[text] : undefined;
  if (named !== undefined) return named;
  const number = numberOf(value);
  if (number === -1) return null;
  return Number.isInteger(number) && number >= 0 && number <= 11 ? number : UNREADABLE;
}

/** `major` or `minor`; 1 is major and 0 minor where a source counts. */
export function readMode(value: Scalar): ReadValue {
  const text = spelled(value).trim().toLowerCase();
  if (text === '1' || text === 'major') return 'major';
  return text === '0' || text === 'minor' ? 'minor' : UNREADABLE;
}

/** Integers beyond 2^53 and numbers beyond a double are not taken for the nearest one: NaN. */
function numberOf(value: Scalar): number {
  if (typeof value === 'boolean') return Number.NaN;
  if (typeof value !== 'string') return value.valueOf();
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\s*$/.test(value)
    ? Number(value)
    : Number.NaN;
}

/** Of January first; of February without the day of a leap year. */
export const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : DAYS_OF_MONTHS[month - 1]!;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
