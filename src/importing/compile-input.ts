/** What is done with the records of one kind of file or query, as a function; and the tables that come of a preset. */
import { createHash } from 'node:crypto';
import type { ParquetField } from '../formats/parquet-writer.ts';
import { importColumns } from '../model/import-columns.ts';
import { IMPORT_TABLES } from '../model/import-record.ts';
import type { CellContext, ColumnValue } from './cells.ts';
import { compileRules, compileStaged, type RowSink, stagedColumns } from './compile-rules.ts';
import type { Preset, SourceFile, Staged, TableRule } from './preset.ts';
import type { RecordView } from './record-path.ts';

/** What is done with the records of one kind of file or query. */
export interface InputRule {
  readonly kind: string;
  readonly missing?: readonly string[] | undefined;
  readonly rows?: readonly TableRule[] | undefined;
  readonly staged?: Staged | undefined;
}

/** What all inputs of a run have in common. */
export interface InputContext {
  readonly namespace: string;
  /** Under which people are counted; lives as long as the run. */
  readonly personKey: Uint8Array;
}

/** Receives the rows of tables, and those that are kept for queries. */
export interface InputSink {
  readonly rows: RowSink;
  staged(table: string, values: readonly ColumnValue[]): void;
}

/** What a staged table is called among the shards. */
const STAGED_PREFIX = 'staged.';
const PERSON_DIGITS = 16;

/** What is done with a record whose columns are `names`; true when it was of use. `MAPPING_COLUMN_MISSING`. */
export function compileInput(
  rule: InputRule,
  names: readonly string[] | undefined,
  { namespace, personKey }: InputContext,
  sink: InputSink,
): (view: RecordView) => boolean {
  const person = (name: string) =>
    createHash('sha256').update(personKey).update(name).digest('hex').slice(0, PERSON_DIGITS);
  const missing = new Set(rule.missing ?? ['']);
  const context: CellContext = { namespace, names, missing, person };
  const map = rule.rows === undefined ? undefined : compileRules(rule.rows, context);
  if (!rule.staged) return (view) => map?.(view, sink.rows) ?? false;
  const table = stagedName(rule.staged.table);
  const keep = compileStaged(rule.staged, context);
  return (view) => {
    const isMapped = map?.(view, sink.rows) ?? false;
    const kept = keep(view, sink.rows);
    if (kept) sink.staged(table, kept);
    return isMapped || kept !== undefined;
  };
}

/** The name of a staged table among the shards. */
export function stagedName(table: string): string {
  return STAGED_PREFIX + table;
}

/** The staged tables of `preset` with their columns: kinds of file that fill the same one agree on them. */
export function stagedTables(preset: Preset): ReadonlyMap<string, readonly ParquetField[]> {
  const staged = preset.files.flatMap((rule: SourceFile) => rule.staged ?? []);
  return new Map(staged.map((each) => [each.table, stagedColumns(each)]));
}

/** The columns of each table that may come of `preset`, staged ones too. */
export function fieldsOf(preset: Preset): (table: string) => readonly ParquetField[] {
  const fields = new Map<string, readonly ParquetField[]>(
    IMPORT_TABLES.map((table) => [table, importColumns(table)]),
  );
  for (const [table, columns] of stagedTables(preset)) fields.set(stagedName(table), columns);
  return (table) => fields.get(table)!;
}
