/**
 * Fetches the files of one volume. Input: an address and a signed listing. Output: small files in their places, proved by
 * their digests; the tar beside its place, of the listed size, gone on with where an earlier run stopped. What is wrong in
 * it is for the verifier to find.
 */
import path from 'node:path';
import { startSha256 } from '../base/digest.ts';
import { type Disk, readFileChunks } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { leafCount } from '../formats/merkle.ts';
import type { ListedFile } from '../verifier/files.ts';
import type { RemoteTree } from './remote-tree.ts';

/** Where the parts of a volume go. */
export interface VolumePlaces {
  readonly disk: Disk;
  /** The follower's folder. */
  readonly directory: string;
  /** Told of each part that arrives, in bytes. */
  readonly onBytes: (count: number) => void;
}

/**
 * What a torrent or leaves may have for each leaf of the volume, and beside that. A torrent with the smallest pieces has
 * 52 bytes for each, leaves have 32.
 */
const BYTES_A_LEAF = 64;
const BESIDE_BYTES = 1 << 20;

/**
 * Fetches a small listed file of a volume of `volumeBytes`, unless it is there as it is listed. What is there is replaced
 * when the new one has the listed digest, and not before. Throws the verifier's codes.
 */
export async function fetchSmall(
  remote: RemoteTree,
  listed: ListedFile,
  volumeBytes: number,
  { disk, directory }: VolumePlaces,
): Promise<void> {
  const file = path.join(directory, listed.path);
  if (isAsListed(disk, file, listed)) return;
  const most = BYTES_A_LEAF * leafCount(volumeBytes) + BESIDE_BYTES;
  if (listed.sizeBytes > most)
    throw new FonotecaError('VERIFY_FILE_SIZE', `${listed.path}: listed with more than ${most}`);
  const partial = partialOf(directory, listed.path);
  ensureDirectory(disk, path.dirname(partial));
  const to = { file: partial, temporary: `${partial}.small`, disk };
  const seen = await remote.save(listed.path, listed.sizeBytes, to);
  if (!seen) throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${listed.path}`);
  if (seen.sha256 !== listed.sha256) {
    disk.unlink(partial);
    throw new FonotecaError('VERIFY_FILE_DIGEST', `${listed.path}: ${seen.sha256}`);
  }
  moveTo(disk, partial, file);
}

/**
 * Fetches a tar into `partial/`, behind what lies there of it; the path. Throws `VERIFY_FILE_MISSING`,
 * `VERIFY_FILE_SIZE`, and the codes of the door; what came until then stays for the next run.
 */
export async function fetchTar(
  remote: RemoteTree,
  listed: ListedFile,
  { disk, directory, onBytes }: VolumePlaces,
): Promise<string> {
  const partial = partialOf(directory, listed.path);
  ensureDirectory(disk, path.dirname(partial));
  let have = disk.stat(partial)?.sizeBytes ?? 0;
  if (have > listed.sizeBytes) {
    disk.unlink(partial);
    have = 0;
  }
  onBytes(have);
  if (have < listed.sizeBytes) {
    const answer = await remote.range(listed.path, have, listed.sizeBytes);
    if (!answer) throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${listed.path}`);
    const from = answer.status === 206 ? have : 0;
    const told = Number(answer.headers['content-range']?.split('/')[1] ?? Number.NaN);
    if (answer.status === 206 && told !== listed.sizeBytes) {
      answer.close();
      throw wrongSize(listed, told);
    }
    // An address that knows no ranges sends all of it again.
    if (from === 0 && have > 0) {
      disk.unlink(partial);
      onBytes(-have);
    }
    have = await append(disk, partial, from, answer.body, onBytes);
  }
  if (have !== listed.sizeBytes) throw wrongSize(listed, have);
  return partial;
}

/** Moves `from` to `to`, durably; what was at `to` is gone then. */
export function moveTo(disk: Disk, from: string, to: string): void {
  ensureDirectory(disk, path.dirname(to));
  disk.renameReplace(from, to);
  disk.syncDirectory(path.dirname(to));
}

/** Where the listed file `name` lies below the folder `directory` until it is whole and proved. */
export function partialOf(directory: string, name: string): string {
  return path.join(directory, 'partial', path.basename(name));
}

/** Whether the file that lies there has the listed size and digest. */
function isAsListed(disk: Disk, file: string, { sizeBytes, sha256 }: ListedFile): boolean {
  const entry = disk.stat(file);
  if (entry?.kind !== 'file' || entry.sizeBytes !== sizeBytes) return false;
  const hasher = startSha256();
  for (const chunk of readFileChunks(disk, file)) hasher.update(chunk);
  return hasher.finish() === sha256;
}

async function append(
  disk: Disk,
  file: string,
  from: number,
  body: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): Promise<number> {
  const descriptor = from === 0 ? disk.create(file) : disk.openForUpdate(file);
  let at = from;
  try {
    for await (const part of body) {
      for (let done = 0; done < part.length; )
        done += disk.write(descriptor, part.subarray(done), at + done);
      at += part.length;
      onBytes(part.length);
    }
    return at;
  } finally {
    disk.fsync(descriptor);
    disk.close(descriptor);
  }
}

function wrongSize(listed: ListedFile, seen: number): FonotecaError {
  return new FonotecaError(
    'VERIFY_FILE_SIZE',
    `${listed.path}: ${seen} bytes, not ${listed.sizeBytes}`,
  );
}
