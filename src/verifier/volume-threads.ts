/**
 * Passes over volumes on several cores: threads of this program that take one task at a time, or none and all is done
 * here. The results are the same.
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

/** Starts `threads` threads, none for one; they end with what is returned. */
export function openPasses(threads: number, stop: AbortSignal | undefined): Passes {
  if (threads <= 1)
    return {
      threads: 1,
      run: (task, onBytes) => runPass(task, onBytes, stop),
      [Symbol.asyncDispose]: async () => {},
    };
  const file = path.join(import.meta.dirname, `volume-worker${path.extname(import.meta.filename)}`);
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const working = new Map<Worker, Job>();
  const next = (worker: Worker) => {
    const job = waiting.shift();
    working.delete(worker);
    if (!job) {
      idle.push(worker);
      return;
    }
    working.set(worker, job);
    worker.postMessage(job.task);
  };
  const endWith = (reason: unknown) => {
    for (const job of [...working.values(), ...waiting.splice(0)]) job.failed(reason);
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(file);
    worker.on('message', (answer: PassAnswer) =>
      takeAnswer(answer, working.get(worker), () => next(worker)),
    );
    worker.on('error', endWith);
    next(worker);
    return worker;
  });
  const onStop = () => endWith(stop?.reason);
  stop?.addEventListener('abort', onStop);
  return {
    threads,
    run: (task, onBytes) =>
      new Promise((done, failed) => {
        if (stop?.aborted) return failed(stop.reason);
        waiting.push({ task, onBytes, done, failed });
        const worker = idle.shift();
        if (worker) next(worker);
      }),
    [Symbol.asyncDispose]: async () => {
      stop?.removeEventListener('abort', onStop);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function takeAnswer(answer: PassAnswer, job: Job | undefined, next: () => void): void {
  if (!job) return;
  if (answer.kind === 'bytes') {
    job.onBytes(answer.count);
    return;
  }
  next();
  if (answer.kind === 'done') job.done(answer.result);
  else if (answer.kind === 'failed') job.failed(answer.error);
  else job.failed(new Problem(answer.problem.code, answer.problem.seen));
}
