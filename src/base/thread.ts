/**
 * A thread beside the caller's, started from its entry file and told by messages. It is never stopped from outside, since to
 * stop one while it starts or compresses can bring the process down: it ends when an order tells it to.
 */
import { Worker } from 'node:worker_threads';
import type { ErrorCode } from './error-catalogue.ts';
import { FonotecaError, messageOf } from './errors.ts';

/** What a thread is started with. */
export interface ThreadOptions {
  /** What it does, as a person would say it: `a thread that reads`. */
  readonly name: string;
  /** Its `workerData`. */
  readonly data?: unknown;
  /** Room for what lives for a moment: with more of it the collector copies less. Node's own when left out. */
  readonly youngMebibytes?: number;
}

/** Who hears of a thread. */
export interface ThreadListener<Answer> {
  readonly answered: (answer: Answer) => void;
  /** Hears `SUBPROCESS_FAILED` when it failed or ended, also when it ended as it was told. */
  readonly lost: (error: FonotecaError) => void;
}

/** A thread that was started. */
export interface RunningThread<Order> {
  /** Tells it `order`; what `moved` names is its own from then on. */
  tell(order: Order, moved?: ArrayBuffer[]): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** The thread whose entry is `file`. */
export function startThread<Order, Answer>(
  file: string,
  { name, data, youngMebibytes }: ThreadOptions,
  { answered, lost }: ThreadListener<Answer>,
): RunningThread<Order> {
  const worker = new Worker(file, {
    workerData: data,
    ...(youngMebibytes && { resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes } }),
  });
  const fail = (cause?: unknown) =>
    lost(new FonotecaError('SUBPROCESS_FAILED', `${name} ended`, { cause }));
  worker.on('message', answered);
  worker.on('error', fail);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      fail();
      resolve();
    });
  });
  return { tell: (order, moved = []) => worker.postMessage(order, moved), ended };
}

/** An error on its way from a thread to the one that hears of it. */
export interface ToldError {
  readonly code?: ErrorCode;
  readonly seen: string;
}

/** What a thread tells of `error`. */
export function toldOf(error: unknown): ToldError {
  if (error instanceof FonotecaError) return { code: error.code, seen: error.seen };
  return { seen: messageOf(error) };
}

/** The error that was told; `SUBPROCESS_FAILED` where it had no code. */
export function errorTold({ code, seen }: ToldError): FonotecaError {
  return new FonotecaError(code ?? 'SUBPROCESS_FAILED', seen);
}
