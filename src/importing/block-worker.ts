/** Entry of a thread that reads blocks of lines: answers each with what was found in it, then with its rows. */
import { parentPort, workerData } from 'node:worker_threads';
import { toldOf } from '../base/thread.ts';
import type { BlockAnswer, BlockOrder, BlockThreadOptions, EncodedTable } from './block-orders.ts';
import { fieldsOf } from './compile-input.ts';
import { type BlockRows, createBlockReader } from './read-block.ts';

const port = parentPort!;
const { preset, context } = workerData as BlockThreadOptions;
const read = createBlockReader(context, fieldsOf(preset));
/** Read, and waiting to hear which of their rows are left out. */
const waiting = new Map<number, BlockRows>();

port.on('message', (order: BlockOrder) => {
  if (order === 'end') {
    port.close();
    return;
  }
  const answer = carryOut(order);
  port.postMessage(answer, 'tables' in answer ? buffersOf(answer.tables ?? []) : []);
});

function carryOut(order: Exclude<BlockOrder, 'end'>): BlockAnswer {
  const { number } = order;
  try {
    if ('leftOut' in order) {
      const rows = waiting.get(number)!;
      waiting.delete(number);
      return { number, tables: rows.encode(order.leftOut) };
    }
    const rows = read(order.block);
    if (!rows.hasKeys) return { number, read: rows.read, tables: rows.encode({}) };
    waiting.set(number, rows);
    return { number, read: rows.read };
  } catch (error) {
    return { error: toldOf(error) };
  }
}

function buffersOf(tables: readonly EncodedTable[]): ArrayBuffer[] {
  return tables.flatMap(({ columns }) => columns.map(({ bytes }) => bytes.buffer));
}
