/**
 * Copies what is published into a folder that any web host can serve: editions, volumes, torrents, leaves and a page.
 *
 * Order: volumes first, then editions, then the log, then timestamps, then the pointer, so that whoever reads meanwhile finds the
 * old edition whole or the new one whole. What is there already is kept; doing it again changes nothing.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import {
  abortQuietly,
  ensureDirectory,
  putFile,
  removeTree,
  startDurable,
} from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import { type Edition, type EditionFile, editionFolderName } from '../model/edition.ts';
import { tombstoneSchema, withdrawnAfter } from '../model/tombstone.ts';
import { redactCopies } from './copy-redaction.ts';
import { listingPage } from './listing-page.ts';
import { CHECKPOINT, logFile, storedTiles } from './log-folder.ts';
import type { PublishDeps } from './publish-deps.ts';
import { publishedState, readEdition, timestampFolder } from './published-state.ts';
import { digestFile, readWholeFile } from './small-files.ts';
import { refuseAhead } from './target-history.ts';

/** What was copied. */
export interface CopyReport {
  readonly number: number;
  readonly copiedFiles: number;
  readonly copiedBytes: number;
  /** Files that were there already. */
  readonly keptFiles: number;
  /** Files of volumes that the edition does not have any more and that were removed. */
  readonly removed: readonly string[];
  /** Volumes that lay there and in which withdrawals were carried out. */
  readonly redacted: readonly string[];
}

type CopyDeps = Omit<PublishDeps, 'clock' | 'settings'>;

/** Names of volume files, the only ones ever removed from the folder. */
const VOLUME_FILE = /^(?:original|opus)-[0-9a-f]{16}\.(?:tar|torrent|leaves)$/;

/**
 * Makes `directory` hold what the pointer names, withdrawals first: they are carried out in the volumes that lie there. Throws `PUBLISH_NOTHING_PACKED` before the first edition,
 * `PUBLISH_TARGET_FOREIGN` when the folder is an archive, lies in this one, or holds another archive's copy or another page, `PUBLISH_TARGET_AHEAD` when it knows editions that are none of these, `PUBLISH_VERIFY_FAILED` when a file
 * here is not what the edition lists, `INTERRUPTED`. Cost: reads and writes what is missing; a tar of the right
 * size counts as there, since `verify` is the place to read it again.
 */
export async function publishTo(
  directory: string,
  deps: CopyDeps,
  watch: Watch,
): Promise<CopyReport> {
  const { disk, directories } = deps;
  const { pointer } = await publishedState(deps);
  if (!pointer) throw new FonotecaError('PUBLISH_NOTHING_PACKED', 'no edition');
  const { edition } = readEdition(deps, pointer.edition);
  refuseForeign(directory, deps);
  const target = path.resolve(directory);
  refuseAhead(target, edition.number, deps);
  const work = path.join(target, '.fonoteca-work');
  if (disk.stat(work)) removeTree(disk, work);
  ensureDirectory(disk, work);
  const volumes = path.join(target, 'volumes');
  const withdrawn = withdrawnIn(deps, edition.number);
  const redacted = await redactCopies(disk, volumes, edition, withdrawn);
  const copier = startCopier(disk, work, watch, totalBytesOf(edition));
  for (const file of edition.files.filter(isShared))
    copier.copy(sourceOf(directories, file.path), path.join(target, file.path), file);
  for (let number = 1; number <= edition.number; number += 1)
    copyEdition(copier, deps, target, number);
  copyLog(copier, deps, target, edition.log.size + 1);
  copyTimestamps(copier, deps, target, edition.number);
  const pointerFile = path.join('editions', 'current.json');
  copier.copy(
    path.join(directories.editions, 'current.json'),
    path.join(target, pointerFile),
    undefined,
  );
  const removed = removeUnlisted(disk, target, edition);
  const page = listingPage(edition, publicKeyBase64(deps.secretKey.publicKey));
  putFile(disk, path.join(target, 'index.html'), page, {
    replace: true,
    temporary: path.join(work, 'index.html'),
  });
  removeTree(disk, work);
  return { number: edition.number, ...copier.counts(), removed, redacted };
}

/** The digests that the tombstones of edition `number` withdraw. */
function withdrawnIn({ disk, directories }: CopyDeps, number: number): ReadonlySet<Digest> {
  const file = path.join(directories.editions, editionFolderName(number), 'tombstones.jsonl');
  const lines = readWholeFile(disk, file).toString('utf8').split('\n').slice(0, -1);
  return withdrawnAfter(
    lines.map((line) => {
      const { previous: _, ...tombstone } = JSON.parse(line);
      return tombstoneSchema.parse(tombstone);
    }),
  );
}

interface Copier {
  /** Copies a file that is not there already; without `listed` it is compared by its bytes. */
  copy(from: string, to: string, listed: EditionFile | undefined): void;
  counts(): Pick<CopyReport, 'copiedFiles' | 'copiedBytes' | 'keptFiles'>;
}

