/**
 * The hash tree of a transparency log: SHA-256 of leaves and nodes, and the root over perfect subtrees.
 *
 * Any tree is cut, left to right, into the largest perfect subtrees that fit: their sizes are the binary digits of its
 * size. Spec: RFC 6962 2.1 (hashes), docs/formats/log.md.
 */
import crypto from 'node:crypto';

/** Bytes of one hash. */
export const LOG_HASH_BYTES = 32;

/** In front of a leaf and of a node, so that neither can stand for the other (RFC 6962 2.1). */
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** The hashes of the perfect subtrees of a tree. */
export interface SubtreeHashes {
  /** The hash over the 2^`level` leaves from leaf `index` × 2^`level` on. */
  subtree(level: number, index: number): Uint8Array;
}

/** The hash of the leaf that holds `entry`. */
export function logLeafHash(entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length);
  bytes[0] = LEAF_PREFIX;
  bytes.set(entry, 1);
  return crypto.hash('sha256', bytes, 'buffer');
}

/** The hash of the node over `left` and `right`. */
export function logNodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * LOG_HASH_BYTES);
  bytes[0] = NODE_PREFIX;
  bytes.set(left, 1);
  bytes.set(right, 1 + LOG_HASH_BYTES);
  return crypto.hash('sha256', bytes, 'buffer');
}

/** The root of the empty tree: the hash of nothing. */
export function emptyLogRoot(): Uint8Array {
  return crypto.hash('sha256', '', 'buffer');
}

/** The root over `hashes`, perfect subtrees of falling size from left to right, of which there is at least one. */
export function foldSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => logNodeHash(left, right));
}

/** The root of the perfect tree over `hashes`; their count is a power of two. */
export function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      logNodeHash(row[2 * at]!, row[2 * at + 1]!),
    );
  return row[0]!;
}

/**
 * The root over the leaves from `start` to before `end`, at least one. `start` is a multiple of the largest power of two
 * below the count, as every subtree of a log is. Cost: one look-up a perfect subtree.
 */
export function rangeRoot(hashes: SubtreeHashes, start: number, end: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const level = Math.floor(Math.log2(end - at));
    parts.push(hashes.subtree(level, at / 2 ** level));
    at += 2 ** level;
  }
  return foldSubtrees(parts);
}
