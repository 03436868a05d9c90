/**
 * Many sound orders carried out side by side on worker threads, answers in the order of the orders. At most one order
 * is under way on each thread, so that memory stays at a few pieces.
 */
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { FonotecaError } from '../base/errors.ts';
import type { MadeSound, SoundOrder } from './make-file.ts';

/** A piece takes some 100 MB while it is mixed: more threads than this would trade memory for seconds. */
const MAX_THREADS = 4;

/** What was made of each order. `made` hears of each file as soon as it is there. Throws `SUBPROCESS_FAILED`. */
export async function makeSounds(
  orders: readonly SoundOrder[],
  made: (sound: MadeSound, index: number) => void,
): Promise<void> {
  const threads = Math.min(MAX_THREADS, os.availableParallelism(), orders.length);
  const workers = Array.from({ length: threads }, startWorker);
  const queue = orders.entries();
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const [index, order] of queue) made(await carryOut(worker, order), index);
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The entry has the extension of this file, which is another once compiled. */
function startWorker(): Worker {
  const entry = `sound-worker${path.extname(import.meta.filename)}`;
  return new Worker(path.join(import.meta.dirname, entry));
}

function carryOut(worker: Worker, order: SoundOrder): Promise<MadeSound> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', answered);
      worker.off('error', failed);
    };
    const answered = (sound: MadeSound) => {
      settle();
      resolve(sound);
    };
    const failed = (cause: unknown) => {
      settle();
      reject(new FonotecaError('SUBPROCESS_FAILED', 'the thread composing sound ended', { cause }));
    };
    worker.on('message', answered);
    worker.on('error', failed);
    worker.postMessage(order);
  });
}
