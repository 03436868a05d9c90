/** Entry of a thread that makes pieces of rows. */
import { parentPort } from 'node:worker_threads';
import { toldOf } from '../base/thread.ts';
import type { RowAnswer, RowOrder } from './row-orders.ts';
import { type PieceMaker, type RowPiece, startPieces } from './row-piece.ts';

const port = parentPort!;
let pieces: PieceMaker | undefined;
let isLost = false;

port.on('message', (order: RowOrder) => {
  if (order === 'end') {
    port.close();
    return;
  }
  if (isLost) return;
  try {
    if (order === 'take') {
      const piece = pieces!.take();
      port.postMessage({ piece } satisfies RowAnswer, buffersOf(piece));
    } else if ('begin' in order) pieces = startPieces(order.begin.kind, order.begin.shared);
    else pieces!.add(order.text);
  } catch (error) {
    isLost = true;
    port.postMessage({ error: toldOf(error) } satisfies RowAnswer);
  }
});

function buffersOf({ blocks, statistics, keys, albums, search }: RowPiece): ArrayBuffer[] {
  return [
    ...[blocks.bytes, blocks.sizes, albums, search.marks, search.whole, ...search.runs],
    ...Object.values(keys),
    ...statistics.flatMap(({ pages }) => pages as Uint8Array<ArrayBuffer>[]),
  ].map(({ buffer }) => buffer);
}
