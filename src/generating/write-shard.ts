/**
 * A shard of the generated catalogue as files: what belongs to a stretch of tracks, one gzip file of JSON lines for each
 * kind. The same stretch gives the same bytes. Shape: docs/formats/generated-catalogue.md.
 */
import path from 'node:path';
import { createGzip } from 'node:zlib';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { generateLines, type TrackRange } from './generate-lines.ts';
import type { GeneratedCatalogue, GeneratedKind } from './generated-columns.ts';
import { GENERATED_KINDS } from './generated-columns.ts';

/** A shard: its number, which names its files, and its tracks. */
export interface Shard extends TrackRange {
  readonly number: number;
}

/** A file of a shard. */
export interface ShardFile {
  readonly path: string;
  /** As it lies there, compressed. */
  readonly sizeBytes: number;
}

/** The fastest: what takes long in a bench is not to be the making of its input. */
const GZIP_LEVEL = 1;

/** The files of `shard` in `directory`, which are written over; compression goes on beside the generator, on another core. */
export async function writeShard(
  disk: Disk,
  directory: string,
  catalogue: GeneratedCatalogue,
  shard: Shard,
): Promise<ShardFile[]> {
  const files: ShardFile[] = [];
  for (const kind of GENERATED_KINDS)
    files.push(await writeKind(disk, directory, catalogue, { shard, kind }));
  return files;
}

async function writeKind(
  disk: Disk,
  directory: string,
  catalogue: GeneratedCatalogue,
  { shard, kind }: { readonly shard: Shard; readonly kind: GeneratedKind },
): Promise<ShardFile> {
  const name = `${kind}-${String(shard.number).padStart(5, '0')}.jsonl.gz`;
  const final = path.join(directory, name);
  const temporary = `${final}.tmp`;
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary);
  try {
    const gzip = createGzip({ level: GZIP_LEVEL });
    const written = (async () => {
      for await (const chunk of gzip as AsyncIterable<Uint8Array>) writer.write(chunk);
    })();
    for (const lines of generateLines(catalogue, kind, shard))
      if (!gzip.write(lines))
        await new Promise((resolve) => {
          gzip.once('drain', resolve);
        });
    gzip.end();
    await written;
    writer.commit(final, { replace: true });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
  return { path: final, sizeBytes: writer.sizeBytes };
}
