/** The view model of look-up: rows of tracks, albums and artists with every column that the catalogue has. */
import { z } from 'zod';
import { MAX_BATCH } from '../catalogue/snapshot-look-up.ts';

const text = z.string();
const texts = z.array(text).readonly();
const whole = z.number();
const trackSchema = z.object({
  ...{ rank: whole, id: text, recordingId: text.nullable(), title: text, artist: text },
  ...{ artistIds: texts, albumId: text.nullable(), album: text.nullable() },
  ...{ discNumber: whole.nullable(), trackNumber: whole.nullable() },
  ...{ durationMs: whole.nullable(), isrcs: texts, releaseDate: text.nullable() },
  ...{ explicit: z.boolean().nullable(), popularity: whole.nullable() },
  ...{ listens: whole.nullable(), listeners: whole.nullable(), label: text.nullable() },
  ...{ genres: texts, licence: text.nullable() },
});
const albumSchema = z.object({
  ...{ rank: whole, id: text, title: text, artist: text, artistIds: texts },
  ...{ upc: text.nullable(), releaseDate: text.nullable(), type: text.nullable() },
  ...{ label: text.nullable(), trackCount: whole.nullable(), popularity: whole.nullable() },
  ...{ markets: texts.nullable(), language: text.nullable() },
});
const artistSchema = z.object({
  ...{ rank: whole, id: text, name: text, sortName: text.nullable() },
  ...{ followers: whole.nullable(), popularity: whole.nullable() },
  ...{ genres: texts, place: text.nullable() },
});
/** `/look-up.json`: rows of the catalogue, as the snapshot in use has them. */
export const lookUpViewSchema = z.object({
  /** In the order they were asked. */
  found: z.array(
    z.object({
      asked: text,
      kind: z.enum(['track', 'album', 'artist', 'recording', 'isrc', 'upc']).nullable(),
      tracks: z.array(trackSchema).readonly(),
      albums: z.array(albumSchema).readonly(),
      artists: z.array(artistSchema).readonly(),
    }),
  ),
});
/** What it is asked. */
export const lookUpAskedSchema = z.object({
  ids: z.array(z.string().min(1).max(200)).min(1).max(MAX_BATCH),
});
/** `/look-up.json`. */
export type LookUpView = z.infer<typeof lookUpViewSchema>;
