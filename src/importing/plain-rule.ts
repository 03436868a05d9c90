/**
 * Rules that say no more of a record than which column is filled from which member, by its name. For these there are short
 * ways that give the same rows as the long one (compile-input.ts): plain-lines.ts of JSON, plain-columns.ts of Parquet.
 */
import { type ColumnKind, importColumns } from '../model/import-columns.ts';
import { idHead, readingOf } from './cells.ts';
import type { InputContext, InputRule } from './compile-input.ts';
import type { Cell, Reading, TableRule } from './preset.ts';

/** A table that is filled so. */
export interface PlainTable {
  readonly table: TableRule['table'];
  /** All of its columns, in their order. */
  readonly columns: readonly PlainColumn[];
}

/** A column of such a table. */
export interface PlainColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** What fills it; undefined where nothing does. */
  readonly source: PlainSource | undefined;
  /** Whether a row without it is none. */
  readonly isNeeded: boolean;
  /** What it has without a value. */
  readonly absent: readonly string[] | null;
}

/** What fills a column. */
export interface PlainSource {
  readonly name: string;
  readonly reading: Reading;
  /** What stands between the parts of a text that stands for several. */
  readonly split: string | undefined;
  /** What its texts begin with. */
  readonly head: string;
}

/** The one name that a cell may be filled from, none, or undefined where more must be known of it. */
export type NameOf = (from: Cell['from']) => readonly [] | readonly [string] | undefined;

/** The tables of `rule`, whose cells are filled from what `nameOf` tells; undefined where it says more than names and readings. */
export function plainTables(
  { rows, staged, missing }: InputRule,
  context: Pick<InputContext, 'namespace'>,
  nameOf: NameOf,
): readonly PlainTable[] | undefined {
  const isPlain = rows && !staged && (!missing || (missing.length === 1 && missing[0] === ''));
  if (!isPlain) return undefined;
  const tables: PlainTable[] = [];
  for (const { table, unique, each, when, columns } of rows) {
    if (!unique || each !== undefined || when !== undefined) return undefined;
    const plain: PlainColumn[] = [];
    for (const column of importColumns(table)) {
      const { name, kind, required } = column;
      const spec = columns[name];
      const cell = typeof spec === 'string' ? { from: spec } : spec;
      const names = cell === undefined ? [] : plainNames(cell, nameOf);
      if (names === undefined) return undefined;
      plain.push({
        ...{ name, kind },
        source:
          cell && names[0] !== undefined ? sourceOf(cell, names[0], column, context) : undefined,
        isNeeded: required && kind !== 'texts',
        absent: required && kind === 'texts' ? [] : null,
      });
    }
    tables.push({ table, columns: plain });
  }
  return tables;
}

function plainNames(cell: Cell, nameOf: NameOf): ReturnType<NameOf> {
  const { from, as: _as, namespace: _namespace, prefix: _prefix, split: _split, ...more } = cell;
  return Object.values(more).every((each) => each === undefined) ? nameOf(from) : undefined;
}

function sourceOf(
  cell: Cell,
  name: string,
  column: { readonly name: string; readonly kind: ColumnKind },
  context: Pick<InputContext, 'namespace'>,
): PlainSource {
  const reading = readingOf(cell, column);
  return { name, reading, split: cell.split, head: reading === 'id' ? idHead(cell, context) : '' };
}
