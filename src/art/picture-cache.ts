/**
 * Pictures that were made, on disk: bounded in bytes and number, the longest unused gone first, each checked against
 * its own digest when it is read. It is only ever a shortcut: whatever goes wrong with it, the picture is made again.
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

/** The cache in `directory`, which is made when first needed and looked through when first asked. */
export function openPictureCache(
  disk: Disk,
  directory: string,
  limits: CacheLimits = LIMITS,
): PictureCache {
  let known: Map<string, number> | undefined;
  let heldBytes = 0;

  const index = (): Map<string, number> => {
    if (known) return known;
    known = new Map();
    for (const name of disk.list(directory)) {
      const file = path.join(directory, name);
      const entry = disk.stat(file);
      if (entry?.kind !== 'file' || !NAME.test(name)) continue;
      known.set(name, entry.sizeBytes);
      heldBytes += entry.sizeBytes;
    }
    return known;
  };
  const forget = (name: string) => {
    heldBytes -= known?.get(name) ?? 0;
    known?.delete(name);
  };
  const shrink = () => {
    for (const name of [...index().keys()]) {
      if (heldBytes <= limits.maxBytes && index().size <= limits.maxPictures) return;
      forget(name);
      disk.unlink(path.join(directory, name));
    }
  };
  return {
    get(key) {
      const name = sha256(key);
      const size = index().get(name);
      const bytes = size === undefined ? undefined : readChecked(disk, path.join(directory, name));
      if (size === undefined) return undefined;
      forget(name);
      if (!bytes) return undefined;
      // Behind all others: the longest unused is the first.
      index().set(name, size);
      heldBytes += size;
      return bytes;
    },
    put(key, bytes) {
      const name = sha256(key);
      const file = Buffer.concat([Buffer.from(sha256(bytes), 'hex'), bytes]);
      if (file.length > limits.maxBytes) return;
      quietly(() => {
        ensureDirectory(disk, directory);
        putFile(disk, path.join(directory, name), file, { replace: true });
        index();
        forget(name);
        index().set(name, file.length);
        heldBytes += file.length;
        shrink();
      });
    },
  };
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
