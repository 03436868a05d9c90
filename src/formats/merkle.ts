/**
 * The hash tree of BEP 52 over one file: SHA-256 of 16 KiB leaves, two children a node.
 *
 * Input: packed leaf hashes (32 bytes each, in file order). Output: the root, the piece layer, the check of one leaf.
 * Where the tree must be full, missing leaves count as 32 zero bytes; missing pieces as a full subtree of those.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { hashInto } from '../base/hash-into.ts';

/** Bytes of the file under one leaf; the last leaf may cover fewer (BEP 52). */
export const LEAF_BYTES = 16 * 1024;
/** Bytes of one SHA-256. */
export const HASH_BYTES = 32;

/** The hash of one leaf: SHA-256 of at most 16 KiB, unpadded. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  assert(bytes.length > 0 && bytes.length <= LEAF_BYTES, `a leaf of ${bytes.length} bytes`);
  return crypto.hash('sha256', bytes, 'buffer');
}

/** How many leaves (or, given `unitBytes`, pieces) a file of `sizeBytes` has; a last short one counts. */
export function leafCount(sizeBytes: number, unitBytes = LEAF_BYTES): number {
  return Math.ceil(sizeBytes / unitBytes);
}

/** Whether `bytes` are what leaf `index` of the packed `leaves` says; false for an index outside. */
export function verifyLeaf(leaves: Uint8Array, index: number, bytes: Uint8Array): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || bytes.length === 0) return false;
  if (bytes.length > LEAF_BYTES || (index + 1) * HASH_BYTES > leaves.length) return false;
  return hashAt(leaves, index).equals(leafHash(bytes));
}

/** The `pieces root` of a file from its packed leaves, at least one. Cost: one hash a leaf. */
export function rootFromLeaves(leaves: Uint8Array): Uint8Array {
  return rootOf(leaves, 0);
}

/**
 * The packed `piece layer` of a file: one hash for each `pieceLengthBytes`, those beyond the end left out. A file of
 * one piece or less has no layer in a torrent; what this gives for it leads to no root.
 */
export function pieceLayerFromLeaves(leaves: Uint8Array, pieceLengthBytes: number): Uint8Array {
  let layer = leaves;
  for (let level = 0; level < pieceLevel(pieceLengthBytes); level += 1)
    layer = parents(layer, level);
  return layer;
}

/** The `pieces root` of a file from its packed piece layer, at least one hash. */
export function rootFromPieceLayer(layer: Uint8Array, pieceLengthBytes: number): Uint8Array {
  return rootOf(layer, pieceLevel(pieceLengthBytes));
}

/** Steps from the leaves up to the layer where one hash covers a piece; the length must be a power of two ≥ 16 KiB. */
export function pieceLevel(pieceLengthBytes: number): number {
  const level = Math.log2(pieceLengthBytes / LEAF_BYTES);
  assert(Number.isInteger(level) && level >= 0, `a piece length of ${pieceLengthBytes}`);
  return level;
}

function rootOf(hashes: Uint8Array, level: number): Uint8Array {
  assert(hashes.length > 0 && hashes.length % HASH_BYTES === 0, 'packed hashes, at least one');
  let layer = hashes;
  for (let at = level; layer.length > HASH_BYTES; at += 1) layer = parents(layer, at);
  return Uint8Array.from(layer);
}

/** The layer above `layer`, whose hashes lie `level` steps above the leaves; an odd last hash is joined with a pad. */
function parents(layer: Uint8Array, level: number): Uint8Array {
  const pairs = Math.floor(layer.length / (2 * HASH_BYTES));
  const odd = layer.length % (2 * HASH_BYTES) !== 0;
  const above = Buffer.allocUnsafe((pairs + (odd ? 1 : 0)) * HASH_BYTES);
  for (let pair = 0; pair < pairs; pair += 1) {
    const children = layer.subarray(pair * 2 * HASH_BYTES, (pair + 1) * 2 * HASH_BYTES);
    hashInto('sha256', children, above, pair * HASH_BYTES);
  }
  if (odd) {
    const last = Buffer.concat([layer.subarray(pairs * 2 * HASH_BYTES), padHash(level)]);
    hashInto('sha256', last, above, pairs * HASH_BYTES);
  }
  return above;
}

/**
 * Folds the first `count` leaves of `nodes` in place by `levels` levels; returns how many hashes are left at its start.
 * `pairs` are views of each two neighbours of `nodes`, which whoever folds often makes once.
 */
export function foldNodes(
  nodes: Buffer,
  pairs: readonly Uint8Array[],
  count: number,
  levels: number,
): number {
  let left = count;
  for (let level = 0; level < levels; level += 1) {
    if (left % 2 === 1) nodes.set(padHash(level), left * HASH_BYTES);
    left = Math.ceil(left / 2);
    // A node lies at or before the pair it is made of, so what is written was read before.
    for (let at = 0; at < left; at += 1) hashInto('sha256', pairs[at]!, nodes, at * HASH_BYTES);
  }
  return left;
}

const pads: Uint8Array[] = [new Uint8Array(HASH_BYTES)];

/** The hash of a subtree that lies wholly beyond the end of the file, `level` steps above the leaves. */
function padHash(level: number): Uint8Array {
  for (let at = pads.length; at <= level; at += 1) {
    const below = pads[at - 1]!;
    pads.push(crypto.hash('sha256', Buffer.concat([below, below]), 'buffer'));
  }
  return pads[level]!;
}

function hashAt(hashes: Uint8Array, index: number): Buffer {
  return Buffer.from(hashes.buffer, hashes.byteOffset + index * HASH_BYTES, HASH_BYTES);
}
