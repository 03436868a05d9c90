/**
 * What an import leaves beside its tables: `import.json`, which says what was read, from whom, under which licence, and
 * how the rows add up. Written once, when everything else of the import is in place. Spec: docs/formats/catalogue-import.md.
 */
import { z } from 'zod';
import { digestSchema } from './digest-schema.ts';

const count = z.number().int().nonnegative();

/** The tables an import can write, in the order they are told. */
export const IMPORT_TABLES = [
  'tracks',
  'albums',
  'artists',
  'links',
  'redirects',
  'counts',
  'features',
] as const;
/** The name of a table of an import. */
export type ImportTable = (typeof IMPORT_TABLES)[number];

/** Rows of one table: what was read is what was kept, merged and refused. */
export const importCountsSchema = z
  .strictObject({
    read: count,
    kept: count,
    /** The same id had come before in this import: the first row stands. */
    merged: count,
    refused: count,
  })
  .refine(({ read, kept, merged, refused }) => read === kept + merged + refused, {
    message: 'read is not kept + merged + refused',
  });
/** Rows of one table. */
export type ImportCounts = z.infer<typeof importCountsSchema>;

/** Records of one kind of file. */
export const inputCountsSchema = z
  .strictObject({
    read: count,
    /** Gave rows, or were kept for a query. */
    taken: count,
    /** Of no concern to a catalogue, as the preset says: not music, no identifier. */
    passed: count,
    /** Could not be read. */
    refused: count,
  })
  .refine(({ read, taken, passed, refused }) => read === taken + passed + refused, {
    message: 'read is not taken + passed + refused',
  });
/** Records of one kind of file. */
export type InputCounts = z.infer<typeof inputCountsSchema>;

/** The state of the source that the files are: imports of one source with the same dump belong together. */
export const importDumpSchema = z.strictObject({
  /** `YYYY-MM-DD`, or null when neither the files nor the operator say. */
  date: z.iso.date().nullable(),
  /** The source's own number of the state, such as MusicBrainz's replication sequence. */
  sequence: count.nullable(),
});
/** The state of the source that the files are. */
export type ImportDump = z.infer<typeof importDumpSchema>;

/** One shard: a Parquet file of one table. */
const importShardSchema = z.strictObject({
  table: z.enum(IMPORT_TABLES),
  /** `tracks-00000.parquet`, in the folder of the import. */
  file: z.string().regex(/^[a-z]+-\d{5}\.parquet$/),
  rows: count,
  bytes: count,
  sha256: digestSchema,
});

/** One whole import. */
export const importRecordSchema = z.strictObject({
  /** The first one has no language of albums. */
  format: z.enum(['fonoteca-catalogue-import/2', 'fonoteca-catalogue-import/1']),
  /** `<source>-<16 hex>`: the first digits of the SHA-256 over preset, dump and the digests of the files read. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}-[0-9a-f]{16}$/),
  /** The name of the preset or mapping: a newer dump of it takes the place of an older one. */
  source: z.string(),
  /** SPDX id of the licence the source gives its data, or null when it gives none that has an id. */
  licence: z.string().nullable(),
  /** Tables taken beside the free ones, with their own licence; empty unless they were asked for. */
  otherLicences: z.array(z.strictObject({ what: z.string(), licence: z.string() })),
  dump: importDumpSchema,
  importedAt: z.iso.datetime(),
  files: z.array(z.strictObject({ name: z.string(), bytes: count, sha256: digestSchema })),
  /** How the popularity of the tracks was come by; null when the source gives none. */
  popularity: z
    .strictObject({ origin: z.string(), method: z.string(), date: z.iso.date().nullable() })
    .nullable(),
  /** Records of each kind of file and query, by its name. */
  inputs: z.record(z.string(), inputCountsSchema),
  /** Rows of each table that the import has. */
  tables: z.partialRecord(z.enum(IMPORT_TABLES), importCountsSchema),
  /** Single values left out because they could not be what they claim; their rows stand. */
  refusedValues: count,
  shards: z.array(importShardSchema),
});
/** One whole import. */
export type ImportRecord = z.infer<typeof importRecordSchema>;
