/** What a recording says of itself: the common record that tags, tables and file names are read into. */
import { z } from 'zod';

const text = z.string().min(1).max(2048);

/** Popularity with where it comes from; unknown popularity is null, never zero. */
export const popularitySchema = z.strictObject({
  /** 0–100. */
  value: z.number().min(0).max(100),
  /** Who said it, such as `operator-table`. */
  origin: z.string().max(128),
  /** How it was computed, such as `as given` or `from plays`. */
  method: z.string().max(128),
});
/** Popularity with where it comes from. */
export type Popularity = z.infer<typeof popularitySchema>;

/** The common record of one track. Absent means unknown. */
export const descriptionSchema = z.strictObject({
  title: text,
  artist: text,
  albumArtist: text.optional(),
  album: text.optional(),
  trackNumber: z.number().int().positive().max(9999).optional(),
  discNumber: z.number().int().positive().max(999).optional(),
  /** Release date as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  date: z
    .string()
    .regex(/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/)
    .optional(),
  genre: text.optional(),
  isrc: z
    .string()
    .regex(/^[A-Z]{2}[A-Z0-9]{3}\d{7}$/)
    .optional(),
  /** MusicBrainz recording id. */
  mbid: z.uuid().optional(),
  popularity: popularitySchema.nullable(),
  /** Which source gave the title: the operator's table, the file's tags, or its name. */
  from: z.enum(['table', 'tags', 'name']),
});
/** The common record of one track. */
export type Description = z.infer<typeof descriptionSchema>;

/** The artist an album is filed under. */
export function albumArtistOf(description: Description): string {
  return description.albumArtist ?? description.artist;
}
