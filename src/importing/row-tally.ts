/** Counts the records and rows of an import, keeps ids from coming twice, and puts aside what is refused. */
import {
  IMPORT_TABLES,
  type ImportCounts,
  type ImportTable,
  type InputCounts,
} from '../model/import-record.ts';
import type { LeftOut, ReadBlock } from './block-orders.ts';
import type { ColumnValue } from './cells.ts';
import type { RowSink } from './compile-rules.ts';
import type { Tally } from './import-state.ts';
import { createQuarantine, type Quarantine, type RefusalCode } from './quarantine.ts';
import { createSeenIds, rowKey, type SeenIds } from './seen-ids.ts';
import type { Shard } from './shards.ts';

/** The counts of an import under way. */
export interface RowTally {
  readonly quarantine: Quarantine;
  /** Receives the rows of the record at hand. */
  readonly sink: RowSink;
  /** The counts of one kind of file, to be counted up. */
  inputs(kind: string): Mutable<InputCounts>;
  /** Says which record is at hand. */
  at(file: string, line: number): void;
  /** Counts what was found in a block that begins behind line `before`; returns the rows whose ids came before. */
  block(read: ReadBlock, origin: { kind: string; file: string; before: number }): LeftOut;
  /** Counts `records` of a kind of file of which these rows came, and no others. */
  copied(kind: string, records: number, written: readonly Pick<Shard, 'table' | 'rows'>[]): void;
  /** Everything counted and refused so far. */
  state(): Tally;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of a row in the keys of a block. */
const KEY_WORDS = 3;

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
  const seenOf = (table: string): SeenIds => {
    seen[table] ??= createSeenIds();
    return seen[table];
  };
  const inputsOf = (kind: string) => {
    inputs[kind] ??= { read: 0, taken: 0, passed: 0, refused: 0 };
    return inputs[kind];
  };
  return {
    quarantine,
    inputs: inputsOf,
    block(read, { kind, file: name, before: linesBefore }) {
      addInputs(inputsOf(kind), read);
      quarantine.addAll(read, { file: name, linesBefore });
      const leftOut: Record<string, readonly number[]> = {};
      for (const found of read.tables) {
        const { table, keys } = found;
        const places = repeats(keys, seenOf(table));
        if (places.length > 0) leftOut[table] = places;
        if (isCounted(table)) addRows(countsOf(table), found, places.length);
      }
      return leftOut;
    },
    copied(kind, records, written) {
      addInputs(inputsOf(kind), { taken: records, passed: 0, refused: 0 });
      for (const { table, rows } of written) addRows(countsOf(table), { rows, refused: 0 }, 0);
    },
    at(name, number) {
      [file, line] = [name, number];
    },
    sink: {
      row(table, values, unique) {
        const counts = countsOf(table);
        counts.read += 1;
        if (unique || seenOf(table).add(rowKey(table, values))) {
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

/** Staged rows are counted when the queries have made rows of them, but for those refused. */
function isCounted(table: string): boolean {
  return IMPORT_TABLES.includes(table as ImportTable);
}

function addInputs(
  counts: Mutable<InputCounts>,
  { taken, passed, refused }: Pick<ReadBlock, 'taken' | 'passed' | 'refused'>,
): void {
  counts.read += taken + passed + refused;
  counts.taken += taken;
  counts.passed += passed;
  counts.refused += refused;
}

function addRows(
  counts: Mutable<ImportCounts>,
  { rows, refused }: Pick<ReadBlock['tables'][number], 'rows' | 'refused'>,
  merged: number,
): void {
  counts.read += rows + refused;
  counts.kept += rows - merged;
  counts.merged += merged;
  counts.refused += refused;
}

/** The places of those rows of a block whose keys are in `seen`; the others are then in it too. */
function repeats(keys: Uint32Array, seen: SeenIds): number[] {
  const places: number[] = [];
  for (let at = 0; at < keys.length; at += KEY_WORDS)
    if (!seen.addHashes(keys[at + 1]!, keys[at + 2]!)) places.push(keys[at]!);
  return places;
}
