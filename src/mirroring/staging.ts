/**
 * The folder of a follower: the last good tree, the next one being built beside it, and the one step from one to the other.
 *
 * `work/` holds the tree being built, which shares the files of the good one; it is renamed to `next/` when it is
 * verified and durable. From then on it counts: whoever opens the folder finishes what a kill left half done. Until
 * then nothing of the good tree is touched.
 */
import path from 'node:path';
import { type Disk, linkFile, readFileChunks, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { documentText } from '../model/edition.ts';
import {
  type FollowState,
  followStateSchema,
  readFollowState,
  STATE_FILE,
} from './follow-state.ts';

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

/** Says that a folder is a follower's, before there is a state to say so. */
const MARKER_FILE = 'following';
const MARKER_TEXT = 'fonoteca-following/1\n';
/** What an opening that was killed leaves of the first step: the lock, and the marker on its way. */
const BEFORE_MARKER: readonly string[] = ['lock', `${MARKER_FILE}.tmp`];

/**
 * Refuses a folder of anything else with `ARCHIVE_EXISTS`; nothing in it is touched. Names alone say nothing: anybody may
 * have a `work` or a `next`, so it must be new, or hold the marker, or a state that reads as one.
 */
export function requireOwnFolder(disk: Disk, directory: string): void {
  const foreign = disk.list(directory).find((name) => !BEFORE_MARKER.includes(name));
  if (foreign === undefined || hasMarker(disk, directory) || hasState(disk, directory)) return;
  throw new FonotecaError('ARCHIVE_EXISTS', `${directory} holds ${foreign} and follows nothing`);
}

/**
 * Brings `directory` into order after a kill: finishes a step to the next tree, throws away what was being built. Throws
 * `ARCHIVE_EXISTS` for a folder of anything else, which is left as it is.
 */
export function openFolder(disk: Disk, directory: string): void {
  requireOwnFolder(disk, directory);
  ensureDirectory(disk, directory);
  if (!hasMarker(disk, directory))
    putFile(disk, path.join(directory, MARKER_FILE), MARKER_TEXT, { replace: true });
  settleNext(disk, directory);
  removeTree(disk, path.join(directory, 'work'));
}

function hasMarker(disk: Disk, directory: string): boolean {
  const file = path.join(directory, MARKER_FILE);
  const entry = disk.stat(file);
  const mayBe = entry?.kind === 'file' && entry.sizeBytes === MARKER_TEXT.length;
  return mayBe && readWhole(disk, file).toString('latin1') === MARKER_TEXT;
}

function hasState(disk: Disk, directory: string): boolean {
  try {
    return readFollowState(disk, directory) !== undefined;
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'FOLLOW_STATE_DAMAGED') return false;
    throw error;
  }
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

/** Gives each file below `from` a second name below `to`. */
function shareTree(disk: Disk, from: string, to: string): void {
  for (const name of disk.list(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (disk.stat(source)?.kind === 'directory') {
      ensureDirectory(disk, target);
      shareTree(disk, source, target);
    } else shareFile(disk, source, target);
  }
  disk.syncDirectory(to);
}

/** Gives the file `from` a second name `to`; a copy where the file system has no second names. */
export function shareFile(disk: Disk, from: string, to: string): void {
  if (linkFile(from, to)) return;
  const writer = startDurable(disk, to);
  for (const chunk of readFileChunks(disk, from)) writer.write(chunk);
  writer.commit(to, { replace: true });
}
