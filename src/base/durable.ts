/**
 * The one durable put: the only code that brings bytes under a lasting name.
 *
 * Order: temp in the same file system → checked write loop → fsync → rename → fsync of the directory. Only after
 * `commit` has returned may anyone be told that the bytes are held. Lint forbids file writes elsewhere.
 */
import path from 'node:path';
import type { Disk } from './disk.ts';
import { FonotecaError } from './errors.ts';

/** A file being written under a temporary name. Ends with exactly one `commit` or `abort`. */
export interface DurableWriter {
  /** Bytes written so far. */
  readonly sizeBytes: number;
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): void;
  /** Overwrites bytes already written, at `position`. */
  writeAt(bytes: Uint8Array, position: number): void;
  /** Makes all bytes so far durable under the temporary name, and `rest` behind them, which is yet to be written. */
  sync(rest?: Uint8Array): void;
  /**
   * Makes the bytes durable under `final`. With `replace: false` an existing `final` stays as it is, the temporary
   * file goes, and false is returned; with `replace: true` the new bytes take the name in one step.
   */
  commit(final: string, options: { replace: boolean }): boolean;
  /** Gives up and removes the temporary file, unless `sync` made it durable: then it stays. Safe to call after a failure. */
  abort(): void;
}

/** Starts a durable file at `temporary`, which must be in the same file system as its final place. `DISK_FULL`, `DISK_IO`. */
export function startDurable(disk: Disk, temporary: string, mode = 0o644): DurableWriter {
  const descriptor = disk.create(temporary, mode);
  return durableOver(disk, temporary, { descriptor, sizeBytes: 0, isKept: false });
}

/**
 * Goes on with the file at `temporary`, of which `sync` made the first `keptBytes` durable: what stands behind them goes, and
 * the next bytes come at `from`, which is at most as many. `DISK_IO` where the file is shorter, `FILE_MISSING`.
 */
export function continueDurable(
  disk: Disk,
  temporary: string,
  keptBytes: number,
  from = keptBytes,
): DurableWriter {
  const descriptor = openKept(disk, temporary, keptBytes);
  return durableOver(disk, temporary, { descriptor, sizeBytes: from, isKept: true });
}

/** Opens for writing a file whose first `keptBytes` were made durable, and lets go of what stands behind them. `DISK_IO`, `FILE_MISSING`. */
export function openKept(disk: Disk, file: string, keptBytes: number): number {
  const there = disk.stat(file)?.sizeBytes ?? 0;
  if (there < keptBytes)
    throw new FonotecaError(
      'DISK_IO',
      `${there} of ${keptBytes} bytes that were durable (${file})`,
    );
  const descriptor = disk.openForUpdate(file);
  try {
    if (there > keptBytes) disk.truncate(descriptor, keptBytes);
  } catch (error) {
    disk.close(descriptor);
    throw error;
  }
  return descriptor;
}

interface Opened {
  readonly descriptor: number;
  readonly sizeBytes: number;
  readonly isKept: boolean;
}

function durableOver(disk: Disk, temporary: string, opened: Opened): DurableWriter {
  const { descriptor } = opened;
  let { sizeBytes, isKept } = opened;
  let open = true;
  const close = () => {
    if (open) disk.close(descriptor);
    open = false;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    write(bytes) {
      writeFully(disk, descriptor, bytes, sizeBytes);
      sizeBytes += bytes.length;
    },
    writeAt(bytes, position) {
      writeFully(disk, descriptor, bytes, position);
      sizeBytes = Math.max(sizeBytes, position + bytes.length);
    },
    sync(rest) {
      if (rest) writeFully(disk, descriptor, rest, sizeBytes);
      disk.fsync(descriptor);
      isKept = true;
    },
    commit(final, { replace }) {
      disk.fsync(descriptor);
      close();
      const directory = path.dirname(final);
      if (replace) disk.renameReplace(temporary, final);
      else if (!disk.renameNoReplace(temporary, final)) {
        // Whoever made `final` may not have synced its directory yet; its bytes are only ours to rely on once it is.
        disk.unlink(temporary);
        disk.syncDirectory(directory);
        return false;
      }
      disk.syncDirectory(directory);
      return true;
    },
    abort() {
      close();
      if (!isKept) disk.unlink(temporary);
    },
  };
}

/** Writes one small file durably: `replace: false` leaves an existing one and returns false. Makes no directory. */
export function putFile(
  disk: Disk,
  final: string,
  bytes: Uint8Array | string,
  options: { replace: boolean; mode?: number; temporary?: string },
): boolean {
  const temporary = options.temporary ?? `${final}.tmp`;
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary, options.mode);
  try {
    writer.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    return writer.commit(final, options);
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

/** Makes what others wrote to `file` durable, and its name. `DISK_IO`. */
export function syncFile(disk: Disk, file: string): void {
  const descriptor = disk.openForUpdate(file);
  try {
    disk.fsync(descriptor);
  } finally {
    disk.close(descriptor);
  }
  disk.syncDirectory(path.dirname(file));
}

/** Gives up on `writer` when the disk itself is in trouble: the leftover is removed at the next start. */
export function abortQuietly(writer: DurableWriter): void {
  try {
    writer.abort();
  } catch {
    // The first error is the one to tell; recovery clears work/.
  }
}

/** Makes `directory` and its missing parents, each made durable in its own parent before the next. */
export function ensureDirectory(disk: Disk, directory: string): void {
  const entry = disk.stat(directory);
  if (entry?.kind === 'directory') return;
  if (entry) throw new FonotecaError('FILE_EXISTS', `${directory} is not a directory`);
  const parent = path.dirname(directory);
  if (parent !== directory) ensureDirectory(disk, parent);
  disk.mkdir(directory);
  disk.syncDirectory(parent);
}

/** Removes `directory` and all below it; no error when it is not there. Follows no link. */
export function removeTree(disk: Disk, directory: string): void {
  for (const name of disk.list(directory)) {
    const entry = path.join(directory, name);
    if (disk.stat(entry)?.kind === 'directory') removeTree(disk, entry);
    else disk.unlink(entry);
  }
  disk.rmdir(directory);
}

/** write(2) may take fewer bytes than asked: loops until all are taken, and refuses a call that takes none. */
function writeFully(disk: Disk, descriptor: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const taken = disk.write(descriptor, bytes.subarray(done), position + done);
    if (taken <= 0)
      throw new FonotecaError('DISK_SHORT_WRITE', `${done} of ${bytes.length} bytes taken`);
    done += taken;
  }
}
