/** Parquet that others wrote, as the rows of a SELECT. */
import { FonotecaError } from '../base/errors.ts';
import { identifier, type Tables } from '../tables/tables.ts';

const TABLES_CODES: ReadonlySet<string> = new Set(['TABLES_SQL', 'TABLES_ENDED']);
/** Types of DuckDB for whole numbers of 64 bits and more, and lists of them. */
const LONG_WHOLE = /^U?(?:BIG|HUGE)INT((?:\[\])*)$/;

/** The columns of the table function `source` and what DuckDB calls their types. `TABLES_SQL`. */
export async function columnTypes(
  tables: Tables,
  source: string,
): Promise<ReadonlyMap<string, string>> {
  const described = await tables.rows(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`,
  );
  return new Map(described.map(([name, type]) => [String(name), String(type)]));
}

/**
 * A SELECT of the rows of `source`, whose columns have `types`, such that JSON can hold them: whole numbers that a double may not
 * hold, such as ids, are text; NaN, which many programs write where there is nothing, is none; infinity is a text.
 */
export function foreignRows(source: string, types: ReadonlyMap<string, string>): string {
  const replaced = [...types].flatMap(([name, type]) => {
    const column = identifier(name);
    const held = heldByJson(column, type);
    return held === undefined ? [] : [`${held} AS ${column}`];
  });
  return `SELECT *${replaced.length === 0 ? '' : ` REPLACE (${replaced.join(', ')})`} FROM ${source}`;
}

/** The value of `column`, if it is not held as it is. */
function heldByJson(column: string, type: string): string | undefined {
  const lists = LONG_WHOLE.exec(type)?.[1];
  if (lists !== undefined) return `${column}::VARCHAR${lists}`;
  if (type === 'FLOAT' || type === 'DOUBLE') return finite(column);
  if (type === 'FLOAT[]' || type === 'DOUBLE[]')
    return `list_transform(${column}, lambda item: ${finite('item')})`;
  return undefined;
}

function finite(number: string): string {
  return `CASE WHEN isfinite(${number}) THEN to_json(${number}) WHEN isinf(${number}) THEN to_json(${number}::VARCHAR) END`;
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
