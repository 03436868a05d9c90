/**
 * A fixed number of workers for any number of jobs.
 *
 * Workers are started when first needed and live on; one that died, grew too large or has done many jobs is replaced by
 * a fresh one. A job is tried once: what killed a worker is not given another.
 */
import type { Isolation } from '../base/isolation.ts';
import type { WatchLimits } from '../base/subprocess.ts';
import type { Job } from './messages.ts';
import { timeLimits } from './sound-budget.ts';
import { statedSound } from './stated-duration.ts';
import {
  type Answer,
  type Beside,
  type ByteSource,
  startWorker,
  type Worker,
} from './worker-process.ts';

/** Workers behind one queue. */
export interface WorkerPool extends AsyncDisposable {
  /** As `Worker.run`; waits for a free worker first. */
  run(job: Job, source: ByteSource, limits: JobLimits, beside?: Beside): Promise<Answer>;
  /** `work` in the place of a worker, which rests meanwhile: for processes that take as much of the machine as one. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

type JobLimits = WatchLimits & { readonly outputBytes: number };

interface Seat {
  worker: Worker | undefined;
  jobs: number;
}

/** WASM memory only grows, and what a file made it grow to stays until the process goes. */
const MAX_RESIDENT_BYTES = 320 * 2 ** 20;
const MAX_JOBS = 2000;

/** A pool of at most `size` workers held in by `isolation`; only those with an ear can do jobs with work beside them. */
export function startWorkerPool(size: number, isolation: Isolation, hasEar = false): WorkerPool {
  const seats = Array.from({ length: size }, (): Seat => ({ worker: undefined, jobs: 0 }));
  const free = [...seats];
  const waiting: ((seat: Seat) => void)[] = [];

  const take = (): Promise<Seat> => {
    const seat = free.pop();
    return seat ? Promise.resolve(seat) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (seat: Seat) => {
    const next = waiting.shift();
    if (next) next(seat);
    else free.push(seat);
  };
  const retire = async (seat: Seat) => {
    const { worker } = seat;
    seat.worker = undefined;
    seat.jobs = 0;
    await worker?.stop();
  };
  return {
    async run(job, source, limits, beside) {
      const seat = await take();
      try {
        if (!seat.worker?.isAlive) await retire(seat);
        seat.worker ??= startWorker(isolation, hasEar);
        seat.jobs += 1;
        const told = await withStated(job, source, limits);
        const answer = await seat.worker.run(...told, beside);
        if (isLarge(answer.result) || seat.jobs >= MAX_JOBS) await retire(seat);
        return answer;
      } finally {
        give(seat);
      }
    },
    async hold(work) {
      const seat = await take();
      try {
        return await work();
      } finally {
        give(seat);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(seats.map(retire));
    },
  };
}

/** What a file states of its own length, where it does, takes the place of what its size lets guess. */
async function withStated(
  job: Job,
  source: ByteSource,
  limits: JobLimits,
): Promise<[Job, ByteSource, JobLimits]> {
  if (job.job === 'picture') return [job, source, limits];
  const { seconds } = await statedSound(source);
  if (seconds === null) return [job, source, limits];
  const told = { ...limits, ...timeLimits(source.sizeBytes, seconds) };
  return [{ ...job, statedSeconds: seconds }, source, told];
}

function isLarge(result: unknown): boolean {
  return (
    typeof result === 'object' &&
    result !== null &&
    'residentBytes' in result &&
    Number(result.residentBytes) > MAX_RESIDENT_BYTES
  );
}
