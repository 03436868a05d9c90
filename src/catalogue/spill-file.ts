/**
 * A file that lies beside a build for a while: bytes are appended, it is read, it goes. It outlives a power cut as far as it was
 * synced.
 */
import type { Disk } from '../base/disk.ts';
import { openKept } from '../base/durable.ts';

/** A spill file being written. Ends with `close` or `drop`. */
export interface SpillFile {
  /** Bytes so far. */
  readonly sizeBytes: number;
  write(bytes: Uint8Array): void;
  /** Makes the bytes so far durable. */
  sync(): void;
  /** Leaves the file to whoever reads and removes it. */
  close(): void;
  /** Removes the file, as far as that can be done, unless `sync` made it durable: then it stays. */
  drop(): void;
}

/** An empty spill file at `file`, in the place of what was there. `DISK_FULL`, `DISK_IO`. */
export function startSpill(disk: Disk, file: string): SpillFile {
  disk.unlink(file);
  return spillOver(disk, file, { open: () => disk.create(file), sizeBytes: 0, isKept: false });
}

/** The spill file at `file` behind its first `sizeBytes`, which are durable; opened when it is written to. `DISK_IO`, `FILE_MISSING`. */
export function continueSpill(disk: Disk, file: string, sizeBytes: number): SpillFile {
  const open = () => openKept(disk, file, sizeBytes);
  return spillOver(disk, file, { open, sizeBytes, isKept: true });
}

interface Begun {
  open(): number;
  readonly sizeBytes: number;
  readonly isKept: boolean;
}

function spillOver(disk: Disk, file: string, begun: Begun): SpillFile {
  let { sizeBytes, isKept } = begun;
  let descriptor = isKept ? undefined : begun.open();
  const close = () => {
    if (descriptor !== undefined) disk.close(descriptor);
    descriptor = undefined;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    write(bytes) {
      descriptor ??= begun.open();
      for (let done = 0; done < bytes.length; ) {
        const count = disk.write(descriptor, bytes.subarray(done), sizeBytes);
        done += count;
        sizeBytes += count;
      }
    },
    sync() {
      if (descriptor !== undefined) disk.fsync(descriptor);
      isKept = true;
    },
    close,
    drop() {
      try {
        close();
        if (!isKept) disk.unlink(file);
      } catch {
        // The disk is in trouble, which was told already; what is left goes with the folder.
      }
    },
  };
}
