/**
 * Entry of a hashing thread. It is given the shared buffers once, and answers each order with the hashes of one of
 * them, in the order it was asked.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openSpanHasher, type SpanOrder } from '../formats/span-hasher.ts';

/** What a hashing thread is told: to hash the buffer of that number, or that it may end. */
export type HashOrder = { readonly span: number; readonly order: SpanOrder } | 'end';

const port = parentPort!;
const hashers = (workerData as SharedArrayBuffer[]).map((shared) =>
  openSpanHasher(new Uint8Array(shared)),
);

port.on('message', (order: HashOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(hashers[order.span]!(order.order));
});
