/**
 * What the door and a worker say to each other, as schemas: a worker has read hostile bytes, so its answers are
 * checked like anything from outside.
 */
import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import { FonotecaError } from '../base/errors.ts';
import type { AudioReading } from '../formats/audio-verdict.ts';
import { featureSchema } from '../model/holding.ts';

const field = z.tuple([z.string(), z.string()]).readonly();
const code = z.custom<ErrorCode>((value) => typeof value === 'string' && value in ERROR_CATALOGUE);
const count = z.number().int().nonnegative();
const level = z.number().nullable();
const soundFormat = z.enum(['vorbis', 'opus', 'flac', 'mp3', 'wav', 'aiff']);
/** What the file says of its duration; told by the pool (`stated-duration.ts`). */
const stated = z.number().positive().nullable().optional();

/** What a worker is asked to do with the bytes that follow. */
export const jobSchema = z.discriminatedUnion('job', [
  z.object({
    job: z.literal('inspect'),
    sizeBytes: count,
    statedSeconds: stated,
    /** `levels` is loudness and waveform, `all` also fingerprint and features. */
    measure: z.enum(['none', 'levels', 'all']),
  }),
  z.object({
    job: z.literal('listen'),
    sizeBytes: count,
    statedSeconds: stated,
    /** What the source is; its sound comes beside it, as a WAV file of ffmpeg's. */
    format: soundFormat,
  }),
  z.object({ job: z.literal('spectrogram'), sizeBytes: count, statedSeconds: stated }),
  z.object({
    job: z.literal('picture'),
    /** Of the bytes that follow: the stretches of the file that a source window keeps. */
    sizeBytes: count,
    fileSizeBytes: count,
    /** SHA-256 of the picture in the file; null when the file is the picture. */
    embedded: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    /** The square it is scaled into; null for the picture as it is. */
    sidePx: z.number().int().positive().nullable(),
  }),
  z.object({
    job: z.literal('encode'),
    sizeBytes: count,
    statedSeconds: stated,
    bitrateBps: count,
    complexity: count,
    tags: z.array(field),
    /** Whether the source is read and measured, and its gain added to the tags, which else are written as they are. */
    measure: z.boolean(),
  }),
]);
/** What a worker is asked to do with the bytes that follow. */
export type Job = z.infer<typeof jobSchema>;

/** What ends the source: the digest of all its bytes, computed by the door. */
export const endSchema = z.object({ sourceDigest: z.string().regex(/^[0-9a-f]{64}$/) });

const reading = z.object({
  format: z.custom<AudioReading['format']>((value) => value === null || isShort(value)),
  verdict: z.object({
    state: z.enum(['intact', 'damaged', 'not-checked', 'not-audio']),
    code: code.exactOptional(),
    detail: z.string().exactOptional(),
    atByte: z.number().exactOptional(),
  }),
  warnings: z.array(z.object({ code, seen: z.string(), atByte: z.number().exactOptional() })),
  foreign: z.array(
    z.object({
      kind: z.enum(['id3v1', 'id3v2', 'ape', 'lyrics3', 'zeros', 'junk']),
      atByte: z.number(),
      sizeBytes: z.number(),
    }),
  ),
  channels: z.number().nullable(),
  sampleRateHz: z.number().nullable(),
  samples: z.number().nullable(),
  durationMs: z.number().nullable(),
  bitrateKbps: z.number().nullable(),
  bitsPerSample: z.number().nullable(),
  audioDigest: z.custom<AudioReading['audioDigest']>((value) => value === null || isHash(value)),
  sizeBytes: z.number(),
  embedded: z
    .object({
      bext: z.record(z.string().max(32), z.string().max(8192)).exactOptional(),
      ixml: z.string().max(65_536).exactOptional(),
      cues: z
        .array(z.object({ atSample: count, label: z.string().max(256).exactOptional() }))
        .max(1024)
        .exactOptional(),
    })
    .exactOptional(),
});

const loudness = z.object({
  integratedLufs: level,
  rangeLu: level,
  samplePeakDbfs: level,
  truePeakDbtp: level,
  /** A thousand bins of four bytes at most. */
  histogram: z.base64().max(6000),
});

const measurement = z.object({
  format: soundFormat,
  samples: count,
  sampleRateHz: count,
  channels: count,
  /** What the order of the channels means. */
  order: z.enum(['vorbis', 'wave', 'unknown']),
  decoderFaults: count,
  loudness,
  waveform: z.base64().length(1068),
  features: z.record(z.string().max(32), featureSchema),
  /** The words of the acoustic fingerprint; of very short sound there are none. */
  fingerprint: z.base64().max(6000),
});

const refusal = z.object({ code, seen: z.string().max(2000) });

/** What an inspection tells; the bytes of the pictures follow as output, in order. */
export const inspectResultSchema = z.object({
  reading,
  tags: z.object({
    common: z.array(field),
    native: z.array(z.object({ kind: z.string(), fields: z.array(field) })),
    notes: z.array(z.enum(['tags-capped', 'tags-unreadable', 'art-capped', 'art-unreadable'])),
  }),
  art: z
    .array(
      z.object({
        mime: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
        widthPx: count,
        heightPx: count,
        shows: z.string(),
        sizeBytes: count,
      }),
    )
    .max(8),
  /** Present when asked for: what was measured, or why the sound could not be decoded. */
  measured: z.union([measurement, z.object({ refused: refusal })]).exactOptional(),
  residentBytes: count,
});
/** What an inspection tells. */
export type InspectResult = z.infer<typeof inspectResultSchema>;
/** What is measured of decoded sound. */
export type Measurement = z.infer<typeof measurement>;

/** What an encoding tells; the bytes of the file follow as output. */
export const encodeResultSchema = z.object({
  build: z.string(),
  tagBlock: z.array(field),
  sourceFormat: z.string(),
  channels: count,
  sourceSampleRateHz: count,
  samples48k: count,
  decoderFaults: count,
  /** What the source is and how loud; null unless it was to be measured. */
  inspected: z.object({ reading, measurement }).nullable(),
  residentBytes: count,
});
/** What an encoding tells. */
export type EncodeResult = z.infer<typeof encodeResultSchema>;

/** What listening to sound decoded elsewhere tells, and what our own reading of the source says. */
export const listenResultSchema = z.object({
  reading,
  measured: z.union([measurement, z.object({ refused: refusal })]),
  residentBytes: count,
});
/** What listening tells. */
export type ListenResult = z.infer<typeof listenResultSchema>;

/** What a spectrogram tells; the bytes of the picture follow as output. */
export const spectrogramResultSchema = z.object({ durationMs: count, residentBytes: count });
/** What a spectrogram tells. */
export type SpectrogramResult = z.infer<typeof spectrogramResultSchema>;

/** The result in `answer` by its schema. Throws `SUBPROCESS_FAILED` for any other shape. */
export function checkedResult<T extends z.ZodType>(
  schema: T,
  answer: { readonly result: unknown },
): z.infer<T> {
  const result = schema.safeParse(answer.result);
  if (result.success) return result.data;
  throw new FonotecaError('SUBPROCESS_FAILED', 'an answer of another shape', {
    cause: result.error,
  });
}

/** What a picture tells; its bytes follow as output. */
export const pictureResultSchema = z.object({
  mime: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  widthPx: count,
  heightPx: count,
  /** Versions of what scaled it; empty for a picture as it is. */
  build: z.string().max(512),
  residentBytes: count,
});
/** What a picture tells. */
export type PictureResult = z.infer<typeof pictureResultSchema>;

/** Why a job was refused. */
export const refusalSchema = refusal;

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length < 40;
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
