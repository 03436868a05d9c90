/**
 * Runs one stage of the bench in a process of its own and watches what it uses, the processes below it included: its
 * processor time, its peak of memory, and the peak of what lies in a folder.
 */
import path from 'node:path';
import readline from 'node:readline';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { NO_ISOLATION } from '../base/isolation.ts';
import type { Progress, ProgressEvent } from '../base/progress.ts';
import { failure, type RunningProcess, startProcess, writeTo } from '../base/subprocess.ts';
import { lackOfRoom } from './machine-room.ts';
import { usageOf } from './process-usage.ts';
import type { StageJob, StageOutcomes } from './stage-job.ts';

/** What a stage took, and what it answered. */
export interface StageRun<Outcome> {
  readonly outcome: Outcome;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakOwnBytes: number;
  /** Most bytes that lay in the watched folder at one time. */
  readonly peakDiskBytes: number;
}

/** What watching a stage needs. */
export interface StageDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Everything that the stage writes lies below it. */
  readonly folder: string;
  /** Aborted by the first Ctrl-C: the stage is ended. */
  readonly stop: AbortSignal;
  /** Hears how far the stage is. */
  readonly progress?: Progress | undefined;
}

/** Beyond what any stage may need; the bench measures and does not confine. */
const LIMITS = {
  dataBytes: 2 ** 40,
  cpuSeconds: 7 * 24 * 3600,
  openFiles: 8192,
  fileBytes: 2 ** 44,
};
const SAMPLE_INTERVAL_MS = 250;
/** A walk over a folder is dearer than a look into /proc. */
const SAMPLES_PER_WALK = 8;

/**
 * The outcome of `job` and what it took. `SUBPROCESS_FAILED` when it did not come to its end, `SUBPROCESS_LIMIT` when it was
 * stopped or memory ran short, `DISK_FULL` when the disk was about to be full.
 */
export async function runStage<Kind extends StageJob['kind']>(
  job: StageJob & { readonly kind: Kind },
  { disk, clock, folder, stop, progress }: StageDeps,
): Promise<StageRun<StageOutcomes[Kind]>> {
  if (stop.aborted) throw new FonotecaError('SUBPROCESS_LIMIT', 'stopped');
  const startMs = clock.elapsedMs();
  const child = startProcess([process.execPath, workerFile()], {
    limits: LIMITS,
    isolation: NO_ISOLATION,
  });
  const end = () => child.kill('stopped');
  stop.addEventListener('abort', end);
  const peaks = { ownBytes: 0, diskBytes: 0 };
  /** By process: one in a sandbox takes its time with it when it is ended. */
  const cpuMs = new Map<number, number>();
  let samples = 0;
  let lack: FonotecaError | undefined;
  const sample = () => {
    const { cpuMsOf, ownBytes } = usageOf(child.pid);
    for (const [pid, ms] of cpuMsOf) cpuMs.set(pid, Math.max(ms, cpuMs.get(pid) ?? 0));
    peaks.ownBytes = Math.max(peaks.ownBytes, ownBytes);
    if (samples % SAMPLES_PER_WALK === 0) {
      peaks.diskBytes = Math.max(peaks.diskBytes, folderBytes(disk, folder));
      lack ??= lackOfRoom(folder);
      if (lack) child.kill(lack.message);
    }
    samples += 1;
  };
  const sampling = setInterval(sample, SAMPLE_INTERVAL_MS);
  try {
    const order = progress ? { ...job, tells: true } : job;
    await writeTo(child, Buffer.from(`${JSON.stringify(order)}\n`));
    const line = await outcomeLine(child.stdout, progress);
    samples = 0;
    // The worker waits for the end of its input, so that what it used can still be read.
    sample();
    child.stdin.end();
    const exit = await child.exit;
    if (lack) throw lack;
    if (exit.code !== 0) throw failure(child, exit);
    return {
      outcome: JSON.parse(line) as StageOutcomes[Kind],
      wallMs: clock.elapsedMs() - startMs,
      cpuMs: [...cpuMs.values()].reduce((sum, ms) => sum + ms, 0),
      peakOwnBytes: peaks.ownBytes,
      peakDiskBytes: peaks.diskBytes,
    };
  } finally {
    clearInterval(sampling);
    stop.removeEventListener('abort', end);
    child.kill('no longer needed');
    await child.exit;
  }
}

/** Bytes of all files below `directory`; what goes while it is counted counts or not. */
export function folderBytes(disk: Disk, directory: string): number {
  return disk.list(directory).reduce((sum, name) => {
    const entry = statOrNothing(disk, path.join(directory, name));
    if (entry?.kind === 'directory') return sum + folderBytes(disk, path.join(directory, name));
    return sum + (entry?.sizeBytes ?? 0);
  }, 0);
}

function statOrNothing(disk: Disk, file: string) {
  try {
    return disk.stat(file);
  } catch (error) {
    if (error instanceof FonotecaError) return undefined;
    throw error;
  }
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
