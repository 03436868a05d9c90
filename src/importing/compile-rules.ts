/**
 * The rules of a preset for one kind of file as a function: a record in, rows of tables out. A row without what its table
 * needs is refused; any other value that cannot be read, or item of a list, is left out of its row and told.
 */
import assert from 'node:assert/strict';
import { type ImportColumn, importColumns } from '../model/import-columns.ts';
import type { ImportTable } from '../model/import-record.ts';
import {
  type CellContext,
  type CellReader,
  type ColumnValue,
  compileCell,
  compileShow,
  gettersOf,
  PartList,
} from './cells.ts';
import type { Condition, Staged, TableRule } from './preset.ts';
import { IS_KIND, kindOf } from './reading-kinds.ts';
import { spelled, UNREADABLE } from './readings.ts';
import { getterOf, type RecordView, scalarOf, scalarsOf } from './record-path.ts';

/** Receives what a record gives. */
export interface RowSink {
  /** A row, its values in the order of its table's columns; `unique` when no other of its id is to be expected. */
  row(table: ImportTable, values: readonly ColumnValue[], unique: boolean): void;
  /** A row that lacks or misspells what its table needs. */
  refusedRow(table: string, column: string, seen: string): void;
  /** A value left out of a row that stands. */
  refusedValue(table: string, column: string, seen: string): void;
}

/** Gives the rows of a record to a sink; returns whether any rule took it. */
export type RecordMapper = (view: RecordView, sink: RowSink) => boolean;

/** A mapper that applies all of `rules`. `MAPPING_COLUMN_MISSING`, `MAPPING_INVALID`. */
export function compileRules(rules: readonly TableRule[], context: CellContext): RecordMapper {
  const mappers = rules.map((rule) => compileRule(rule, context));
  return (view, sink) => {
    let isTaken = false;
    for (const map of mappers) if (map(view, sink)) isTaken = true;
    return isTaken;
  };
}

/** Gives the values that a record leaves in a staged table, or undefined when it leaves none. */
export function compileStaged(
  staged: Staged,
  context: CellContext,
): (view: RecordView, sink: RowSink) => ColumnValue[] | undefined {
  const holds = conditionOf(staged.when, context);
  const fields: Field[] = stagedColumns(staged).map((column) => {
    const cell = staged.columns[column.name]!;
    return {
      column,
      read: compileCell(cell, column, context),
      show: compileShow(cell, context),
    };
  });
  return (view, sink) => (holds(view) ? valuesOf(fields, view, staged.table, sink) : undefined);
}

/** The columns of a staged table: of the kinds that their cells give. */
export function stagedColumns(staged: Staged): ImportColumn[] {
  return Object.entries(staged.columns).map(([name, cell]) => ({
    name,
    kind: kindOf(name, cell),
    required: false,
  }));
}

interface Field {
  readonly column: ImportColumn;
  readonly read: CellReader | undefined;
  /** What stands in the source, for telling what could not be read. */
  readonly show: (view: RecordView) => string;
}

function compileRule(rule: TableRule, context: CellContext): RecordMapper {
  const fields: Field[] = importColumns(rule.table).map((column) => {
    const cell = rule.columns[column.name];
    return cell === undefined
      ? { column, read: undefined, show: () => '' }
      : {
          column,
          read: compileCell(cell, column, context),
          show: compileShow(cell, context),
        };
  });
  const holds = conditionOf(rule.when, context);
  const unique = rule.unique === true;
  const isEmptyRow = rule.table === 'features' ? lacksAll : () => false;
  const one: RecordMapper = (view, sink) => {
    if (!holds(view)) return false;
    const values = valuesOf(fields, view, rule.table, sink);
    if (values && !isEmptyRow(values)) sink.row(rule.table, values, unique);
    return true;
  };
  if (rule.each === undefined) return one;
  const paths = typeof rule.each === 'string' ? [rule.each] : rule.each;
  return (view, sink) => {
    let isTaken = false;
    for (const item of itemsOf(view, paths, context.names)) if (one(item, sink)) isTaken = true;
    return isTaken;
  };
}

/** The values of a row, or undefined when it was refused. */
function valuesOf(
  fields: readonly Field[],
  view: RecordView,
  table: string,
  sink: RowSink,
): ColumnValue[] | undefined {
  const values = new Array<ColumnValue>(fields.length);
  for (let index = 0; index < fields.length; index++) {
    const { column, read, show } = fields[index]!;
    let value = read === undefined ? null : read(view);
    if (value instanceof PartList) {
      for (const seen of value.leftOut) sink.refusedValue(table, column.name, seen);
      value = value.items;
    }
    if (value === UNREADABLE) {
      if (column.required && column.kind !== 'texts') {
        sink.refusedRow(table, column.name, show(view));
        return undefined;
      }
      sink.refusedValue(table, column.name, show(view));
      value = null;
    }
    if (value === null && column.required) {
      if (column.kind !== 'texts') {
        sink.refusedRow(table, column.name, '');
        return undefined;
      }
      value = NOTHING;
    }
    if (value !== null && !IS_KIND[column.kind](value))
      assert.fail(`${table}.${column.name} is to hold ${column.kind}, not ${typeof value}`);
    values[index] = value;
  }
  return values;
}

const NOTHING: readonly string[] = [];

/** Whether a row has nothing beside its id: of features that is no row. */
function lacksAll(values: readonly ColumnValue[]): boolean {
  return values.every((value, index) => index === 0 || value === null);
}

/** The items of a list in a record, and of further lists in each of them; their places are `3` and `3-1`. */
function itemsOf(
  view: RecordView,
  paths: readonly string[],
  names: readonly string[] | undefined,
): RecordView[] {
  const [first, ...rest] = paths;
  const found = getterOf(first!, names)(view);
  const list = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found];
  return list.flatMap((value, index): RecordView[] => {
    const place = view.place === '' ? String(index + 1) : `${view.place}-${index + 1}`;
    const item: RecordView = {
      value,
      parent: view.parent ?? view.value,
      place,
      fileName: view.fileName,
    };
    return rest.length === 0 ? [item] : itemsOf(item, rest, undefined);
  });
}

function conditionOf(
  conditions: readonly Condition[] | undefined,
  context: CellContext,
): (view: RecordView) => boolean {
  if (!conditions || conditions.length === 0) return () => true;
  const tests = conditions.map((condition) => {
    const getters = gettersOf(condition.path, context.names);
    const among = condition.in === undefined ? undefined : new Set(condition.in);
    const pattern =
      condition.matches === undefined ? undefined : new RegExp(condition.matches, 'u');
    const wanted = condition.not !== true;
    return (view: RecordView) =>
      getters.some((get) =>
        presentTexts(get(view)).some(
          (text) =>
            !context.missing.has(text) &&
            (among?.has(text) ?? true) &&
            (pattern?.test(text) ?? true),
        ),
      ) === wanted;
  });
  return (view) => tests.every((test) => test(view));
}

/** The texts at a path; an element or object that has more than text counts as one of them. */
function presentTexts(value: unknown): string[] {
  const texts = scalarsOf(value).map(spelled);
  if (texts.length > 0) return texts;
  const isFilled = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return isFilled && scalarOf(value) === undefined ? ['[object]'] : [];
}
