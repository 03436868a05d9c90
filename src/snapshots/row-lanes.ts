/**
 * Pieces of rows made side by side in threads and told in the order of their rows, whatever the number of threads; in the
 * caller's thread where there is one, or little to do. The threads stay from one kind of rows to the next.
 */
import path from 'node:path';
import { createCondition } from '../base/condition.ts';
import { errorTold, type RunningThread, startThread } from '../base/thread.ts';
import type { RowAnswer, RowOrder, RowsToMake } from './row-orders.ts';
import { PIECE_ROWS, type RowPiece, startPieces } from './row-piece.ts';
import { createRowTexts } from './row-texts.ts';

/** Lines of one kind on their way. */
export interface RowStream {
  /** Takes the next lines and waits until there is room for more. Throws what a thread or the listener threw. */
  hand(chunk: Buffer): Promise<void>;
  /** Resolves when all was told. Throws as `hand` does. */
  finish(): Promise<void>;
}

/** Lanes that pieces are made in. Dispose of them whatever happened: no thread outlives them. */
export interface RowLanes extends AsyncDisposable {
  /** Begins with other rows, when all before were told; `listener` hears of the pieces in order. */
  begin(what: RowsAhead, listener: (piece: RowPiece) => void): RowStream;
}

interface RowsAhead extends RowsToMake {
  /** About how many there are. */
  readonly rows: number;
  /** Rows of a piece if not `PIECE_ROWS`. */
  readonly pieceRows?: number;
}

/** Fewer rows are made before a thread has started. */
const LEAST_ROWS = 4096;
/** Pieces that a thread has in hand: one that it makes, one whose lines wait (50 MB). */
const PIECES_PER_THREAD = 2;
/** Rows live for a moment: with room for more of them the collector copies fewer. */
const YOUNG_MEBIBYTES = 128;
/** A reader fills some six threads; more would only take memory. */
const MOST_THREADS = 6;

/** Lanes over `threads` threads, which start when there is enough to do. */
export function openRowLanes(threads: number): RowLanes {
  let lanes: LaneThreads | undefined;
  return {
    begin(what, listener) {
      if (threads < 2 || what.rows < LEAST_ROWS) return ownStream(what, listener);
      lanes ??= startLanes(Math.min(threads, MOST_THREADS));
      return threadStream(lanes, what, listener);
    },
    [Symbol.asyncDispose]: async () => lanes?.[Symbol.asyncDispose](),
  };
}

function ownStream(
  { kind, shared, pieceRows = PIECE_ROWS }: RowsAhead,
  listener: (piece: RowPiece) => void,
): RowStream {
  const textsOf = createRowTexts(pieceRows);
  const pieces = startPieces(kind, shared);
  let isBegun = false;
  const take = () => {
    isBegun = false;
    listener(pieces.take());
  };
  return {
    async hand(chunk) {
      for (const { bytes, endsPiece } of textsOf(chunk)) {
        pieces.add(bytes);
        isBegun = true;
        if (endsPiece) take();
      }
    },
    async finish() {
      if (isBegun) take();
    },
  };
}

function threadStream(
  lanes: LaneThreads,
  { kind, shared, pieceRows = PIECE_ROWS }: RowsAhead,
  listener: (piece: RowPiece) => void,
): RowStream {
  const textsOf = createRowTexts(pieceRows);
  let ordered = 0;
  let told = 0;
  let isBegun = false;
  lanes.begin({ kind, shared }, (made) => {
    for (let waiting = made(told); waiting.length > 0; waiting = made(told)) {
      told += 1;
      listener(waiting.shift()!);
    }
  });
  const take = () => {
    lanes.order(ordered, 'take');
    ordered += 1;
    isBegun = false;
  };
  return {
    async hand(chunk) {
      for (const { bytes: text, endsPiece } of textsOf(chunk)) {
        await lanes.until(() => ordered - told < lanes.count * PIECES_PER_THREAD);
        lanes.order(ordered, { text });
        isBegun = true;
        if (endsPiece) take();
      }
    },
    async finish() {
      if (isBegun) take();
      await lanes.until(() => told === ordered);
    },
  };
}

/** Those who take a made piece when it is their turn; `made` gives what waits of the thread of a piece. */
type Taker = (made: (piece: number) => RowPiece[]) => void;

interface LaneThreads extends AsyncDisposable {
  readonly count: number;
  /** Tells all threads what rows come next, and whom a piece is for. */
  begin(what: RowsToMake, taker: Taker): void;
  /** Tells the thread of `piece`. */
  order(piece: number, what: RowOrder): void;
  /** Resolves when that is met. Throws what a thread or the taker threw. */
  until(isMet: () => boolean): Promise<void>;
}

function startLanes(count: number): LaneThreads {
  let taker: Taker = () => {};
  const condition = createCondition();
  const lanes = Array.from({ length: count }, () => {
    const made: RowPiece[] = [];
    const answered = (answer: RowAnswer) => {
      if (condition.hasFailed) return;
      try {
        if ('error' in answer) throw errorTold(answer.error);
        made.push(answer.piece);
        taker((piece) => lanes[piece % count]!.made);
      } catch (error) {
        condition.fail(error);
      }
      condition.changed();
    };
    return { ...startMaker(answered, condition.fail), made };
  });
  const tell = (lane: (typeof lanes)[number], what: RowOrder) => {
    const isText = typeof what === 'object' && 'text' in what;
    lane.tell(what, isText ? [what.text.buffer] : []);
  };
  return {
    count,
    begin(what, next) {
      taker = next;
      for (const lane of lanes) tell(lane, { begin: what });
    },
    order: (piece, what) => tell(lanes[piece % count]!, what),
    until: condition.until,
    async [Symbol.asyncDispose]() {
      condition.fail(new Error('the lanes were closed'));
      for (const lane of lanes) tell(lane, 'end');
      await Promise.all(lanes.map(({ ended }) => ended));
    },
  };
}

function startMaker(
  answered: (answer: RowAnswer) => void,
  lost: (cause: unknown) => void,
): RunningThread<RowOrder> {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `row-lane-worker${path.extname(import.meta.filename)}`;
  return startThread<RowOrder, RowAnswer>(
    path.join(import.meta.dirname, entry),
    { name: 'a thread that makes rows', youngMebibytes: YOUNG_MEBIBYTES },
    { answered, lost },
  );
}
