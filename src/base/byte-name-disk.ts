/**
 * The disk by byte names: a POSIX file system holds names that are no UTF-8, and a Node string cannot spell them.
 *
 * Reading an operator's folder and writing it back as it came go through here, so that no name is lost on the way.
 * Errors are `FonotecaError`s as those of `disk.ts`.
 */
import fs from 'node:fs';
import { attempt, makeDirectory, openRegular, renameNoReplace, syncDirectory } from './disk.ts';

/** What lies at a name, links not followed. */
export interface FoundEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'pipe' | 'socket' | 'device';
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** File operations on names given as bytes. */
export interface ByteNameDisk {
  /** The names in `directory`, sorted by bytes. */
  list(directory: Buffer): Buffer[];
  /** What is at `file` without following a link, or undefined when nothing is. */
  look(file: Buffer): FoundEntry | undefined;
  /** Opens an existing regular file for reading, following no link and waiting on no pipe. */
  openForReading(file: Buffer): number;
  /** What an open descriptor is now. */
  lookOpen(descriptor: number): FoundEntry;
  /** Makes one directory and returns true, or false when the name is taken. */
  mkdir(directory: Buffer): boolean;
  /** Gives `from` the name `to` unless `to` exists; returns whether it did. `from` is gone only on true. */
  renameNoReplace(from: Buffer, to: Buffer): boolean;
  /** Makes names in `directory` durable. */
  syncDirectory(directory: Buffer): void;
}

/** The machine's disk. */
export const realByteNameDisk: ByteNameDisk = {
  list: (directory) =>
    attempt(directory, () =>
      fs.readdirSync(directory, { encoding: 'buffer' }).sort((a, b) => Buffer.compare(a, b)),
    ),
  look: (file) =>
    attempt(file, () => {
      const stat = fs.lstatSync(file, { throwIfNoEntry: false });
      return stat && found(stat);
    }),
  openForReading: (file) => attempt(file, () => openRegular(file, fs.constants.O_RDONLY)),
  lookOpen: (descriptor) => found(fs.fstatSync(descriptor)),
  mkdir: makeDirectory,
  renameNoReplace,
  syncDirectory,
};

function found(stat: fs.Stats): FoundEntry {
  return { kind: kindOf(stat), sizeBytes: stat.size, mtimeMs: stat.mtimeMs };
}

function kindOf(stat: fs.Stats): FoundEntry['kind'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isFIFO()) return 'pipe';
  return stat.isSocket() ? 'socket' : 'device';
}
