/**
 * Brings the bytes of a redaction into the volume's file and reads the whole file back. Input: the target. Output: the
 * file, durable and found right. Bytes that are right already are not written.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import { type Disk, READ_CHUNK_BYTES } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { PunchHole } from '../base/punch-hole.ts';
import type { RangeReader } from '../formats/tar.ts';
import { readerOf, verifiedReader } from './redact-volume-state.ts';
import type { TargetBytes, TargetMember } from './redact-volume-target.ts';

/** Payloads smaller than this free nothing worth a process. */
const MIN_HOLE_BYTES = 64 * 1024;

/** Writes the lines and payloads of the touched `members` into `file` and makes them durable. */
export async function writeTarget(
  disk: Disk,
  file: string,
  members: readonly TargetMember[],
  target: TargetBytes,
  punch: PunchHole | undefined,
): Promise<void> {
  const touched = members.filter(({ fill }) => fill !== 'kept');
  const descriptor = disk.openForUpdate(file);
  try {
    const put = startCorrecting(disk, descriptor);
    for (const member of touched) {
      for (let at = 0; at < member.sizeBytes; at += READ_CHUNK_BYTES) {
        const length = Math.min(READ_CHUNK_BYTES, member.sizeBytes - at);
        put(member.payloadPositionBytes + at, target.payload(member, at, length));
      }
      put(member.linePositionBytes, member.line);
    }
    disk.fsync(descriptor);
    // Zeros first: where the file system frees blocks without wiping them, the withdrawn bytes are gone all the same.
    for (const { fill, payloadPositionBytes, sizeBytes } of punch ? touched : [])
      if (fill === 'zeros' && sizeBytes >= MIN_HOLE_BYTES)
        await punch!(file, payloadPositionBytes, sizeBytes);
    disk.fsync(descriptor);
  } finally {
    disk.close(descriptor);
  }
}

/** The SHA-256 of the whole of `file`, each leaf checked against `leaves`. Throws `STORE_OBJECT_DAMAGED`. */
export function readBackVolume(
  disk: Disk,
  file: string,
  { leaves, sizeBytes }: { leaves: Uint8Array; sizeBytes: number },
): Digest {
  const descriptor = disk.openForReading(file);
  try {
    const read = verifiedReader(readerOf(disk, descriptor), { leaves, sizeBytes, file });
    const hasher = startSha256();
    for (let at = 0; at < sizeBytes; at += READ_CHUNK_BYTES) {
      const length = Math.min(READ_CHUNK_BYTES, sizeBytes - at);
      const bytes = read(at, length);
      if (bytes.length !== length)
        throw new FonotecaError('STORE_OBJECT_DAMAGED', `${file} ends at ${at + bytes.length}`);
      hasher.update(bytes);
    }
    return hasher.finish();
  } finally {
    disk.close(descriptor);
  }
}

/** A writer into the open file `descriptor` that leaves alone what is right already. `DISK_SHORT_WRITE` when it is stuck. */
export function startCorrecting(
  disk: Disk,
  descriptor: number,
): (position: number, bytes: Uint8Array) => void {
  const read: RangeReader = readerOf(disk, descriptor);
  return (position, bytes) => {
    if (Buffer.from(read(position, bytes.length)).equals(bytes)) return;
    for (let done = 0; done < bytes.length; ) {
      const taken = disk.write(descriptor, bytes.subarray(done), position + done);
      if (taken <= 0)
        throw new FonotecaError('DISK_SHORT_WRITE', `${done} of ${bytes.length} bytes taken`);
      done += taken;
    }
  };
}
