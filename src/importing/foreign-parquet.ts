/** Parquet that others wrote, as the rows of a SELECT. */
import { FonotecaError } from '../base/errors.ts';
import { quoted, type Tables } from '../tables/tables.ts';

const TABLES_CODES: ReadonlySet<string> = new Set(['TABLES_SQL', 'TABLES_ENDED']);
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

/**
 * What `read` gives; what tables cannot do with `file` while it runs is the file's fault: `SOURCE_PARQUET` of one that is cut,
 * forged, or unfolds to more than the process may hold.
 */
export async function blamingFile<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FonotecaError) || !TABLES_CODES.has(error.code)) throw error;
    throw new FonotecaError('SOURCE_PARQUET', `${file}: ${error.seen}`, { cause: error });
  }
}
