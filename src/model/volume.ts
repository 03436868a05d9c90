/** A volume as the ledger and editions know it: one immutable tar file, its members and its torrent. */
import { z } from 'zod';
import { digestSchema } from './digest-schema.ts';
import { TIERS } from './holding.ts';

/** The name of a volume, the only form that may come from outside. */
export const VOLUME_NAME = /^(?:original|opus)-[0-9a-f]{16}$/;

/** One member of a volume. */
export const volumeMemberSchema = z.strictObject({
  path: z.string(),
  digest: digestSchema,
  sizeBytes: z.number().int().nonnegative(),
  /** Position of the payload in the file, from its first byte. */
  positionBytes: z.number().int().nonnegative(),
});
/** One member of a volume. */
export type VolumeMember = z.infer<typeof volumeMemberSchema>;

/** One volume. */
export const volumeSchema = z.strictObject({
  name: z.string().regex(VOLUME_NAME),
  tier: z.enum(TIERS),
  sizeBytes: z.number().int().positive(),
  /** SHA-256 of the whole file. */
  digest: digestSchema,
  /** Root of the 16 KiB SHA-256 tree over the file (BEP 52 `pieces root`). */
  piecesRoot: digestSchema,
  infohashV1: z.string().regex(/^[0-9a-f]{40}$/),
  infohashV2: digestSchema,
  pieceLengthBytes: z.number().int().positive(),
  members: z.array(volumeMemberSchema),
});
/** One volume. */
export type Volume = z.infer<typeof volumeSchema>;
