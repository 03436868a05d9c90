/**
 * The disk, injected: the few file operations everything durable is built from.
 *
 * The operations are synchronous, so that the order of effects is the order of the program: that is what makes a
 * crash at the n-th operation repeatable and a power cut simulable (`test/faults/`). `realDisk` is the
 * machine's; tests bring others. Reading for work's sake (an index, a page) may use `node:fs` directly; writing may not.
 */
import fs from 'node:fs';
import { errnoOf, FonotecaError, messageOf } from './errors.ts';

/** What `Disk.stat` tells of a name. */
export interface DiskEntry {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
}

/** File operations with POSIX meaning. Every failure is a `FonotecaError`, except where a boolean says otherwise. */
export interface Disk {
  /** Creates a file for writing and returns its descriptor; `FILE_EXISTS` when the name is taken. */
  create(file: string, mode?: number): number;
  /** Opens an existing regular file for writing in place, following no link. */
  openForUpdate(file: string): number;
  /** Opens an existing regular file for reading, following no link. */
  openForReading(file: string): number;
  /** Writes some of `bytes` at `position` (or at the end when null) and returns how many were taken, as write(2) may take fewer. */
  write(descriptor: number, bytes: Uint8Array, position: number | null): number;
  /** Reads into `buffer` from `position` and returns how many bytes came; 0 at the end. */
  read(descriptor: number, buffer: Uint8Array, position: number): number;
  /** Lets go of what stands behind the first `sizeBytes`. */
  truncate(descriptor: number, sizeBytes: number): void;
  fsync(descriptor: number): void;
  close(descriptor: number): void;
  /** Gives `from` the name `to` unless `to` exists; returns whether it did. `from` is gone only on true. */
  renameNoReplace(from: string, to: string): boolean;
  /** Gives `from` the name `to`, replacing what was there in one step. */
  renameReplace(from: string, to: string): void;
  /** Removes a file; no error when it is not there. */
  unlink(file: string): void;
  /** Makes one directory and returns true, or false when it is already there. */
  mkdir(directory: string): boolean;
  /** Removes one empty directory; no error when it is not there. */
  rmdir(directory: string): void;
  /** Makes names in `directory` durable. */
  syncDirectory(directory: string): void;
  /** The names in `directory`, sorted by bytes; empty when it is not there. */
  list(directory: string): string[];
  /** What is at `file` without following a link, or undefined when nothing is. */
  stat(file: string): DiskEntry | undefined;
}

/** Bytes moved per read: large enough for disks, small enough for caches. */
export const READ_CHUNK_BYTES = 256 * 1024;

/** The machine's disk. */
export const realDisk: Disk = {
  create: (file, mode = 0o644) => attempt(file, () => fs.openSync(file, 'wx', mode)),
  openForUpdate: (file) => attempt(file, () => openRegular(file, fs.constants.O_RDWR)),
  openForReading: (file) => attempt(file, () => openRegular(file, fs.constants.O_RDONLY)),
  write: (descriptor, bytes, position) =>
    attempt('write', () => fs.writeSync(descriptor, bytes, 0, bytes.length, position)),
  read: (descriptor, buffer, position) =>
    attempt('read', () => fs.readSync(descriptor, buffer, 0, buffer.length, position)),
  truncate: (descriptor, sizeBytes) =>
    attempt('truncate', () => fs.ftruncateSync(descriptor, sizeBytes)),
  fsync: (descriptor) => attempt('fsync', () => fs.fsyncSync(descriptor)),
  close: (descriptor) => attempt('close', () => fs.closeSync(descriptor)),
  renameNoReplace,
  renameReplace: (from, to) => attempt(to, () => fs.renameSync(from, to)),
  unlink: (file) => attempt(file, () => unless('ENOENT', () => fs.unlinkSync(file))),
  mkdir: makeDirectory,
  rmdir: (directory) => attempt(directory, () => unless('ENOENT', () => fs.rmdirSync(directory))),
  syncDirectory,
  list: (directory) => attempt(directory, () => listNames(directory)),
  stat: (file) => attempt(file, () => statEntry(file)),
};

/** `error` of the file system as a `FonotecaError` about `subject`, with the code its errno calls for. */
export function diskError(error: unknown, subject: string): FonotecaError {
  if (error instanceof FonotecaError) return error;
  const errno = errnoOf(error);
  const options = { cause: error };
  if (errno === 'ENOSPC' || errno === 'EDQUOT')
    return new FonotecaError('DISK_FULL', `${errno} at ${subject}`, options);
  if (errno === 'EEXIST') return new FonotecaError('FILE_EXISTS', subject, options);
  if (errno === 'ENOENT') return new FonotecaError('FILE_MISSING', subject, options);
  if (errno === 'ELOOP')
    return new FonotecaError('FILE_NOT_REGULAR', `a link at ${subject}`, options);
  return new FonotecaError('DISK_IO', `${messageOf(error)} (${subject})`, options);
}

