/**
 * The leaf hashes of a volume, believed piece by piece: the piece layer of the torrent beside it, once it leads to the
 * root that is known, vouches for the leaves of each piece as they are read.
 *
 * Input: the files beside a volume and the root that the ledger or a signed edition knows. Output: leaves to check
 * bytes against. A volume of 10 GB costs 10,000 hashes to open instead of 640,000. See docs/formats/leaves.md.
 */
import type { Digest } from '../base/digest.ts';
import { type Disk, readInto, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { LEAVES_HEADER_BYTES, parseLeaves } from '../formats/leaves-file.ts';
import {
  HASH_BYTES,
  LEAF_BYTES,
  leafCount,
  pieceLayerFromLeaves,
  rootFromLeaves,
} from '../formats/merkle.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import { type Layout, volumePaths } from './layout.ts';

/** A volume as a reader needs to know it. */
export interface VolumeIdentity {
  readonly volume: string;
  readonly volumeSizeBytes: number;
  readonly piecesRoot: Digest;
}

/** Leaves that are believed. */
export interface LeafTable {
  readonly pieceLengthBytes: number;
  /** The packed leaves of piece `piece`. `STORE_OBJECT_DAMAGED` when no file beside the volume has them. */
  leavesOf(piece: number): Uint8Array;
  /** What it takes in memory. */
  readonly memoryBytes: number;
}

/** While a volume is redacted its new leaves and torrent lie beside the old ones; whichever lead to the root serve. */
const SUFFIXES = ['', '.next'] as const;
/** Pieces whose leaves are kept at hand, 2 KiB each: a peer asks for a piece in 64 blocks. */
const MAX_KEPT_PIECES = 64;
/** Pieces in which a table without a torrent hands out its leaves. */
const PLAIN_PIECE_BYTES = 1024 * 1024;

/**
 * The leaf table of the volume `identity`. Errors: `STORE_OBJECT_MISSING` when there are no leaves, and
 * `STORE_OBJECT_DAMAGED` when nothing beside the volume leads to its root. Without a torrent that serves, all leaves
 * are read and hashed.
 */
export function openLeafTable(disk: Disk, layout: Layout, identity: VolumeIdentity): LeafTable {
  if (leavesFiles(disk, layout, identity).length === 0)
    throw new FonotecaError('STORE_OBJECT_MISSING', `${identity.volume}.leaves`);
  return layeredTable(disk, layout, identity) ?? plainTable(disk, layout, identity);
}

/** The leaves beside the volume, which may change while a table is in use. */
function leavesFiles(disk: Disk, layout: Layout, { volume }: VolumeIdentity): string[] {
  const { leaves } = volumePaths(layout, volume);
  return SUFFIXES.map((suffix) => `${leaves}${suffix}`).filter((file) => disk.stat(file));
}

function layeredTable(disk: Disk, layout: Layout, identity: VolumeIdentity): LeafTable | undefined {
  const known = trustedLayer(disk, layout, identity);
  if (!known) return undefined;
  const { layer, pieceLengthBytes } = known;
  const kept = new Map<number, Uint8Array>();
  const leavesOf = (piece: number): Uint8Array => {
    const wanted = layer.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES);
    for (const file of leavesFiles(disk, layout, identity)) {
      const leaves = readLeaves(disk, file, identity, piece, pieceLengthBytes);
      if (leaves && Buffer.compare(pieceLayerFromLeaves(leaves, pieceLengthBytes), wanted) === 0)
        return leaves;
    }
    throw damaged(identity, `has wrong leaves for the piece from byte ${piece * pieceLengthBytes}`);
  };
  return {
    pieceLengthBytes,
    memoryBytes: layer.length + MAX_KEPT_PIECES * (pieceLengthBytes / LEAF_BYTES) * HASH_BYTES,
    leavesOf: (piece) => {
      const found = kept.get(piece) ?? leavesOf(piece);
      if (kept.size >= MAX_KEPT_PIECES) kept.delete(kept.keys().next().value!);
      kept.set(piece, found);
      return found;
    },
  };
}

/** The piece layer of a torrent beside the volume that leads to the volume's root, or undefined when none does. */
function trustedLayer(
  disk: Disk,
  layout: Layout,
  { volume, volumeSizeBytes, piecesRoot }: VolumeIdentity,
): { layer: Uint8Array; pieceLengthBytes: number } | undefined {
  for (const suffix of SUFFIXES) {
    const file = `${volumePaths(layout, volume).torrent}${suffix}`;
    try {
      if (!disk.stat(file)) continue;
      const { pieceLengthBytes, pieceLayers, sizeBytes } = parseMetainfo(readWhole(disk, file));
      // The parser has hashed every layer up to the root under which it gives it.
      const layer = pieceLayers.get(piecesRoot);
      if (layer && sizeBytes === volumeSizeBytes)
        return { layer: Uint8Array.from(layer), pieceLengthBytes };
    } catch (error) {
      // A torrent that is damaged serves nobody here; the leaves alone may still lead to the root.
      if (!(error instanceof FonotecaError)) throw error;
    }
  }
  return undefined;
}

/** The leaves of one piece as `file` has them, or undefined when it ends before. */
function readLeaves(
  disk: Disk,
  file: string,
  { volumeSizeBytes }: VolumeIdentity,
  piece: number,
  pieceLengthBytes: number,
): Uint8Array | undefined {
  const first = piece * (pieceLengthBytes / LEAF_BYTES);
  const ofPiece = Math.min(pieceLengthBytes, volumeSizeBytes - piece * pieceLengthBytes);
  const leaves = Buffer.allocUnsafe(leafCount(ofPiece) * HASH_BYTES);
  const descriptor = disk.openForReading(file);
  try {
    const count = readInto(disk, descriptor, leaves, LEAVES_HEADER_BYTES + first * HASH_BYTES);
    return count === leaves.length ? leaves : undefined;
  } finally {
    disk.close(descriptor);
  }
}

/** The table of whoever has no torrent, and of volumes of one piece, which have no layer. */
function plainTable(disk: Disk, layout: Layout, identity: VolumeIdentity): LeafTable {
  for (const file of leavesFiles(disk, layout, identity)) {
    const leaves = wholeLeaves(disk, file, identity);
    if (!leaves) continue;
    const pieceBytes = (PLAIN_PIECE_BYTES / LEAF_BYTES) * HASH_BYTES;
    return {
      pieceLengthBytes: PLAIN_PIECE_BYTES,
      memoryBytes: leaves.length,
      leavesOf: (piece) => leaves.subarray(piece * pieceBytes, (piece + 1) * pieceBytes),
    };
  }
  throw damaged(identity, `does not lead to the root ${identity.piecesRoot} that the ledger knows`);
}

function wholeLeaves(
  disk: Disk,
  file: string,
  { volumeSizeBytes, piecesRoot }: VolumeIdentity,
): Uint8Array | undefined {
  try {
    const { sizeBytes, leaves } = parseLeaves(readWhole(disk, file));
    const isTrusted =
      sizeBytes === volumeSizeBytes &&
      Buffer.from(rootFromLeaves(leaves)).toString('hex') === piecesRoot;
    return isTrusted ? leaves : undefined;
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'LEAVES_INVALID') return undefined;
    throw error;
  }
}

function damaged({ volume }: VolumeIdentity, what: string): FonotecaError {
  return new FonotecaError('STORE_OBJECT_DAMAGED', `${volume}.leaves ${what}`);
}
