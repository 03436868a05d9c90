/**
 * Whole numbers between DuckDB's process and its asker: blocks of columns through a named pipe, as they lie in memory. A
 * block is its number of rows and then, for each column, room for `BLOCK_ROWS` numbers; all of 32 bits, in the byte order
 * of the machine that both run on.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { DuckDBResult } from '@duckdb/node-api';
import type { NumberBlock } from './tables.ts';

/** Eight of DuckDB's vectors: few turns of the loop of events, and still in the cache of a core. */
const BLOCK_ROWS = 16_384;

function createBlock(columns: number) {
  const words = new Uint32Array(1 + columns * BLOCK_ROWS);
  const column = (at: number) => words.subarray(1 + at * BLOCK_ROWS, 1 + (at + 1) * BLOCK_ROWS);
  return {
    words,
    bytes: Buffer.from(words.buffer),
    columns: Array.from({ length: columns }, (_, at) => column(at)),
  };
}

/** Hands all rows of `result` to `write`, a block at a time. Every column is UINTEGER. */
export async function writeBlocks(
  result: DuckDBResult,
  write: (bytes: Buffer) => void,
): Promise<void> {
  const { words, bytes, columns } = createBlock(result.columnCount);
  const flush = () => {
    if (words[0] !== 0) write(bytes);
    words[0] = 0;
  };
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    if (words[0]! + chunk.rowCount > BLOCK_ROWS) flush();
    for (const [at, column] of columns.entries()) {
      // The library names no way to a whole vector; its numbers one by one cost more than all the rest.
      const { items } = chunk.getColumnVector(at) as unknown as { items: unknown };
      assert.ok(items instanceof Uint32Array, 'a column is no UINTEGER');
      column.set(items, words[0]!);
    }
    words[0]! += chunk.rowCount;
  }
  flush();
}

/** The blocks that come through `pipe`, to its end. */
export async function* readBlocks(pipe: string, columnCount: number): AsyncGenerator<NumberBlock> {
  const { words, bytes, columns } = createBlock(columnCount);
  await using handle = await fs.promises.open(pipe, 'r');
  for (;;) {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, null);
      // A statement that failed ends within a block, and is told by its own answer.
      if (bytesRead === 0) return;
      filled += bytesRead;
    }
    yield { rows: words[0]!, columns };
  }
}
