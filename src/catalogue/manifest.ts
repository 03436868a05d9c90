/**
 * The manifest of a snapshot: what it was built from, how its rows add up, and every file with its digests. The last
 * file written; a folder without one is no snapshot. The same imports and settings give the same manifest, byte for
 * byte, so it holds no date of its own. Spec: docs/formats/catalogue-snapshot.md.
 */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { digestSchema } from '../model/digest-schema.ts';
import { importDumpSchema } from '../model/import-record.ts';
import { DIGEST_BLOCK_BYTES } from './block-digests.ts';

const count = z.number().int().nonnegative();

/** The name of the manifest in the folder of a snapshot. */
export const MANIFEST = 'manifest.json';

/** Rows of one kind: what was read is what was kept, merged and refused. */
const countsSchema = z
  .strictObject({ read: count, kept: count, merged: count, refused: count })
  .refine(({ read, kept, merged, refused }) => read === kept + merged + refused, {
    message: 'read is not kept + merged + refused',
  });

/** One file of a snapshot. */
const snapshotFileSchema = z.strictObject({
  /** Below the folder of the snapshot, with `/` between its parts. */
  path: z.string().regex(/^[a-z0-9][a-z0-9-]*(?:\/[a-z0-9][a-z0-9-]*)*(?:\.[a-z0-9]+)+$/),
  bytes: count,
  sha256: digestSchema,
  /** The first 16 hex digits of the SHA-256 of each stretch of `digestBlockBytes`, the last one shorter. */
  blocks: z.array(z.string().regex(/^[0-9a-f]{16}$/)),
});
/** One file of a snapshot. */
export type SnapshotFile = z.infer<typeof snapshotFileSchema>;

/** The manifest of a snapshot. */
const manifestSchema = z.strictObject({
  /** The search index of the third one is of an earlier version; the second one has no language of albums either. */
  format: z.enum([
    'fonoteca-catalogue-snapshot/4',
    'fonoteca-catalogue-snapshot/3',
    'fonoteca-catalogue-snapshot/2',
  ]),
  /** The first 16 hex digits of the SHA-256 over what it was built from and how. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  sources: z.array(
    z.strictObject({
      import: z.string(),
      source: z.string(),
      licence: z.string().nullable(),
      otherLicences: z.array(z.strictObject({ what: z.string(), licence: z.string() })),
      dump: importDumpSchema,
    }),
  ),
  /** One origin for the whole snapshot; null when no source tells popularity and all of it is unknown. */
  popularity: z
    .strictObject({ origin: z.string(), method: z.string(), date: z.iso.date().nullable() })
    .nullable(),
  /** Rows of the snapshot. */
  rows: z.strictObject({ tracks: count, albums: count, artists: count }),
  /** How many tracks have a popularity above 0, of 0, and an unknown one: ranks follow in this order. */
  tiers: z.strictObject({ heard: count, zero: count, unknown: count }),
  counts: z.strictObject({ tracks: countsSchema, albums: countsSchema, artists: countsSchema }),
  /** Why rows became one: the same id in two imports, or an id that now means another. */
  merges: z.array(
    z.strictObject({
      table: z.enum(['tracks', 'albums', 'artists']),
      reason: z.enum(['same-id', 'redirect']),
      rows: count,
    }),
  ),
  digestBlockBytes: z.literal(DIGEST_BLOCK_BYTES),
  files: z.array(snapshotFileSchema),
});
/** The manifest of a snapshot. */
export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of the snapshot in `directory`. `SNAPSHOT_MANIFEST`, `FILE_MISSING`. */
export function readManifest(disk: Disk, directory: string): Manifest {
  const file = path.join(directory, MANIFEST);
  const bytes = readWhole(disk, file);
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new FonotecaError('SNAPSHOT_MANIFEST', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Writes the manifest into `directory`, durably, in its canonical form. */
export function writeManifest(disk: Disk, directory: string, manifest: Manifest): void {
  const text = `${canonicalJson(manifestSchema.parse(manifest) as unknown as Json)}\n`;
  putFile(disk, path.join(directory, MANIFEST), text, { replace: true });
}
