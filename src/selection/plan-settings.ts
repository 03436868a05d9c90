/** The settings of the planner: the `[plan]` table of `fonoteca.toml`. */
import { z } from 'zod';

/** Settings of the planner, each with its default. */
export const planSettingsSchema = z.strictObject({
  /** Which policy orders and tiers: `default`, `popularity-2025`, or a TOML file. */
  policy: z.string().min(1).max(4096).default('default'),
  /** Published bytes at most, such as `300GB`; `none` is without limit. */
  budget: z.string().default('none'),
  /** The tier of popularity 0: `opus` re-encodes the long tail, `original` turns re-encoding off. */
  tail: z.enum(['opus', 'original']).default('opus'),
  /** Popularity-0 tracks whose secondary score is below this are passed over. */
  secondary_cutoff: z.number().min(0).max(3).default(0),
});
