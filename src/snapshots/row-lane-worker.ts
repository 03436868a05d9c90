/** Entry of a thread that makes pieces of rows. */
import { parentPort, workerData } from 'node:worker_threads';
import { FonotecaError, messageOf } from '../base/errors.ts';
import type { RowAnswer, RowLaneOptions, RowOrder } from './row-orders.ts';
import { type RowPiece, startPieces } from './row-piece.ts';

const port = parentPort!;
const { kind, shared } = workerData as RowLaneOptions;
const pieces = startPieces(kind, shared);
let isLost = false;

port.on('message', (order: RowOrder) => {
  if (order === 'end') {
    port.close();
    return;
  }
  if (isLost) return;
  try {
    if (order !== 'take') pieces.add(order.text);
    else {
      const piece = pieces.take();
      port.postMessage({ piece } satisfies RowAnswer, buffersOf(piece));
    }
  } catch (error) {
    isLost = true;
    const code = error instanceof FonotecaError ? error.code : undefined;
    const seen = error instanceof FonotecaError ? error.seen : messageOf(error);
    port.postMessage({ error: { ...(code && { code }), seen } } satisfies RowAnswer);
  }
});

function buffersOf({ blocks, statistics, keys, search }: RowPiece): ArrayBuffer[] {
  return [
    ...[blocks.bytes, blocks.sizes, search.marks, search.whole, ...search.runs],
    ...Object.values(keys),
    ...statistics.flatMap(({ pages }) => pages as Uint8Array<ArrayBuffer>[]),
  ].map(({ buffer }) => buffer);
}
