/**
 * Facts: what happened, one at a time. The ledger appends them to its history and derives its tables from them;
 * nothing is known that is not a fact, and no fact is ever changed.
 */
import { z } from 'zod';
import { descriptionSchema } from './description.ts';
import { digestSchema } from './digest-schema.ts';
import { derivativeSchema, holdingSchema } from './holding.ts';
import {
  idsMergedSchema,
  idsPartedSchema,
  trackMatchedSchema,
  trackUnmatchedSchema,
} from './match.ts';
import { rightsSchema } from './rights.ts';
import { tagEvidenceSchema } from './tag-evidence.ts';
import { RESTORE_REASONS, tombstoneDateSchema, WITHDRAWAL_REASONS } from './tombstone.ts';
import { volumeSchema } from './volume.ts';

/** A file of the operator's folder as it was read. */
export const sourceFileSchema = z.strictObject({
  /** The folder that was added, absolute. */
  root: z.string(),
  /** Path below the root, as text; bytes that are no UTF-8 appear as U+FFFD and are kept in `pathHex`. */
  path: z.string(),
  /** The path's bytes in hex, only where `path` does not give them back. */
  pathHex: z.string().optional(),
  sizeBytes: z.number().int().nonnegative(),
  mtimeMs: z.number(),
  /** What was held of it; null when it was refused or left. */
  digest: digestSchema.nullable(),
  outcome: z.enum(['held', 'refused', 'left']),
  /** Why it was refused or left. */
  code: z.string().nullable(),
  seen: z.string().nullable(),
});
/** A file of the operator's folder as it was read. */
export type SourceFile = z.infer<typeof sourceFileSchema>;

/** What the keys.json of the next edition will say: its keys as minisign prints them, their roles, how many must sign. */
const keysChangedSchema = z.strictObject({
  kind: z.literal('keys-changed'),
  keys: z.array(z.strictObject({ id: z.string(), publicKey: z.string() })),
  roles: z.strictObject({ edition: z.array(z.string()), timestamp: z.array(z.string()) }),
  threshold: z.number().int().positive(),
});
/** What the keys.json of the next edition will say. */
export type EditionKeysFact = z.infer<typeof keysChangedSchema>;

/** One fact. */
export const factSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('archive-created'), archiveId: z.string(), name: z.string() }),
  z.strictObject({ kind: z.literal('file-read'), file: sourceFileSchema }),
  z.strictObject({ kind: z.literal('file-vanished'), root: z.string(), path: z.string() }),
  z.strictObject({
    kind: z.literal('holding-added'),
    holding: holdingSchema,
    /** For audio; kept in the history alone, since no list needs it. */
    tagEvidence: tagEvidenceSchema.optional(),
  }),
  /** A re-tagged or newly tabled original: the track's description changes, bytes do not. */
  z.strictObject({
    kind: z.literal('track-described'),
    trackId: z.string(),
    description: descriptionSchema,
    byDigest: digestSchema,
  }),
  z.strictObject({
    kind: z.literal('rights-recorded'),
    digest: digestSchema,
    rights: rightsSchema,
  }),
  z.strictObject({ kind: z.literal('derivative-made'), derivative: derivativeSchema }),
  z.strictObject({
    kind: z.literal('derivative-refused'),
    digest: digestSchema,
    code: z.string(),
    seen: z.string(),
  }),
  z.strictObject({
    kind: z.literal('plan-made'),
    number: z.number().int().positive(),
    file: z.string(),
    sha256: digestSchema,
  }),
  z.strictObject({ kind: z.literal('volume-packed'), volume: volumeSchema }),
  /** The loose copies of a packed volume's members are gone: the volume is where their bytes are. */
  z.strictObject({ kind: z.literal('volume-settled'), name: z.string() }),
  z.strictObject({
    kind: z.literal('edition-published'),
    number: z.number().int().positive(),
    sha256: digestSchema,
    volumes: z.array(z.string()),
  }),
  /** The loose copy of an original left by the operator's word, its derivative proved. */
  z.strictObject({
    kind: z.literal('original-dropped'),
    digest: digestSchema,
    derivativeDigest: digestSchema,
  }),
  /** From here on nobody is given these bytes; what lies on disk of them goes afterwards. */
  z.strictObject({
    kind: z.literal('withdrawn'),
    digest: digestSchema,
    /** The audio digest of the file, so that a re-tagged copy is known too; null for what is no audio. */
    audioDigest: digestSchema.nullable(),
    /** The track or album it belonged to. */
    subject: z.string().nullable(),
    reason: z.enum(WITHDRAWAL_REASONS),
    date: tombstoneDateSchema,
  }),
  z.strictObject({
    kind: z.literal('restored'),
    digest: digestSchema,
    reason: z.enum(RESTORE_REASONS),
    date: tombstoneDateSchema,
  }),
  /** The volume's bytes are as this record says since members were withdrawn or restored; its members are the same. */
  z.strictObject({ kind: z.literal('volume-redacted'), volume: volumeSchema }),
  keysChangedSchema,
  trackMatchedSchema,
  trackUnmatchedSchema,
  idsMergedSchema,
  idsPartedSchema,
]);
/** One fact. */
export type Fact = z.infer<typeof factSchema>;
