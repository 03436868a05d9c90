/**
 * The door to DuckDB: SQL with parameters over tables in files, in a process of its own that may read and write the named
 * folders and nothing else. `openTables` (open-tables.ts) opens it. Rows come out as JSON text through a pipe, which costs
 * a fifth of taking them value by value out of the library's vectors.
 */

/** A value bound to `$1`, `$2` … */
export type SqlValue = string | number | boolean | null;

/** A value of a row as it comes out: numbers beyond 2^53 are text where the SQL casts them; lists are arrays. */
export type CellValue = string | number | boolean | null | readonly CellValue[];

/** What a door may touch and use. */
export interface TablesOptions {
  /**
   * An existing folder for what does not fit into memory and for pipes; written to. Everything of it named `door-*` goes
   * when the door is closed.
   */
  readonly work: string;
  /** Further folders that SQL may read from and write to, absolute; all else is refused. */
  readonly folders: readonly string[];
  /** What DuckDB keeps in memory before it spills; the process is given twice as much and 1 GiB before it is ended. */
  readonly memoryBytes: number;
  readonly threads: number;
}

/**
 * An open door. One statement at a time; calls made together wait for one another. Errors: `TABLES_SQL` for what DuckDB
 * refuses, `TABLES_ENDED` when the process is gone.
 */
export interface Tables extends AsyncDisposable {
  /** Carries out one statement. */
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
  /** All rows of a small answer, at most 100,000. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<CellValue[][]>;
  /**
   * The rows of a SELECT of any size, in its order, as UTF-8 text: chunks of whole lines, each line a JSON array of the
   * columns. A chunk has one line at least and mostly some 256 KiB, and is valid until the next. Ending early stops the
   * statement.
   */
  lines(sql: string): AsyncIterable<Buffer>;
  /** As `lines`, of a SELECT of one column that is a text without line ends and never null: the line as it stands. */
  texts(sql: string): AsyncIterable<Buffer>;
  /**
   * The rows of a SELECT of any size, in its order, as whole numbers of 32 bits: each of its `columns` columns is UINTEGER
   * and never null. Costs a third of lines, and nothing to take apart. Ending early stops the statement.
   */
  numbers(sql: string, columns: number): AsyncIterable<NumberBlock>;
}

/** Rows that follow one another. What `columns` hold is overwritten by the next block. */
export interface NumberBlock {
  readonly rows: number;
  /** For each column its numbers; those from `rows` on mean nothing. */
  readonly columns: readonly Uint32Array[];
}

/** `text` as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Parquet files as a table function of SQL. Each is named in full: a pattern would take the brackets and stars of a folder's
 * own name for its own, and one in which they are escaped lies in no folder that the door may read.
 */
export function parquetFiles(files: readonly string[]): string {
  return `read_parquet([${files.map(quoted).join(', ')}])`;
}

/** The statement that writes the rows of the SELECT `sql` to `file`. */
export function parquetCopy(sql: string, file: string): string {
  return `COPY (${sql}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`;
}
