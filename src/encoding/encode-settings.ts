/** The settings of re-encoding: the `[encode]` table of `fonoteca.toml`, with one table below it for each tier that is made. */
import { z } from 'zod';
import { COVER_SIZES } from '../model/cover.ts';

/** Settings of the tier `opus`, each with its default. */
const opusTierSchema = z.strictObject({
  /** Mean bit rate of mono and stereo; more channels get more in proportion. */
  kbps: z.number().int().min(6).max(256).default(75),
  /** Effort of the encoder: 10 is slowest and best. */
  complexity: z.number().int().min(0).max(10).default(10),
  /** Side of the square a cover is scaled into before it is written into the file; 0 writes none. */
  cover_px: z.union([z.literal(0), z.literal(COVER_SIZES)]).default(300),
});

/** Settings of re-encoding, each with its default. */
export const encodeSettingsSchema = z.strictObject({
  opus: opusTierSchema.prefault({}),
});

/** Settings of the tier `opus`. */
export type OpusTierSettings = z.infer<typeof opusTierSchema>;
