/**
 * Reading from volumes: every range is checked against the volume's 16 KiB leaf hashes before it is handed out, and
 * the leaf hashes themselves against the tree root the ledger and the signed edition know.
 */
import type { Digest } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseLeaves } from '../formats/leaves-file.ts';
import { LEAF_BYTES, rootFromLeaves, verifyLeaf } from '../formats/merkle.ts';
import { type Layout, volumePaths } from './layout.ts';

/** A volume as a reader needs to know it. */
export interface VolumeIdentity {
  readonly volume: string;
  readonly volumeSizeBytes: number;
  readonly piecesRoot: Digest;
}

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

/** Leaves read at a time: one system call for 256 KiB. */
const LEAVES_PER_READ = 16;
/** Leaf tables kept in memory: at 0.2 % of a volume, some 32 volumes of 1 GB are 64 MB. */
const MAX_KEPT_TABLES = 32;

/** A reader over the volumes of the archive laid out by `layout`. */
export function openVolumeReader(disk: Disk, layout: Layout): VolumeReader {
  const tables = new Map<string, Uint8Array>();
  const leavesOf = (identity: VolumeIdentity): Uint8Array => {
    const key = `${identity.volume} ${identity.piecesRoot}`;
    const known = tables.get(key);
    if (known) return known;
    const leaves = loadLeaves(disk, layout, identity);
    if (tables.size >= MAX_KEPT_TABLES) tables.delete(tables.keys().next().value!);
    tables.set(key, leaves);
    return leaves;
  };
  return {
    read: (identity, range) => readRange(disk, layout, identity, leavesOf(identity), range),
    forget: (volume) => {
      for (const key of tables.keys()) if (key.startsWith(`${volume} `)) tables.delete(key);
    },
  };
}

function loadLeaves(disk: Disk, layout: Layout, identity: VolumeIdentity): Uint8Array {
  const { leaves: file } = volumePaths(layout, identity.volume);
  if (!disk.stat(file))
    throw new FonotecaError('STORE_OBJECT_MISSING', `${identity.volume}.leaves`);
  const { sizeBytes, leaves } = parseLeaves(readWhole(disk, file));
  const root = Buffer.from(rootFromLeaves(leaves)).toString('hex');
  if (sizeBytes !== identity.volumeSizeBytes || root !== identity.piecesRoot) {
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${identity.volume}.leaves gives the root ${root}, the ledger knows ${identity.piecesRoot}`,
    );
  }
  return leaves;
}

function* readRange(
  disk: Disk,
  layout: Layout,
  identity: VolumeIdentity,
  leaves: Uint8Array,
  range: { start: number; end: number },
): Generator<Uint8Array> {
  const { start, end } = range;
  const isInside =
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    start >= 0 &&
    start <= end &&
    end <= identity.volumeSizeBytes;
  if (!isInside)
    throw new FonotecaError('STORE_RANGE', `${start}–${end} of ${identity.volumeSizeBytes}`);
  if (start === end) return;
  const { tar } = volumePaths(layout, identity.volume);
  if (!disk.stat(tar)) throw new FonotecaError('STORE_OBJECT_MISSING', `${identity.volume}.tar`);
  const descriptor = disk.openForReading(tar);
  try {
    for (
      let leaf = Math.floor(start / LEAF_BYTES);
      leaf * LEAF_BYTES < end;
      leaf += LEAVES_PER_READ
    ) {
      const from = leaf * LEAF_BYTES;
      const until = Math.min(
        from + LEAVES_PER_READ * LEAF_BYTES,
        roundUp(end),
        identity.volumeSizeBytes,
      );
      const block = readFully(disk, descriptor, from, until - from, identity);
      checkLeaves(block, leaves, leaf, identity);
      yield block.subarray(Math.max(0, start - from), Math.min(block.length, end - from));
    }
  } finally {
    disk.close(descriptor);
  }
}

function checkLeaves(
  block: Uint8Array,
  leaves: Uint8Array,
  firstLeaf: number,
  identity: VolumeIdentity,
): void {
  for (let at = 0; at < block.length; at += LEAF_BYTES) {
    const index = firstLeaf + at / LEAF_BYTES;
    if (verifyLeaf(leaves, index, block.subarray(at, at + LEAF_BYTES))) continue;
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${identity.volume}.tar, the 16 KiB from byte ${index * LEAF_BYTES}`,
    );
  }
}

function readFully(
  disk: Disk,
  descriptor: number,
  position: number,
  length: number,
  identity: VolumeIdentity,
): Uint8Array {
  const buffer = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = disk.read(descriptor, buffer.subarray(done), position + done);
    if (count === 0)
      throw new FonotecaError(
        'STORE_OBJECT_DAMAGED',
        `${identity.volume}.tar ends at byte ${position + done}`,
      );
    done += count;
  }
  return buffer;
}

function roundUp(position: number): number {
  return Math.ceil(position / LEAF_BYTES) * LEAF_BYTES;
}
