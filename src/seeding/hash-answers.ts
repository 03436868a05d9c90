/**
 * Answers to the hash requests of BitTorrent v2 (BEP 52 "hash request"), from the piece layer of a one-file torrent.
 *
 * A peer that came by a magnet link has the root alone and asks for the layer. Layers below the pieces are not kept
 * in a torrent and are refused, as the BEP allows.
 */
import crypto from 'node:crypto';
import { HASH_BYTES, pieceLevel } from '../formats/merkle.ts';

/** A hash request: root, base layer, index, length, proof layers. */
const HASH_REQUEST_BYTES = HASH_BYTES + 16;
/** Hashes asked for at once, as libtorrent limits them. */
const MAX_HASHES = 512;

/** Answers hash requests about one file. */
export interface HashAnswers {
  /** The hashes that `request` asks for with their proof, or undefined to refuse it. */
  answer(request: Buffer): Buffer | undefined;
}

/** Answers about the file with root `piecesRoot` and `layer`, its piece layer. */
export function openHashAnswers(
  piecesRoot: string,
  layer: Uint8Array,
  pieceLengthBytes: number,
): HashAnswers {
  const base = pieceLevel(pieceLengthBytes);
  let levels: Buffer[] | undefined;
  return {
    answer(request) {
      if (request.length !== HASH_REQUEST_BYTES) return undefined;
      if (request.toString('hex', 0, HASH_BYTES) !== piecesRoot) return undefined;
      const [level, index, count, proofLayers] = [0, 4, 8, 12].map((at) =>
        request.readUInt32BE(HASH_BYTES + at),
      ) as [number, number, number, number];
      levels ??= levelsOf(layer, base);
      const hashes = levels[level - base];
      const isRun = count >= 2 && count <= MAX_HASHES && Number.isInteger(Math.log2(count));
      if (!hashes || !isRun || index % count !== 0) return undefined;
      const bytes = hashes.subarray(index * HASH_BYTES, (index + count) * HASH_BYTES);
      if (bytes.length !== count * HASH_BYTES) return undefined;
      return Buffer.concat([
        bytes,
        ...unclesOf(levels.slice(level - base), index, count, proofLayers),
      ]);
    },
  };
}

/** The siblings on the way from the run's own subtree up to layer `proofLayers` above it. */
function unclesOf(levels: Buffer[], index: number, count: number, proofLayers: number): Buffer[] {
  const uncles: Buffer[] = [];
  const highest = Math.min(proofLayers, levels.length - 2);
  for (let height = Math.log2(count); height <= highest; height += 1) {
    const sibling = Math.floor(index / 2 ** height) ^ 1;
    uncles.push(levels[height]!.subarray(sibling * HASH_BYTES, (sibling + 1) * HASH_BYTES));
  }
  return uncles;
}

/** The full tree above the pieces, each level packed; pieces beyond the end are subtrees of zero leaves. */
function levelsOf(layer: Uint8Array, base: number): Buffer[] {
  let pad = Buffer.alloc(HASH_BYTES);
  for (let height = 0; height < base; height += 1) pad = parent(pad, pad);
  const width = 2 ** Math.ceil(Math.log2(Math.max(2, layer.length / HASH_BYTES)));
  const bottom = Buffer.alloc(width * HASH_BYTES, pad);
  bottom.set(layer);
  const levels = [bottom];
  for (let below = bottom; below.length > HASH_BYTES; ) {
    const above = Buffer.alloc(below.length / 2);
    for (let at = 0; at < above.length; at += HASH_BYTES)
      above.set(
        crypto.hash('sha256', below.subarray(2 * at, 2 * at + 2 * HASH_BYTES), 'buffer'),
        at,
      );
    levels.push(above);
    below = above;
  }
  return levels;
}

function parent(left: Buffer, right: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(crypto.hash('sha256', Buffer.concat([left, right]), 'buffer'));
}
