/**
 * The one validator for paths that come from outside: tables, archives, volumes, torrents, bags, requests.
 *
 * A safe relative path is a sequence of names joined by `/` that means the same on every file system: no name is
 * empty, `.` or `..`, holds a control character, a backslash, a colon or another character Windows refuses, ends in a dot or
 * space, is a Windows device name, or exceeds 255 bytes of UTF-8. The text is in Unicode NFC.
 */
import { FonotecaError } from './errors.ts';

declare const safe: unique symbol;

/** A relative path that passed `parseSafePath`. */
export type SafeRelPath = string & { readonly [safe]: true };

/** Longest whole path in bytes of UTF-8: what POSIX promises of a path, less the terminator. */
const MAX_PATH_BYTES = 4095;
/** Longest single name in bytes of UTF-8: the limit of every common file system. */
const MAX_NAME_BYTES = 255;
/** Most names in one path, so that no walk recurses without end. */
const MAX_PATH_DEPTH = 64;

const DEVICE_NAME = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/iu;
const FORBIDDEN = /[\p{Cc}\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** Why `text` is not a safe relative path, or undefined when it is one. */
export function unsafePathReason(text: string): string | undefined {
  if (text === '') return 'empty';
  if (!text.isWellFormed()) return 'not well-formed Unicode';
  if (text.normalize('NFC') !== text) return 'not in Unicode NFC';
  if (Buffer.byteLength(text) > MAX_PATH_BYTES) return `longer than ${MAX_PATH_BYTES} bytes`;
  if (text.startsWith('/')) return 'absolute';
  const names = text.split('/');
  if (names.length > MAX_PATH_DEPTH) return `deeper than ${MAX_PATH_DEPTH} names`;
  for (const name of names) {
    const reason = unsafeNameReason(name);
    if (reason) return reason;
  }
  return undefined;
}

/** Why `name` cannot be one name of a safe path, or undefined when it can. */
export function unsafeNameReason(name: string): string | undefined {
  if (name === '') return 'an empty name';
  if (name === '.' || name === '..') return `the name ${name}`;
  if (FORBIDDEN.test(name)) return 'a control or reserved character';
  if (/[. ]$/.test(name)) return 'a trailing dot or space';
  if (DEVICE_NAME.test(name)) return 'a device name';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `a name longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

/** `text` as a safe relative path; throws `PATH_UNSAFE`. */
export function parseSafePath(text: string): SafeRelPath {
  const reason = unsafePathReason(text);
  if (reason)
    throw new FonotecaError('PATH_UNSAFE', `${reason} in ${JSON.stringify(text.slice(0, 200))}`);
  return text as SafeRelPath;
}

/** Turns any text into one safe name (never empty, at most `maxBytes` of UTF-8): forbidden characters become `_`. */
export function toSafeName(text: string, maxBytes = 120): string {
  let name = text.toWellFormed().normalize('NFC');
  name = name.replaceAll(new RegExp(FORBIDDEN.source, 'gu'), '_').replaceAll('/', '_').trim();
  while (Buffer.byteLength(name) > maxBytes) name = [...name].slice(0, -1).join('');
  // Truncation can end inside a cluster or leave a space; both ends are mended last.
  name = name
    .replace(/^[. ]+/, (dots) => '_'.repeat(dots.length))
    .replace(/[. ]+$/, '')
    .normalize('NFC');
  if (name === '' || DEVICE_NAME.test(name)) name = `_${name}`;
  return name;
}

/** Compares two strings by their UTF-8 bytes: the only order used for paths, free of any locale. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 sorts like UTF-8 but for what stands at or behind the surrogates.
  if (NOT_BELOW_SURROGATES.test(a) || NOT_BELOW_SURROGATES.test(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

const NOT_BELOW_SURROGATES = /[\ud800-\uffff]/;

/**
 * Why `text` cannot be a path below one of the operator's own folders, or undefined when it can. Laxer than
 * `unsafePathReason`, because such names were given by the operator's file system and go back to one: only what
 * would leave the folder is refused.
 */
export function escapingPathReason(text: string): string | undefined {
  if (text === '' || text.startsWith('/')) return 'empty or absolute';
  if (text.includes('\0')) return 'a NUL';
  const bad = text.split('/').find((name) => name === '' || name === '.' || name === '..');
  return bad === undefined ? undefined : `the name ${JSON.stringify(bad)}`;
}
