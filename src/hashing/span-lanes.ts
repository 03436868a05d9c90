/**
 * Spans hashed side by side: a few buffers of one size go round between the one who fills them and those who hash.
 *
 * Input: filled buffers with what is wanted of each. Output: the hashes, told in the order the buffers were handed in,
 * whatever the number of threads. Memory: the buffers. See docs/decisions/hashing-in-threads.md.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { FonotecaError } from '../base/errors.ts';
import { hashSpan, type SpanHashes, type SpanOrder } from '../formats/span-hasher.ts';

/** A filler keeps up with some eight hashing threads; more would only take memory. */
const MAX_THREADS = 8;
/** Buffers a thread has in hand, so that it never waits for a message between two spans. */
const SPANS_PER_THREAD = 2;
/** Below this a piece would not fill the time that a message takes. */
const MIN_SPAN_BYTES = 1024 * 1024;
/** Threads hold two pieces each in memory: larger ones are hashed by the caller's own thread, which holds one. */
const MAX_THREADED_PIECE_BYTES = 16 * 1024 * 1024;
/** Threads take some 50 ms to start, in which one core hashes this much. */
const MIN_BYTES_FOR_THREADS = 32 * 1024 * 1024;

/** Buffers that go round. Dispose of it whatever happened: no thread outlives it. */
export interface SpanLanes extends AsyncDisposable {
  readonly spanBytes: number;
  /** A buffer that nobody hashes any more; its content is left over. Throws what a thread threw. */
  take(): Promise<Buffer>;
  /** Has `buffer`, the one taken last, hashed as `order` says; `told` hears the hashes in the order of hand-ins. */
  hand(buffer: Buffer, order: SpanOrder, told: (hashes: SpanHashes) => void): void;
  /** Resolves when everything handed in was told. Throws what a thread threw. */
  drain(): Promise<void>;
}

/**
 * Lanes with `threads` hashing threads, at most 8; with 1 or less the hashing is done by the caller's own. A
 * buffer holds whole pieces, a mebibyte at least.
 */
export function openSpanLanes(pieceLengthBytes: number, threads: number): SpanLanes {
  const spanBytes = Math.max(MIN_SPAN_BYTES, pieceLengthBytes);
  return threads <= 1 ? ownLane(spanBytes) : threadLanes(spanBytes, Math.min(threads, MAX_THREADS));
}

/**
 * How many of `workers` threads are worth their start for `totalBytes` in pieces of `pieceLengthBytes`: 1, the
 * caller's own, for little work and for pieces of which no two should be held for each thread.
 */
export function threadsFor(workers: number, totalBytes: number, pieceLengthBytes: number): number {
  const isWorthIt =
    totalBytes >= MIN_BYTES_FOR_THREADS && pieceLengthBytes <= MAX_THREADED_PIECE_BYTES;
  return isWorthIt ? workers : 1;
}

function ownLane(spanBytes: number): SpanLanes {
  const buffer = Buffer.allocUnsafe(spanBytes);
  return {
    spanBytes,
    take: async () => buffer,
    hand: (taken, order, told) => told(hashSpan(taken, order)),
    drain: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A span under way. */
interface Ticket {
  readonly span: number;
  readonly told: (hashes: SpanHashes) => void;
  hashes?: SpanHashes;
}

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, oldest first. */
  readonly inHand: Ticket[];
}

function threadLanes(spanBytes: number, count: number): SpanLanes {
  const shared = Array.from(
    { length: count * SPANS_PER_THREAD + 1 },
    () => new SharedArrayBuffer(spanBytes),
  );
  const buffers: Buffer[] = shared.map((memory) => Buffer.from(memory));
  const free = buffers.map((_, span) => span);
  const untold: Ticket[] = [];
  let wake = () => {};
  let failure: { cause: unknown } | undefined;
  const fail = (cause: unknown) => {
    failure ??= { cause };
    wake();
  };
  const threads = Array.from({ length: count }, () => startThread(shared, answered, fail));

  function answered(ticket: Ticket) {
    free.push(ticket.span);
    while (untold[0]?.hashes) {
      const { told, hashes } = untold.shift()!;
      try {
        told(hashes!);
      } catch (error) {
        fail(error);
      }
    }
    wake();
  }
  /** Waits until `isMet`, looking again after each answer. */
  const until = async (isMet: () => boolean) => {
    while (failure === undefined && !isMet())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure) throw threadError(failure.cause);
  };
  return {
    spanBytes,
    take: async () => {
      await until(() => free.length > 0);
      return buffers[free.shift()!]!;
    },
    hand: (buffer, order, told) => {
      const ticket = { span: buffers.indexOf(buffer), told };
      untold.push(ticket);
      const least = threads.reduce((a, b) => (b.inHand.length < a.inHand.length ? b : a));
      least.inHand.push(ticket);
      least.worker.postMessage({ span: ticket.span, order });
    },
    drain: () => until(() => untold.length === 0),
    [Symbol.asyncDispose]: async () => {
      failure ??= { cause: new Error('the lanes were closed') };
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(
  shared: readonly SharedArrayBuffer[],
  answered: (ticket: Ticket) => void,
  fail: (cause: unknown) => void,
): Thread {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `span-worker${path.extname(import.meta.filename)}`;
  const worker = new Worker(path.join(import.meta.dirname, entry), { workerData: shared });
  const inHand: Ticket[] = [];
  worker.on('message', (hashes: SpanHashes) => {
    const ticket = inHand.shift()!;
    ticket.hashes = hashes;
    answered(ticket);
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a hashing thread ended')));
  return { worker, inHand };
}

function threadError(cause: unknown): FonotecaError {
  if (cause instanceof FonotecaError) return cause;
  return new FonotecaError('SUBPROCESS_FAILED', 'a hashing thread ended', { cause });
}
