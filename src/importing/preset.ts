/**
 * A preset: which files a source has, how they are written, and what their columns mean. Data, not code: the built-in
 * ones are in presets/, a mapping file (docs/formats/catalogue-import.md) is the same schema in JSON.
 */
import { z } from 'zod';
import { IMPORT_TABLES } from '../model/import-record.ts';

/** How a value is read; where a cell does not say, its column does. */
const READINGS = [
  'text',
  'id',
  'name-id',
  'count',
  'number',
  'share',
  'popularity',
  'date',
  'milliseconds',
  'seconds',
  'microseconds',
  'minutes',
  'flag',
  'isrc',
  'upc',
  'url',
  'country',
  'language',
  'key',
  'mode',
  'credit',
  'person',
] as const;
/** How a value is read. */
export type Reading = (typeof READINGS)[number];

const MOST_PATHS = 16;
const MOST_COLUMNS = 512;
const DATE_GROUPS = 3;
const path = z.string().min(1).max(200);
const paths = z.union([path, z.array(path).min(1).max(MOST_PATHS).readonly()]);
const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const namespace = z.string().regex(/^[a-z][a-z0-9.-]{0,62}$/);
const pattern = z.string().min(1).max(200).refine(isRegExp, 'not a regular expression');

const cellSchema = z.strictObject({
  /** A column, or a dotted path in JSON and XML; of several the first that has a value. */
  from: paths.optional(),
  /** The same for every row. */
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  as: z.enum(READINGS).optional(),
  /** What the id begins with, in the place of the source's name; a colon follows. */
  namespace: namespace.optional(),
  /** Put before an id, behind the colon: `release-` where a source counts its kinds of things apart. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,40}$/)
    .optional(),
  /** Only what the first group of this matches; where the column is a list, what it matches again and again. */
  pattern: pattern.optional(),
  /** All of `from` count: put together with this in one text, or in a list all after one another. */
  join: z.string().max(8).optional(),
  /** What one text is split by where it stands for several. */
  split: z.string().min(1).max(8).optional(),
  /** In the place of a text that is a key here; null is no value. */
  words: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** For `credit`: where an artist of the list has the name and what stands behind it. */
  names: paths.optional(),
  joins: path.optional(),
});
/** Where a column comes from and how it is read. */
export type Cell = z.infer<typeof cellSchema>;

const conditionSchema = z.strictObject({
  /** Any of these has a value; with `in`, one that is in it; with `matches`, one that it matches. */
  path: paths,
  in: z.array(z.string()).readonly().optional(),
  matches: pattern.optional(),
  /** The contrary. */
  not: z.literal(true).optional(),
});
/** What must hold of a record for it to give a row. */
export type Condition = z.infer<typeof conditionSchema>;

const columns = z.record(name, z.union([path, cellSchema]));

const tableRuleSchema = z.strictObject({
  table: z.enum(IMPORT_TABLES),
  /** The path of a list inside the record: a row for each item. In the paths, `^.` leads to what the item is in. */
  each: z.union([path, z.array(path).min(1).max(4).readonly()]).optional(),
  when: z.array(conditionSchema).readonly().optional(),
  /** The source promises that an id comes once: no memory is spent on seeing it again. */
  unique: z.literal(true).optional(),
  columns,
});
/** Rows that a record gives to one table. */
export type TableRule = z.infer<typeof tableRuleSchema>;

const stagedSchema = z.strictObject({
  /** The name under which queries know it. */
  table: name,
  when: z.array(conditionSchema).readonly().optional(),
  columns,
});
/** What is kept of a record until the queries of the preset have put it together with others. */
export type Staged = z.infer<typeof stagedSchema>;

const sourceFileSchema = z.strictObject({
  /** What its records are called in counts and messages. */
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** Names without what compression adds; `*` stands for anything, `#` for digits. */
  match: z.array(z.string().min(1).max(200)).min(1),
  format: z.enum(['csv', 'copy', 'jsonl', 'json', 'xml', 'parquet']),
  /** csv: what parts the cells, a comma unless it says otherwise. */
  delimiter: z.string().length(1).optional(),
  /** csv without a header line, and copy: its columns in their order. */
  names: z.array(z.string().min(1).max(200)).min(1).max(MOST_COLUMNS).optional(),
  /** json: the path of the list of records, the whole document without it. xml: the name of the element. */
  record: path.optional(),
  /** Texts that mean no value; the empty one unless it says otherwise. */
  missing: z.array(z.string()).optional(),
  /** What it is called in `--also`, when it stands under another licence than the source's own. */
  also: z.string().optional(),
  licence: z.string().optional(),
  rows: z.array(tableRuleSchema).optional(),
  staged: stagedSchema.optional(),
});
const sourceFileChecked = sourceFileSchema.refine(
  ({ format, names: columnNames }) => format !== 'copy' || columnNames !== undefined,
  { path: ['names'], message: 'the columns of copy, which its rows do not say' },
);
/** One kind of file of a source. */
export type SourceFile = z.infer<typeof sourceFileSchema>;

const querySchema = z.strictObject({
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** SQL over the staged tables; its columns are the records of `rows`. Its order must be total. */
  sql: z.string().min(1),
  rows: z.array(tableRuleSchema).min(1),
});
/** Records put together from staged tables. */
export type Query = z.infer<typeof querySchema>;

const factSchema = z.strictObject({
  match: z.string().min(1).max(200),
  fact: z.enum(['schema', 'sequence', 'date']),
  /** Every other one is refused. */
  in: z.array(z.string()).readonly().optional(),
});
/** A small file of a dump that says something of the whole. */
export type DumpFact = z.infer<typeof factSchema>;

/** A preset or a mapping file. */
export const presetSchema = z.strictObject({
  format: z.literal('fonoteca-mapping/1'),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** What it is, in one line. */
  about: z.string().max(200).optional(),
  /** What ids begin with unless their cell says otherwise: `mbid`, `discogs` …; `table-NAME` for a table of one's own. */
  namespace,
  licence: z.string().nullable(),
  popularity: z.strictObject({ origin: z.string().min(1), method: z.string().min(1) }).optional(),
  /** Three groups in the name of a file: year, month, day of the dump. */
  dated: pattern
    .refine((text) => groupsOf(text) >= DATE_GROUPS, 'fewer than three groups: year, month, day')
    .optional(),
  facts: z.array(factSchema).optional(),
  /** A dump without these facts is refused. */
  needs: z.array(z.enum(['schema', 'sequence', 'date'])).optional(),
  files: z.array(sourceFileChecked).min(1),
  queries: z.array(querySchema).readonly().optional(),
});
/** A preset or a mapping file. */
export type Preset = z.infer<typeof presetSchema>;

/** How many groups a pattern has: all of them are in a match of nothing. */
function groupsOf(text: string): number {
  return isRegExp(text) ? new RegExp(`${text}|`, 'u').exec('')!.length - 1 : 0;
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
