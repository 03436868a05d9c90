/** The view models of editions, their volumes and the record of withdrawals; the others are in views.ts. */
import { z } from 'zod';
import { VOLUME_NAME } from '../model/volume.ts';
import { digestText } from './views.ts';

const whole = z.number().int().nonnegative();

/** A published volume. */
export const volumeViewSchema = z.object({
  name: z.string().regex(VOLUME_NAME),
  tier: z.string(),
  sizeBytes: whole,
  memberCount: whole,
  digest: digestText,
  infohashV1: z.string().regex(/^[0-9a-f]{40}$/),
  infohashV2: digestText,
  magnet: z.string().startsWith('magnet:?'),
  /** Path of the torrent below the published tree. */
  torrent: z.string(),
  /** From 1: the most asked for first. */
  order: whole,
  /** Members whose bytes are zeros now. */
  withdrawnCount: whole,
  /** Torrents it had before something in it was withdrawn or restored, oldest first. */
  superseded: z.array(
    z.object({
      edition: whole.nullable(),
      infohashV1: z.string().regex(/^[0-9a-f]{40}$/),
      infohashV2: digestText,
    }),
  ),
});
/** A published volume. */
export type VolumeView = z.infer<typeof volumeViewSchema>;

const editionCardSchema = z.object({
  number: whole,
  at: z.string(),
  sha256: digestText,
  /** How much it lists: `metadata`, `audio` or `all`. */
  stage: z.string(),
  volumeCount: whole,
  sizeBytes: whole,
});
/** `/editions`, newest first. */
export const editionsViewSchema = z.object({
  editions: z.array(editionCardSchema),
  /** What to pass as `cursor` for older ones; null on the last page. */
  nextCursor: z.string().nullable(),
});
/** `/editions`, newest first. */
export type EditionsView = z.infer<typeof editionsViewSchema>;

/** `/editions/N`. */
export const editionViewSchema = editionCardSchema.extend({
  /** A page of its volumes, the most asked for first. */
  volumes: z.array(volumeViewSchema),
  /** What to pass as `cursor` for the next volumes; null on the last page. */
  nextCursor: z.string().nullable(),
  /** Files of metadata with torrents of their own. */
  metadata: z.array(
    z.object({
      path: z.string(),
      torrent: z.string(),
      sizeBytes: whole,
      infohashV1: z.string().regex(/^[0-9a-f]{40}$/),
      magnet: z.string().startsWith('magnet:?'),
      licences: z.array(z.string()),
    }),
  ),
  /** Withdrawals and restorations on record so far. */
  tombstoneCount: whole,
  /** The edition's own files with their paths below the published tree; volumes are listed above. */
  files: z.array(z.object({ path: z.string(), sizeBytes: whole, sha256: digestText })),
});
/** `/editions/N`. */
export type EditionView = z.infer<typeof editionViewSchema>;

/** `/withdrawals`, newest first. */
export const withdrawalsViewSchema = z.object({
  /** Files withdrawn now. */
  withdrawnCount: whole,
  entries: z.array(
    z.object({
      number: whole,
      kind: z.enum(['withdrawn', 'restored']),
      at: z.string(),
      reason: z.string(),
      digest: digestText,
      /** Track or album id. */
      subject: z.string().nullable(),
    }),
  ),
  /** What to pass as `cursor` for older ones; null on the last page. */
  nextCursor: z.string().nullable(),
});
/** `/withdrawals`, newest first. */
export type WithdrawalsView = z.infer<typeof withdrawalsViewSchema>;
