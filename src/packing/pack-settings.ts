/** The settings of packing: the `[pack]` table of `fonoteca.toml`. */
import { z } from 'zod';

/** Settings of packing, each with its default. */
export const packSettingsSchema = z.strictObject({
  /** A volume's payload at most; small enough that a volunteer can take one. */
  volume_size: z.string().default('1GB'),
  /** A volume's members at most; keeps its index small enough to read in one go. */
  volume_members: z.number().int().min(1).max(100_000).default(20_000),
  /** Threads that work while packing; 0 is one per core. The bytes of a volume do not depend on it. */
  workers: z.number().int().min(0).max(256).default(0),
});
