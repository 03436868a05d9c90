/**
 * A cell of a preset as a function: from a record to the value of one column. What a source writes wrongly becomes
 * `UNREADABLE`, what it leaves out null; what that means for the row is the table's to say.
 */
import type { ColumnKind } from '../model/import-columns.ts';
import { creditReader } from './credits.ts';
import type { Cell, Reading } from './preset.ts';
import * as readings from './readings.ts';
import { charactersOf, type ReadValue, type Scalar, spelled, UNREADABLE } from './readings.ts';
import { type Getter, getterOf, type RecordView, scalarOf, scalarsOf } from './record-path.ts';

/** A value of a column: a list where the column is one. */
export type ColumnValue = ReadValue | readonly string[];

/** A list without those of its items that could not be read. */
export class PartList {
  /** Null when none is left. */
  readonly items: readonly string[] | null;
  /** What the others are in the source, each once for each time it stands there. */
  readonly leftOut: readonly string[];

  constructor(items: readonly string[], leftOut: readonly string[]) {
    this.items = items.length > 0 ? items : null;
    this.leftOut = leftOut;
  }
}

/** The function of a cell. */
export type CellReader = (view: RecordView) => ColumnValue | PartList;

/** What the cells of one kind of file have in common. */
export interface CellContext {
  /** What ids begin with. */
  readonly namespace: string;
  /** The columns of a record that is an array. */
  readonly names: readonly string[] | undefined;
  /** Texts that mean no value. */
  readonly missing: ReadonlySet<string>;
  /** A person's name as a number that says nothing to anyone who has not the key of this run. */
  readonly person: (name: string) => string;
}

/** A column that a cell fills. */
export interface CellColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  milliseconds: 1,
  seconds: 1000,
  microseconds: 0.001,
};
/** Each item is compared with all before it, and no track has so many of anything. */
export const MOST_LIST_ITEMS = 1000;

/** How a column is read when its cell does not say. */
const COLUMN_READINGS: Readonly<Record<string, Reading>> = {
  id: 'id',
  recording_id: 'id',
  album_id: 'id',
  artist_ids: 'id',
  from: 'id',
  to: 'id',
  isrcs: 'isrc',
  upc: 'upc',
  release_date: 'date',
  duration_ms: 'milliseconds',
  popularity: 'popularity',
  url: 'url',
  markets: 'country',
  language: 'language',
  place: 'country',
  key: 'key',
  mode: 'mode',
  energy: 'share',
  danceability: 'share',
  valence: 'share',
  speechiness: 'share',
  instrumentalness: 'share',
  acousticness: 'share',
  liveness: 'share',
};
const KIND_READINGS: Readonly<Record<ColumnKind, Reading>> = {
  text: 'text',
  texts: 'text',
  whole: 'count',
  number: 'number',
  flag: 'flag',
};

/** The function of `spec` for `column`. `MAPPING_COLUMN_MISSING` when a column that it names is not there. */
export function compileCell(
  spec: string | Cell,
  column: CellColumn,
  context: CellContext,
): CellReader {
  const cell: Cell = typeof spec === 'string' ? { from: spec } : spec;
  if (cell.value !== undefined) {
    const value = column.kind === 'texts' ? [String(cell.value)] : cell.value;
    return () => value;
  }
  const reading = readingOf(cell, column);
  const getters = gettersOf(cell.from, context.names);
  if (reading === 'credit') return creditReader(cell, getters, context.missing);
  if (reading === 'name-id') return nameIdReader(cell, column, getters, context);
  const read = readerOf(reading, cell, context);
  return column.kind === 'texts'
    ? listReader(cell, getters, read, context)
    : oneReader({ ...cell, as: reading }, getters, read, context);
}

/** How `cell` is read for `column`. */
export function readingOf(cell: Cell, column: CellColumn): Reading {
  return cell.as ?? COLUMN_READINGS[column.name] ?? KIND_READINGS[column.kind];
}

/** What the ids of `cell` begin with. */
export function idHead(cell: Cell, { namespace }: Pick<CellContext, 'namespace'>): string {
  return `${cell.namespace ?? namespace}:${cell.prefix ?? ''}`;
}

/** What stands in the places that `spec` names, as text on one line. */
export function compileShow(
  spec: string | Cell,
  context: CellContext,
): (view: RecordView) => string {
  const getters = gettersOf(typeof spec === 'string' ? spec : spec.from, context.names);
  return (view) => getters.flatMap((get) => shownOf(get(view))).join(', ');
}

function shownOf(found: unknown): readonly (Scalar | string)[] {
  const scalars = scalarsOf(found);
  return scalars.length === 0 && typeof found === 'object' && found !== null ? ['{…}'] : scalars;
}

