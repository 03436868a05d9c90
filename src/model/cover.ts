/**
 * Covers: the sizes they are given in, the pictures a file is recorded to hold, and what a stage may ask of the one
 * look-up (`src/art/`), which finds them beside the files or inside them.
 */
import { z } from 'zod';
import type { Digest } from '../base/digest.ts';
import { digestSchema } from './digest-schema.ts';

/** Sides of the squares that covers are scaled into, in pixels. There are no others. */
export const COVER_SIZES = [64, 160, 300, 600, 1200] as const;
/** Side of the square a cover is scaled into, in pixels. */
export type CoverSize = (typeof COVER_SIZES)[number];

/** A picture inside an audio file, told by its own header. */
export const heldPictureSchema = z.strictObject({
  /** SHA-256 of the picture's bytes. */
  digest: digestSchema,
  mimeType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  sizeBytes: z.number().int().positive(),
  /** What the file says it shows, such as `Cover (front)`; empty when it does not. */
  shows: z.string().max(100),
});
/** A picture inside an audio file. */
export type HeldPicture = z.infer<typeof heldPictureSchema>;

/** Where a scaled cover comes from: enough to make the same bytes again. */
export const coverOriginSchema = z.strictObject({
  /** The file that holds it: a picture beside the music, or the audio file it lies in. */
  fileDigest: digestSchema,
  /** SHA-256 of the picture itself; equal to `fileDigest` for a file of its own. */
  pictureDigest: digestSchema,
  sizePx: z.literal(COVER_SIZES),
  /** The versions of all that may change the bytes. */
  build: z.string().max(512),
});
/** Where a scaled cover comes from. */
export type CoverOrigin = z.infer<typeof coverOriginSchema>;

/** A cover made small enough to travel: always a JPEG of sRGB without metadata. */
export interface ScaledCover {
  readonly bytes: Uint8Array;
  readonly mimeType: 'image/jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
  /** SHA-256 of `bytes`. */
  readonly digest: Digest;
  readonly origin: CoverOrigin;
}

/** What encoding asks of the look-up. */
export interface CoverSource {
  /**
   * The cover to write into a derivative of the audio with `digest`, within a square of `sizePx`, or null when none
   * may travel with it or none can be decoded. Throws only for trouble with the archive itself.
   */
  coverFor(digest: Digest, sizePx: CoverSize): Promise<ScaledCover | null>;
  /** The cover that `origin` tells of, made again, or null when its file is gone or withdrawn. The bytes are the same where the build is. */
  coverAgain(origin: CoverOrigin): Promise<ScaledCover | null>;
}
