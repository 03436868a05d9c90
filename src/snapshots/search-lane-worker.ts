/** Entry of the thread that finishes a search index: takes orders in turn and answers each when it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { realDisk } from '../base/disk.ts';
import { toldOf } from '../base/thread.ts';
import { startSearchFinisher } from '../catalogue/search-finish.ts';
import type { LaneAnswer, LaneOrder, LaneStart } from './search-orders.ts';

const port = parentPort!;
const { options, stop } = workerData as LaneStart;
const finisher = startSearchFinisher(realDisk, options, () => {
  if (Atomics.load(stop, 0) !== 0) throw new Error('asked to stop');
});
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
