/**
 * Measures the catalogue from end to end at any size: generates it shard by shard, imports each and lets it go, builds a
 * snapshot, looks up and searches, plans and reports. Every stage runs in a process of its own. Killed anywhere, the same
 * call goes on where it was. What comes out: bench-report.ts.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Progress, Watch } from '../base/progress.ts';
import { readManifest } from '../catalogue/manifest.ts';
import { SNAPSHOTS } from '../catalogue/snapshot-files.ts';
import { currentSnapshot } from '../catalogue/snapshot-open.ts';
import type { GeneratedCatalogue, GeneratedFormat } from '../generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../generating/shape.ts';
import type { BenchReport, StageCost } from './bench-report.ts';
import { type BenchState, openState, saveState } from './bench-state.ts';
import { importShards } from './import-shards.ts';
import { freeDiskBytes, LEAST_DISK_BYTES } from './machine-room.ts';
import { measurePlan, measureReport, restoreCatalogue } from './measure-verbs.ts';
import { makeQuestions, QUESTION_CLASSES } from './question-classes.ts';
import { runStage, type StageDeps } from './run-stage.ts';
import { type SampledTrack, sampleTracks } from './sample-tracks.ts';
import type { ServeJob, ServeOutcome } from './stage-job.ts';
import { addUsage, folderBytes, NO_USAGE, type Usage } from './usage-watch.ts';

/** What is measured. */
export interface BenchRequest extends GeneratedCatalogue {
  /** An empty or absent folder, or that of the same bench; what was measured lies there until it is removed. */
  readonly folder: string;
  /** Questions of each class, warm. */
  readonly questions: number;
  readonly threads: number;
  /** Whether the Parquet files of the imports stay, which are let go otherwise when the build has taken them. */
  readonly keepsImports: boolean;
  /** Tracks that are generated and imported at a time; a few hundred megabytes of input when left out. */
  readonly shardTracks?: number | undefined;
  /** How they are written; JSON lines when left out. */
  readonly inputFormat?: GeneratedFormat | undefined;
  /** Commands that are measured on the snapshot, and what starts the program. */
  readonly verbs?: {
    readonly program: readonly string[];
    readonly plan: boolean;
    readonly report: boolean;
  };
}

/** What the bench works with. */
export interface BenchDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly watch: Watch;
}

/** Tracks of a shard unless told otherwise. */
export const SHARD_TRACKS = 600 * BLOCK_TRACKS;
const SOURCE = 'bench';
/** What lies on the disk at the peak, when the tracks are written, and what the generated files of a shard take. */
const PEAK_BYTES_A_TRACK = 220;
/** What imports take that are kept beyond the build. */
const IMPORT_BYTES_A_TRACK = 130;
/** Parquet is made of the lines, beside which it lies for a while. */
const INPUT_BYTES_A_TRACK: Readonly<Record<GeneratedFormat, number>> = { jsonl: 180, parquet: 300 };
const FIGURES = 'figures.json';
const SAMPLED_TRACKS = 20_000;
const LOOKED_UP = 5000;
const KNOWN_ITEMS = 1000;

/**
 * The figures of `request`. `FILE_EXISTS` when its folder holds something else; `SUBPROCESS_LIMIT` when it was stopped, and
 * then the same call goes on where it was. Where import and build are done, all else is asked anew.
 */
export async function benchCatalogue(request: BenchRequest, deps: BenchDeps): Promise<BenchReport> {
  const { disk, clock, watch } = deps;
  const { folder } = request;
  const state = openState(disk, folder, {
    ...request,
    shardTracks: request.shardTracks ?? SHARD_TRACKS,
    inputFormat: request.inputFormat ?? 'jsonl',
  });
  refuseTooLarge(request, state, disk);
  restoreCatalogue(disk, folder);
  const catalogue = path.join(folder, 'catalogue');
  const stageDeps: StageDeps = { disk, clock, folder: catalogue, stop: watch.stop };
  const save = () => saveState(disk, folder, state);
  if (!state.built) {
    state.runs += 1;
    save();
    ensureDirectory(disk, catalogue);
    const folders = { input: path.join(folder, 'input'), catalogue };
    const progress = withRate(clock, watch);
    await importShards(state, SOURCE, folders, { ...stageDeps, save, progress });
    await build(request, state, { ...stageDeps, progress, save });
  }
  return await ask(request, state, { ...stageDeps, watch });
}

/** Gives what was measured back to the disk. */
export function removeBench(disk: Disk, folder: string): void {
  removeTree(disk, folder);
}

