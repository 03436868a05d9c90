/**
 * Canonical JSON documents: bytes → checked values, with readers that name the field that is wrong.
 *
 * A document is one line of JSON in canonical form (keys sorted by bytes, no space) and a newline; what is read is
 * exactly what would be written, so a doubled key or another spelling of a number cannot hide.
 */
import { isUtf8 } from 'node:buffer';
import { Problem } from './files.ts';

/** A JSON object as parsed. */
export type Fields = Readonly<Record<string, unknown>>;

/** How JSON.stringify writes half a character, or text that looks so. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/;
const BEHIND_SURROGATES = /[\ud800-\uffff]/;
/** Objects and lists inside one another; documents have five. */
const MAX_DEPTH = 64;
/** The largest count: fifteen digits, which every JSON reader keeps exactly. */
const MAX_COUNT = 999_999_999_999_999;

/** The value of a document of one line. Throws a `Problem`. */
export function parseDocument(bytes: Uint8Array): Fields {
  // Three bytes that are no UTF-8 become one U+FFFD, which is three bytes: neither length nor text would tell.
  if (!isUtf8(bytes)) throw wrong('not UTF-8');
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.endsWith('\n')) throw wrong('no newline at the end');
  return parseLine(text.slice(0, -1));
}

/** A JSON value in canonical form. Throws a `Problem` when it is nested too deep. */
export function canonical(value: unknown, depth = 0): string {
  const inner = depth + 1;
  if (Array.isArray(value))
    return `[${requireShallow(value, inner)
      .map((item) => canonical(item, inner))
      .join(',')}]`;
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : Number(a > b)));
  // The order of UTF-16 is that of UTF-8 bytes but for what stands behind the surrogates.
  if (keys.some((key) => BEHIND_SURROGATES.test(key)))
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const fields = requireShallow(value as Fields, inner);
  const members = keys.map(
    (key) => `${JSON.stringify(key.toWellFormed())}:${canonical(fields[key], inner)}`,
  );
  return `{${members.join(',')}}`;
}

/** A field that is text matching `pattern`. */
export function textField(fields: Fields, key: string, pattern: RegExp = /^/): string {
  const value = fields[key];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw wrong(`${key} is ${show(value)}`);
}

/** A field that is a whole number from `least` on, of fifteen digits at most. */
export function countField(fields: Fields, key: string, least = 0): number {
  const value = fields[key];
  const count = Number.isSafeInteger(value) ? (value as number) : -1;
  if (count >= least && count <= MAX_COUNT) return count;
  throw wrong(`${key} is ${show(value)}`);
}

/** A field that is a list of objects. */
export function listField(fields: Fields, key: string): Fields[] {
  const value = fields[key];
  if (Array.isArray(value)) return value.map((item) => asFields(item, key));
  throw wrong(`${key} is ${show(value)}`);
}

/** A field that is an object. */
export function objectField(fields: Fields, key: string): Fields {
  return asFields(fields[key], key);
}

/** Throws a `Problem` when `fields` lacks one of `required`, or has one that is neither of them nor of `optional`. */
export function requireFields(
  fields: Fields,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const missing = required.find((key) => fields[key] === undefined);
  if (missing !== undefined) throw wrong(`${missing} is missing`);
  const other = Object.keys(fields).find((key) => ![...required, ...optional].includes(key));
  if (other !== undefined) throw wrong(`an unknown field ${other.slice(0, 80)}`);
}

/** The pattern of a SHA-256. */
export const SHA256: RegExp = /^[0-9a-f]{64}$/;

/** A `Problem` with a document. */
export function wrong(seen: string): Problem {
  return new Problem('VERIFY_DOCUMENT', seen);
}

function asFields(value: unknown, key: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(`${key} is ${show(value)}`);
}

function parseLine(text: string): Fields {
  let value: unknown;
  let sound: boolean;
  try {
    value = JSON.parse(text);
    sound = isCanonical(value, text);
  } catch {
    // What is nested too deep ends here too.
    throw wrong('no JSON');
  }
  if (!sound) throw wrong('not in canonical form');
  return asFields(value, 'the document');
}

/** Where keys come in order, as they nearly always do, what JSON.stringify writes is the canonical form. */
function isCanonical(value: unknown, text: string): boolean {
  const quick = !ESCAPED_SURROGATE.test(text) && areKeysSorted(value);
  if (quick && JSON.stringify(value) === text) return true;
  return canonical(value) === text;
}

/** Whether every object has its keys in the order of their bytes; false as well where only the bytes could tell. */
function areKeysSorted(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const inner = depth + 1;
  requireShallow(value, inner);
  if (Array.isArray(value)) return value.every((item) => areKeysSorted(item, inner));
  const fields = value as Fields;
  let last = '';
  for (const key of Object.keys(fields)) {
    if (key < last || BEHIND_SURROGATES.test(key)) return false;
    if (!areKeysSorted(fields[key], inner)) return false;
    last = key;
  }
  return true;
}

/** `value`, an object or list with `depth - 1` others around it. */
function requireShallow<T>(value: T, depth: number): T {
  if (depth <= MAX_DEPTH) return value;
  throw wrong(`nested deeper than ${MAX_DEPTH}`);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? '').slice(0, 80);
}