/** The whole of a small regular file. `FILE_MISSING`, `FILE_NOT_REGULAR`. */
export function readWhole(disk: Disk, file: string): Buffer {
  return Buffer.concat([...readFileChunks(disk, file)]);
}

/** Fills `room` with the bytes of an open file from `position`, less only at its end; returns how many came. */
export function readInto(
  disk: Pick<Disk, 'read'>,
  descriptor: number,
  room: Uint8Array,
  position: number,
): number {
  let done = 0;
  while (done < room.length) {
    const count = disk.read(descriptor, room.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** The bytes of a regular file in order, each chunk its own buffer. `FILE_MISSING`, `FILE_NOT_REGULAR`. */
export function* readFileChunks(disk: Disk, file: string): Generator<Uint8Array> {
  const descriptor = disk.openForReading(file);
  try {
    for (let position = 0; ; ) {
      const buffer = Buffer.allocUnsafe(READ_CHUNK_BYTES);
      const count = disk.read(descriptor, buffer, position);
      if (count === 0) return;
      position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    disk.close(descriptor);
  }
}

/** The result of `action` about `subject`; what it throws becomes a `FonotecaError`. */
export function attempt<T>(subject: string | Buffer, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw diskError(error, subject.toString());
  }
}

function unless(errno: string, action: () => void): 'done' | 'already' {
  try {
    action();
    return 'done';
  } catch (error) {
    if (errnoOf(error) === errno) return 'already';
    throw error;
  }
}

/** The descriptor of a regular file, opened without following a link or waiting on a pipe; `FILE_NOT_REGULAR` for all else. */
export function openRegular(file: string | Buffer, access: number): number {
  const descriptor = fs.openSync(file, access | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  if (fs.fstatSync(descriptor).isFile()) return descriptor;
  fs.closeSync(descriptor);
  throw new FonotecaError('FILE_NOT_REGULAR', file.toString());
}

/** A descriptor to write into the named pipe `pipe`; waits until somebody reads it. */
export function openPipeForWriting(pipe: string): number {
  return attempt(pipe, () => {
    const { O_WRONLY, O_NOFOLLOW } = fs.constants;
    if (!fs.lstatSync(pipe).isFIFO()) throw new FonotecaError('FILE_NOT_REGULAR', pipe);
    return fs.openSync(pipe, O_WRONLY | O_NOFOLLOW);
  });
}

/**
 * Whether `from` got the name `to`, which nothing had. link(2) refuses a taken name in one step, which rename(2) does
 * not; file systems without hard links (FAT, some network mounts) fall back to a look and a rename, safe because the
 * archive's lock admits one writer.
 */
export function renameNoReplace<Name extends string | Buffer>(from: Name, to: Name): boolean {
  return attempt(to, () => {
    try {
      fs.linkSync(from, to);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EEXIST') return false;
      if (errno !== 'EPERM' && errno !== 'ENOTSUP' && errno !== 'EOPNOTSUPP' && errno !== 'ENOSYS')
        throw error;
      if (fs.lstatSync(to, { throwIfNoEntry: false })) return false;
      fs.renameSync(from, to);
      return true;
    }
    fs.unlinkSync(from);
    return true;
  });
}

/**
 * Whether the regular file `from` got the further name `to`, which nothing had; false where the file system has no
 * second names. Only for files that are never written in place: both names would change.
 */
export function linkFile(from: string, to: string): boolean {
  return attempt(to, () => {
    try {
      fs.linkSync(from, to);
      return true;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EPERM' || errno === 'ENOTSUP' || errno === 'EOPNOTSUPP' || errno === 'ENOSYS')
        return false;
      if (errno === 'EMLINK' || errno === 'EXDEV') return false;
      throw error;
    }
  });
}

/** Makes the names in `directory` durable. */
export function syncDirectory(directory: string | Buffer): void {
  attempt(directory, () => {
    const descriptor = fs.openSync(directory, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** Whether `directory` was made; false when the name is taken. */
export function makeDirectory(directory: string | Buffer): boolean {
  return attempt(directory, () => unless('EEXIST', () => fs.mkdirSync(directory)) !== 'already');
}

function listNames(directory: string): string[] {
  try {
    return fs.readdirSync(directory).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function statEntry(file: string): DiskEntry | undefined {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  return { kind, sizeBytes: stat.size };
}
