/**
 * The `.leaves` file beside a volume: its 16 KiB leaf hashes, so that any range can be checked when it is read.
 *
 * Layout: 16 bytes `fonoteca-leaves1`, the volume's size as a big-endian u64, then 32 bytes a leaf. Specified in
 * docs/formats/leaves.md. The hashes prove nothing by themselves: their root must be the `pieces root` of the torrent.
 */
import assert from 'node:assert/strict';
import { FonotecaError } from '../base/errors.ts';
import { HASH_BYTES, leafCount } from './merkle.ts';

/** A volume's leaf hashes. */
export interface LeavesFile {
  /** Size of the volume. */
  readonly sizeBytes: number;
  /** SHA-256 of each 16 KiB, packed, in order. */
  readonly leaves: Uint8Array;
}

const MAGIC = Buffer.from('fonoteca-leaves1', 'ascii');

/** Bytes before the first hash: hash `i` lies at `LEAVES_HEADER_BYTES + 32 i`. */
export const LEAVES_HEADER_BYTES = MAGIC.length + 8;

/** The bytes of a `.leaves` file. There must be as many hashes as the size calls for: else a bug. */
export function encodeLeaves({ sizeBytes, leaves }: LeavesFile): Uint8Array {
  assert.equal(leaves.length, leafCount(sizeBytes) * HASH_BYTES, 'a hash for every leaf');
  return Buffer.concat([encodeLeavesHeader(sizeBytes), leaves]);
}

/** The first `LEAVES_HEADER_BYTES` of the `.leaves` file of a volume of `sizeBytes`; the packed leaves follow. */
export function encodeLeavesHeader(sizeBytes: number): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(sizeBytes));
  return Buffer.concat([MAGIC, size]);
}

/** The content of a whole `.leaves` file; `leaves` is a view into `bytes`. Throws `LEAVES_INVALID`. */
export function parseLeaves(bytes: Uint8Array): LeavesFile {
  const sizeBytes = parseLeavesHeader(bytes.subarray(0, LEAVES_HEADER_BYTES));
  const wanted = LEAVES_HEADER_BYTES + leafCount(sizeBytes) * HASH_BYTES;
  if (bytes.length !== wanted)
    throw invalid(`${bytes.length} bytes where a volume of ${sizeBytes} calls for ${wanted}`);
  return { sizeBytes, leaves: bytes.subarray(LEAVES_HEADER_BYTES) };
}

/** The size of the volume from the first `LEAVES_HEADER_BYTES` of its `.leaves` file. Throws `LEAVES_INVALID`. */
function parseLeavesHeader(header: Uint8Array): number {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.length);
  if (bytes.length < LEAVES_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw invalid('no fonoteca-leaves1 header');
  const size = bytes.readBigUInt64BE(MAGIC.length);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`a volume of ${size} bytes`);
  return Number(size);
}

function invalid(seen: string): FonotecaError {
  return new FonotecaError('LEAVES_INVALID', seen);
}
