/**
 * Passes over volumes on several cores: this thread and others, each with one task at a time. The results are the same,
 * however many there are.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from './files.ts';
import { type PassResult, type PassTask, runPass } from './volume-pass.ts';
import type { PassAnswer } from './volume-worker.ts';

/** Carries out passes. */
export interface Passes {
  /** How many run at once. */
  readonly threads: number;
  /** Throws a `Problem`, or the reason of `stop`. */
  run(task: PassTask, onBytes: (count: number) => void): Promise<PassResult>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Job {
  readonly task: PassTask;
  readonly onBytes: (count: number) => void;
  readonly done: (result: PassResult) => void;
  readonly failed: (error: unknown) => void;
}

/** Carries out one job after the other; tells when it is free again. */
interface Lane {
  start(job: Job): void;
  fail(reason: unknown): void;
  end(): Promise<unknown>;
}

/** Starts `threads` lanes: this thread, and others that end with what is returned. */
export function openPasses(threads: number, stop: AbortSignal | undefined): Passes {
  const waiting: Job[] = [];
  const idle: Lane[] = [];
  const free = (lane: Lane) => {
    const job = waiting.shift();
    if (job) lane.start(job);
    else idle.push(lane);
  };
  const fail = (reason: unknown) => {
    for (const job of waiting.splice(0)) job.failed(reason);
    for (const lane of lanes) lane.fail(reason);
  };
  const lanes = [
    ownLane(free, stop),
    ...Array.from({ length: threads - 1 }, () => workerLane(free, fail)),
  ];
  idle.push(...lanes);
  const onStop = () => fail(stop?.reason);
  stop?.addEventListener('abort', onStop);
  return {
    threads: lanes.length,
    run: (task, onBytes) =>
      new Promise((done, failed) => {
        if (stop?.aborted) return failed(stop.reason);
        waiting.push({ task, onBytes, done, failed });
        const lane = idle.shift();
        if (lane) free(lane);
      }),
    [Symbol.asyncDispose]: async () => {
      stop?.removeEventListener('abort', onStop);
      await Promise.all(lanes.map((lane) => lane.end()));
    },
  };
}

/** This thread, which can begin at once. */
function ownLane(free: (lane: Lane) => void, stop: AbortSignal | undefined): Lane {
  let running: Promise<void> | undefined;
  const lane: Lane = {
    start({ task, onBytes, done, failed }) {
      running = runPass(task, onBytes, stop)
        .then(done, failed)
        .finally(() => free(lane));
    },
    fail() {},
    end: async () => running,
  };
  return lane;
}

function workerLane(free: (lane: Lane) => void, fail: (reason: unknown) => void): Lane {
  const extension = path.extname(import.meta.filename);
  const worker = new Worker(path.join(import.meta.dirname, `volume-worker${extension}`));
  let job: Job | undefined;
  const lane: Lane = {
    start(next) {
      job = next;
      worker.postMessage(next.task);
    },
    fail: (reason) => job?.failed(reason),
    end: () => worker.terminate(),
  };
  worker.on('error', fail);
  worker.on('message', (answer: PassAnswer) => {
    takeAnswer(answer, job, () => {
      job = undefined;
      free(lane);
    });
  });
  return lane;
}

function takeAnswer(answer: PassAnswer, job: Job | undefined, free: () => void): void {
  if (!job) return;
  if (answer.kind === 'bytes') {
    job.onBytes(answer.count);
    return;
  }
  free();
  if (answer.kind === 'done') job.done(answer.result);
  else if (answer.kind === 'failed') job.failed(answer.error);
  else job.failed(new Problem(answer.problem.code, answer.problem.seen));
}
