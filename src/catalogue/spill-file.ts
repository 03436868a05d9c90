/** A file that lies beside a build for a while: bytes are appended, it is read, it goes. It need not outlive a power cut. */
import type { Disk } from '../base/disk.ts';

/** A spill file being written. Ends with `close` or `drop`. */
export interface SpillFile {
  /** Bytes so far. */
  readonly sizeBytes: number;
  write(bytes: Uint8Array): void;
  /** Leaves the file to whoever reads and removes it. */
  close(): void;
  /** Removes the file, as far as that can be done. */
  drop(): void;
}

/** An empty spill file at `file`, where there is none. `DISK_FULL`, `DISK_IO`. */
export function startSpill(disk: Disk, file: string): SpillFile {
  const descriptor = disk.create(file);
  let sizeBytes = 0;
  let isOpen = true;
  const close = () => {
    if (isOpen) disk.close(descriptor);
    isOpen = false;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const count = disk.write(descriptor, bytes.subarray(done), null);
        done += count;
        sizeBytes += count;
      }
    },
    close,
    drop() {
      try {
        close();
        disk.unlink(file);
      } catch {
        // The disk is in trouble, which was told already; what is left goes with the folder.
      }
    },
  };
}
