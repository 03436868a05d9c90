/** What is held: originals and the derivatives made from them. */
import { z } from 'zod';
import { coverOriginSchema, heldPictureSchema } from './cover.ts';
import { descriptionSchema } from './description.ts';
import { digestSchema } from './digest-schema.ts';
import { rightsSchema } from './rights.ts';

/** Quality classes of what is held. */
export const TIERS = ['original', 'opus'] as const;
/** The quality class of a holding. */
export type Tier = (typeof TIERS)[number];

/** The verdict of our own reading of an audio file. `damaged` means damaged at source: it came so and is kept so. */
export const verdictSchema = z.strictObject({
  state: z.enum(['intact', 'damaged', 'not-checked', 'not-audio']),
  /** Stable error code of what was found; absent when intact. */
  code: z.string().optional(),
  detail: z.string().max(500).optional(),
  atByte: z.number().int().nonnegative().optional(),
});
/** The verdict of our own reading of an audio file. */
export type Verdict = z.infer<typeof verdictSchema>;

/** One feature of the sound, as an algorithm told it. */
export const featureSchema = z.strictObject({
  value: z.union([z.number(), z.string().max(16)]),
  /** From 0 to 1: how clearly the sound showed it, not how likely it is right. */
  confidence: z.number().min(0).max(1),
  /** Name and version, such as `onset-comb/1`. */
  algorithm: z.string().max(32),
});

/** One feature of the sound. */
export type Feature = z.infer<typeof featureSchema>;

/** What a Broadcast WAV says of itself beside its tags (EBU Tech 3285, iXML), kept as evidence. */
const embeddedSchema = z.strictObject({
  bext: z.record(z.string().max(32), z.string().max(8192)).optional(),
  ixml: z.string().max(65_536).optional(),
  cues: z
    .array(
      z.strictObject({
        atSample: z.number().int().nonnegative(),
        label: z.string().max(256).optional(),
      }),
    )
    .max(1024)
    .optional(),
});

/** What was measured of an audio file's bytes. A number of zero stands for what they do not state (`stated`). */
export const technicalSchema = z.strictObject({
  /** Container and codec, such as `ogg-vorbis` or `flac`. */
  format: z.string().max(32),
  channels: z.number().int().nonnegative(),
  sampleRateHz: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
  bitrateKbps: z.number().nonnegative(),
  /** SHA-256 of the audio without tags; equal across re-tagging. */
  audioDigest: digestSchema,
  /** Integrated loudness by EBU R128; absent when not measured. */
  loudnessLufs: z.number().optional(),
  /** Gating blocks by level, in base64 (`docs/formats/features.md`), from which an album's loudness is told; absent when not measured. */
  loudnessHistogram: z.string().max(6000).optional(),
  /** Loudness range by EBU Tech 3342, in LU; absent when not measured. */
  loudnessRangeLu: z.number().nonnegative().optional(),
  /** True peak by ITU-R BS.1770 annex 2, in dBTP; absent when not measured or silent. */
  truePeakDbtp: z.number().optional(),
  /** Acoustic fingerprint of the first 120 s, in base64 (`docs/formats/fingerprint.md`); absent for less than 3 s of sound. */
  fingerprint: z.string().max(6000).optional(),
  /** 800 waveform peaks, each 0–255, in base64; absent when not measured. */
  peaks: z.string().max(2048).optional(),
  /** Features of the sound by name (`docs/formats/features.md`); what is doubtful is absent. */
  features: z.record(z.string().max(32), featureSchema).optional(),
  embedded: embeddedSchema.optional(),
});
/** What was measured of an audio file's bytes. */
export type Technical = z.infer<typeof technicalSchema>;

/** A number of `Technical`, or null where nothing was measured or the bytes do not state it, as those of some containers. */
export function stated(value: number | undefined): number | null {
  return value === undefined || value === 0 ? null : value;
}

/**
 * Root of the 16 KiB leaf tree over the bytes (BEP 52), made in the pass that made the digest. Absent for an empty file
 * and where only the digest was recorded.
 */
const leavesRootSchema = digestSchema.optional();

/** An original: bytes as received. */
export const holdingSchema = z.strictObject({
  digest: digestSchema,
  sizeBytes: z.number().int().nonnegative(),
  leavesRoot: leavesRootSchema,
  kind: z.enum(['audio', 'companion']),
  /** Extension without dot, lower-case, as the file came. */
  extension: z.string().max(16),
  mimeType: z.string().max(128),
  /** The track it is an original of; companions have none. */
  trackId: z.string().nullable(),
  albumId: z.string().nullable(),
  /** For a companion: cover, booklet, cue … */
  role: z.string().max(32).nullable(),
  verdict: verdictSchema,
  technical: technicalSchema.nullable(),
  description: descriptionSchema.nullable(),
  /** The file's own tags by their common names (`docs/formats/derivative.md`), kept as evidence and carried into derivatives. */
  tags: z
    .array(z.tuple([z.string().max(64), z.string().max(8192)]))
    .max(512)
    .optional(),
  /** The pictures inside an audio file, in its order. */
  pictures: z.array(heldPictureSchema).max(8).optional(),
  rights: rightsSchema,
});
/** An original: bytes as received. */
export type Holding = z.infer<typeof holdingSchema>;

/** A picture as written into a derivative: where it came from, and what its block says of it. */
const recordedCoverSchema = z.strictObject({
  digest: digestSchema,
  mimeType: z.literal('image/jpeg'),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  origin: coverOriginSchema,
});
/** A picture as written into a derivative. */
export type RecordedCover = z.infer<typeof recordedCoverSchema>;

/** Who made a derivative and how: enough to make it again. */
export const engineRecordSchema = z.strictObject({
  engine: z.string().max(64),
  build: z.string().max(512),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  sourceDigest: digestSchema,
  /** The comments as written into the derivative, in order; a picture stands as `sha256:` and its digest. */
  tagBlock: z.array(z.tuple([z.string(), z.string()])).max(512),
  /** The picture written into it, which `tagBlock` names by its digest; absent when there is none. */
  cover: recordedCoverSchema.optional(),
});
/** Who made a derivative and how. */
export type EngineRecord = z.infer<typeof engineRecordSchema>;

/** A derivative: made from an original, never altered. */
export const derivativeSchema = z.strictObject({
  digest: digestSchema,
  sizeBytes: z.number().int().positive(),
  leavesRoot: leavesRootSchema,
  tier: z.enum(TIERS),
  sourceDigest: digestSchema,
  extension: z.string().max(16),
  mimeType: z.string().max(128),
  technical: technicalSchema,
  engine: engineRecordSchema,
});
/** A derivative: made from an original, never altered. */
export type Derivative = z.infer<typeof derivativeSchema>;
