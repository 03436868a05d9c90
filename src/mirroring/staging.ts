/**
 * The folder of a follower: the last good tree, the next one being built beside it, and the one step from one to the other.
 *
 * `work/` holds the tree being built, which shares the files of the good one; it is renamed to `next/` when it is
 * verified and durable. From then on it counts: whoever opens the folder finishes what a kill left half done. Until
 * then nothing of the good tree is touched.
 */
import path from 'node:path';
import { type Disk, linkFile, readFileChunks } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { documentText } from '../model/edition.ts';
import { type FollowState, followStateSchema, STATE_FILE } from './follow-state.ts';

/** A tree being built. */
export interface Staging {
  /** The root of the tree: holds `editions/`. */
  readonly root: string;
  /** A name for a file that is still being written. */
  readonly temporary: string;
  /** Where the file at `name` below the tree goes; its folder is made. */
  place(name: string): string;
  /** Puts `bytes` at `name`. */
  put(name: string, bytes: Uint8Array): void;
  has(name: string): boolean;
  /** Makes this tree, with `state`, the good one. */
  settle(state: FollowState): void;
}

const EDITIONS = 'editions';

/** What a folder may hold that has no state yet: what an earlier run left that was refused or killed. */
const OWN_NAMES: readonly string[] = ['evidence', 'lock', 'next', 'partial', 'work'];

/** Refuses a folder of anything else with `ARCHIVE_EXISTS`: an archive has folders of the same names. */
export function requireOwnFolder(disk: Disk, directory: string): void {
  const names = disk.list(directory);
  const foreign = names.find((name) => !OWN_NAMES.includes(name));
  if (foreign !== undefined && !names.includes(STATE_FILE) && !names.includes('next'))
    throw new FonotecaError('ARCHIVE_EXISTS', `${directory} holds ${foreign} and follows nothing`);
}

/**
 * Brings `directory` into order after a kill: finishes a step to the next tree, throws away what was being built. Throws
 * `ARCHIVE_EXISTS` for a folder of anything else, which is left as it is.
 */
export function openFolder(disk: Disk, directory: string): void {
  requireOwnFolder(disk, directory);
  ensureDirectory(disk, directory);
  settleNext(disk, directory);
  removeTree(disk, path.join(directory, 'work'));
}

/** A tree to build in `directory`, which begins as the good one. */
export function startStaging(disk: Disk, directory: string): Staging {
  const work = path.join(directory, 'work');
  removeTree(disk, work);
  const root = path.join(work, 'next');
  ensureDirectory(disk, path.join(root, EDITIONS));
  shareTree(disk, path.join(directory, EDITIONS), path.join(root, EDITIONS));
  const place = (name: string) => {
    const file = path.join(root, name);
    ensureDirectory(disk, path.dirname(file));
    return file;
  };
  const temporary = path.join(work, 'file');
  return {
    root,
    temporary,
    place,
    put: (name, bytes) => void putFile(disk, place(name), bytes, { replace: true, temporary }),
    has: (name) => disk.stat(path.join(root, name))?.kind === 'file',
    settle(state) {
      const text = documentText(followStateSchema.parse(state));
      putFile(disk, path.join(root, STATE_FILE), text, { replace: true, temporary });
      disk.renameReplace(root, path.join(directory, 'next'));
      disk.syncDirectory(directory);
      settleNext(disk, directory);
      removeTree(disk, work);
    },
  };
}

/** Moves what lies whole in `next/` to its place. Each step is done once, whoever begins again behind a kill. */
function settleNext(disk: Disk, directory: string): void {
  const next = path.join(directory, 'next');
  if (!disk.stat(next)) return;
  const work = path.join(directory, 'work');
  ensureDirectory(disk, work);
  const editions = path.join(directory, EDITIONS);
  if (disk.stat(path.join(next, EDITIONS))) {
    const old = path.join(work, 'old');
    removeTree(disk, old);
    if (disk.stat(editions)) disk.renameReplace(editions, old);
    disk.renameReplace(path.join(next, EDITIONS), editions);
    disk.syncDirectory(directory);
  }
  if (disk.stat(path.join(next, STATE_FILE))) {
    disk.renameReplace(path.join(next, STATE_FILE), path.join(directory, STATE_FILE));
    disk.syncDirectory(directory);
  }
  removeTree(disk, next);
}

/** Gives each file below `from` a second name below `to`; a copy where the file system has no second names. */
function shareTree(disk: Disk, from: string, to: string): void {
  for (const name of disk.list(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (disk.stat(source)?.kind === 'directory') {
      ensureDirectory(disk, target);
      shareTree(disk, source, target);
    } else if (!linkFile(source, target)) {
      const writer = startDurable(disk, target);
      for (const chunk of readFileChunks(disk, source)) writer.write(chunk);
      writer.commit(target, { replace: true });
    }
  }
  disk.syncDirectory(to);
}
