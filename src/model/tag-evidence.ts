/** What an audio file's tags said in their own words, kept as evidence beside the common record made of them. */
import { z } from 'zod';

/** The native tags of one file, as they were read when it was taken in. */
export const tagEvidenceSchema = z.strictObject({
  /** One entry for each kind of tag in the file, such as `ID3v2.4` beside `APEv2`, fields in the file's order. */
  native: z
    .array(
      z.strictObject({
        kind: z.string().max(64),
        fields: z.array(z.tuple([z.string().max(256), z.string().max(8192)])).max(512),
      }),
    )
    .max(16),
  /** What was left out: `tags-capped`, `tags-unreadable`, `art-capped`, `art-unreadable`. */
  notes: z.array(z.string().max(32)).max(8),
});
/** The native tags of one file. */
export type TagEvidence = z.infer<typeof tagEvidenceSchema>;
