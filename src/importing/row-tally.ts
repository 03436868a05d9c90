/** Counts the records and rows of an import, keeps ids from coming twice, and puts aside what is refused. */
import type { ImportCounts, ImportTable, InputCounts } from '../model/import-record.ts';
import type { ColumnValue } from './cells.ts';
import type { RowSink } from './compile-rules.ts';
import type { Tally } from './import-state.ts';
import { createQuarantine, type Quarantine, type RefusalCode } from './quarantine.ts';
import { createSeenIds, type SeenIds } from './seen-ids.ts';

/** The counts of an import under way. */
export interface RowTally {
  readonly quarantine: Quarantine;
  /** Receives the rows of the record at hand. */
  readonly sink: RowSink;
  /** The counts of one kind of file, to be counted up. */
  inputs(kind: string): Mutable<InputCounts>;
  /** Says which record is at hand. */
  at(file: string, line: number): void;
  /** Everything counted and refused so far. */
  state(): Tally;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A tally that goes on from `before`; rows that are kept go to `keep`. */
export function createRowTally(
  before: Tally | undefined,
  keep: (table: ImportTable, values: readonly ColumnValue[]) => void,
): RowTally {
  const inputs: Record<string, Mutable<InputCounts>> = structuredClone(before?.inputs ?? {});
  const tables: Record<string, Mutable<ImportCounts>> = structuredClone(before?.tables ?? {});
  const quarantine = createQuarantine(before?.refusals);
  const seen: Record<string, SeenIds> = {};
  let file = '';
  let line = 0;
  const countsOf = (table: string): Mutable<ImportCounts> => {
    tables[table] ??= { read: 0, kept: 0, merged: 0, refused: 0 };
    return tables[table];
  };
  const refuse = (code: RefusalCode, table: string, column: string, shown: string) =>
    quarantine.add({ code, file, line, column, table, seen: shown });
  const isNew = (table: ImportTable, values: readonly ColumnValue[]): boolean => {
    seen[table] ??= createSeenIds();
    return seen[table].add(keyOf(table, values));
  };
  return {
    quarantine,
    inputs(kind) {
      inputs[kind] ??= { read: 0, taken: 0, passed: 0, refused: 0 };
      return inputs[kind];
    },
    at(name, number) {
      file = name;
      line = number;
    },
    sink: {
      row(table, values, unique) {
        const counts = countsOf(table);
        counts.read += 1;
        if (unique || isNew(table, values)) {
          counts.kept += 1;
          keep(table, values);
        } else counts.merged += 1;
      },
      refusedRow(table, column, shown) {
        const counts = countsOf(table);
        counts.read += 1;
        counts.refused += 1;
        refuse('IMPORT_ROW_REFUSED', table, column, shown);
      },
      refusedValue: (table, column, shown) => refuse('IMPORT_VALUE_REFUSED', table, column, shown),
    },
    state: () => ({
      inputs: structuredClone(inputs),
      tables: structuredClone(tables),
      refusals: { counts: { ...quarantine.counts }, lines: [...quarantine.lines()] },
    }),
  };
}

/** What makes a row another one: its id, or for links all of it. */
function keyOf(table: ImportTable, values: readonly ColumnValue[]): string {
  return table === 'links' ? values.join('\u0000') : (values[0] as string);
}
