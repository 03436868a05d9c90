/** JSON in one canonical form: the same value gives the same bytes on every machine. */

/** A value JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; keys whose value is undefined are absent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * `value` as JSON on one line: keys sorted by the bytes of their UTF-8, no space, absent keys left out. Numbers must
 * be finite; throws a `TypeError` otherwise, since that is a bug. Lone surrogates become U+FFFD.
 */
export function canonicalJson(value: Json): string {
  const seen = { irregularKey: false };
  const ordered = inOrder(value, seen);
  // JSON.stringify writes keys as they were put in, which is four times as fast as to spell every one.
  return seen.irregularKey ? spelled(value) : JSON.stringify(ordered);
}

/** Keys that an object does not keep where they were put, or not as its own. */
const IRREGULAR_KEY = /^(?:\d+|__proto__)$/;

/** `value` with the keys of every object in order; tells `seen` of a key that cannot be put in order. */
function inOrder(value: Json, seen: { irregularKey: boolean }): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return finite(value);
  if (value === null || typeof value === 'boolean') return value;
  if (isArray(value)) return value.map((item) => inOrder(item, seen));
  const ordered: Record<string, Json> = {};
  for (const key of sortedKeys(value)) {
    if (IRREGULAR_KEY.test(key) || !key.isWellFormed()) seen.irregularKey = true;
    else ordered[key] = inOrder(value[key]!, seen);
  }
  return ordered;
}

/** The same as `JSON.stringify` of an object in order, for those that have keys which do not stay in order. */
function spelled(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number') return JSON.stringify(finite(value));
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map(spelled).join(',')}]`;
  const members = sortedKeys(value).map(
    (key) => `${JSON.stringify(key.toWellFormed())}:${spelled(value[key]!)}`,
  );
  return `{${members.join(',')}}`;
}

function sortedKeys(value: JsonObject): string[] {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  keys.sort((a, b) => (a < b ? -1 : Number(a > b)));
  // UTF-16 sorts like UTF-8 but for what stands at or behind the surrogates.
  if (keys.some((key) => NOT_BELOW_SURROGATES.test(key)))
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return keys;
}

const NOT_BELOW_SURROGATES = /[\ud800-\uffff]/;

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError(`no JSON number: ${value}`);
  return value;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
