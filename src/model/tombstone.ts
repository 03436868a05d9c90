/**
 * Tombstones: the signed record of what was withdrawn and restored, one line each, each naming the digest of the line
 * before, so that no line can be left out, changed or moved unseen. Specified in docs/formats/edition.md.
 */
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { digestSchema } from './digest-schema.ts';

/** Why something is withdrawn. A code and no free text: a tombstone is public for ever and must accuse nobody. */
export const WITHDRAWAL_REASONS = [
  'holder-request',
  'right-ended',
  'court-order',
  'personal-data',
  'mistaken',
  'other',
] as const;
/** Why something is withdrawn. */
export type WithdrawalReason = (typeof WITHDRAWAL_REASONS)[number];

/** Why something withdrawn is restored. */
export const RESTORE_REASONS = [...WITHDRAWAL_REASONS, 'right-granted'] as const;
/** Why something withdrawn is restored. */
export type RestoreReason = (typeof RESTORE_REASONS)[number];

/** When it was withdrawn, to the second, in UTC. */
export const tombstoneDateSchema: z.ZodString = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const fields = {
  /** Audio digest of the member: the sound without tags; null where there is none. */
  audio: digestSchema.nullable(),
  date: tombstoneDateSchema,
  /** SHA-256 of the withdrawn file. */
  digest: digestSchema,
  /** Counts from 1 without gaps. */
  number: z.number().int().positive(),
  /** Track or album id. */
  subject: z.string().max(256).nullable(),
};

/** A tombstone without its link to the one before. */
export const tombstoneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...fields, kind: z.literal('withdrawn'), reason: z.enum(WITHDRAWAL_REASONS) }),
  z.strictObject({ ...fields, kind: z.literal('restored'), reason: z.enum(RESTORE_REASONS) }),
]);
/** A tombstone without its link to the one before. */
export type Tombstone = z.infer<typeof tombstoneSchema>;

/** The lines of `tombstones.jsonl` for `list`, which is in order of number; each ends with LF and names the one before. */
export function tombstoneLines(list: readonly Tombstone[]): string[] {
  let previous: Digest | null = null;
  return list.map((tombstone) => {
    const line: string = `${canonicalJson({ ...tombstone, previous })}\n`;
    previous = sha256(line);
    return line;
  });
}

/** The digests that are withdrawn after all of `list`, in order of number: the last line of each digest decides. */
export function withdrawnAfter(list: Iterable<Pick<Tombstone, 'digest' | 'kind'>>): Set<Digest> {
  const withdrawn = new Set<Digest>();
  for (const { digest, kind } of list) {
    if (kind === 'withdrawn') withdrawn.add(digest);
    else withdrawn.delete(digest);
  }
  return withdrawn;
}
