/**
 * The root of the 16 KiB leaf tree over one byte string alone, made as its bytes pass: what a v2 torrent of that file
 * calls its `pieces root` (BEP 52). Input: the bytes in order, in chunks of any size. Output: the root.
 */
import type { Digest } from '../base/digest.ts';
import { hashInto } from '../base/hash-into.ts';
import { HASH_BYTES, LEAF_BYTES, rootFromLeaves } from './merkle.ts';

/** A byte string whose root is being made. */
export interface LeavesRoot {
  /** Takes the next bytes; they may be reused by the caller afterwards. */
  update(bytes: Uint8Array): void;
  /** The root as lower-case hex, or undefined for no bytes, which have no tree; the hasher is spent. */
  finish(): Digest | undefined;
}

const FIRST_LEAVES = 256;

/** A root to be fed. Memory: a leaf of bytes, and 32 to 64 bytes for each leaf. */
export function startLeavesRoot(): LeavesRoot {
  const partial = Buffer.allocUnsafe(LEAF_BYTES);
  let held = 0;
  let leaves = Buffer.alloc(FIRST_LEAVES * HASH_BYTES);
  let used = 0;
  const push = (leaf: Uint8Array) => {
    if (used === leaves.length) leaves = Buffer.concat([leaves, Buffer.alloc(leaves.length)]);
    hashInto('sha256', leaf, leaves, used);
    used += HASH_BYTES;
  };
  return {
    update(bytes) {
      let at = 0;
      if (held > 0) {
        at = Math.min(LEAF_BYTES - held, bytes.length);
        partial.set(bytes.subarray(0, at), held);
        held += at;
        if (held < LEAF_BYTES) return;
        push(partial);
        held = 0;
      }
      for (; at + LEAF_BYTES <= bytes.length; at += LEAF_BYTES)
        push(bytes.subarray(at, at + LEAF_BYTES));
      partial.set(bytes.subarray(at));
      held = bytes.length - at;
    },
    finish() {
      if (held > 0) push(partial.subarray(0, held));
      return used === 0 ? undefined : rootDigest(leaves.subarray(0, used));
    },
  };
}

/** The root over packed `leaves`, at least one, as lower-case hex. */
export function rootDigest(leaves: Uint8Array): Digest {
  return Buffer.from(rootFromLeaves(leaves)).toString('hex') as Digest;
}
