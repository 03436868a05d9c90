/** The schema of a SHA-256 in its textual form. */
import { z } from 'zod';
import { type Digest, isDigest } from '../base/digest.ts';

/** A SHA-256 as 64 lower-case hex digits. */
export const digestSchema: z.ZodType<Digest, string> = z
  .string()
  .refine(isDigest)
  .transform((text) => text as Digest);
