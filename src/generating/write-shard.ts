/**
 * A shard of the generated catalogue as files: what belongs to a stretch of tracks, one gzip file of JSON lines for each
 * kind. The same stretch gives the same bytes. Shape: docs/formats/generated-catalogue.md.
 */
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import type { TrackRange } from './generate-lines.ts';
import { GENERATED_KINDS, type GeneratedCatalogue } from './generated-columns.ts';
import { packBlocks } from './pack-blocks.ts';

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

/** The files of `shard` in `directory`, which are written over; made in `threads` threads, on every core when left out. */
export async function writeShard(
  disk: Disk,
  directory: string,
  catalogue: GeneratedCatalogue,
  shard: Shard,
  threads = os.availableParallelism(),
): Promise<ShardFile[]> {
  const files = GENERATED_KINDS.map((kind) => {
    const name = `${kind}-${String(shard.number).padStart(5, '0')}.jsonl.gz`;
    const final = path.join(directory, name);
    const temporary = `${final}.tmp`;
    disk.unlink(temporary);
    return { final, writer: startDurable(disk, temporary) };
  });
  try {
    for await (const block of packBlocks(catalogue, shard, threads))
      for (const [at, { writer }] of files.entries()) writer.write(block[at]!);
    for (const { final, writer } of files) {
      if (writer.sizeBytes === 0) writer.write(gzipSync(''));
      writer.commit(final, { replace: true });
    }
  } catch (error) {
    for (const { writer } of files) abortQuietly(writer);
    throw error;
  }
  return files.map(({ final, writer }) => ({ path: final, sizeBytes: writer.sizeBytes }));
}
