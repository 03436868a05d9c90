/**
 * The leaf hashes and the torrent of a volume as a redaction wants it. Input: the hashes before and the bytes that
 * change. Output: the hashes after; only touched leaves and pieces are hashed, and what is read from disk for a touched
 * piece is checked against its leaf.
 */
import crypto from 'node:crypto';
import type { Disk } from '../base/disk.ts';
import {
  HASH_BYTES,
  LEAF_BYTES,
  leafCount,
  leafHash,
  pieceLayerFromLeaves,
  rootFromLeaves,
} from '../formats/merkle.ts';
import { type BuiltMetainfo, buildMetainfo } from '../formats/metainfo-build.ts';
import { volumeFiles } from './redact-volume-journal.ts';
import { readerOf, type VolumeState, verifiedReader } from './redact-volume-state.ts';
import type { TargetBytes } from './redact-volume-target.ts';

const SHA1_BYTES = 20;
const ZERO_LEAF = leafHash(new Uint8Array(LEAF_BYTES));

/** The packed leaf hashes of the volume as it will be. */
export function nextLeaves({ leaves, sizeBytes }: VolumeState, target: TargetBytes): Uint8Array {
  const next = Uint8Array.from(leaves);
  for (let leaf = 0; leaf < leafCount(sizeBytes); leaf += 1) {
    if (!target.isTouched(leaf)) continue;
    const hash = target.isZero(leaf) ? ZERO_LEAF : leafHash(target.leaf(leaf));
    next.set(hash, leaf * HASH_BYTES);
  }
  return next;
}

/**
 * The torrent of the volume as it will be, with the addresses of the one before. Throws `STORE_OBJECT_DAMAGED` when a
 * leaf that shares a piece with a touched one is not what it should be.
 */
export function nextTorrent(
  disk: Disk,
  state: VolumeState,
  leaves: Uint8Array,
  target: TargetBytes,
): BuiltMetainfo {
  const { torrent, sizeBytes, name, directory } = state;
  const { pieceLengthBytes, trackers, webSeeds } = torrent;
  const pieces = Uint8Array.from(torrent.pieces!);
  const { tar } = volumeFiles(directory, name);
  const descriptor = disk.openForReading(tar);
  try {
    const read = verifiedReader(readerOf(disk, descriptor), { leaves, sizeBytes, file: tar });
    const perPiece = pieceLengthBytes / LEAF_BYTES;
    const last = leafCount(sizeBytes);
    for (let piece = 0; piece * perPiece < last; piece += 1) {
      const first = piece * perPiece;
      const inPiece = Array.from(
        { length: Math.min(perPiece, last - first) },
        (_, at) => first + at,
      );
      if (!inPiece.some((leaf) => target.isTouched(leaf))) continue;
      const hash = crypto.createHash('sha1');
      for (const leaf of inPiece) {
        const length = Math.min(LEAF_BYTES, sizeBytes - leaf * LEAF_BYTES);
        hash.update(target.isTouched(leaf) ? target.leaf(leaf) : read(leaf * LEAF_BYTES, length));
      }
      pieces.set(hash.digest(), piece * SHA1_BYTES);
    }
  } finally {
    disk.close(descriptor);
  }
  const hashes = {
    sizeBytes,
    pieceLengthBytes,
    leaves,
    pieces,
    pieceLayer: pieceLayerFromLeaves(leaves, pieceLengthBytes),
    piecesRoot: rootFromLeaves(leaves),
  };
  return buildMetainfo({ name: `${name}.tar`, hashes, trackers, webSeeds });
}
