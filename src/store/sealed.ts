/**
 * Sealed copies: withdrawn bytes that the operator keeps and nobody else is given, so that a withdrawal can be taken
 * back. `sealed/ab/DIGEST` holds the payload, `DIGEST.json` the lines of the indexes it was taken from.
 * Specified in docs/formats/volume.md.
 */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256, startSha256 } from '../base/digest.ts';
import { type Disk, readFileChunks, readWhole } from '../base/disk.ts';
import { abortQuietly, ensureDirectory, putFile, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { digestSchema } from '../model/digest-schema.ts';
import type { Layout } from './layout.ts';

/** Where a withdrawn member stood, and its line of the index as it was packed. */
export interface SealedPlace {
  readonly volume: string;
  readonly path: string;
  /** The canonical JSON of the line, without the spaces and the newline that fill it. */
  readonly line: string;
}

/** An open sealed payload whose digest was found right. */
export interface SealedPayload {
  readonly sizeBytes: number;
  /** `length` bytes from `position`. */
  read(position: number, length: number): Uint8Array;
  close(): void;
}

/** What is asked of sealed copies when members are restored. */
export interface SealedSource {
  /** The line of the member `path` of `volume`, or undefined when it is not kept. */
  line(volume: string, path: string, digest: Digest): string | undefined;
  /** The payload with `digest`, read once to its end and found right; `SEALED_MISSING` when it is not kept or damaged. */
  open(digest: Digest): SealedPayload;
}

/** The sealed copies of an archive. */
export interface SealedStore extends SealedSource {
  /** Whether the bytes with `digest` are kept; their digest is not looked at. */
  has(digest: Digest): boolean;
  /** Keeps `payload` durably; nothing is kept, and `STORE_OBJECT_DAMAGED` thrown, when it has another digest. */
  keep(
    digest: Digest,
    payload: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    places: readonly SealedPlace[],
  ): Promise<void>;
  /** Removes what is kept of `digest` and notes that nothing is to be kept of it. */
  destroy(digest: Digest): void;
  isDestroyed(digest: Digest): boolean;
  /** Forgets such a note. */
  allow(digest: Digest): void;
  /** Removes what is kept of `digest`, once its bytes are back where they were. */
  release(digest: Digest): void;
}

const noteSchema = z.strictObject({
  format: z.literal('fonoteca-sealed/1'),
  digest: digestSchema,
  places: z.array(
    z.strictObject({
      volume: z.string(),
      path: z.string(),
      line: z.string(),
      sha256: digestSchema,
    }),
  ),
});

/** The sealed copies below `layout.sealed`. */
export function openSealed(disk: Disk, layout: Layout): SealedStore {
  const fileOf = (digest: Digest) => path.join(layout.sealed, digest.slice(0, 2), digest);
  const isFile = (file: string) => disk.stat(file)?.kind === 'file';
  const remove = (digest: Digest) => {
    if (!disk.stat(path.dirname(fileOf(digest)))) return;
    for (const suffix of ['', '.json']) disk.unlink(`${fileOf(digest)}${suffix}`);
    disk.syncDirectory(path.dirname(fileOf(digest)));
  };
  return {
    has: (digest) => isFile(fileOf(digest)) && isFile(`${fileOf(digest)}.json`),
    line: (volume, member, digest) =>
      placesIn(disk, `${fileOf(digest)}.json`).find(
        (place) => place.volume === volume && place.path === member,
      )?.line,
    open: (digest) => openPayload(disk, fileOf(digest), digest),
    keep: async (digest, payload, places) => {
      const file = fileOf(digest);
      ensureDirectory(disk, path.dirname(file));
      await keepPayload(disk, file, digest, payload);
      const all = [...placesIn(disk, `${file}.json`), ...places];
      const byPlace = new Map(all.map((place) => [`${place.volume}/${place.path}`, place]));
      putNote(disk, `${file}.json`, digest, [...byPlace.values()]);
    },
    destroy: (digest) => {
      ensureDirectory(disk, path.dirname(fileOf(digest)));
      putFile(disk, `${fileOf(digest)}.destroyed`, '', { replace: true, mode: 0o600 });
      remove(digest);
    },
    isDestroyed: (digest) => isFile(`${fileOf(digest)}.destroyed`),
    allow: (digest) => disk.unlink(`${fileOf(digest)}.destroyed`),
    release: remove,
  };
}

async function keepPayload(
  disk: Disk,
  file: string,
  digest: Digest,
  payload: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = `${file}.tmp`;
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary, 0o600);
  try {
    const hasher = startSha256();
    for await (const chunk of payload) {
      hasher.update(chunk);
      writer.write(chunk);
    }
    const seen = hasher.finish();
    if (seen !== digest)
      throw new FonotecaError('STORE_OBJECT_DAMAGED', `${digest} reads as ${seen}`);
    writer.commit(file, { replace: true });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

function putNote(disk: Disk, file: string, digest: Digest, places: readonly SealedPlace[]): void {
  const note = {
    format: 'fonoteca-sealed/1',
    digest,
    places: places.map(({ volume, path: member, line }) => ({
      volume,
      path: member,
      line,
      sha256: sha256(line),
    })),
  };
  putFile(disk, file, `${canonicalJson(note)}\n`, { replace: true, mode: 0o600 });
}

function placesIn(disk: Disk, file: string): SealedPlace[] {
  if (disk.stat(file)?.kind !== 'file') return [];
  const { places } = readNote(disk, file);
  for (const { line, sha256: wanted } of places)
    if (sha256(line) !== wanted) throw new FonotecaError('SEALED_MISSING', `damaged: ${file}`);
  return places.map(({ volume, path: member, line }) => ({ volume, path: member, line }));
}

function readNote(disk: Disk, file: string): z.infer<typeof noteSchema> {
  try {
    return noteSchema.parse(JSON.parse(readWhole(disk, file).toString('utf8')));
  } catch (error) {
    throw new FonotecaError('SEALED_MISSING', `damaged: ${file}`, { cause: error });
  }
}

function openPayload(disk: Disk, file: string, digest: Digest): SealedPayload {
  if (disk.stat(file)?.kind !== 'file')
    throw new FonotecaError('SEALED_MISSING', `nothing kept of ${digest}`);
  const hasher = startSha256();
  let sizeBytes = 0;
  for (const chunk of readFileChunks(disk, file)) {
    hasher.update(chunk);
    sizeBytes += chunk.length;
  }
  if (hasher.finish() !== digest) throw new FonotecaError('SEALED_MISSING', `damaged: ${file}`);
  const descriptor = disk.openForReading(file);
  return {
    sizeBytes,
    read: (position, length) => {
      const buffer = Buffer.alloc(length);
      for (let done = 0; done < length; ) {
        const count = disk.read(descriptor, buffer.subarray(done), position + done);
        if (count === 0) throw new FonotecaError('SEALED_MISSING', `cut short: ${file}`);
        done += count;
      }
      return buffer;
    },
    close: () => disk.close(descriptor),
  };
}
