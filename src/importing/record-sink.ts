/** What the readers of all formats give their records to. */

/** Receives the records of one file, in order. */
export interface RecordSink {
  /** The names of the columns, before the first record of a table whose file says them. */
  header(names: readonly string[]): void;
  /** A record: an array for a table, an object for JSON and XML. `line` is where it begins. */
  record(value: unknown, line: number): void;
  /** Something that was to be a record and is none. The column is counted from 1. */
  refused(line: number, column: number, why: string): void;
}
