/**
 * The search index of a kind being written beside its other files: in a thread of its own, or in the caller's where there
 * is one thread or little to do. The files are the same either way.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Disk, realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { SearchBatch, SearchWriterOptions } from '../catalogue/search-documents.ts';
import { startSearchWriter } from '../catalogue/search-writer.ts';
import type { LaneAnswer, LaneOrder } from './search-orders.ts';

/** An index being written. Ends with exactly one `finish` or `abort`. Each call throws what the thread met before it. */
export interface SearchLane {
  /** Hands on the next documents. */
  add(batch: SearchBatch): void;
  /** Resolves when there is room for more documents. */
  ready(): Promise<void>;
  /** Resolves when all files are there. Called without waiting, the thread works beside what the caller does next. */
  finish(): Promise<void>;
  /** Gives up and removes what was written. */
  abort(): Promise<void>;
}

/** Fewer rows are written before a thread has started. */
const LEAST_ROWS = 4096;
/** Batches that wait for the thread: enough to write on through a run being spilled. */
const MOST_WAITING = 64;

/** Starts the index that `options` names, of about `rows` documents; with more than one of `threads` in a thread of its own. */
export function startSearchLane(
  disk: Disk,
  options: SearchWriterOptions,
  { rows, threads }: { readonly rows: number; readonly threads: number },
): SearchLane {
  // Another disk than the real one is a test's, and of this thread.
  if (threads < 2 || rows < LEAST_ROWS || disk !== realDisk) return ownLane(disk, options);
  return threadLane(options);
}

function ownLane(disk: Disk, options: SearchWriterOptions): SearchLane {
  const writer = startSearchWriter(disk, options);
  return {
    add: (batch) => writer.add(batch),
    ready: async () => {},
    async finish() {
      // As in a thread: behind what the caller does at once.
      await setImmediate();
      writer.finish();
    },
    abort: async () => writer.abort(),
  };
}

function threadLane(options: SearchWriterOptions): SearchLane {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `search-lane-worker${path.extname(import.meta.filename)}`;
  const worker = new Worker(path.join(import.meta.dirname, entry), { workerData: options });
  let waiting = 0;
  let failure: FonotecaError | undefined;
  let wake = () => {};
  const fail = (error: FonotecaError) => {
    failure ??= error;
    wake();
  };
  worker.on('message', ({ error }: LaneAnswer) => {
    waiting -= 1;
    if (error) fail(new FonotecaError(error.code ?? 'SUBPROCESS_FAILED', error.seen));
    wake();
  });
  worker.on('error', (cause) => fail(ended(cause)));
  const gone = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      fail(ended(undefined));
      resolve();
    });
  });
  // To stop a thread while it starts or compresses can bring the process down: it ends by itself.
  const end = () => {
    worker.postMessage({ kind: 'end' } satisfies LaneOrder);
    return gone;
  };
  const until = async (isMet: () => boolean) => {
    while (failure === undefined && !isMet())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure) throw failure;
  };
  const order = (what: LaneOrder) => {
    waiting += 1;
    worker.postMessage(what);
  };
  return {
    add(batch) {
      if (failure) throw failure;
      order({ kind: 'add', batch });
    },
    ready: () => until(() => waiting < MOST_WAITING),
    async finish() {
      order({ kind: 'finish' });
      try {
        await until(() => waiting === 0);
      } finally {
        await end();
      }
    },
    async abort() {
      if (!failure) {
        order({ kind: 'abort' });
        await until(() => waiting === 0).catch(() => undefined);
      }
      await end();
    },
  };
}

function ended(cause: unknown): FonotecaError {
  return new FonotecaError('SUBPROCESS_FAILED', 'the thread of the search index ended', { cause });
}
