/** Loose objects: write-once files named by their SHA-256, until a volume takes them. */
import path from 'node:path';
import { type Digest, startSha256 } from '../base/digest.ts';
import { type Disk, readFileChunks } from '../base/disk.ts';
import { abortQuietly, ensureDirectory, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { startLeavesRoot } from '../formats/leaves-root.ts';
import { type Layout, objectPath } from './layout.ts';

/** An object on its way into the store. Ends with one `commit` or `abort`. */
export interface ObjectWriter {
  readonly sizeBytes: number;
  /** The staged bytes, for reading before they are committed. */
  readonly stagedFile: string;
  write(bytes: Uint8Array): void;
  /** The digest of what was written; call once, before `commit`. */
  finish(): Digest;
  /** The root of its tree of 16 KiB leaves (BEP 52), made in the same pass; undefined for no bytes. Call once. */
  leavesRoot(): Digest | undefined;
  /** Makes the object durable; returns false when it was there already. Only after this may it be called held. */
  commit(): boolean;
  abort(): void;
}

/** Where the bytes of an object go. */
export interface ObjectTarget {
  /** Room for the next bytes, at least one; asked for before each read. */
  room(): Promise<Uint8Array>;
  /** Told that the first `count` bytes of the room are there. */
  filled(count: number): void;
}

/** Loose objects by digest. */
export interface LooseStore {
  /** Starts an object under the work directory. `name` tells concurrent writers apart. */
  startPut(name: string): ObjectWriter;
  /** The size of a loose object, or undefined when there is none. */
  sizeOf(digest: Digest): number | undefined;
  /**
   * All bytes of a loose object in order, hashed on the way: `STORE_OBJECT_MISSING`, or `STORE_OBJECT_DAMAGED` at
   * the end when they are not what their name says. Whoever takes bytes acts on them only when the end was reached.
   */
  read(digest: Digest): Iterable<Uint8Array>;
  /**
   * Reads a loose object to where `target` wants it, without a copy, hashed on the way; returns its size. Throws as
   * `read` does, at the end, so what lies in the target then is not the object.
   */
  readTo(digest: Digest, target: ObjectTarget): Promise<number>;
  /** As `readTo`, but not hashed: for whoever proves the bytes in another way before acting on them. */
  copyTo(digest: Digest, target: ObjectTarget): Promise<number>;
  /** Removes a loose object durably; the caller has proved that its bytes are elsewhere or no longer wanted. */
  remove(digest: Digest): void;
  /** Every loose digest, in byte order. Walks the directories. */
  list(): Iterable<Digest>;
}

/** The loose objects of the archive laid out by `layout`. */
export function openLooseStore(disk: Disk, layout: Layout): LooseStore {
  return {
    startPut: (name) => startObject(disk, layout, name),
    sizeOf: (digest) => {
      const entry = disk.stat(objectPath(layout, digest));
      return entry?.kind === 'file' ? entry.sizeBytes : undefined;
    },
    read: (digest) => readObject(disk, objectPath(layout, digest), digest),
    readTo: async (digest, target) => {
      const hasher = startSha256();
      const file = objectPath(layout, digest);
      const sizeBytes = await copyObject(disk, { file, digest }, target, hasher.update);
      requireDigest(hasher.finish(), digest);
      return sizeBytes;
    },
    copyTo: (digest, target) =>
      copyObject(disk, { file: objectPath(layout, digest), digest }, target, () => {}),
    remove: (digest) => {
      const file = objectPath(layout, digest);
      disk.unlink(file);
      disk.syncDirectory(path.dirname(file));
    },
    list: () => listObjects(disk, layout),
  };
}

function startObject(disk: Disk, layout: Layout, name: string): ObjectWriter {
  const stagedFile = path.join(layout.work, `object-${name}`);
  disk.unlink(stagedFile);
  const writer = startDurable(disk, stagedFile);
  const hasher = startSha256();
  const root = startLeavesRoot();
  let digest: Digest | undefined;
  return {
    get sizeBytes() {
      return writer.sizeBytes;
    },
    stagedFile,
    write(bytes) {
      hasher.update(bytes);
      root.update(bytes);
      writer.write(bytes);
    },
    finish() {
      digest ??= hasher.finish();
      return digest;
    },
    leavesRoot: root.finish,
    commit() {
      digest ??= hasher.finish();
      const final = objectPath(layout, digest);
      ensureDirectory(disk, path.dirname(final));
      if (isSound(disk, final, writer.sizeBytes, digest)) {
        writer.abort();
        disk.syncDirectory(path.dirname(final));
        return false;
      }
      // What is there under this name is not the object: rot or half a foreign copy. The good bytes take its place.
      return writer.commit(final, { replace: true });
    },
    abort: () => abortQuietly(writer),
  };
}

/** Trust in an existing object comes from reading it, never from its being there. */
function isSound(disk: Disk, file: string, sizeBytes: number, digest: Digest): boolean {
  const entry = disk.stat(file);
  if (entry?.kind !== 'file' || entry.sizeBytes !== sizeBytes) return false;
  try {
    for (const _ of readObject(disk, file, digest));
    return true;
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'STORE_OBJECT_DAMAGED') return false;
    throw error;
  }
}

function* readObject(disk: Disk, file: string, digest: Digest): Generator<Uint8Array> {
  if (!disk.stat(file)) throw new FonotecaError('STORE_OBJECT_MISSING', digest);
  const hasher = startSha256();
  for (const chunk of readFileChunks(disk, file)) {
    hasher.update(chunk);
    yield chunk;
  }
  requireDigest(hasher.finish(), digest);
}

async function copyObject(
  disk: Disk,
  { file, digest }: { file: string; digest: Digest },
  target: ObjectTarget,
  passed: (bytes: Uint8Array) => void,
): Promise<number> {
  if (!disk.stat(file)) throw new FonotecaError('STORE_OBJECT_MISSING', digest);
  const descriptor = disk.openForReading(file);
  let sizeBytes = 0;
  try {
    while (true) {
      const room = await target.room();
      const count = disk.read(descriptor, room, sizeBytes);
      if (count === 0) break;
      passed(room.subarray(0, count));
      target.filled(count);
      sizeBytes += count;
    }
  } finally {
    disk.close(descriptor);
  }
  return sizeBytes;
}

function requireDigest(seen: Digest, digest: Digest): void {
  if (seen !== digest)
    throw new FonotecaError('STORE_OBJECT_DAMAGED', `${digest} reads as ${seen}`);
}

function* listObjects(disk: Disk, layout: Layout): Generator<Digest> {
  for (const first of disk.list(layout.objects)) {
    for (const second of disk.list(path.join(layout.objects, first))) {
      yield* disk.list(path.join(layout.objects, first, second)) as Digest[];
    }
  }
}
