/** The doors to DuckDB of one build: one with all the memory to sort out with, later two with half of it to sort with. */
import { openTables } from '../tables/open-tables.ts';
import type { Tables, TablesOptions } from '../tables/tables.ts';

/** The doors of a build. Dispose of it whatever happened. */
export interface Doors extends AsyncDisposable {
  /** One door with all the memory. What a door of before held is gone when `pair` was called between. */
  one(): Promise<Tables>;
  /** Two doors with half the memory and one thread each; where two serve nothing, the one that is open. */
  pair(isWorthIt: boolean): Promise<readonly Tables[]>;
}

/** The doors for `options`, none of them open yet. */
export function createDoors(options: TablesOptions): Doors {
  let single: Tables | undefined;
  let both: readonly Tables[] | undefined;
  const one = async () => {
    single ??= await openTables(options);
    return single;
  };
  const close = async () => {
    await single?.[Symbol.asyncDispose]();
    for (const door of both ?? []) await door[Symbol.asyncDispose]();
    [single, both] = [undefined, undefined];
  };
  return {
    one,
    async pair(isWorthIt) {
      if (both) return both;
      if (!isWorthIt) return [await one()];
      await close();
      const half = { ...options, memoryBytes: Math.floor(options.memoryBytes / 2), threads: 1 };
      both = [await openTables(half), await openTables(half)];
      return both;
    },
    [Symbol.asyncDispose]: close,
  };
}
