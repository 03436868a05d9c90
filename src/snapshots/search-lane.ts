/**
 * The search index of a kind being written beside its other files: what comes behind the documents is done in a thread of its
 * own, or in the caller's where there is one thread. The files are the same either way.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createCondition } from '../base/condition.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { errorTold, startThread } from '../base/thread.ts';
import type { SearchPiece, SearchWriterOptions } from '../catalogue/search-documents.ts';
import {
  continueSearchSpill,
  type KeptSearch,
  startSearchSpill,
} from '../catalogue/search-spill.ts';
import { startSearchWriter } from '../catalogue/search-writer.ts';
import type { LaneAnswer, LaneOrder, LaneStart } from './search-orders.ts';

/** An index being written. Ends with exactly one `finish` or `abort`. Each call throws what the thread met before it. */
export interface SearchLane {
  /** Takes the next documents. */
  append(piece: SearchPiece): void;
  /** As `SearchSpill.keep`. */
  keep(): KeptSearch;
  /** Resolves when all files are there. Called without waiting, the thread works beside what the caller does next. */
  finish(): Promise<void>;
  /** Has what `finish` waits for left soon: it rejects then, unless that was done. */
  hurry(): void;
  /** Gives up and removes what was written, unless it was kept. */
  abort(): Promise<void>;
}

/** Fewer rows are finished before a thread has started. */
const LEAST_ROWS = 4096;

/**
 * Starts the index that `options` names, of about `rows` documents, behind what was `kept` of it, if anything was; with more than
 * one of `threads` in one of its own.
 */
export function startSearchLane(
  disk: Disk,
  options: SearchWriterOptions,
  {
    rows,
    threads,
    kept,
  }: { readonly rows: number; readonly threads: number; readonly kept: KeptSearch | undefined },
): SearchLane {
  // Another disk than the real one is a test's, and of this thread.
  return threads < 2 || rows < LEAST_ROWS || disk !== realDisk
    ? ownLane(disk, options, kept)
    : threadLane(disk, options, kept);
}

function ownLane(
  disk: Disk,
  options: SearchWriterOptions,
  kept: KeptSearch | undefined,
): SearchLane {
  const writer = startSearchWriter(disk, options, kept);
  return {
    ...{ append: writer.append, keep: writer.keep },
    async finish() {
      // As in a thread: behind what the caller does at once.
      await setImmediate();
      writer.finish();
    },
    // What it does at once is done.
    hurry: () => undefined,
    abort: async () => writer.abort(),
  };
}

function threadLane(
  disk: Disk,
  options: SearchWriterOptions,
  kept: KeptSearch | undefined,
): SearchLane {
  let waiting = 0;
  const condition = createCondition();
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const hurry = () => void Atomics.store(stop, 0, 1);
  // The entry has the extension of this file, which is another once compiled.
  const entry = `search-lane-worker${path.extname(import.meta.filename)}`;
  const data: LaneStart = { options, stop };
  const thread = startThread<LaneOrder, LaneAnswer>(
    path.join(import.meta.dirname, entry),
    { name: 'the thread of the search index', data },
    {
      answered({ error }) {
        waiting -= 1;
        if (error) condition.fail(errorTold(error));
        condition.changed();
      },
      lost: condition.fail,
    },
  );
  const end = () => {
    thread.tell('end');
    return thread.ended;
  };
  const order = (what: LaneOrder) => {
    waiting += 1;
    thread.tell(what);
  };
  const spill = kept
    ? continueSearchSpill(disk, options, order, kept)
    : startSearchSpill(disk, options, order);
  const abort = async () => {
    hurry();
    spill.abort();
    if (!spill.isKept) order('abort');
    await end();
  };
  return {
    append(piece) {
      condition.check();
      spill.append(piece);
    },
    keep: spill.keep,
    async finish() {
      try {
        spill.finish();
        await condition.until(() => waiting === 0);
      } catch (error) {
        await abort();
        throw error;
      }
      await end();
    },
    hurry,
    abort,
  };
}
