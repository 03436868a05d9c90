/** The doors to DuckDB of one build: one with all the memory to sort out with, later two with half of it in all to sort with. */
import { openTables } from '../tables/open-tables.ts';
import { openRenewedTables } from '../tables/renewed-tables.ts';
import type { Tables, TablesOptions } from '../tables/tables.ts';

/** The doors of a build. Dispose of it whatever happened. */
export interface Doors extends AsyncDisposable {
  /** One door with all the memory. What a door of before held is gone when `pair` was called between. */
  one(): Promise<Tables>;
  /** Tells that so many rows went through the one door. Behind very many it is closed, and the next is another process. */
  passed(rows: number): Promise<void>;
  /** Two doors with a quarter of the memory and one thread each; where two serve nothing, the one that is open. */
  pair(isWorthIt: boolean): Promise<readonly Tables[]>;
}

/**
 * What DuckDB's allocator has given back stays reserved in its process, and counts against what that may have: 50 bytes more for each
 * row sorted out at 256 million, which at 160 million had come to the 10 GB that there are.
 */
const ROWS_PER_PROCESS = 48_000_000;
/** The same of ranges that are sorted: 2.3 GB behind 26 million albums, 1.75 behind the first of them, where 4 GB are all. */
const RANGES_PER_PROCESS = 8;

/** The doors for `options`, none of them open yet; behind `rowsPerProcess` rows another process takes over. */
export function createDoors(options: TablesOptions, rowsPerProcess = ROWS_PER_PROCESS): Doors {
  let single: Tables | undefined;
  let both: readonly Tables[] | undefined;
  let rowsBehind = 0;
  const one = async () => {
    single ??= await openTables(options);
    return single;
  };
  const close = async () => {
    await single?.[Symbol.asyncDispose]();
    for (const door of both ?? []) await door[Symbol.asyncDispose]();
    [single, both] = [undefined, undefined];
    rowsBehind = 0;
  };
  return {
    one,
    async passed(rows) {
      rowsBehind += rows;
      if (rowsBehind >= rowsPerProcess) await close();
    },
    async pair(isWorthIt) {
      if (both) return both;
      if (!isWorthIt) return [await one()];
      await close();
      // The rest is for the rows that are written meanwhile, and for what is known of albums and artists.
      const part = { ...options, memoryBytes: Math.floor(options.memoryBytes / 4), threads: 1 };
      // One after the other, so that the first is closed when the second cannot be opened.
      both = [await openRenewedTables(part, RANGES_PER_PROCESS)];
      both = [...both, await openRenewedTables(part, RANGES_PER_PROCESS)];
      return both;
    },
    [Symbol.asyncDispose]: close,
  };
}
