/** SHA-256 and its textual form, the identity of every byte string in an archive. */
import crypto from 'node:crypto';

declare const digest: unique symbol;

/** SHA-256 of some bytes as 64 lower-case hex digits. */
export type Digest = string & { readonly [digest]: true };

/** A digest being fed piece by piece. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest of all that was fed; the hasher is spent. */
  finish(): Digest;
}

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array | string): Digest {
  return crypto.hash('sha256', bytes, 'hex') as Digest;
}

/** A SHA-256 hasher to feed in order. */
export function startSha256(): Hasher {
  const hash = crypto.createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest('hex') as Digest };
}

/** Whether `text` is a digest in its one textual form. */
export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}
