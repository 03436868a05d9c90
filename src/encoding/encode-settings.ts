/** The settings of re-encoding: the `[encode]` table of `fonoteca.toml`. */
import { z } from 'zod';

/** Settings of re-encoding, each with its default. */
export const encodeSettingsSchema = z.strictObject({
  /** Mean bit rate of the Opus tier. */
  opus_kbps: z.number().int().min(6).max(256).default(75),
});
