/**
 * One pass over a file that gives everything its torrent and its leaf file need.
 *
 * Input: the bytes in order, in chunks of any size. Output: SHA-256 of each 16 KiB leaf (BEP 52), SHA-1 of each piece
 * (BEP 3), the total, and on request the SHA-256 of a range on the way. Chunks that start on a 16 KiB boundary of the
 * file and hold many leaves are the fast case: nothing is copied.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { type Digest, type Hasher, startSha256 } from '../base/digest.ts';
import { hashInto } from '../base/hash-into.ts';
import {
  HASH_BYTES,
  LEAF_BYTES,
  pieceLayerFromLeaves,
  pieceLevel,
  rootFromLeaves,
} from './merkle.ts';

/** What one pass over a file found. */
export interface PieceHashes {
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  /** SHA-256 of each 16 KiB, packed. */
  readonly leaves: Uint8Array;
  /** SHA-1 of each piece, packed; the last piece may be short. */
  readonly pieces: Uint8Array;
  /** The packed SHA-256 piece layer. */
  readonly pieceLayer: Uint8Array;
  /** The root of the tree over the leaves; 32 zero bytes for an empty file, which has no tree. */
  readonly piecesRoot: Uint8Array;
}

/** A file being hashed. */
export interface PieceHasher {
  /** Bytes fed so far. */
  readonly sizeBytes: number;
  /** Takes the next bytes; they may be reused by the caller afterwards. */
  update(bytes: Uint8Array): void;
  /** Starts a SHA-256 over the bytes that follow; one range at a time. */
  startRange(): void;
  /** The SHA-256 of the bytes since `startRange`. */
  finishRange(): Digest;
  /** The hashes of all that was fed; the hasher is spent. Cost: one more hash a leaf, for the tree. */
  finish(): PieceHashes;
}

const SHA1_BYTES = 20;

/** A hasher of pieces of `pieceLengthBytes`, a power of two of at least 16 KiB. Memory: 32 bytes a leaf. */
export function startPieceHasher({ pieceLengthBytes }: { pieceLengthBytes: number }): PieceHasher {
  pieceLevel(pieceLengthBytes);
  const leaves = startPacked(HASH_BYTES);
  const pieces = startPacked(SHA1_BYTES);
  const partial = Buffer.alloc(LEAF_BYTES);
  let sizeBytes = 0;
  let piece: crypto.Hash | undefined;
  let range: Hasher | undefined;

  const feedLeaves = (bytes: Uint8Array) => {
    const held = sizeBytes % LEAF_BYTES;
    let at = 0;
    if (held > 0) {
      at = Math.min(LEAF_BYTES - held, bytes.length);
      partial.set(bytes.subarray(0, at), held);
      if (held + at === LEAF_BYTES) leaves.push('sha256', partial);
    }
    for (; at + LEAF_BYTES <= bytes.length; at += LEAF_BYTES)
      leaves.push('sha256', bytes.subarray(at, at + LEAF_BYTES));
    if (at < bytes.length) partial.set(bytes.subarray(at));
  };
  const feedPieces = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) {
      const held = (sizeBytes + at) % pieceLengthBytes;
      const part = bytes.subarray(at, at + pieceLengthBytes - held);
      at += part.length;
      if (part.length === pieceLengthBytes) pieces.push('sha1', part);
      else {
        piece ??= crypto.createHash('sha1');
        piece.update(part);
        if (held + part.length === pieceLengthBytes) {
          pieces.take(piece.digest());
          piece = undefined;
        }
      }
    }
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    update(bytes) {
      feedLeaves(bytes);
      feedPieces(bytes);
      range?.update(bytes);
      sizeBytes += bytes.length;
    },
    startRange() {
      assert(range === undefined, 'one range at a time');
      range = startSha256();
    },
    finishRange() {
      assert(range !== undefined, 'a range that was started');
      const digest = range.finish();
      range = undefined;
      return digest;
    },
    finish() {
      const held = sizeBytes % LEAF_BYTES;
      if (held > 0) leaves.push('sha256', partial.subarray(0, held));
      if (piece) pieces.take(piece.digest());
      return hashesOf(leaves.all(), pieces.all(), sizeBytes, pieceLengthBytes);
    },
  };
}

function hashesOf(
  leaves: Uint8Array,
  pieces: Uint8Array,
  sizeBytes: number,
  pieceLengthBytes: number,
): PieceHashes {
  const pieceLayer = pieceLayerFromLeaves(leaves, pieceLengthBytes);
  const piecesRoot = leaves.length > 0 ? rootFromLeaves(leaves) : new Uint8Array(HASH_BYTES);
  return { sizeBytes, pieceLengthBytes, leaves, pieces, pieceLayer, piecesRoot };
}

interface Packed {
  /** Appends the hash of `bytes`. */
  push(algorithm: 'sha1' | 'sha256', bytes: Uint8Array): void;
  /** Appends a hash that is made. */
  take(hash: Uint8Array): void;
  all(): Uint8Array;
}

function startPacked(hashBytes: number): Packed {
  let store = Buffer.alloc(hashBytes * 1024);
  let used = 0;
  const reserve = () => {
    if (used + hashBytes > store.length) store = Buffer.concat([store, Buffer.alloc(store.length)]);
    used += hashBytes;
    return used - hashBytes;
  };
  return {
    push(algorithm, bytes) {
      const at = reserve();
      hashInto(algorithm, bytes, store, at);
    },
    take(hash) {
      const at = reserve();
      store.set(hash, at);
    },
    all: () => Uint8Array.prototype.slice.call(store, 0, used),
  };
}
