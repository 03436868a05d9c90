/** Entry of the thread that writes a search index: takes orders in turn and answers each when it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { realDisk } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import type { SearchWriterOptions } from '../catalogue/search-documents.ts';
import { startSearchWriter } from '../catalogue/search-writer.ts';
import type { LaneAnswer, LaneOrder } from './search-orders.ts';

const port = parentPort!;
const writer = startSearchWriter(realDisk, workerData as SearchWriterOptions);
let isLost = false;

port.on('message', (order: LaneOrder) => {
  if (order.kind === 'end') port.close();
  else port.postMessage(carryOut(order));
});

function carryOut(order: LaneOrder): LaneAnswer {
  if (isLost) return {};
  try {
    if (order.kind === 'add') writer.add(order.batch);
    else if (order.kind === 'finish') writer.finish();
    else if (order.kind === 'abort') writer.abort();
    return {};
  } catch (error) {
    isLost = true;
    // A writer that failed at its end has tidied up itself.
    if (order.kind === 'add') writer.abort();
    if (error instanceof FonotecaError) return { error: { code: error.code, seen: error.seen } };
    return { error: { seen: messageOf(error) } };
  }
}
