/** Published files read whole or digested through the injected disk. */
import { type Digest, sha256, startSha256 } from '../base/digest.ts';
import { type Disk, READ_CHUNK_BYTES } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';

/** Largest file read whole: the edition.json of some two hundred thousand volumes. */
const MAX_WHOLE_BYTES = 256 * 2 ** 20;

/** The bytes of `file`. Throws `FILE_MISSING`, and `DISK_IO` for a file that is too large or ends early. */
export function readWholeFile(disk: Disk, file: string): Buffer {
  const entry = disk.stat(file);
  if (entry === undefined) throw new FonotecaError('FILE_MISSING', file);
  if (entry.sizeBytes > MAX_WHOLE_BYTES)
    throw new FonotecaError('DISK_IO', `${file} is larger than ${MAX_WHOLE_BYTES} bytes`);
  const bytes = Buffer.allocUnsafe(entry.sizeBytes);
  const descriptor = disk.openForReading(file);
  try {
    for (let at = 0; at < bytes.length; ) {
      const count = disk.read(descriptor, bytes.subarray(at), at);
      if (count === 0) throw new FonotecaError('DISK_IO', `${file} ends at ${at}`);
      at += count;
    }
  } finally {
    disk.close(descriptor);
  }
  return bytes;
}

/** Size and SHA-256 of `file`; `onBytes`, where given, gets every chunk before the next is read into the same memory. */
export function digestFile(
  disk: Disk,
  file: string,
  onBytes?: (bytes: Uint8Array) => void,
): { sizeBytes: number; sha256: Digest } {
  const hasher = startSha256();
  const entry = disk.stat(file);
  // Small files come by the hundred thousand, and a chunk each would keep the collector busy.
  const chunk = Buffer.allocUnsafe(Math.min(READ_CHUNK_BYTES, Math.max(1, entry?.sizeBytes ?? 1)));
  const descriptor = disk.openForReading(file);
  try {
    for (let sizeBytes = 0; ; ) {
      const count = disk.read(descriptor, chunk, sizeBytes);
      if (count === 0) return { sizeBytes, sha256: hasher.finish() };
      const bytes = chunk.subarray(0, count);
      hasher.update(bytes);
      onBytes?.(bytes);
      sizeBytes += count;
    }
  } finally {
    disk.close(descriptor);
  }
}

/** Size and SHA-256 of `content` as a file would have it. */
export function digestText(content: string | Uint8Array): { sizeBytes: number; sha256: Digest } {
  return { sizeBytes: Buffer.byteLength(content), sha256: sha256(content) };
}
