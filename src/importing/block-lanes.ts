/**
 * Blocks of lines read side by side in threads, and told in the order they were handed in, whatever the number of threads:
 * first what was found in each, then its rows as they go into their files.
 */
import path from 'node:path';
import { createCondition } from '../base/condition.ts';
import { errorTold, type RunningThread, startThread } from '../base/thread.ts';
import type {
  BlockAnswer,
  BlockOrder,
  BlockThreadOptions,
  EncodedTable,
  LeftOut,
  LineBlock,
  ReadBlock,
} from './block-orders.ts';
import { fieldsOf } from './compile-input.ts';
import { createBlockReader } from './read-block.ts';

/** Who hears of the blocks, in their order. */
export interface BlockListener {
  /** What was found in a block; returns the rows that are left out. */
  read(block: LineBlock, read: ReadBlock): LeftOut;
  /** The rows of the block. */
  encoded(tables: readonly EncodedTable[]): void;
}

/** Lanes that blocks are read in. Dispose of them whatever happened: no thread outlives them. */
export interface BlockLanes extends AsyncDisposable {
  /** Takes the next block and waits until there is room for another. Throws what a thread or the listener threw. */
  hand(block: LineBlock): Promise<void>;
  /** Resolves when all was told. Throws as `hand` does. */
  drain(): Promise<void>;
}

/** Blocks that a thread has in hand, read and not yet told included. */
const BLOCKS_PER_THREAD = 3;
/** Records live for a moment: with room for more of them the collector copies fewer. */
const YOUNG_MEBIBYTES = 64;
/** A reader fills some eight threads; more would only take memory. */
const MOST_THREADS = 8;

/** Lanes over `threads` threads, or in the caller's own where that is 1. Memory: about 40 MB a thread. */
export function openBlockLanes(
  options: BlockThreadOptions,
  threads: number,
  listener: BlockListener,
): BlockLanes {
  if (threads < 2) return ownLane(options, listener);
  return threadLanes(options, Math.min(threads, MOST_THREADS), listener);
}

function ownLane({ preset, context }: BlockThreadOptions, listener: BlockListener): BlockLanes {
  const read = createBlockReader(context, fieldsOf(preset));
  return {
    async hand(block) {
      const found = read(block);
      listener.encoded(found.encode(listener.read(block, found.read)));
    },
    drain: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Ticket {
  readonly number: number;
  readonly block: LineBlock;
  readonly thread: Thread;
  read?: ReadBlock;
  isTold: boolean;
  tables?: readonly EncodedTable[];
}

interface Thread extends RunningThread<BlockOrder> {
  inHand: number;
}

function threadLanes(
  options: BlockThreadOptions,
  threadCount: number,
  listener: BlockListener,
): BlockLanes {
  /** In the order they were handed in; those in front go when their rows are told. */
  const tickets: Ticket[] = [];
  let handed = 0;
  const condition = createCondition();
  const tell = () => {
    for (const ticket of tickets) {
      if (!ticket.read) break;
      if (ticket.isTold) continue;
      const leftOut = listener.read(ticket.block, ticket.read);
      ticket.isTold = true;
      if (!ticket.tables) order(ticket.thread, { number: ticket.number, leftOut });
    }
    for (let first = tickets[0]; first?.isTold && first.tables; first = tickets[0]) {
      tickets.shift();
      first.thread.inHand -= 1;
      listener.encoded(first.tables);
    }
  };
  const answered = (answer: BlockAnswer) => {
    if (condition.hasFailed) return;
    try {
      if ('error' in answer) throw errorTold(answer.error);
      const ticket = tickets.find(({ number }) => number === answer.number)!;
      if ('read' in answer) ticket.read = answer.read;
      if (answer.tables) ticket.tables = answer.tables;
      tell();
    } catch (error) {
      condition.fail(error);
    }
    condition.changed();
  };
  const threads = Array.from({ length: threadCount }, () =>
    startReader(options, answered, condition.fail),
  );
  return {
    async hand(block) {
      await condition.until(() => tickets.length < threadCount * BLOCKS_PER_THREAD);
      const thread = threads.reduce((least, each) => (each.inHand < least.inHand ? each : least));
      const ticket: Ticket = { number: handed++, block, thread, isTold: false };
      tickets.push(ticket);
      thread.inHand += 1;
      order(thread, { number: ticket.number, block });
    },
    drain: () => condition.until(() => tickets.length === 0),
    async [Symbol.asyncDispose]() {
      condition.fail(new Error('the lanes were closed'));
      for (const thread of threads) order(thread, 'end');
      await Promise.all(threads.map(({ ended }) => ended));
    },
  };
}

function order(thread: Thread, what: BlockOrder): void {
  const isBlock = what !== 'end' && 'block' in what;
  thread.tell(what, isBlock ? [what.block.bytes.buffer] : []);
}

function startReader(
  data: BlockThreadOptions,
  answered: (answer: BlockAnswer) => void,
  lost: (cause: unknown) => void,
): Thread {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `block-worker${path.extname(import.meta.filename)}`;
  const thread = startThread<BlockOrder, BlockAnswer>(
    path.join(import.meta.dirname, entry),
    { name: 'a thread that reads', data, youngMebibytes: YOUNG_MEBIBYTES },
    { answered, lost },
  );
  return { ...thread, inHand: 0 };
}
