/**
 * The SHA-256 tree of BEP 52 built while leaves arrive: 16 KiB leaves → piece layer → root.
 *
 * Memory: the leaves of one piece and 32 bytes a piece. Leaves and pieces beyond the end count as zero leaves.
 */
import crypto from 'node:crypto';

/** Bytes under one leaf. */
export const LEAF_BYTES: number = 16 * 1024;
const ZERO_LEAF = Buffer.alloc(32);

/** A tree being fed leaf by leaf. */
export interface TreeHash {
  addLeaf(leaf: Buffer): void;
  /** The hash of each piece, 32 bytes each, and the hex of the root; a lone piece has no layer of its own. */
  finish(): { pieceLayer: Buffer; piecesRoot: string };
}

/** Starts the tree of a file with pieces of `pieceLengthBytes`, a power of two of at least 16 KiB. */
export function startTreeHash(pieceLengthBytes: number): TreeHash {
  const leavesPerPiece = pieceLengthBytes / LEAF_BYTES;
  const pieces: Buffer[] = [];
  let leaves: Buffer[] = [];
  return {
    addLeaf(leaf) {
      leaves.push(leaf);
      if (leaves.length < leavesPerPiece) return;
      pieces.push(rootOf(leaves, leavesPerPiece, ZERO_LEAF));
      leaves = [];
    },
    finish() {
      if (pieces.length === 0)
        return {
          pieceLayer: Buffer.alloc(0),
          piecesRoot: rootOf(leaves, powerOfTwo(leaves.length), ZERO_LEAF).toString('hex'),
        };
      if (leaves.length > 0) pieces.push(rootOf(leaves, leavesPerPiece, ZERO_LEAF));
      const pad = rootOf([], leavesPerPiece, ZERO_LEAF);
      return {
        pieceLayer: pieces.length > 1 ? Buffer.concat(pieces) : Buffer.alloc(0),
        piecesRoot: rootOf(pieces, powerOfTwo(pieces.length), pad).toString('hex'),
      };
    },
  };
}

/** The root over `nodes`, filled up with `pad` to `width`, a power of two. */
function rootOf(nodes: readonly Buffer[], width: number, pad: Buffer): Buffer {
  let layer = [...nodes];
  let filler = pad;
  for (let left = width; left > 1; left /= 2) {
    const above: Buffer[] = [];
    for (let at = 0; at < layer.length; at += 2)
      above.push(parentOf(layer[at]!, layer[at + 1] ?? filler));
    filler = parentOf(filler, filler);
    layer = above;
  }
  return layer[0] ?? filler;
}

function parentOf(left: Buffer, right: Buffer): Buffer {
  return crypto.createHash('sha256').update(left).update(right).digest();
}

function powerOfTwo(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}
