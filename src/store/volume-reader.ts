/**
 * Reading from volumes: every range is checked against the volume's 16 KiB leaf hashes before it is handed out, and
 * the leaf hashes themselves, piece by piece, against the tree root the ledger and the signed edition know.
 */
import { type Disk, readInto } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { LEAF_BYTES, verifyLeaf } from '../formats/merkle.ts';
import { type Layout, volumePaths } from './layout.ts';
import { type LeafTable, openLeafTable, type VolumeIdentity } from './leaf-table.ts';

/** Verified reading from volumes. */
export interface VolumeReader {
  /**
   * The bytes of a volume from `start` to `end`, in order, each 16 KiB leaf verified before any of it is yielded.
   * Errors: `STORE_OBJECT_MISSING`, `STORE_OBJECT_DAMAGED` (with the byte), `STORE_RANGE`.
   */
  read(identity: VolumeIdentity, range: { start: number; end: number }): Iterable<Uint8Array>;
  /** Forgets what is known of a volume, after its files were replaced. */
  forget(volume: string): void;
}

/** Bytes read at a time: one system call, and enough for a player to begin. */
const READ_BYTES = 256 * 1024;
/** Memory for leaf tables: some 350 volumes of 1 GB with their torrents, or 32 without. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;

/** A reader over the volumes of the archive laid out by `layout`. */
export function openVolumeReader(disk: Disk, layout: Layout): VolumeReader {
  const tables = new Map<string, LeafTable>();
  const tableOf = (identity: VolumeIdentity): LeafTable => {
    const key = `${identity.volume} ${identity.piecesRoot}`;
    const table = tables.get(key) ?? openLeafTable(disk, layout, identity);
    // What is used moves to the end, so the first is what was not asked for longest.
    tables.delete(key);
    tables.set(key, table);
    dropOldest(tables);
    return table;
  };
  return {
    read: (identity, range) => {
      requireInside(identity, range);
      if (range.start === range.end) return [];
      return readRange(disk, layout, identity, tableOf(identity), range);
    },
    forget: (volume) => {
      for (const key of tables.keys()) if (key.startsWith(`${volume} `)) tables.delete(key);
    },
  };
}

function dropOldest(tables: Map<string, LeafTable>): void {
  let bytes = 0;
  for (const { memoryBytes } of tables.values()) bytes += memoryBytes;
  for (const [key, { memoryBytes }] of tables) {
    if (bytes <= MAX_TABLE_BYTES || tables.size === 1) return;
    tables.delete(key);
    bytes -= memoryBytes;
  }
}

function requireInside(
  { volumeSizeBytes }: VolumeIdentity,
  { start, end }: { start: number; end: number },
): void {
  const isInside =
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    start >= 0 &&
    start <= end &&
    end <= volumeSizeBytes;
  if (!isInside) throw new FonotecaError('STORE_RANGE', `${start}–${end} of ${volumeSizeBytes}`);
}

function* readRange(
  disk: Disk,
  layout: Layout,
  identity: VolumeIdentity,
  table: LeafTable,
  { start, end }: { start: number; end: number },
): Generator<Uint8Array> {
  const { volume, volumeSizeBytes } = identity;
  const { tar } = volumePaths(layout, volume);
  if (!disk.stat(tar)) throw new FonotecaError('STORE_OBJECT_MISSING', `${volume}.tar`);
  const descriptor = disk.openForReading(tar);
  try {
    for (let from = Math.floor(start / LEAF_BYTES) * LEAF_BYTES; from < end; ) {
      const piece = Math.floor(from / table.pieceLengthBytes);
      const until = Math.min(
        from + READ_BYTES,
        (piece + 1) * table.pieceLengthBytes,
        Math.ceil(end / LEAF_BYTES) * LEAF_BYTES,
        volumeSizeBytes,
      );
      const block = Buffer.allocUnsafe(until - from);
      const count = readInto(disk, descriptor, block, from);
      if (count < block.length) throw damaged(identity, ` ends at byte ${from + count}`);
      checkLeaves(block, table.leavesOf(piece), from, table.pieceLengthBytes, identity);
      yield block.subarray(Math.max(0, start - from), Math.min(block.length, end - from));
      from = until;
    }
  } finally {
    disk.close(descriptor);
  }
}

/** Throws unless every leaf of `block`, which lies in one piece from byte `from`, is what the piece's `leaves` say. */
function checkLeaves(
  block: Uint8Array,
  leaves: Uint8Array,
  from: number,
  pieceLengthBytes: number,
  identity: VolumeIdentity,
): void {
  const first = (from % pieceLengthBytes) / LEAF_BYTES;
  for (let at = 0; at < block.length; at += LEAF_BYTES) {
    if (verifyLeaf(leaves, first + at / LEAF_BYTES, block.subarray(at, at + LEAF_BYTES))) continue;
    throw damaged(identity, `, the 16 KiB from byte ${from + at}`);
  }
}

function damaged({ volume }: VolumeIdentity, what: string): FonotecaError {
  return new FonotecaError('STORE_OBJECT_DAMAGED', `${volume}.tar${what}`);
}
