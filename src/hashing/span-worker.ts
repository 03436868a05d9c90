/**
 * Entry of a hashing thread. It is given the shared buffers once, and answers each order with the hashes of one of
 * them, in the order it was asked.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openSpanHasher, type SpanOrder } from '../formats/span-hasher.ts';

const port = parentPort!;
const hashers = (workerData as SharedArrayBuffer[]).map((shared) =>
  openSpanHasher(new Uint8Array(shared)),
);

port.on('message', ({ span, order }: { span: number; order: SpanOrder }) => {
  port.postMessage(hashers[span]!(order));
});
