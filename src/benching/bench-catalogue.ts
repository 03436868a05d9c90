/**
 * Measures the catalogue from end to end at any size: generates it shard by shard, imports each and lets it go, builds a
 * snapshot, looks up and searches. Every stage runs in a process of its own. What comes out: bench-report.ts.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Progress, Watch } from '../base/progress.ts';
import { readManifest } from '../catalogue/manifest.ts';
import { type GeneratedCatalogue, generatedMapping } from '../generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../generating/shape.ts';
import { type Shard, writeShard } from '../generating/write-shard.ts';
import type { BenchReport, StageCost } from './bench-report.ts';
import { freeDiskBytes } from './machine-room.ts';
import { makeQuestions, QUESTION_CLASSES } from './question-classes.ts';
import { folderBytes, runStage, type StageDeps, type StageRun } from './run-stage.ts';
import { type SampledTrack, sampleTracks } from './sample-tracks.ts';
import type { BuildOutcome, ServeJob } from './stage-job.ts';

/** What is measured. */
export interface BenchRequest extends GeneratedCatalogue {
  /** An empty or absent folder; what was measured lies there until it is removed. */
  readonly folder: string;
  /** Questions of each class, warm. */
  readonly questions: number;
  readonly threads: number;
  /** Whether the Parquet files of the imports stay, which are let go otherwise when the build has taken them. */
  readonly keepsImports: boolean;
}

/** What the bench works with. */
export interface BenchDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly watch: Watch;
}

const SOURCE = 'bench';
/** What lies on the disk at the peak, and a shard of input. */
const NEEDED_BYTES_A_TRACK = 240;
const NEEDED_BYTES = 2 ** 30;
const FIGURES = 'figures.json';
/** Tracks of a shard: a few hundred megabytes of input at a time. */
const SHARD_BLOCKS = 600;
const SAMPLED_TRACKS = 20_000;
const LOOKED_UP = 5000;
const KNOWN_ITEMS = 1000;

/**
 * The figures of `request`. `FILE_EXISTS` when its folder is not empty; `SUBPROCESS_LIMIT` when it was stopped, and then
 * the folder is gone.
 */
export async function benchCatalogue(request: BenchRequest, deps: BenchDeps): Promise<BenchReport> {
  const { disk, watch } = deps;
  const { folder } = request;
  if (disk.list(folder).length > 0)
    throw new FonotecaError('FILE_EXISTS', `${folder} is not empty`);
  try {
    return await measure(request, deps);
  } catch (error) {
    if (watch.stop.aborted) removeBench(disk, folder);
    throw error;
  }
}

async function measure(
  request: BenchRequest,
  { disk, clock, watch }: BenchDeps,
): Promise<BenchReport> {
  const { folder } = request;
  ensureDirectory(disk, path.join(folder, 'catalogue'));
  ensureDirectory(disk, path.join(folder, 'input'));
  refuseTooLarge(request);
  const deps: StageDeps = { disk, clock, folder, stop: watch.stop };
  /** What was measured so far stays in the folder when a later stage fails. */
  const note = (figures: unknown) =>
    putFile(disk, path.join(folder, FIGURES), JSON.stringify(figures), { replace: true });
  const imported = await importShards(request, deps, watch);
  const catalogue = path.join(folder, 'catalogue');
  note({ input: imported.input, import: imported.cost });
  tell(watch, 'building');
  const built = await runStage(
    {
      kind: 'build',
      catalogue,
      imports: imported.ids,
      threads: request.threads,
      keepsImports: request.keepsImports,
    },
    { ...deps, progress: withRate(clock, watch) },
  );
  note({ input: imported.input, import: imported.cost, build: costOf(built) });
  const snapshot = built.outcome.directory;
  const servingBytes = folderBytes(disk, snapshot);
  const tracks = sampleTracks(request, SAMPLED_TRACKS);
  tell(watch, 'searching');
  const { outcome } = await runStage(serveJob(request, snapshot, tracks), deps);
  const { warm, cold, ...serving } = outcome;
  return {
    format: 'fonoteca-catalogue-bench/1',
    rows: request.rows,
    seed: request.seed,
    revision: request.revision,
    shape: rowsOf(built),
    input: imported.input,
    import: imported.cost,
    build: costOf(built),
    disk: {
      servingBytes,
      peakBytes: Math.max(imported.peakDiskBytes, built.peakDiskBytes),
      files: readManifest(disk, snapshot)
        .files.map((file) => ({ path: file.path, sizeBytes: file.bytes }))
        .sort((a, b) => b.sizeBytes - a.sizeBytes),
    },
    serving,
    search: QUESTION_CLASSES.map((kind) => ({ class: kind, warm: warm[kind], cold: cold[kind] })),
  };
}

