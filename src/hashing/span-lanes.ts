/**
 * Spans hashed side by side: a few buffers of one size go round between the one who fills them and those who hash.
 *
 * Input: filled buffers with what is wanted of each. Output: the hashes, told in the order the buffers were handed in,
 * whatever the number of threads. Memory: the buffers. See docs/decisions/hashing-in-threads.md.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createCondition } from '../base/condition.ts';
import { type RunningThread, startThread } from '../base/thread.ts';
import { openSpanHasher, type SpanHashes, type SpanOrder } from '../formats/span-hasher.ts';
import type { HashOrder } from './span-worker.ts';

/** A filler keeps up with some eight hashing threads; more would only take memory. */
const MAX_THREADS = 8;
/** Buffers a thread has in hand, so that it never waits for a message between two spans. */
const SPANS_PER_THREAD = 2;
/** Below this a piece would not fill the time that a message takes. */
const MIN_SPAN_BYTES = 1024 * 1024;
/** Threads hold two pieces each in memory: larger ones are hashed by the caller's own thread, which holds one. */
const MAX_THREADED_PIECE_BYTES = 16 * 1024 * 1024;
/** A thread takes some 50 ms to start, in which one core hashes this much. */
const MIN_BYTES_FOR_THREADS = 32 * 1024 * 1024;

/** Buffers that go round. Dispose of it whatever happened: no thread outlives it. */
export interface SpanLanes extends AsyncDisposable {
  readonly spanBytes: number;
  /** A buffer that nobody hashes any more; its content is left over. Throws what a thread threw. */
  take(): Promise<Buffer>;
  /**
   * Has `buffer`, the one taken last, hashed as `order` says: by a thread, or at once by the caller's own when every
   * thread has enough in hand. `told` hears the hashes in the order of hand-ins.
   */
  hand(buffer: Buffer, order: SpanOrder, told: (hashes: SpanHashes) => void): void;
  /** Resolves when everything handed in was told. Throws what a thread or a teller threw. */
  drain(): Promise<void>;
}

/** How much work there is, and for how many. */
export interface LaneOptions {
  /** Threads that may hash, the caller's own counted: 1 starts none, and more than 9 are not used. */
  readonly workers: number;
  readonly totalBytes: number;
  /** Buffers hold whole pieces, and are a mebibyte at least. */
  readonly pieceLengthBytes: number;
}

/** Lanes for `options`; little work, or pieces too large to hold several, are hashed by the caller's own thread alone. */
export function openSpanLanes({ workers, totalBytes, pieceLengthBytes }: LaneOptions): SpanLanes {
  const isForThreads =
    totalBytes >= MIN_BYTES_FOR_THREADS && pieceLengthBytes <= MAX_THREADED_PIECE_BYTES;
  const threads = isForThreads ? Math.min(workers - 1, MAX_THREADS) : 0;
  return openLanes(Math.max(MIN_SPAN_BYTES, pieceLengthBytes), Math.max(threads, 0));
}

/** A span under way. */
interface Ticket {
  readonly span: number;
  readonly told: (hashes: SpanHashes) => void;
  hashes?: SpanHashes;
}

interface Thread extends RunningThread<HashOrder> {
  /** What it was given and has not answered, oldest first. */
  readonly inHand: Ticket[];
}

function openLanes(spanBytes: number, threadCount: number): SpanLanes {
  const shared = Array.from(
    { length: threadCount * SPANS_PER_THREAD + 1 },
    () => new SharedArrayBuffer(spanBytes),
  );
  const buffers: Buffer[] = shared.map((memory) => Buffer.from(memory));
  const hashers = buffers.map((buffer) => openSpanHasher(buffer));
  const free = buffers.map((_, span) => span);
  const untold: Ticket[] = [];
  const condition = createCondition();
  const settle = (ticket: Ticket, hashes: SpanHashes) => {
    ticket.hashes = hashes;
    free.push(ticket.span);
    while (untold[0]?.hashes) {
      const first = untold.shift()!;
      first.told(first.hashes!);
    }
  };
  const answered = (ticket: Ticket, hashes: SpanHashes) => {
    try {
      settle(ticket, hashes);
    } catch (error) {
      condition.fail(error);
    }
    condition.changed();
  };
  const threads = Array.from({ length: threadCount }, () =>
    startHasher(shared, answered, condition.fail),
  );
  return {
    spanBytes,
    take: async () => {
      // Answers come in between two turns of the loop; whoever hashes himself must let them in.
      if (threads.length > 0) await setImmediate();
      await condition.until(() => free.length > 0);
      return buffers[free.shift()!]!;
    },
    hand: (buffer, order, told) => {
      const ticket = { span: buffers.indexOf(buffer), told };
      untold.push(ticket);
      const idle = threads.find(({ inHand }) => inHand.length < SPANS_PER_THREAD);
      if (idle) {
        idle.inHand.push(ticket);
        idle.tell({ span: ticket.span, order });
      } else settle(ticket, hashers[ticket.span]!(order));
    },
    drain: () => condition.until(() => untold.length === 0),
    [Symbol.asyncDispose]: async () => {
      condition.fail(new Error('the lanes were closed'));
      for (const { tell } of threads) tell('end');
      await Promise.all(threads.map(({ ended }) => ended));
    },
  };
}

function startHasher(
  data: readonly SharedArrayBuffer[],
  answered: (ticket: Ticket, hashes: SpanHashes) => void,
  lost: (cause: unknown) => void,
): Thread {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `span-worker${path.extname(import.meta.filename)}`;
  const inHand: Ticket[] = [];
  const thread = startThread<HashOrder, SpanHashes>(
    path.join(import.meta.dirname, entry),
    { name: 'a hashing thread', data },
    { answered: (hashes) => answered(inHand.shift()!, hashes), lost },
  );
  return { ...thread, inHand };
}
