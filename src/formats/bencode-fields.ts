/**
 * Fields of a torrent's dictionaries by name and kind, with the refusal that names the field.
 *
 * Input: decoded dictionaries. Output: typed values, or undefined where a field may be absent. Throws
 * `METAINFO_INVALID`.
 */
import { FonotecaError } from '../base/errors.ts';
import type { Bencode, BencodeDictionary } from './bencode.ts';

/** `value` as a dictionary; `name` is what the refusal calls it. */
export function asDictionary(value: Bencode | undefined, name: string): BencodeDictionary {
  if (value instanceof Map) return value;
  throw wrong(name, 'a dictionary', value);
}

/** `value` as a list. */
export function asList(value: Bencode | undefined, name: string): readonly Bencode[] {
  if (Array.isArray(value)) return value;
  throw wrong(name, 'a list', value);
}

/** `value` as bytes; exactly `length` of them when it is given. */
export function asBytes(value: Bencode | undefined, name: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrong(name, 'a string', value);
  if (length !== undefined && value.length !== length)
    throw new FonotecaError('METAINFO_INVALID', `${name} of ${value.length} bytes, not ${length}`);
  return value;
}

/** `value` as text in strict UTF-8. */
export function asText(value: Bencode | undefined, name: string): string {
  const bytes = asBytes(value, name);
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new FonotecaError('METAINFO_INVALID', `${name} that is no UTF-8`);
}

/** `value` as a byte count: a whole number from 0. */
export function asByteCount(value: Bencode | undefined, name: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw wrong(name, 'a whole number from 0', value);
}

function wrong(name: string, wanted: string, value: Bencode | undefined): FonotecaError {
  const seen = value === undefined ? 'nothing' : typeof value === 'number' ? value : kindOf(value);
  return new FonotecaError('METAINFO_INVALID', `${name}: ${seen} where ${wanted} belongs`);
}

function kindOf(value: Exclude<Bencode, number>): string {
  if (value instanceof Uint8Array) return 'a string';
  return Array.isArray(value) ? 'a list' : 'a dictionary';
}
