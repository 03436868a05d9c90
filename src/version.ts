/** The version of the program, as package.json says it. */
import { createRequire } from 'node:module';
import { z } from 'zod';

/** Such as `0.1.0`. */
export const VERSION: string = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('../package.json')).version;
