/**
 * Fetches the files of one volume. Input: an address and a signed listing. Output: files of the listed sizes; the tar goes
 * on where an earlier run stopped, and what is wrong in it is for the verifier to find.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
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

/** Fetches a small listed file of a volume, unless it is there with its size. Throws the verifier's codes. */
export async function fetchSmall(
  remote: RemoteTree,
  listed: ListedFile,
  { disk, directory }: VolumePlaces,
): Promise<void> {
  const file = path.join(directory, listed.path);
  if (disk.stat(file)?.sizeBytes === listed.sizeBytes) return;
  ensureDirectory(disk, path.dirname(file));
  const to = { file, temporary: `${partialOf(directory, listed.path)}.small`, disk };
  ensureDirectory(disk, path.dirname(to.temporary));
  const seen = await remote.save(listed.path, listed.sizeBytes, to);
  if (!seen) throw new FonotecaError('VERIFY_FILE_MISSING', `${remote.address}/${listed.path}`);
  if (seen.sha256 === listed.sha256) return;
  disk.unlink(file);
  throw new FonotecaError('VERIFY_FILE_DIGEST', `${listed.path}: ${seen.sha256}`);
}

/**
 * Fetches a tar, unless it is there with its size, and goes on behind what `partial/` holds of it. Throws
 * `VERIFY_FILE_MISSING`, `VERIFY_FILE_SIZE`, and the codes of the door; what came until then stays for the next run.
 */
export async function fetchTar(
  remote: RemoteTree,
  listed: ListedFile,
  { disk, directory, onBytes }: VolumePlaces,
): Promise<void> {
  const file = path.join(directory, listed.path);
  if (disk.stat(file)?.sizeBytes === listed.sizeBytes) return;
  const partial = partialOf(directory, listed.path);
  ensureDirectory(disk, path.dirname(partial));
  ensureDirectory(disk, path.dirname(file));
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
  disk.renameReplace(partial, file);
  disk.syncDirectory(path.dirname(file));
}

/** Forgets what was fetched of a volume, so that it is fetched anew. */
export function forgetVolume(
  files: readonly ListedFile[],
  { disk, directory }: VolumePlaces,
): void {
  for (const { path: name } of files) {
    disk.unlink(path.join(directory, name));
    disk.unlink(partialOf(directory, name));
  }
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

function partialOf(directory: string, name: string): string {
  return path.join(directory, 'partial', path.basename(name));
}

function wrongSize(listed: ListedFile, seen: number): FonotecaError {
  return new FonotecaError(
    'VERIFY_FILE_SIZE',
    `${listed.path}: ${seen} bytes, not ${listed.sizeBytes}`,
  );
}
