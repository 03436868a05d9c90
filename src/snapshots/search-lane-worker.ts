/** Entry of the thread that finishes a search index: takes orders in turn and answers each when it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { realDisk } from '../base/disk.ts';
import { toldOf } from '../base/thread.ts';
import type { SearchWriterOptions } from '../catalogue/search-documents.ts';
import { startSearchFinisher } from '../catalogue/search-finish.ts';
import type { LaneAnswer, LaneOrder } from './search-orders.ts';

const port = parentPort!;
const finisher = startSearchFinisher(realDisk, workerData as SearchWriterOptions);
let isLost = false;

port.on('message', (order: LaneOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(carryOut(order));
});

function carryOut(order: Exclude<LaneOrder, 'end'>): LaneAnswer {
  try {
    if (order === 'abort') finisher.abort();
    else if (!isLost) finisher.carryOut(order);
    return {};
  } catch (error) {
    isLost = true;
    return { error: toldOf(error) };
  }
}
