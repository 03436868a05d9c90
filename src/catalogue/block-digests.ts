/**
 * The digests of a file, whole and by stretch of 16 MiB: how rot is found and placed in files that have no checksums of
 * their own (Parquet), and in all others by a full check. Spec: docs/formats/catalogue-snapshot.md.
 */
import crypto from 'node:crypto';
import { type Digest, startSha256 } from '../base/digest.ts';
import { type Disk, readInto } from '../base/disk.ts';
import { type Finding, findingFrom } from '../base/errors.ts';

/** Bytes of a file that one digest stands for. */
export const DIGEST_BLOCK_BYTES = 16 * 1024 * 1024;
/** Digits kept of the digest of a block: enough against rot; the digest of the whole is kept in full. */
const BLOCK_DIGITS = 16;

/** What the manifest says of the bytes of a file. */
export interface FileDigests {
  readonly bytes: number;
  readonly sha256: Digest;
  readonly blocks: readonly string[];
}

/** The digests of `file`, read once; 16 MiB of memory. `FILE_MISSING`, `DISK_IO`. */
export function digestFile(disk: Disk, file: string): FileDigests {
  const whole = startSha256();
  const blocks: string[] = [];
  let bytes = 0;
  for (const block of fileBlocks(disk, file)) {
    whole.update(block);
    blocks.push(blockDigest(block));
    bytes += block.length;
  }
  return { bytes, sha256: whole.finish(), blocks };
}

/**
 * What is wrong with `file`, named `name` in the findings: `SNAPSHOT_FILE_MISSING`, `SNAPSHOT_FILE_SIZE`, and one
 * `SNAPSHOT_BLOCK` for each stretch whose bytes are not the ones that were written.
 */
export function checkFile(
  disk: Disk,
  file: string,
  wanted: Pick<FileDigests, 'bytes' | 'blocks'> & { readonly name: string },
): Finding[] {
  const entry = disk.stat(file);
  if (entry?.kind !== 'file')
    return [{ code: 'SNAPSHOT_FILE_MISSING', subject: wanted.name, seen: 'not there' }];
  if (entry.sizeBytes !== wanted.bytes) {
    const seen = `${entry.sizeBytes} bytes, not ${wanted.bytes}`;
    return [{ code: 'SNAPSHOT_FILE_SIZE', subject: wanted.name, seen }];
  }
  const findings: Finding[] = [];
  try {
    let index = 0;
    for (const block of fileBlocks(disk, file)) {
      if (blockDigest(block) !== wanted.blocks[index]) {
        const from = index * DIGEST_BLOCK_BYTES;
        const seen = `bytes ${from} to ${from + block.length}`;
        findings.push({ code: 'SNAPSHOT_BLOCK', subject: wanted.name, seen });
      }
      index += 1;
    }
  } catch (error) {
    findings.push(findingFrom(error, wanted.name));
  }
  return findings;
}

function blockDigest(block: Uint8Array): string {
  return crypto.hash('sha256', block, 'hex').slice(0, BLOCK_DIGITS);
}

/** The stretches of `file` in order, each valid until the next. */
function* fileBlocks(disk: Disk, file: string): Generator<Uint8Array> {
  const descriptor = disk.openForReading(file);
  try {
    const room = Buffer.allocUnsafe(DIGEST_BLOCK_BYTES);
    for (let position = 0; ; ) {
      const count = readInto(disk, descriptor, room, position);
      if (count > 0) yield room.subarray(0, count);
      position += count;
      if (count < room.length) return;
    }
  } finally {
    disk.close(descriptor);
  }
}
