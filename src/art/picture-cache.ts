/**
 * Pictures that were made, on disk: bounded in bytes and number, the longest unused gone first, each checked against
 * its own digest when it is read. Several processes may share a folder; each passes the bounds by a little at most. It is only ever a shortcut: whatever goes wrong with it, the picture is made again.
 *
 * A file holds the SHA-256 of the picture (32 bytes) and the picture; its name is the SHA-256 of what determines it.
 */
import path from 'node:path';
import { sha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';

/** Pictures by the text that determines them. */
export interface PictureCache {
  /** The picture made for `key`, or undefined. */
  get(key: string): Uint8Array | undefined;
  put(key: string, bytes: Uint8Array): void;
}

/** How much is kept. */
export interface CacheLimits {
  readonly maxBytes: number;
  readonly maxPictures: number;
}

/** Some ten thousand covers of 300 pixels: the albums that people look at in a month. */
const LIMITS: CacheLimits = { maxBytes: 256 * 2 ** 20, maxPictures: 20_000 };
const DIGEST_BYTES = 32;
const NAME = /^[0-9a-f]{64}$/;
/** What a process that was killed leaves of a picture it was writing. */
const LEFT_OVER = /^[0-9a-f]{64}\.tmp$/;
/** After writing this share of its bytes a cache looks at its folder again: other processes write there too. */
const LOOK_AGAIN_AFTER = 1 / 16;

/** The cache in `directory`, which is made when first needed and looked through when first asked. */
export function openPictureCache(
  disk: Disk,
  directory: string,
  limits: CacheLimits = LIMITS,
): PictureCache {
  let known: Index | undefined;
  let writtenBytes = 0;
  const index = () => {
    known ??= startIndex(disk, directory);
    return known;
  };
  const shrink = () => {
    for (const name of [...index().sizes.keys()]) {
      if (index().heldBytes <= limits.maxBytes && index().sizes.size <= limits.maxPictures) return;
      index().forget(name);
      disk.unlink(path.join(directory, name));
    }
  };
  return {
    get(key) {
      const name = sha256(key);
      const size = index().sizes.get(name);
      if (size === undefined) return undefined;
      const bytes = readChecked(disk, path.join(directory, name));
      if (bytes) index().remember(name, size);
      else index().forget(name);
      return bytes;
    },
    put(key, bytes) {
      const name = sha256(key);
      const file = Buffer.concat([Buffer.from(sha256(bytes), 'hex'), bytes]);
      if (file.length > limits.maxBytes) return;
      quietly(() => {
        ensureDirectory(disk, directory);
        putFile(disk, path.join(directory, name), file, { replace: true });
        writtenBytes += file.length;
        if (writtenBytes > limits.maxBytes * LOOK_AGAIN_AFTER) {
          index().lookAgain();
          writtenBytes = 0;
        }
        index().remember(name, file.length);
        shrink();
      });
    },
  };
}

/** Which pictures lie in the folder. */
interface Index {
  /** By name, the longest unused first. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly heldBytes: number;
  /** Puts `name` behind all others. */
  remember(name: string, sizeBytes: number): void;
  forget(name: string): void;
  /** Learns what others wrote and let go of since, and keeps the order of the rest. */
  lookAgain(): void;
}

function startIndex(disk: Disk, directory: string): Index {
  const sizes = new Map<string, number>();
  let heldBytes = 0;
  const index: Index = {
    sizes,
    get heldBytes() {
      return heldBytes;
    },
    remember(name, sizeBytes) {
      index.forget(name);
      sizes.set(name, sizeBytes);
      heldBytes += sizeBytes;
    },
    forget(name) {
      heldBytes -= sizes.get(name) ?? 0;
      sizes.delete(name);
    },
    lookAgain() {
      const gone = new Set(sizes.keys());
      for (const name of disk.list(directory)) {
        const file = path.join(directory, name);
        // Should its writer be alive, it makes the picture another time.
        if (LEFT_OVER.test(name)) quietly(() => disk.unlink(file));
        const entry = NAME.test(name) ? disk.stat(file) : undefined;
        if (entry?.kind !== 'file') continue;
        gone.delete(name);
        if (sizes.get(name) !== entry.sizeBytes) index.remember(name, entry.sizeBytes);
      }
      for (const name of gone) index.forget(name);
    },
  };
  index.lookAgain();
  return index;
}

/** Empties the cache in `directory`, so that nothing made of what is withdrawn stays. */
export function clearPictureCache(disk: Disk, directory: string): void {
  removeTree(disk, directory);
}

function readChecked(disk: Disk, file: string): Uint8Array | undefined {
  const whole = quietly(() => readWhole(disk, file));
  if (!whole) return undefined;
  const bytes = whole.subarray(DIGEST_BYTES);
  return sha256(bytes) === whole.toString('hex', 0, DIGEST_BYTES) ? bytes : undefined;
}

/** A full or read-only disk, or a file that another process let go of, costs the shortcut and nothing else. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FonotecaError) return undefined;
    throw error;
  }
}
