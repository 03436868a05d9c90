/**
 * Pax records: the `length key=value` lines of a POSIX extended header (POSIX.1-2017 pax, "pax Extended Header").
 *
 * Input and output: one block of records. Each length counts the whole record in bytes, its own digits and the
 * newline included. Values are UTF-8.
 */
import { FonotecaError } from '../base/errors.ts';

/** Most bytes of records read: far beyond the longest path, far below what could fill memory. */
export const MAX_PAX_BYTES = 64 * 1024;
/** Fewest bytes a comment record takes: `12 comment=` and a newline. */
export const MIN_COMMENT_BYTES = 12;

/** The record `key=value` as bytes, its length in front. */
export function encodePaxRecord(key: string, value: string): Uint8Array {
  const rest = Buffer.from(` ${key}=${value}\n`, 'utf8');
  let length = rest.length + 1;
  // The length counts its own digits, so it grows until it agrees with itself.
  while (rest.length + String(length).length !== length)
    length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A comment record of spaces that takes exactly `recordBytes`, at least `MIN_COMMENT_BYTES`. */
export function encodePaxComment(recordBytes: number): Uint8Array {
  const digits = String(recordBytes);
  const spaces = recordBytes - digits.length - ' comment='.length - 1;
  return Buffer.from(`${digits} comment=${' '.repeat(spaces)}\n`, 'ascii');
}

/** The records in `bytes`, in order. Throws `TAR_INVALID` on a length that lies, text that is no UTF-8, a key twice. */
export function parsePaxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const head = /^([1-9]\d{0,5}) ([\x21-\x3c\x3e-\x7e]+)=/.exec(
      Buffer.from(bytes.subarray(at, at + 80)).toString('latin1'),
    );
    if (!head) throw invalid('no record', at);
    const length = Number(head[1]);
    const end = at + length;
    if (length <= head[0].length || end > bytes.length || bytes[end - 1] !== 0x0a)
      throw invalid('a record length that lies', at);
    const value = strictUtf8(bytes.subarray(at + head[0].length, end - 1));
    if (value === undefined || value.includes('\n') || value.includes('\0'))
      throw invalid('a value that is no line of UTF-8', at);
    if (records.has(head[2]!)) throw invalid(`a second ${head[2]} record`, at);
    records.set(head[2]!, value);
    at = end;
  }
  return records;
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

function invalid(what: string, offset: number): FonotecaError {
  return new FonotecaError('TAR_INVALID', `${what} in the pax header, byte ${offset}`);
}
