/**
 * How far a bench has come: `bench.json` in its folder, written anew after each piece of work, so that one that was cut short
 * goes on where it was.
 */
import path from 'node:path';
import { z } from 'zod';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import {
  GENERATED_FORMATS,
  type GeneratedCatalogue,
  type GeneratedFormat,
} from '../generating/generated-columns.ts';
import { NO_USAGE } from './usage-watch.ts';

const FORMAT = 'fonoteca-catalogue-bench-state/1';
const FILE = 'bench.json';
const MOST_BYTES = 2 ** 20;

const usageSchema = z.object({
  wallMs: z.number(),
  cpuMs: z.number(),
  peakOwnBytes: z.number(),
  peakDiskBytes: z.number(),
});

const stateSchema = z.object({
  format: z.literal(FORMAT),
  rows: z.number(),
  seed: z.number(),
  revision: z.number(),
  shardTracks: z.number(),
  /** How its input is written. */
  inputFormat: z.enum(GENERATED_FORMATS).default('jsonl'),
  /** In how many runs import and build were measured. */
  runs: z.number(),
  /** The generated files so far. */
  input: z.object({ sizeBytes: z.number(), wallMs: z.number() }),
  /** The shards that are imported, in their order. */
  imported: z.array(z.object({ id: z.string(), usage: usageSchema })),
  /** What the build took so far, all runs of it. */
  build: usageSchema,
  built: z
    .object({
      snapshot: z.string(),
      tracks: z.number(),
      albums: z.number(),
      artists: z.number(),
    })
    .nullable(),
});

/** The state of a bench. */
export type BenchState = z.infer<typeof stateSchema>;

/** What is measured: a bench with another of these is another bench. */
export interface BenchIdentity extends GeneratedCatalogue {
  readonly shardTracks: number;
  readonly inputFormat: GeneratedFormat;
}

/** The state of the bench in `folder`, which is begun in an absent or empty one. `FILE_EXISTS` where something else lies. */
export function openState(disk: Disk, folder: string, wanted: BenchIdentity): BenchState {
  const { rows, seed, revision, shardTracks, inputFormat } = wanted;
  const identity = { rows, seed, revision, shardTracks, inputFormat };
  const names = disk.list(folder).filter((name) => name !== `${FILE}.tmp`);
  if (names.length === 0)
    return {
      ...{ format: FORMAT, ...identity, runs: 0 },
      ...{ input: { sizeBytes: 0, wallMs: 0 }, imported: [], build: NO_USAGE, built: null },
    };
  const known = readState(disk, path.join(folder, FILE));
  if (!known) throw new FonotecaError('FILE_EXISTS', `${folder} is not empty`);
  const differing = (Object.keys(identity) as (keyof typeof identity)[]).filter(
    (key) => known[key] !== identity[key],
  );
  if (differing.length > 0) {
    const told = differing.map((key) => `${key} ${known[key]}, not ${identity[key]}`).join('; ');
    throw new FonotecaError('FILE_EXISTS', `${folder} holds another bench: ${told}`);
  }
  return known;
}

/** Makes `state` durable. */
export function saveState(disk: Disk, folder: string, state: BenchState): void {
  ensureDirectory(disk, folder);
  putFile(disk, path.join(folder, FILE), JSON.stringify(state), { replace: true });
}

/** Undefined for what is no state of a bench. */
function readState(disk: Disk, file: string): BenchState | undefined {
  const entry = disk.stat(file);
  if (entry?.kind !== 'file' || entry.sizeBytes > MOST_BYTES) return undefined;
  try {
    return stateSchema.parse(JSON.parse(readWhole(disk, file).toString('utf8')));
  } catch (error) {
    if (error instanceof FonotecaError) throw error;
    return undefined;
  }
}
