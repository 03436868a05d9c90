/**
 * The short way from the columns of a Parquet file to those of tables, as SQL: where every value of a row already stands there
 * as the catalogue keeps it, DuckDB copies it. Any other row is for the long way (compile-input.ts), and both give the same
 * rows: what a test here accepts, the reading of the same name (readings.ts) returns unchanged.
 */
import { SQL_TYPES } from '../model/import-columns.ts';
import { identifier, quoted } from '../tables/tables.ts';
import { MOST_LIST_ITEMS } from './cells.ts';
import type { InputContext, InputRule } from './compile-input.ts';
import { type PlainColumn, type PlainSource, type PlainTable, plainTables } from './plain-rule.ts';
import { DAYS_OF_MONTHS, MOST_DURATION_MS, MOST_ID_UNITS, MOST_TEXT_UNITS } from './readings.ts';

/** How rows of a Parquet file become rows of tables. */
export interface PlainColumns {
  /** A condition, never null, that holds of the rows that may be copied. */
  readonly test: string;
  /** The first one gets something of each row. */
  readonly tables: readonly PlainSelect[];
}

/** What one table gets of a row. */
export interface PlainSelect {
  readonly table: string;
  /** Its columns, as they stand between SELECT and FROM. */
  readonly columns: string;
  /** A condition on the rows that it gets anything of. */
  readonly when: string;
}

/** A value in SQL, null where there is none, and a condition on one that is not null. */
interface PlainValue {
  readonly value: string;
  readonly test: string;
}

