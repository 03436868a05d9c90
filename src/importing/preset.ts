/**
 * A preset: which files a source has, how they are written, and what their columns mean. Data, not code: the built-in
 * ones are in presets/, a mapping file (docs/formats/catalogue-import.md) is the same schema in JSON.
 */
import { z } from 'zod';
import { IMPORT_TABLES } from '../model/import-record.ts';

/** How a value is read; what is absent is read as its column says. */
export const READINGS = [
  'text',
  'id',
  /** An id made of names, where the source has none: the first 24 digits of the SHA-256 over them, folded. */
  'name-id',
  'count',
  'number',
  'share',
  'percent',
  'date',
  'year-month-day',
  'milliseconds',
  'seconds',
  'minutes',
  'microseconds',
  'flag',
  'isrc',
  'upc',
  'url',
  'country',
  'key',
  'mode',
  /** A person's name or number: counted under a key that lives as long as the run, and gone. */
  'person',
] as const;

const path = z.string().min(1).max(200);
const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** Where a column comes from and how it is read. */
export const cellSchema = z.strictObject({
  /** A column, or a dotted path in JSON and XML (`@name` an attribute, `#` the text); the first present one counts. */
  from: z.union([path, z.array(path).min(1).max(16)]).optional(),
  /** The same for every row. */
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  as: z.enum(READINGS).optional(),
  /** Put before an id in the place of the source's own; `mbid`, `discogs`, `fma` …; a colon follows. */
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9.-]{0,62}$/)
    .optional(),
  /** What stands before the id proper and is cut off, such as `https://musicbrainz.org/artist/`. */
  cut: z.string().max(200).optional(),
  /** What one text is split by where it stands for several. */
  split: z.string().min(1).max(8).optional(),
  /** What several texts are put together with where the column holds one. */
  join: z.string().max(8).optional(),
  /** In the place of a text that is a key here. */
  words: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** Multiplied with a number that was read. */
  times: z.number().optional(),
});
/** Where a column comes from and how it is read. */
export type Cell = z.infer<typeof cellSchema>;

const columns = z.record(name, z.union([path, cellSchema]));

/** Rows that a record gives to one table. */
export const tableRuleSchema = z.strictObject({
  table: z.enum(IMPORT_TABLES),
  /** The path of a list inside the record: one row for each item. `..` in a cell's path is the record itself. */
  each: path.optional(),
  /** A record gives no row where this path is absent, or not one of `in`. */
  when: z
    .strictObject({ path, in: z.array(z.string()).optional(), not: z.array(z.string()).optional() })
    .optional(),
  /** The source promises that the id comes once: no memory is spent on seeing it again. */
  unique: z.boolean().optional(),
  columns,
});
/** Rows that a record gives to one table. */
export type TableRule = z.infer<typeof tableRuleSchema>;
