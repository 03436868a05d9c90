/** Parquet that others wrote, as the rows of a SELECT. */
import { quoted, type Tables } from '../tables/tables.ts';

/** Types of DuckDB for whole numbers of 64 bits and more, and lists of them. */
const LONG_WHOLE = /^U?(?:BIG|HUGE)INT((?:\[\])*)$/;

/** A SELECT of the rows of `file`, in which whole numbers that a double may not hold, such as ids, are text. `TABLES_SQL`. */
export async function foreignRows(tables: Tables, file: string): Promise<string> {
  const source = `read_parquet(${quoted(file)})`;
  const described = await tables.rows(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`,
  );
  const casts = described.flatMap(([name, type]) => {
    const lists = LONG_WHOLE.exec(String(type))?.[1];
    if (lists === undefined) return [];
    const column = `"${String(name).replaceAll('"', '""')}"`;
    return [`${column}::VARCHAR${lists} AS ${column}`];
  });
  return `SELECT *${casts.length === 0 ? '' : ` REPLACE (${casts.join(', ')})`} FROM ${source}`;
}