/** Gives what was measured back to the disk. */
export function removeBench(disk: Disk, folder: string): void {
  removeTree(disk, folder);
}

interface Imported {
  readonly ids: readonly string[];
  readonly input: BenchReport['input'];
  readonly cost: StageCost;
  readonly peakDiskBytes: number;
}

async function importShards(
  request: BenchRequest,
  deps: StageDeps,
  watch: Watch,
): Promise<Imported> {
  const input = path.join(request.folder, 'input');
  const catalogue = path.join(request.folder, 'catalogue');
  const ids: string[] = [];
  const made = { sizeBytes: 0, wallMs: 0 };
  const runs: StageRun<unknown>[] = [];
  const tellRate = withRate(deps.clock, watch);
  for (const shard of shardsOf(request.rows)) {
    tellRate({
      stage: 'generating and importing',
      doneItems: shard.from,
      totalItems: request.rows,
    });
    const startMs = deps.clock.elapsedMs();
    const files = await writeShard(deps.disk, input, request, shard);
    made.wallMs += deps.clock.elapsedMs() - startMs;
    made.sizeBytes += files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const run = await runStage(
      {
        kind: 'import',
        catalogue,
        mapping: generatedMapping(SOURCE),
        paths: files.map((file) => file.path),
        dumpDate: `2026-01-${String(request.revision).padStart(2, '0')}`,
      },
      { ...deps, folder: catalogue },
    );
    assert.equal(run.outcome.refused, 0, 'a generated row that cannot be read');
    ids.push(run.outcome.id);
    runs.push(run);
    for (const file of files) deps.disk.unlink(file.path);
  }
  return {
    ids,
    input: made,
    cost: {
      wallMs: sumOf(runs, 'wallMs'),
      cpuMs: sumOf(runs, 'cpuMs'),
      peakOwnBytes: Math.max(...runs.map(({ peakOwnBytes }) => peakOwnBytes)),
    },
    peakDiskBytes: folderBytes(deps.disk, catalogue),
  };
}

function shardsOf(rows: number): Shard[] {
  const size = SHARD_BLOCKS * BLOCK_TRACKS;
  return Array.from({ length: Math.ceil(rows / size) }, (_, number) => ({
    number,
    from: number * size,
    to: Math.min(rows, (number + 1) * size),
  }));
}

function serveJob(
  { questions }: BenchRequest,
  snapshot: string,
  tracks: readonly SampledTrack[],
): ServeJob {
  const unheard = tracks.filter(({ popularity }) => popularity === 0);
  return {
    kind: 'serve',
    snapshot,
    idHead: `table-${SOURCE}:`,
    questions: makeQuestions(tracks, questions),
    lookUps: spread(tracks, LOOKED_UP),
    knownItems: spread(unheard, KNOWN_ITEMS),
  };
}

/** `count` of `all`, evenly spread. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}

function rowsOf({ outcome: { tracks, albums, artists } }: StageRun<BuildOutcome>) {
  return { tracks, albums, artists };
}

function costOf({ wallMs, cpuMs, peakOwnBytes }: StageRun<unknown>): StageCost {
  return { wallMs, cpuMs, peakOwnBytes };
}

function sumOf(runs: readonly StageRun<unknown>[], figure: 'wallMs' | 'cpuMs'): number {
  return runs.reduce((sum, run) => sum + run[figure], 0);
}

/** A disk that cannot hold it is told before hours are spent. `DISK_FULL`. */
function refuseTooLarge({ rows, folder }: BenchRequest): void {
  const free = freeDiskBytes(folder);
  const needed = rows * NEEDED_BYTES_A_TRACK + NEEDED_BYTES;
  if (free < needed)
    throw new FonotecaError(
      'DISK_FULL',
      `${rows} tracks need ${needed} bytes, ${free} are free at ${folder}`,
    );
}

/** Tells each step with items a second and the time left, since the first step of its stage. */
function withRate(clock: Clock, { progress }: Watch): Progress {
  let stage = '';
  let startMs = 0;
  let first = 0;
  return (event) => {
    const nowMs = clock.elapsedMs();
    if (event.stage !== stage) [stage, startMs, first] = [event.stage, nowMs, event.doneItems];
    const rate = (event.doneItems - first) / ((nowMs - startMs) / 1000);
    if (!(rate > 0 && Number.isFinite(rate)) || event.totalItems === undefined)
      return progress(event);
    const leftMinutes = (event.totalItems - event.doneItems) / rate / 60;
    progress({
      ...event,
      item: `${Math.round(rate)} a second, ${leftMinutes.toFixed(1)} min left`,
    });
  };
}

function tell({ progress }: Watch, stage: string): void {
  progress({ stage, doneItems: 0 });
}
