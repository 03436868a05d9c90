/**
 * A written volume read back from the disk before anything is let go for its sake. Input: its three files and what was
 * written. Output: the SHA-256 of the whole tar, or an error.
 *
 * Each byte is hashed twice here: for the leaves, and for the digest of the whole, which nobody needed earlier. The
 * leaves on the disk must be those of the tar on the disk, and give the piece layer that was computed while writing.
 * So the tar is, byte for byte, what was hashed then; and those bytes were checked against the digest of each member
 * and gave the v1 pieces, which therefore need no hashing again.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import { type Disk, readInto, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { encodeLeavesHeader, LEAVES_HEADER_BYTES } from '../formats/leaves-file.ts';
import { HASH_BYTES, leafCount } from '../formats/merkle.ts';
import type { SpanHashes } from '../formats/span-hasher.ts';
import type { SpanLanes } from '../hashing/span-lanes.ts';
import { spanOrder, type VolumeSums } from './volume-spans.ts';

/** What was written, and under which names. */
export interface WrittenFiles {
  readonly paths: { readonly tar: string; readonly leaves: string; readonly torrent: string };
  readonly totalBytes: number;
  readonly sums: VolumeSums;
  readonly torrent: Uint8Array;
}

/** The SHA-256 of the tar on the disk. `STORE_OBJECT_DAMAGED`, with the byte, when a file is not what was written. */
export async function readBack(
  disk: Disk,
  written: WrittenFiles,
  lanes: SpanLanes,
): Promise<Digest> {
  const { paths, totalBytes } = written;
  if (!readWhole(disk, paths.torrent).equals(written.torrent)) throw damaged(paths.torrent, 0);
  const tar = disk.openForReading(paths.tar);
  try {
    const leaves = disk.openForReading(paths.leaves);
    try {
      requireLength(disk, leaves, paths.leaves, leavesBytes(totalBytes));
      requireLength(disk, tar, paths.tar, totalBytes);
      return await readSpans(disk, { tar, leaves }, written, lanes);
    } finally {
      disk.close(leaves);
    }
  } finally {
    disk.close(tar);
  }
}

async function readSpans(
  disk: Disk,
  descriptors: { readonly tar: number; readonly leaves: number },
  written: WrittenFiles,
  lanes: SpanLanes,
): Promise<Digest> {
  const { totalBytes, paths } = written;
  const check = startCheck(disk, descriptors.leaves, written);
  const whole = startSha256();
  for (let position = 0; position < totalBytes; ) {
    const span = await lanes.take();
    const bytes = Math.min(span.length, totalBytes - position);
    const count = readInto(disk, descriptors.tar, span.subarray(0, bytes), position);
    if (count < bytes) throw damaged(paths.tar, position + count);
    const volume = { totalBytes, pieceLengthBytes: written.sums.pieceLengthBytes };
    const from = position;
    lanes.hand(span, spanOrder(volume, bytes, { isTreeOnly: true }), (hashes) =>
      check(hashes, from),
    );
    whole.update(span.subarray(0, bytes));
    position += bytes;
  }
  await lanes.drain();
  return whole.finish();
}

/** Compares the hashes of each span, told in order, with the leaves on the disk and the piece layer as written. */
function startCheck(
  disk: Disk,
  descriptor: number,
  { paths, totalBytes, sums }: WrittenFiles,
): (hashes: SpanHashes, positionBytes: number) => void {
  const header = encodeLeavesHeader(totalBytes);
  const seen = Buffer.alloc(header.length);
  readInto(disk, descriptor, seen, 0);
  if (!seen.equals(header)) throw damaged(paths.leaves, 0);
  let leavesAt = LEAVES_HEADER_BYTES;
  let layersAt = 0;
  return ({ leaves, layers }, positionBytes) => {
    const kept = Buffer.alloc(leaves.length);
    readInto(disk, descriptor, kept, leavesAt);
    if (!kept.equals(leaves)) throw damaged(paths.leaves, leavesAt);
    const known = Buffer.from(sums.pieceLayer.subarray(layersAt, layersAt + layers.length));
    if (!known.equals(layers)) throw damaged(paths.tar, positionBytes);
    leavesAt += leaves.length;
    layersAt += layers.length;
  };
}

function leavesBytes(totalBytes: number): number {
  return LEAVES_HEADER_BYTES + leafCount(totalBytes) * HASH_BYTES;
}

function requireLength(disk: Disk, descriptor: number, file: string, sizeBytes: number): void {
  const edge = Buffer.alloc(2);
  const count = readInto(disk, descriptor, edge, sizeBytes - 1);
  if (count !== 1) throw damaged(file, count === 0 ? sizeBytes - 1 : sizeBytes);
}

function damaged(file: string, positionBytes: number): FonotecaError {
  return new FonotecaError('STORE_OBJECT_DAMAGED', `${file} reads back wrong at ${positionBytes}`);
}
