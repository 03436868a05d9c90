/**
 * Bytes out of the archive: exactly as they came, verified by their digests before they get their names.
 *
 * A file that is there already with these bytes is left as it is; one with other bytes is never overwritten.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ByteNameDisk } from '../base/byte-name-disk.ts';
import { type Digest, startSha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, ensureDirectory, startDurable } from '../base/durable.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { Store } from '../store/store.ts';
import { layOutRestore, type RestoreFile } from './restore-names.ts';
import type { RestorePlan } from './restore-plan.ts';

/** What a restore works with. */
export interface RestoreDeps {
  readonly store: Pick<Store, 'read'>;
  readonly disk: Disk;
  /** The same disk, for names that are no UTF-8. */
  readonly names: ByteNameDisk;
}

/** What a restore did. */
export interface RestoreReport {
  readonly written: number;
  /** Files that were there already, byte for byte. */
  readonly present: number;
  /** Files that were not written; each has a finding. */
  readonly refused: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

/** The name of the file being written; it is renamed when its bytes are proved. */
const TEMPORARY = '.fonoteca-restore';
/** Findings that say how a file came rather than that it did not. */
const TOLD: readonly string[] = ['RESTORE_FROM_DERIVATIVE'];

/**
 * Writes the files of `plan` below the folder `out`, which is made when it is not there. What is wrong with one file
 * is in the report; throws `DISK_FULL` and what is wrong with `out` itself.
 */
export async function carryOutRestore(
  plan: RestorePlan,
  options: { readonly out: string; readonly originalNames: boolean },
  deps: RestoreDeps,
  watch: Watch,
): Promise<RestoreReport> {
  const { files, findings: told } = layOutRestore(plan, options);
  const out = openFolder(options.out, deps.disk);
  const findings = [...told];
  const totals = { written: 0, present: 0, bytes: 0 };
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  for (const [index, file] of files.entries()) {
    if (watch.stop.aborted) break;
    try {
      const isWritten = await restoreFile(out, file, deps);
      totals[isWritten ? 'written' : 'present'] += 1;
      if (isWritten) totals.bytes += file.sizeBytes;
    } catch (error) {
      if (!(error instanceof FonotecaError) || error.code === 'DISK_FULL') throw error;
      findings.push(findingFrom(error, file.path));
    }
    doneBytes += file.sizeBytes;
    const { path: item } = file;
    watch.progress({
      stage: 'get',
      doneItems: index + 1,
      totalItems: files.length,
      doneBytes,
      totalBytes,
      item,
    });
  }
  const refused = findings.filter(({ code }) => !TOLD.includes(code)).length;
  return { ...totals, refused, findings, interrupted: watch.stop.aborted };
}

/** The folder without links in its own path, made when it is not there. */
function openFolder(out: string, disk: Disk): string {
  const folder = path.resolve(out);
  if (fs.existsSync(folder)) return fs.realpathSync(folder);
  ensureDirectory(disk, folder);
  return folder;
}

/** Whether the file was written; false when it was there already. */
async function restoreFile(out: string, file: RestoreFile, deps: RestoreDeps): Promise<boolean> {
  const target = Buffer.concat([Buffer.from(`${out}/`), pathBytes(file)]);
  ensureFolders(out, pathBytes(file), deps.names);
  const there = deps.names.look(target);
  if (there) {
    if (there.kind === 'file' && isSame(target, file.digest, deps)) return false;
    throw new FonotecaError('FILE_EXISTS', `${file.path} is there with other content`);
  }
  const temporary = path.join(out, TEMPORARY);
  await writeVerified(temporary, file, deps);
  if (deps.names.renameNoReplace(Buffer.from(temporary), target)) {
    deps.names.syncDirectory(target.subarray(0, target.lastIndexOf('/')));
    return true;
  }
  deps.disk.unlink(temporary);
  throw new FonotecaError('FILE_EXISTS', `${file.path} came to be there meanwhile`);
}

/** Makes the folders of a path one by one; a link in the place of one is refused, since it may lead anywhere. */
function ensureFolders(out: string, below: Buffer, names: ByteNameDisk): void {
  for (let cut = below.indexOf('/'); cut >= 0; cut = below.indexOf('/', cut + 1)) {
    const folder = Buffer.concat([Buffer.from(`${out}/`), below.subarray(0, cut)]);
    const there = names.look(folder);
    if (there && there.kind !== 'directory')
      throw new FonotecaError('FILE_EXISTS', `${folder.toString()} is a ${there.kind}`);
    if (there) continue;
    names.mkdir(folder);
    names.syncDirectory(folder.subarray(0, folder.lastIndexOf('/')));
  }
}

/** Leaves the verified bytes durable under the temporary name, or nothing. */
async function writeVerified(
  temporary: string,
  file: RestoreFile,
  deps: RestoreDeps,
): Promise<void> {
  deps.disk.unlink(temporary);
  const staging = `${temporary}.part`;
  deps.disk.unlink(staging);
  const writer = startDurable(deps.disk, staging);
  try {
    const hasher = startSha256();
    for await (const chunk of deps.store.read(file.digest)) {
      hasher.update(chunk);
      writer.write(chunk);
    }
    const seen = hasher.finish();
    if (seen !== file.digest)
      throw new FonotecaError('STORE_OBJECT_DAMAGED', `${file.digest} reads as ${seen}`);
    writer.commit(temporary, { replace: true });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

function isSame(target: Buffer, digest: Digest, { names, disk }: RestoreDeps): boolean {
  const descriptor = names.openForReading(target);
  try {
    const hasher = startSha256();
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (let position = 0; ; ) {
      const count = disk.read(descriptor, buffer, position);
      if (count === 0) return hasher.finish() === digest;
      hasher.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    disk.close(descriptor);
  }
}

function pathBytes({ path: text, pathHex }: RestoreFile): Buffer {
  return pathHex === undefined ? Buffer.from(text) : Buffer.from(pathHex, 'hex');
}
