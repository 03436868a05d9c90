/**
 * The SHA-256 tree of BEP 52: 16 KiB leaves → piece layer → root. Leaves and pieces beyond the end count as zero leaves.
 */
import crypto from 'node:crypto';

/** Bytes under one leaf. */
export const LEAF_BYTES: number = 16 * 1024;
/** Bytes of one hash. */
export const HASH_BYTES: number = 32;
const ZERO_LEAF = Buffer.alloc(HASH_BYTES);

/** The hash over each `width` (a power of two) of `leaves`, 32 bytes each; the last ones filled up with zero leaves. */
export function layerOf(leaves: readonly Buffer[], width: number): Buffer {
  const hashes: Buffer[] = [];
  for (let at = 0; at < leaves.length; at += width)
    hashes.push(rootOf(leaves.slice(at, at + width), width, ZERO_LEAF));
  return Buffer.concat(hashes);
}

/** The hex root over `layer`, the hashes of `width` leaves each. */
export function rootOfLayer(layer: Buffer, width: number): string {
  const hashes = Array.from({ length: layer.length / HASH_BYTES }, (_, at) =>
    layer.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
  const pad = rootOf([], width, ZERO_LEAF);
  return rootOf(hashes, powerOfTwo(hashes.length), pad).toString('hex');
}

/** The root over `nodes`, filled up with `pad` to `width`, a power of two. */
function rootOf(nodes: readonly Buffer[], width: number, pad: Buffer): Buffer {
  let layer = [...nodes];
  let filler = pad;
  const pair = Buffer.allocUnsafe(2 * HASH_BYTES);
  const parentOf = (left: Buffer, right: Buffer): Buffer => {
    left.copy(pair, 0);
    right.copy(pair, HASH_BYTES);
    return crypto.hash('sha256', pair, 'buffer');
  };
  for (let left = width; left > 1; left /= 2) {
    const above: Buffer[] = [];
    for (let at = 0; at < layer.length; at += 2)
      above.push(parentOf(layer[at]!, layer[at + 1] ?? filler));
    filler = parentOf(filler, filler);
    layer = above;
  }
  return layer[0] ?? filler;
}

function powerOfTwo(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}
