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
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`no JSON number: ${value}`);
    return JSON.stringify(value);
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // Written by hand: an object literal would move keys that look like integers to the front.
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : Number(a > b)));
  // UTF-16 sorts like UTF-8 but for what stands at or behind the surrogates.
  if (keys.some((key) => NOT_BELOW_SURROGATES.test(key)))
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  let members = '';
  for (const key of keys) {
    const member = value[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key.toWellFormed())}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

const NOT_BELOW_SURROGATES = /[\ud800-\uffff]/;

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
