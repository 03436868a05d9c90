/**
 * Stretches of the generated catalogue as gzip, block by block, made in threads: a block follows from its number alone. The
 * bytes are the same on any number of threads, since each block is a member of its own (RFC 1952 2.2).
 */
import { on } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { FonotecaError } from '../base/errors.ts';
import type { TrackRange } from './generate-lines.ts';
import type { GeneratedCatalogue } from './generated-columns.ts';
import { BLOCK_TRACKS } from './shape.ts';

/** The lines of a block, packed, one entry for each of `GENERATED_KINDS`; empty where a kind has none. */
export type PackedBlock = readonly Uint8Array[];

/** Blocks that a thread is asked for before the first is taken: a megabyte each. */
const ASKED_AHEAD = 3;

interface Thread {
  readonly worker: Worker;
  readonly answers: AsyncIterator<[PackedBlock]>;
  readonly ended: Promise<void>;
}

/** The blocks of `tracks` in their order. `SUBPROCESS_FAILED` when a thread is lost. */
export async function* packBlocks(
  catalogue: GeneratedCatalogue,
  tracks: TrackRange,
  threadCount: number,
): AsyncGenerator<PackedBlock> {
  const blocks = blocksOf(tracks);
  const threads = Array.from({ length: Math.min(threadCount, blocks.length) }, () =>
    startThread(catalogue),
  );
  // Blocks are much alike, so each thread has every n-th.
  const ask = (at: number) => {
    const block = blocks[at];
    if (block) threads[at % threads.length]!.worker.postMessage(block);
  };
  const ahead = ASKED_AHEAD * threads.length;
  try {
    for (let at = 0; at < ahead; at += 1) ask(at);
    for (let at = 0; at < blocks.length; at += 1) {
      const answer = await threads[at % threads.length]!.answers.next();
      if (answer.done) throw new FonotecaError('SUBPROCESS_FAILED', 'a generating thread ended');
      ask(at + ahead);
      yield answer.value[0];
    }
  } finally {
    for (const { worker } of threads) worker.postMessage('end');
    await Promise.all(threads.map(({ ended }) => ended));
  }
}

/** `tracks` cut where blocks begin. */
function blocksOf({ from, to }: TrackRange): TrackRange[] {
  const blocks: TrackRange[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / BLOCK_TRACKS) + 1) * BLOCK_TRACKS);
    blocks.push({ from: start, to: end });
    start = end;
  }
  return blocks;
}

function startThread(catalogue: GeneratedCatalogue): Thread {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `pack-worker${path.extname(import.meta.filename)}`;
  const worker = new Worker(path.join(import.meta.dirname, entry), { workerData: catalogue });
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => resolve());
  });
  return {
    worker,
    answers: on(worker, 'message', { close: ['exit'] }) as AsyncIterator<[PackedBlock]>,
    ended,
  };
}
