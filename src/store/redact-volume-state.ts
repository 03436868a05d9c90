/**
 * What lies on disk of a volume that is to be redacted: its leaf hashes, its torrent, its index and, when a redaction
 * was begun, the journal. Input: the three files and the journal. Output: a state that was found consistent.
 */
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseLeaves } from '../formats/leaves-file.ts';
import { LEAF_BYTES, rootFromLeaves, verifyLeaf } from '../formats/merkle.ts';
import type { Metainfo } from '../formats/metainfo.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import type { RangeReader } from '../formats/tar.ts';
import { parseVolumeHead, type VolumeHead } from '../formats/volume-head.ts';
import { type RedactionJournal, readJournal, volumeFiles } from './redact-volume-journal.ts';

/** A volume on disk. */
export interface VolumeState {
  readonly directory: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Leaf hashes as they were before, or already as they will be when only the names are left to change. */
  readonly leaves: Uint8Array;
  readonly torrent: Metainfo;
  /** The index: of the journal where there is one. */
  readonly head: VolumeHead;
  readonly journal: RedactionJournal | undefined;
}

/** Where the payload of the index starts in every volume: its head takes one leaf. */
export const INDEX_POSITION_BYTES: number = LEAF_BYTES;

/**
 * The state of the volume `name` in `directory`. Throws `STORE_OBJECT_MISSING` when one of its files is not there and
 * `STORE_OBJECT_DAMAGED` when they do not belong together or the index is not what its leaves say.
 */
export function readVolumeState(disk: Disk, directory: string, name: string): VolumeState {
  const files = volumeFiles(directory, name);
  for (const file of [files.tar, files.leaves, files.torrent])
    if (disk.stat(file)?.kind !== 'file') throw new FonotecaError('STORE_OBJECT_MISSING', file);
  const journal = readJournal(disk, files.journal);
  const { sizeBytes, leaves } = parseLeaves(readWhole(disk, files.leaves));
  if (disk.stat(files.tar)?.sizeBytes !== sizeBytes)
    throw new FonotecaError('STORE_OBJECT_DAMAGED', `${files.tar} is not of ${sizeBytes} bytes`);
  const torrent = parseMetainfo(readWhole(disk, files.torrent));
  requireOwnTorrent({ torrent, leaves, sizeBytes, name, isBegun: journal !== undefined });
  const descriptor = disk.openForReading(files.tar);
  try {
    const read = journal
      ? indexOf(journal, readerOf(disk, descriptor))
      : verifiedReader(readerOf(disk, descriptor), { leaves, sizeBytes, file: files.tar });
    const head = parseVolumeHead(read);
    return { directory, name, sizeBytes, leaves, torrent, head, journal };
  } finally {
    disk.close(descriptor);
  }
}

/** Reads up to `length` bytes of an open file, fewer only at its end. */
export function readerOf(disk: Disk, descriptor: number): RangeReader {
  return (position, length) => {
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const count = disk.read(descriptor, buffer.subarray(done), position + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  };
}

/** A reader of `file` that hands out only whole leaves' worth of bytes that agree with `leaves`. */
export function verifiedReader(
  read: RangeReader,
  { leaves, sizeBytes, file }: { leaves: Uint8Array; sizeBytes: number; file: string },
): RangeReader {
  return (position, length) => {
    const from = Math.floor(position / LEAF_BYTES) * LEAF_BYTES;
    const until = Math.min(Math.ceil((position + length) / LEAF_BYTES) * LEAF_BYTES, sizeBytes);
    const block = read(from, Math.max(0, until - from));
    for (let at = 0; at < block.length; at += LEAF_BYTES)
      if (!verifyLeaf(leaves, (from + at) / LEAF_BYTES, block.subarray(at, at + LEAF_BYTES)))
        throw new FonotecaError(
          'STORE_OBJECT_DAMAGED',
          `${file}, the 16 KiB from byte ${from + at}`,
        );
    return block.subarray(position - from, position - from + length);
  };
}

/** The volume as it will be, as far as its index goes. */
function indexOf({ index }: RedactionJournal, read: RangeReader): RangeReader {
  return (position, length) => {
    const bytes = Buffer.from(read(position, length));
    const from = Math.max(position, INDEX_POSITION_BYTES);
    const until = Math.min(position + bytes.length, INDEX_POSITION_BYTES + index.length);
    if (from < until)
      bytes.set(
        index.subarray(from - INDEX_POSITION_BYTES, until - INDEX_POSITION_BYTES),
        from - position,
      );
    return bytes;
  };
}

function requireOwnTorrent(of: {
  torrent: Metainfo;
  leaves: Uint8Array;
  sizeBytes: number;
  name: string;
  isBegun: boolean;
}): void {
  const { torrent, leaves, sizeBytes, name, isBegun } = of;
  const root = Buffer.from(rootFromLeaves(leaves)).toString('hex');
  const [file] = torrent.files;
  const isOwn =
    torrent.kind === 'hybrid' &&
    torrent.name === `${name}.tar` &&
    torrent.files.length === 1 &&
    torrent.sizeBytes === sizeBytes &&
    // Once a redaction is begun either of the two may have its new name already.
    (isBegun || file?.piecesRoot === root);
  if (!isOwn)
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${name}.torrent is of ${torrent.name} with the root ${file?.piecesRoot ?? 'none'}, the leaves give ${root}`,
    );
}