function startCopier(disk: Disk, work: string, watch: Watch, totalBytes: number): Copier {
  let [copiedFiles, copiedBytes, keptFiles] = [0, 0, 0];
  return {
    copy(from, to, listed) {
      if (watch.stop.aborted) throw new FonotecaError('INTERRUPTED', `before ${to}`);
      const wanted = listed ?? { path: from, ...digestFile(disk, from) };
      if (isThere(disk, to, wanted)) {
        keptFiles += 1;
        return;
      }
      ensureDirectory(disk, path.dirname(to));
      copiedBytes += copyChecked(disk, { from, to, wanted, temporary: path.join(work, 'file') });
      copiedFiles += 1;
      const doneItems = copiedFiles + keptFiles;
      watch.progress({
        stage: 'publish',
        doneItems,
        doneBytes: copiedBytes,
        totalBytes,
        item: wanted.path,
      });
    },
    counts: () => ({ copiedFiles, copiedBytes, keptFiles }),
  };
}

function isThere(disk: Disk, file: string, wanted: EditionFile): boolean {
  if (disk.stat(file)?.sizeBytes !== wanted.sizeBytes) return false;
  return file.endsWith('.tar') || digestFile(disk, file).sha256 === wanted.sha256;
}

/** Copies and checks in one pass; what does not have the digest wanted never gets its name. */
function copyChecked(
  disk: Disk,
  {
    from,
    to,
    wanted,
    temporary,
  }: { from: string; to: string; wanted: EditionFile; temporary: string },
): number {
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary);
  try {
    const { sha256, sizeBytes } = digestFile(disk, from, (bytes) => writer.write(bytes));
    if (sha256 !== wanted.sha256)
      throw new FonotecaError(
        'PUBLISH_VERIFY_FAILED',
        `${wanted.path} is ${sha256}, not ${wanted.sha256}`,
      );
    writer.commit(to, { replace: true });
    return sizeBytes;
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

/** A folder of an edition takes its place whole: built under another name, then renamed. */
function copyEdition(copier: Copier, deps: CopyDeps, target: string, number: number): void {
  const { disk, directories } = deps;
  const name = editionFolderName(number);
  const source = path.join(directories.editions, name);
  const final = path.join(target, 'editions', name);
  const fresh = disk.stat(final) === undefined;
  const folder = fresh ? path.join(target, '.fonoteca-work', name) : final;
  ensureDirectory(disk, folder);
  for (const file of disk.list(source))
    copier.copy(path.join(source, file), path.join(folder, file), undefined);
  if (!fresh) return;
  ensureDirectory(disk, path.dirname(final));
  disk.syncDirectory(folder);
  disk.renameNoReplace(folder, final);
  disk.syncDirectory(path.dirname(final));
}

/** Every tile there has been up to `size` entries, then the checkpoint. */
function copyLog(copier: Copier, deps: CopyDeps, target: string, size: number): void {
  for (const name of [...storedTiles(deps, size), CHECKPOINT])
    copier.copy(logFile(deps, name), path.join(target, 'editions', 'log', name), undefined);
}

/** Each signature before its timestamp, so that a timestamp is never there alone. */
function copyTimestamps(copier: Copier, deps: CopyDeps, target: string, newest: number): void {
  const folder = timestampFolder(deps);
  const names = deps.disk
    .list(folder)
    .filter((name) => name.endsWith('.json') && Number.parseInt(name, 10) <= newest);
  for (const name of names.flatMap((json) => [`${json}.minisig`, json]))
    copier.copy(
      path.join(folder, name),
      path.join(target, 'editions', 'timestamps', name),
      undefined,
    );
}

function removeUnlisted(disk: Disk, target: string, edition: Edition): string[] {
  const listed = new Set(edition.volumes.map(({ name }) => name));
  const folder = path.join(target, 'volumes');
  const removed = disk
    .list(folder)
    .filter((name) => VOLUME_FILE.test(name) && !listed.has(path.parse(name).name));
  for (const name of removed) disk.unlink(path.join(folder, name));
  if (removed.length > 0) disk.syncDirectory(folder);
  return removed;
}

/** Only a folder without an archive, and without the editions of another one, is written to. */
function refuseForeign(directory: string, deps: CopyDeps): void {
  const { disk, directories } = deps;
  for (const name of ['ledger.db', 'fonoteca.toml'])
    if (disk.stat(path.join(directory, name)))
      throw new FonotecaError('PUBLISH_TARGET_FOREIGN', `${directory} is an archive itself`);
  const archive = path.dirname(directories.editions);
  if (path.resolve(directory).startsWith(archive + path.sep))
    throw new FonotecaError('PUBLISH_TARGET_FOREIGN', `${directory} lies in the archive itself`);
  const first = path.join('0001', 'edition.json');
  const theirs = path.join(directory, 'editions', first);
  const page = path.join(directory, 'index.html');
  // The page is written last, so one without editions beside it is somebody's own.
  if (!disk.stat(theirs) && disk.stat(page))
    throw new FonotecaError('PUBLISH_TARGET_FOREIGN', `${page} is there, and no edition`);
  if (!disk.stat(theirs)) return;
  const ours = digestFile(disk, path.join(directories.editions, first));
  if (digestFile(disk, theirs).sha256 !== ours.sha256)
    throw new FonotecaError(
      'PUBLISH_TARGET_FOREIGN',
      `${directory} holds the editions of another archive`,
    );
}

function isShared({ path: name }: EditionFile): boolean {
  return /^(?:volumes|editions\/(?:torrents|tools))\//.test(name);
}

function sourceOf(directories: CopyDeps['directories'], name: string): string {
  return name.startsWith('volumes/')
    ? path.join(directories.volumes, name.slice('volumes/'.length))
    : path.join(directories.editions, name.slice('editions/'.length));
}

function totalBytesOf({ files }: Edition): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
