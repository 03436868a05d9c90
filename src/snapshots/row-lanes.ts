/**
 * Pieces of rows made side by side in threads and told in the order of their rows, whatever the number of threads; in the
 * caller's thread where there is one, or little to do.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { FonotecaError } from '../base/errors.ts';
import type { RowAnswer, RowLaneOptions, RowOrder } from './row-orders.ts';
import { PIECE_ROWS, type RowPiece, startPieces } from './row-piece.ts';
import { createRowTexts } from './row-texts.ts';

/** Lanes that pieces are made in. Dispose of them whatever happened: no thread outlives them. */
export interface RowLanes extends AsyncDisposable {
  /** Takes the next lines and waits until there is room for more. Throws what a thread or the listener threw. */
  hand(chunk: Buffer): Promise<void>;
  /** Resolves when all was told. Throws as `hand` does. */
  finish(): Promise<void>;
}

/** How many threads, and pieces of how many rows if not `PIECE_ROWS`. */
interface RowLanesOptions extends RowLaneOptions {
  readonly threads: number;
  readonly pieceRows?: number;
}

/** Pieces that a thread has in hand: one that it makes, one whose lines wait (50 MB). */
const PIECES_PER_THREAD = 2;
/** Rows live for a moment: with room for more of them the collector copies fewer. */
const YOUNG_MEBIBYTES = 64;
/** A reader fills some six threads; more would only take memory. */
const MOST_THREADS = 6;

/** Lanes over `threads` threads, or in the caller's own where that is 1; `listener` hears of the pieces in order. */
export function openRowLanes(
  options: RowLanesOptions,
  listener: (piece: RowPiece) => void,
): RowLanes {
  const textsOf = createRowTexts(options.pieceRows ?? PIECE_ROWS);
  if (options.threads < 2) return ownLane(options, textsOf, listener);
  return threadLanes(options, textsOf, listener);
}

type TextsOf = ReturnType<typeof createRowTexts>;

function ownLane(
  { kind, shared }: RowLaneOptions,
  textsOf: TextsOf,
  listener: (piece: RowPiece) => void,
): RowLanes {
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
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Lane {
  readonly worker: Worker;
  readonly ended: Promise<unknown>;
  /** Made, and not yet told. */
  readonly made: RowPiece[];
}

function threadLanes(
  { kind, shared, threads }: RowLanesOptions,
  textsOf: TextsOf,
  listener: (piece: RowPiece) => void,
): RowLanes {
  let ordered = 0;
  let told = 0;
  let isBegun = false;
  let wake = () => {};
  let failure: { readonly cause: unknown } | undefined;
  const fail = (cause: unknown) => {
    failure ??= { cause };
    wake();
  };
  const tell = () => {
    for (let lane = laneOf(told); lane.made.length > 0; lane = laneOf(told)) {
      told += 1;
      listener(lane.made.shift()!);
    }
  };
  const lanes = Array.from({ length: Math.min(threads, MOST_THREADS) }, () => {
    const lane: Lane = startLane({ kind, shared }, fail, (answer) => {
      if (failure) return;
      try {
        if ('error' in answer)
          throw new FonotecaError(answer.error.code ?? 'SUBPROCESS_FAILED', answer.error.seen);
        lane.made.push(answer.piece);
        tell();
      } catch (error) {
        fail(error);
      }
      wake();
    });
    return lane;
  });
  const laneOf = (piece: number) => lanes[piece % lanes.length]!;
  const until = async (isMet: () => boolean) => {
    while (failure === undefined && !isMet())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure) throw failure.cause;
  };
  const take = () => {
    order(laneOf(ordered), 'take');
    ordered += 1;
    isBegun = false;
  };
  return {
    async hand(chunk) {
      for (const { bytes: text, endsPiece } of textsOf(chunk)) {
        await until(() => ordered - told < lanes.length * PIECES_PER_THREAD);
        order(laneOf(ordered), { text });
        isBegun = true;
        if (endsPiece) take();
      }
    },
    async finish() {
      if (isBegun) take();
      await until(() => told === ordered);
    },
    async [Symbol.asyncDispose]() {
      failure ??= { cause: new Error('the lanes were closed') };
      // To stop a thread while it starts or compresses can bring the process down: it ends by itself.
      for (const lane of lanes) order(lane, 'end');
      await Promise.all(lanes.map(({ ended }) => ended));
    },
  };
}

function order({ worker }: Lane, what: RowOrder): void {
  worker.postMessage(what, typeof what === 'string' ? [] : [what.text.buffer]);
}

function startLane(
  options: RowLaneOptions,
  fail: (cause: unknown) => void,
  answered: (answer: RowAnswer) => void,
): Lane {
  // The entry has the extension of this file, which is another once compiled.
  const entry = `row-lane-worker${path.extname(import.meta.filename)}`;
  const worker = new Worker(path.join(import.meta.dirname, entry), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });
  const lost = (cause?: unknown) =>
    fail(new FonotecaError('SUBPROCESS_FAILED', 'a thread that makes rows ended', { cause }));
  worker.on('message', answered);
  worker.on('error', lost);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      lost();
      resolve();
    });
  });
  return { worker, ended, made: [] };
}
