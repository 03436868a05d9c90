/**
 * Which kind of value each reading gives, and so which columns it fits. Looked at when a mapping is parsed: a value of another
 * kind than its column's would make a file that nobody can read.
 */
import type { ColumnKind } from '../model/import-columns.ts';
import { type CellColumn, compileCell, PartList, readingOf } from './cells.ts';
import type { Cell, Reading } from './preset.ts';
import { UNREADABLE } from './readings.ts';

type OneKind = Exclude<ColumnKind, 'texts'>;

const READING_KINDS: Readonly<Record<Reading, OneKind>> = {
  text: 'text',
  id: 'text',
  'name-id': 'text',
  count: 'whole',
  number: 'number',
  share: 'number',
  popularity: 'number',
  date: 'text',
  milliseconds: 'whole',
  seconds: 'whole',
  microseconds: 'whole',
  minutes: 'whole',
  flag: 'flag',
  isrc: 'text',
  upc: 'text',
  url: 'text',
  country: 'text',
  language: 'text',
  key: 'whole',
  mode: 'text',
  credit: 'text',
  person: 'text',
};
/** Readings of these kinds may be in a column of that kind. */
const FITTING: Readonly<Record<ColumnKind, readonly OneKind[]>> = {
  text: ['text'],
  texts: ['text'],
  whole: ['whole'],
  number: ['number', 'whole'],
  flag: ['flag'],
};
const KIND_WORDS: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  texts: 'a list of texts',
  whole: 'a whole number',
  number: 'a number',
  flag: 'true or false',
};
/** Whether a value that is there may stand in a column of a kind. */
export const IS_KIND: Readonly<Record<ColumnKind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  texts: Array.isArray,
  whole: Number.isSafeInteger,
  number: Number.isFinite,
  flag: (value) => typeof value === 'boolean',
};

/** The kind of column that `spec` fills where no table says it: a staged one's. */
export function kindOf(name: string, spec: string | Cell): OneKind {
  const cell = cellOf(spec);
  if (typeof cell.value === 'boolean') return 'flag';
  if (typeof cell.value === 'number') return Number.isSafeInteger(cell.value) ? 'whole' : 'number';
  if (typeof cell.value === 'string') return 'text';
  return READING_KINDS[readingOf(cell, { name, kind: 'text' })];
}

/** Why `spec` cannot fill `column`, in words with what can; undefined when it can. */
export function misfitOf(spec: string | Cell, column: CellColumn): string | undefined {
  const cell = cellOf(spec);
  const { kind } = column;
  if (cell.value !== undefined)
    return isFit(cell.value, column)
      ? undefined
      : `the value ${JSON.stringify(cell.value)}, where the column holds ${KIND_WORDS[kind]}${rangeOf(column)}`;
  if (cell.from === undefined) return 'neither from nor value';
  const reading = readingOf(cell, column);
  if (fits(reading, kind)) return undefined;
  const fitting = Object.keys(READING_KINDS).filter((each) => fits(each as Reading, kind));
  return `read as ${reading}, where the column holds ${KIND_WORDS[kind]}: as ${fitting.join(', ')}`;
}

function cellOf(spec: string | Cell): Cell {
  return typeof spec === 'string' ? { from: spec } : spec;
}

function fits(reading: Reading, kind: ColumnKind): boolean {
  // A credit is one text for all the artists of a list.
  if (kind === 'texts' && reading === 'credit') return false;
  return FITTING[kind].includes(READING_KINDS[reading]);
}

/** Whether `value` is of its column's kind, and something that the column's own reading takes. */
function isFit(value: string | number | boolean, column: CellColumn): boolean {
  const isOfKind =
    column.kind === 'texts' ? typeof value === 'string' : IS_KIND[column.kind](value);
  const context = { namespace: '', names: undefined, missing: new Set(['']), person: () => '' };
  const read = compileCell('value', column, context);
  const found = read({ value: { value }, parent: undefined, place: '', fileName: '' });
  const isRead = found !== UNREADABLE && found !== null && !(found instanceof PartList);
  return isOfKind && isRead;
}

function rangeOf(column: CellColumn): string {
  const reading = readingOf({}, column);
  return reading === 'text' || reading === 'flag' ? '' : `, read as ${reading}`;
}
