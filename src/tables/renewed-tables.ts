/** A door to DuckDB through which very much is read: another process takes over now and then. */
import { openTables } from './open-tables.ts';
import type { Tables, TablesOptions } from './tables.ts';

/**
 * A door as `openTables` opens it, whose process another one replaces behind each `mostTexts` answers of `texts`, which are asked one
 * after the other: what an allocator has given back stays reserved and counts against what a process may have. Nothing
 * of a session outlives its process.
 */
export async function openRenewedTables(
  options: TablesOptions,
  mostTexts: number,
): Promise<Tables> {
  let current = await openTables(options);
  let answered = 0;
  return {
    run: (sql, values) => current.run(sql, values),
    rows: (sql, values) => current.rows(sql, values),
    lines: (sql) => current.lines(sql),
    numbers: (sql, columns) => current.numbers(sql, columns),
    async *texts(sql) {
      if (answered === mostTexts) {
        await current[Symbol.asyncDispose]();
        current = await openTables(options);
        answered = 0;
      }
      answered += 1;
      yield* current.texts(sql);
    },
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
}