/** The getters of paths: one alone must be there, of several none need be. `MAPPING_COLUMN_MISSING`. */
export function gettersOf(from: Cell['from'], names: readonly string[] | undefined): Getter[] {
  if (from === undefined) return [];
  if (typeof from === 'string') return [getterOf(from, names)];
  const there = names ? from.filter((path) => names.includes(path) || /^[@^#]/.test(path)) : from;
  return there.map((path) => getterOf(path, names));
}

type Read = (value: Scalar) => ReadValue;

function readerOf(reading: Reading, cell: Cell, context: CellContext): Read {
  const unitMs = DURATION_UNITS_MS[reading];
  if (unitMs !== undefined) return (value) => readings.readDuration(value, unitMs);
  if (reading === 'id') return idReader(cell, context);
  if (reading === 'person')
    return (value) => {
      const name = charactersOf(value);
      return name === undefined ? UNREADABLE : context.person(name);
    };
  return SCALAR_READERS[reading as keyof typeof SCALAR_READERS];
}

const SCALAR_READERS = {
  text: readings.readText,
  count: readings.readCount,
  number: readings.readNumber,
  share: readings.readShare,
  popularity: readings.readPopularity,
  date: readings.readDate,
  minutes: readings.readMinutes,
  flag: readings.readFlag,
  isrc: readings.readIsrc,
  upc: readings.readUpc,
  url: readings.readUrl,
  country: readings.readCountry,
  language: readings.readLanguage,
  key: readings.readKey,
  mode: readings.readMode,
} as const;

function idReader(cell: Cell, context: CellContext): Read {
  const head = idHead(cell, context);
  return (value) => {
    const id = readings.readId(value);
    return typeof id === 'string' ? head + id : id;
  };
}

/** The value with words put in its place and its pattern applied; undefined when nothing is left of it. */
function narrowerOf(cell: Cell, { missing }: CellContext): (value: Scalar) => Scalar | undefined {
  const { words } = cell;
  const pattern = cell.pattern === undefined ? undefined : new RegExp(cell.pattern, 'u');
  const isPlain = missing.size === 1 && missing.has('');
  if (!words && !pattern && isPlain) return (value) => (value === '' ? undefined : value);
  if (!words && !pattern)
    return (value) => (typeof value === 'string' && missing.has(value) ? undefined : value);
  return (value) => {
    if (typeof value === 'string' && missing.has(value)) return undefined;
    let narrowed: Scalar | undefined = value;
    if (pattern) narrowed = pattern.exec(String(value))?.[1];
    if (narrowed === undefined || !words) return narrowed;
    const key = spelled(narrowed);
    return Object.hasOwn(words, key) ? (words[key] ?? undefined) : narrowed;
  };
}

/** Whether an id may be made of what stands at a place: several values, or an object, are not one. */
function maySayId(found: unknown): boolean {
  if (typeof found !== 'object' || found === null) return true;
  return Array.isArray(found) ? found.length === 0 : scalarOf(found) !== undefined;
}

function maySayName(part: Scalar | undefined): boolean {
  return part === undefined || charactersOf(part) !== undefined;
}

/** Of several values the first that can be read. */
function oneReader(
  cell: Cell,
  getters: readonly Getter[],
  read: Read,
  context: CellContext,
): CellReader {
  const narrow = narrowerOf(cell, context);
  const { join } = cell;
  const isId = cell.as === 'id';
  if (join !== undefined)
    return (view) => {
      const found = getters.map((get) => get(view));
      const parts = found.map(scalarOf);
      if (isId && !(found.every(maySayId) && parts.every(maySayName))) return UNREADABLE;
      return parts.includes(undefined) ? null : read(parts.join(join));
    };
  return (view) => {
    let last: ReadValue = null;
    for (const get of getters) {
      const found = get(view);
      if (found === undefined || found === null) continue;
      if (typeof found !== 'object') {
        const value = narrow(found as Scalar);
        const taken = value === undefined ? null : read(value);
        if (taken === UNREADABLE) last = taken;
        else if (taken !== null) return taken;
        continue;
      }
      if (isId && !maySayId(found)) last = UNREADABLE;
      else
        for (const scalar of scalarsOf(found)) {
          const value = narrow(scalar);
          const taken = value === undefined ? null : read(value);
          if (taken === UNREADABLE) last = taken;
          else if (taken !== null) return taken;
        }
    }
    return last;
  };
}

/** A list of the values that could be read, each once, in the order they come; unreadable when there are too many. */
function listReader(
  cell: Cell,
  getters: readonly Getter[],
  read: Read,
  context: CellContext,
): CellReader {
  const { split } = cell;
  const pattern = cell.pattern === undefined ? undefined : new RegExp(cell.pattern, 'gu');
  const narrow = narrowerOf({ words: cell.words }, context);
  const partsOf = (text: string): string[] => {
    if (pattern) return [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
    return text.split(split!);
  };
  const isAll = cell.join !== undefined;
  const isCut = pattern !== undefined || split !== undefined;
  return (view) => {
    const items: string[] = [];
    const leftOut: string[] = [];
    const take = (value: Scalar) => {
      const item = read(value);
      if (item === UNREADABLE) leftOut.push(String(value));
      else if (item !== null && !items.includes(String(item))) items.push(String(item));
      return items.length <= MOST_LIST_ITEMS;
    };
    for (const get of getters) {
      for (const scalar of scalarsOf(get(view))) {
        const value = narrow(scalar);
        if (value === undefined) continue;
        if (!isCut || typeof value !== 'string') {
          if (!take(value)) return UNREADABLE;
          continue;
        }
        for (const part of partsOf(value))
          if (!context.missing.has(part) && !take(part)) return UNREADABLE;
      }
      if (items.length > 0 && !isAll) break;
    }
    if (leftOut.length > 0) return new PartList(items, leftOut);
    return items.length > 0 ? items : null;
  };
}

/** An id made of all the names together; none when one of them is missing. */
function nameIdReader(
  cell: Cell,
  column: CellColumn,
  getters: readonly Getter[],
  context: CellContext,
): CellReader {
  const head = idHead(cell, context);
  const narrow = narrowerOf(cell, context);
  return (view) => {
    const names: string[] = [];
    for (const get of getters) {
      const found = get(view);
      if (!maySayId(found)) return UNREADABLE;
      const scalar = scalarOf(found);
      const value = scalar === undefined ? undefined : narrow(scalar);
      if (value === undefined) return null;
      const name = charactersOf(value);
      if (name === undefined) return UNREADABLE;
      names.push(name);
    }
    if (names.length === 0) return null;
    const id = head + readings.nameId(names);
    return column.kind === 'texts' ? [id] : id;
  };
}
