/**
 * Runs a stage of the bench in a process of its own and watches what it uses: a piece of work of `stage-worker.ts`, or a
 * command of the program as a person types it.
 */
import path from 'node:path';
import readline from 'node:readline';
import { FonotecaError } from '../base/errors.ts';
import { NO_ISOLATION } from '../base/isolation.ts';
import type { Progress, ProgressEvent } from '../base/progress.ts';
import { failure, type RunningProcess, startProcess, writeTo } from '../base/subprocess.ts';
import type { StageJob, StageOutcomes } from './stage-job.ts';
import { type Usage, type UsageWatch, type WatchedFolder, watchUsage } from './usage-watch.ts';

/** What a stage answered, and what it took. */
export interface StageRun<Outcome> {
  readonly outcome: Outcome;
  readonly usage: Usage;
}

/** What running a stage needs. */
export interface StageDeps extends WatchedFolder {
  /** Aborted by the first Ctrl-C: the stage is ended. */
  readonly stop: AbortSignal;
  /** Hears how far the stage is. */
  readonly progress?: Progress | undefined;
}

/** A line that a command prints with `--json`. */
export type VerbEvent = Readonly<Record<string, unknown>>;

/** Beyond what any stage may need; the bench measures and does not confine. */
const LIMITS = {
  dataBytes: 2 ** 40,
  cpuSeconds: 7 * 24 * 3600,
  openFiles: 8192,
  fileBytes: 2 ** 44,
};

/**
 * The outcome of `job` and what it took. `SUBPROCESS_FAILED` when it did not come to its end, `SUBPROCESS_LIMIT` when it was
 * stopped or memory ran short, `DISK_FULL` when the disk was about to be full.
 */
export async function runStage<Kind extends StageJob['kind']>(
  job: StageJob & { readonly kind: Kind },
  deps: StageDeps,
): Promise<StageRun<StageOutcomes[Kind]>> {
  return await runWatched([process.execPath, workerFile()], deps, async (child, watched) => {
    const order = deps.progress ? { ...job, tells: true } : job;
    await writeTo(child, Buffer.from(`${JSON.stringify(order)}\n`));
    const line = await outcomeLine(child.stdout, deps.progress);
    // The worker waits for the end of its input, so that what it used can still be read.
    const usage = watched.usage();
    child.stdin.end();
    await ended(child, watched);
    return { outcome: JSON.parse(line) as StageOutcomes[Kind], usage };
  });
}

/** What the command `argv` of the program printed, and what it took; the errors of `runStage`. */
export async function runVerb(
  argv: readonly string[],
  deps: StageDeps,
): Promise<StageRun<VerbEvent[]>> {
  return await runWatched([...argv, '--json', '--no-input'], deps, async (child, watched) => {
    const events: VerbEvent[] = [];
    for await (const line of readline.createInterface({ input: child.stdout }))
      events.push(JSON.parse(line) as VerbEvent);
    await ended(child, watched);
    return { outcome: events, usage: watched.usage() };
  });
}

async function runWatched<Result>(
  argv: readonly string[],
  deps: StageDeps,
  work: (child: RunningProcess, watched: UsageWatch) => Promise<Result>,
): Promise<Result> {
  const { stop, noted } = deps;
  if (stop.aborted) throw new FonotecaError('SUBPROCESS_LIMIT', 'stopped');
  const child = startProcess(argv, { limits: LIMITS, isolation: NO_ISOLATION });
  using watched = watchUsage(child, deps);
  const end = () => {
    noted?.(watched.usage());
    child.kill('stopped');
  };
  stop.addEventListener('abort', end);
  try {
    return await work(child, watched);
  } finally {
    stop.removeEventListener('abort', end);
    child.kill('no longer needed');
    await child.exit;
  }
}

async function ended(child: RunningProcess, watched: UsageWatch): Promise<void> {
  const exit = await child.exit;
  if (watched.lack) throw watched.lack;
  if (exit.code !== 0) throw failure(child, exit);
}

/** The line that tells the outcome; those before it tell how far the stage is. Empty when the process ended without. */
async function outcomeLine(
  stdout: RunningProcess['stdout'],
  progress: Progress | undefined,
): Promise<string> {
  for await (const line of readline.createInterface({ input: stdout })) {
    const told = JSON.parse(line) as { readonly progress?: ProgressEvent };
    if (!told.progress) return line;
    progress?.(told.progress);
  }
  return '';
}

/** Beside this file, compiled or not. */
function workerFile(): string {
  return path.join(import.meta.dirname, `stage-worker${path.extname(import.meta.filename)}`);
}