/** The name that `read_parquet` gives to the place of a row in its file, from 0. */
export const ROW_NUMBER = 'file_row_number';
/** Whole numbers that all are numbers of 64 bits with a sign. */
const WHOLE = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER)$/;
/** White space that JavaScript trims and that is no control character. */
const SPACES = '[ \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]';
const NOT_TEXT = `[\\p{Cc}\\x{2028}\\x{2029}]|^${SPACES}|${SPACES}$`;
const UPC_DIGITS = 14;
const FEATURES = 'features';
/** What begins a path that is no column. */
const NOT_COLUMN = /^[.@^#]/;

/** Conditions on a text that is not null, by the names of the readings. Texts are measured in bytes, of which they have more than characters. */
const TEXTS: { readonly [reading: string]: ((text: string) => string) | undefined } = {
  text: (text) =>
    `(strlen(${text}) BETWEEN 1 AND ${MOST_TEXT_UNITS} AND NOT regexp_matches(${text}, ${quoted(NOT_TEXT)}))`,
  id: (text) => `(strlen(${text}) <= ${MOST_ID_UNITS} AND ${shaped('[A-Za-z0-9._-]+')(text)})`,
  date: shaped(datePattern()),
  upc: (text) => `(${shaped('[0-9]{8}|[0-9]{12,14}')(text)} AND ${upcSum(text)} % 10 = 0)`,
  isrc: shaped('[A-Z]{2}[A-Z0-9]{3}[0-9]{7}'),
  country: shaped('[A-Z]{2}'),
  language: shaped('[a-z]{3}'),
  mode: (text) => `${text} IN ('major', 'minor')`,
};

/** Values of whole numbers of 64 bits and conditions on them, by the names of the readings. */
const WHOLES: { readonly [reading: string]: ((whole: string) => PlainValue) | undefined } = {
  count: (value) => ({ value, test: between(value, 0, Number.MAX_SAFE_INTEGER) }),
  number: (value) => ({
    value,
    test: between(value, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  }),
  share: (value) => ({ value, test: between(value, 0, 1) }),
  popularity: (value) => ({ value, test: between(value, 0, 100) }),
  milliseconds: (value) => ({
    value: `nullif(${value}, 0)`,
    test: between(value, 0, MOST_DURATION_MS),
  }),
  key: (value) => ({ value: `nullif(${value}, -1)`, test: between(value, -1, 11) }),
};

/** The same of doubles. */
const NUMBERS: typeof WHOLES = {
  number: (value) => ({ value, test: `isfinite(${value})` }),
  share: WHOLES.share,
  popularity: WHOLES.popularity,
};

/**
 * The short way for files read by `rule` whose columns have the `types` that DuckDB tells; undefined where it says more of them
 * than names and readings, or one of them is not of a type that is copied.
 */
export function compilePlainColumns(
  rule: InputRule,
  context: Pick<InputContext, 'namespace'>,
  types: ReadonlyMap<string, string>,
): PlainColumns | undefined {
  if (types.has(ROW_NUMBER)) return undefined;
  const plain = plainTables(rule, context, (from) => {
    if (from === undefined || [from].flat().some((path) => NOT_COLUMN.test(path))) return undefined;
    if (typeof from === 'string') return types.has(from) ? [from] : undefined;
    // Of several columns those count that are there.
    const [first, ...more] = from.filter((name) => types.has(name));
    return first === undefined ? [] : more.length === 0 ? [first] : undefined;
  });
  const names = plain?.map(({ table }) => table) ?? [];
  // Of a piece there is one file a table.
  if (!plain || names[0] === FEATURES || new Set(names).size < names.length) return undefined;
  const tests: string[] = [];
  const tables: PlainSelect[] = [];
  for (const table of plain) {
    const select = selectOf(table, types, tests);
    if (!select) return undefined;
    tables.push(select);
  }
  return { test: `(${[...new Set(tests)].join(' AND ')})`, tables };
}

/** What `table` gets; its tests are put to the others. Undefined where one of its columns is not plain. */
function selectOf(
  { table, columns }: PlainTable,
  types: ReadonlyMap<string, string>,
  tests: string[],
): PlainSelect | undefined {
  const selected: string[] = [];
  const given: string[] = [];
  for (const column of columns) {
    const { name, kind, source, isNeeded, absent } = column;
    const none = absent ? '[]' : 'NULL';
    const found = source && plainValue(column, source, types.get(source.name)!);
    if (!found && (source || isNeeded)) return undefined;
    if (found) tests.push(`coalesce(${found.test}, ${!isNeeded})`);
    if (found && name !== 'id') given.push(`${found.value} IS NOT NULL`);
    const value = found && absent ? `coalesce(${found.value}, ${none})` : (found?.value ?? none);
    selected.push(`(${value})::${SQL_TYPES[kind]} AS ${name}`);
  }
  // A track of which nothing was measured has no features.
  const when = table === FEATURES ? `(${given.join(' OR ') || 'false'})` : 'true';
  return { table, columns: selected.join(', '), when };
}

function plainValue(
  { kind, isNeeded }: PlainColumn,
  source: PlainSource,
  type: string,
): PlainValue | undefined {
  const { reading, name } = source;
  const column = identifier(name);
  if (kind === 'texts') return plainList(source, column, type);
  if (kind === 'text') {
    const test = type === 'VARCHAR' ? TEXTS[reading] : undefined;
    const text = `nullif(${column}, '')`;
    // What is empty is none, and asked here in half the time of making it null.
    const isNone = isNeeded ? '' : `${column} = '' OR `;
    return test && { value: headed(source, text), test: `(${isNone}${test(column)})` };
  }
  if (kind === 'flag')
    return reading === 'flag' && type === 'BOOLEAN' ? { value: column, test: 'true' } : undefined;
  if (WHOLE.test(type)) return WHOLES[reading]?.(`${column}::BIGINT`);
  // NaN is none.
  if (type === 'DOUBLE' && kind === 'number')
    return NUMBERS[reading]?.(`nullif(${column}, 'nan'::DOUBLE)`);
  return undefined;
}

/** A list of texts, one text, or one that stands for several. */
function plainList(source: PlainSource, column: string, type: string): PlainValue | undefined {
  const { reading, split } = source;
  const test = TEXTS[reading];
  if (!test) return undefined;
  let list: string;
  if (type === 'VARCHAR[]' && split === undefined) list = column;
  else if (type !== 'VARCHAR') return undefined;
  else if (split !== undefined) list = `string_split(nullif(${column}, ''), ${quoted(split)})`;
  else list = `CASE WHEN ${column} <> '' THEN [${column}] END`;
  const items = source.head === '' ? list : eachOf(list, headed(source, 'item'));
  const isOnce = `(len(${list}) < 2 OR list_unique(${list}) = len(${list}))`;
  const areAll = `coalesce(list_bool_and(${eachOf(list, `coalesce(${test('item')}, false)`)}), true)`;
  return {
    value: `CASE WHEN len(${list}) > 0 THEN ${items} END`,
    test: `(len(${list}) <= ${MOST_LIST_ITEMS} AND ${isOnce} AND ${areAll})`,
  };
}

function eachOf(list: string, expression: string): string {
  return `list_transform(${list}, lambda item: ${expression})`;
}

function headed({ head }: PlainSource, text: string): string {
  return head === '' ? text : `(${quoted(head)} || ${text})`;
}

function between(value: string, least: number, most: number): string {
  return `${value} BETWEEN ${least} AND ${most}`;
}

function shaped(pattern: string): (text: string) => string {
  return (text) => `regexp_full_match(${text}, ${quoted(pattern)})`;
}

/** Of `1999`, `1999-07` or `1999-07-13`; the 29th of February is for the reading to know. */
function datePattern(): string {
  const months = DAYS_OF_MONTHS.map((days, index) => {
    const month = String(index + 1).padStart(2, '0');
    const last = days === 28 ? '2[0-8]' : days === 30 ? '2[0-9]|30' : '2[0-9]|3[01]';
    return `${month}(-(0[1-9]|1[0-9]|${last}))?`;
  });
  const years = '[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9]';
  return `(${years})(-(${months.join('|')}))?`;
}

/** What the digits of a UPC or EAN sum up to, each second one from the last counted thrice. */
function upcSum(text: string): string {
  const digits = Array.from({ length: UPC_DIGITS }, (_, place) => {
    const digit = `try_cast(${text} AS BIGINT) // ${10 ** place} % 10`;
    return place % 2 === 0 ? digit : `3 * (${digit})`;
  });
  return `(${digits.join(' + ')})`;
}
