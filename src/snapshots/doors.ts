/** The doors to DuckDB of one build: one with all the memory to sort out with, later two with half of it in all to sort with. */
import { openTables } from '../tables/open-tables.ts';
import type { Tables, TablesOptions } from '../tables/tables.ts';

/** The doors of a build. Dispose of it whatever happened. */
export interface Doors extends AsyncDisposable {
  /** One door with all the memory. What a door of before held is gone when `pair` was called between. */
  one(): Promise<Tables>;
  /** Two doors with a quarter of the memory and one thread each; where two serve nothing, the one that is open. */
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
      // The rest is for the rows that are written meanwhile, and for what is known of albums and artists.
      const part = { ...options, memoryBytes: Math.floor(options.memoryBytes / 4), threads: 1 };
      both = [await openTables(part), await openTables(part)];
      return both;
    },
    [Symbol.asyncDispose]: close,
  };
}