/** Builds the snapshot; what earlier runs of the build took is added to what this one takes. */
async function build(
  { threads, keepsImports }: BenchRequest,
  state: BenchState,
  deps: StageDeps & { readonly save: () => void; readonly progress: Progress },
): Promise<void> {
  const { disk, folder: catalogue, progress, save } = deps;
  if (currentSnapshot(disk, catalogue) === null) {
    const before = state.build;
    progress({ stage: 'building', doneItems: 0 });
    const noted = (usage: Usage) => {
      state.build = addUsage(before, usage);
      save();
    };
    const imports = state.imported.map(({ id }) => id);
    const job = { kind: 'build', catalogue, imports, threads, keepsImports } as const;
    noted((await runStage(job, { ...deps, noted })).usage);
  }
  // Killed when the snapshot had its name, a build leaves parts of what it was made of, and nothing of it is needed.
  for (const left of ['building', ...(keepsImports ? [] : ['imports'])])
    removeTree(disk, path.join(catalogue, left));
  const snapshot = currentSnapshot(disk, catalogue)!;
  state.built = { snapshot, ...readManifest(disk, path.join(catalogue, SNAPSHOTS, snapshot)).rows };
  save();
}

/** Asks the snapshot, and has the commands that stand on it run; each further figure is noted in the folder. */
async function ask(
  request: BenchRequest,
  state: BenchState,
  deps: StageDeps & Pick<BenchDeps, 'watch'>,
): Promise<BenchReport> {
  const { disk, watch, folder: catalogue } = deps;
  const { folder, verbs } = request;
  const snapshot = path.join(catalogue, SNAPSHOTS, state.built!.snapshot);
  const tracks = sampleTracks(request, SAMPLED_TRACKS);
  watch.progress({ stage: 'searching', doneItems: 0 });
  const { outcome } = await runStage(serveJob(request, snapshot, tracks), deps);
  let report = reportOf(state, disk, snapshot, outcome);
  const note = (further: Pick<BenchReport, 'plan' | 'report'>) => {
    report = { ...report, ...further };
    putFile(disk, path.join(folder, FIGURES), JSON.stringify(report), { replace: true });
  };
  note({});
  // The catalogue moves while a command runs, so all of the folder is watched.
  const verbDeps = { ...deps, folder };
  const place = { program: verbs?.program ?? [], folder };
  if (verbs?.plan) {
    watch.progress({ stage: 'planning', doneItems: 0 });
    note({ plan: await measurePlan(state.rows, place, verbDeps) });
  }
  if (verbs?.report) {
    watch.progress({ stage: 'reporting', doneItems: 0 });
    note({ report: await measureReport(place, verbDeps) });
  }
  return report;
}

function reportOf(
  state: BenchState,
  disk: Disk,
  directory: string,
  { warm, cold, ...serving }: ServeOutcome,
): BenchReport {
  const { rows, seed, revision, runs, build: built } = state;
  const input = { format: state.inputFormat, ...state.input };
  const { snapshot, tracks, albums, artists } = state.built!;
  const imported = state.imported.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  return {
    format: 'fonoteca-catalogue-bench/1',
    ...{ rows, seed, revision, snapshot, shape: { tracks, albums, artists }, input, runs },
    import: costOf(imported),
    build: costOf(built),
    disk: {
      servingBytes: folderBytes(disk, directory),
      peakBytes: addUsage(imported, built).peakDiskBytes,
      files: readManifest(disk, directory)
        .files.map((file) => ({ path: file.path, sizeBytes: file.bytes }))
        .sort((a, b) => b.sizeBytes - a.sizeBytes),
    },
    serving,
    search: QUESTION_CLASSES.map((kind) => ({ class: kind, warm: warm[kind], cold: cold[kind] })),
  };
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

function costOf({ wallMs, cpuMs, peakOwnBytes }: Usage): StageCost {
  return { wallMs, cpuMs, peakOwnBytes };
}

/** A disk that cannot hold it is told before hours are spent. `DISK_FULL`. */
function refuseTooLarge(
  { folder, keepsImports }: BenchRequest,
  state: BenchState,
  disk: Disk,
): void {
  if (state.built) return;
  const { rows, shardTracks, inputFormat } = state;
  const each = PEAK_BYTES_A_TRACK + (keepsImports ? IMPORT_BYTES_A_TRACK : 0);
  const all = rows * each + Math.min(rows, shardTracks) * INPUT_BYTES_A_TRACK[inputFormat];
  const needed = all + LEAST_DISK_BYTES - folderBytes(disk, folder);
  const free = freeDiskBytes(folder);
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
