/**
 * A hash written where it belongs. Asked for as text of one character a byte and written from there, a hash costs no
 * buffer of its own, which for short inputs is half of its cost.
 */
import crypto from 'node:crypto';

/** Writes the hash of `bytes` into `target` at `at`: 20 bytes for SHA-1, 32 for SHA-256. There must be room. */
export function hashInto(
  algorithm: 'sha1' | 'sha256',
  bytes: Uint8Array,
  target: Buffer,
  at: number,
): void {
  target.write(crypto.hash(algorithm, bytes, 'binary'), at, 'latin1');
}
