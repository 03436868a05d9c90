/**
 * What ties a track that is held to the catalogue: which row it is, by what, how sure and why; and what one person said
 * is one thing under two ids. Both are facts of the ledger, and each has a fact that undoes it.
 */
import { z } from 'zod';

/** By what a track was matched, the surest first; `operator` is a person's word. */
const MATCHED_BY = ['operator', 'mbid', 'isrc', 'names'] as const;

/** An id of the catalogue: a namespace and what the source calls it. */
export const CATALOGUE_ID: RegExp = /^[a-z][a-z0-9.-]{0,62}:[A-Za-z0-9._~-]{1,168}$/;

const idSchema = z.string().min(3).max(256);
const reasonSchema = z.string().min(1).max(512);

/** A track that is held is this track of the catalogue. */
export const trackMatchedSchema = z.strictObject({
  kind: z.literal('track-matched'),
  trackId: idSchema,
  /** The stable id of the catalogue's row, so that a newer snapshot changes nothing. */
  catalogueId: idSchema,
  by: z.enum(MATCHED_BY),
  /** 0–1; how it comes about: docs/matching.md. */
  score: z.number().min(0).max(1),
  reason: reasonSchema,
  /** The snapshot that was looked into; null for a person's word. */
  snapshot: z.string().max(64).nullable(),
});
/** A track that is held is this track of the catalogue. */
export type TrackMatch = z.infer<typeof trackMatchedSchema>;

/** It is not: the match is undone, and these two are not matched again but by a person's word. */
export const trackUnmatchedSchema = z.strictObject({
  kind: z.literal('track-unmatched'),
  trackId: idSchema,
  catalogueId: idSchema,
  reason: reasonSchema,
});

/** Two ids of the catalogue mean one thing: what is asked of `from` is answered by `to`. */
export const idsMergedSchema = z.strictObject({
  kind: z.literal('ids-merged'),
  from: idSchema,
  to: idSchema,
  reason: reasonSchema,
});
/** Two ids of the catalogue mean one thing. */
export type IdsMerge = z.infer<typeof idsMergedSchema>;

/** They do not: each means itself again. */
export const idsPartedSchema = z.strictObject({
  kind: z.literal('ids-parted'),
  from: idSchema,
  to: idSchema,
  reason: reasonSchema,
});
