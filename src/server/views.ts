/**
 * The view models: what a page shows and what its `.json` twin answers, as schemas. One schema gives the types, the
 * stripping of undeclared fields and the OpenAPI description. Addresses are not in the views: a file with digest D is
 * at `/file/D`, streams from `/stream/D`, and a cover is at `/art/D`,
 * in a square of 300 pixels at `/art/D?size=300`.
 */
import { z } from 'zod';
import { SEARCH_BOUNDS } from '../catalogue/search.ts';
import { CATALOGUE_ID } from '../model/match.ts';
import { VOLUME_NAME } from '../model/volume.ts';

/** A SHA-256 as 64 lower-case hex digits. */
export const digestText: z.ZodString = z.string().regex(/^[0-9a-f]{64}$/);
/** A stable id of an artist, album or track. */
export const idText: z.ZodString = z.string().regex(CATALOGUE_ID);

const whole = z.number().int().nonnegative();

/** A named thing that has a page. */
const namedViewSchema = z.object({ id: idText, name: z.string() });
/** Who is credited; without an id there is no page, since the source has a name alone. */
const creditSchema = z.object({ id: idText.nullable(), name: z.string() });

/** The archive itself: shown on every page. */
export const archiveViewSchema = z.object({
  name: z.string(),
  operator: z.string().nullable(),
  /** Where corrections and withdrawals go: an `https:` or `mailto:` address. */
  contact: z.string().nullable(),
  /** The archive's public key as minisign prints it; null before the first edition. */
  publicKey: z.string().nullable(),
});
/** The archive itself. */
export type ArchiveView = z.infer<typeof archiveViewSchema>;

/** An album in a grid or list. */
export const albumCardSchema = z.object({
  id: idText,
  title: z.string(),
  artist: creditSchema,
  year: z.string().nullable(),
  artDigest: digestText.nullable(),
  trackCount: whole,
});
/** An album in a grid or list. */
export type AlbumCard = z.infer<typeof albumCardSchema>;

/** What a player needs to play a track. */
const streamViewSchema = z.object({ digest: digestText, mimeType: z.string() });

/** A track in a list. */
export const trackRowSchema = z.object({
  id: idText,
  title: z.string(),
  artist: creditSchema,
  album: namedViewSchema.nullable(),
  disc: whole.nullable(),
  number: whole.nullable(),
  durationMs: whole.nullable(),
  artDigest: digestText.nullable(),
  /** How far the track has come in this archive, such as `published` or `skipped:no-right`. */
  status: z.string(),
  /** What may be streamed; null when nothing may. */
  stream: streamViewSchema.nullable(),
  /** The MIME type of what may be streamed where browsers play no file of it; null otherwise. */
  unplayed: z.string().nullable(),
});
/** A track in a list. */
export type TrackRow = z.infer<typeof trackRowSchema>;

/** A licence as shown. */
const licenceViewSchema = z.object({ id: z.string(), url: z.string().nullable() });

/** Rights of one holding, with what this archive may do with it and why. */
export const rightsViewSchema = z.object({
  licence: licenceViewSchema.nullable(),
  holder: z.string().nullable(),
  attribution: z.string().nullable(),
  conditions: z.array(z.string()),
  evidence: z.array(
    z.object({
      kind: z.string(),
      value: z.string(),
      sha256: digestText.nullable(),
      seenAt: z.string(),
    }),
  ),
  decisions: z.array(z.object({ use: z.string(), allowed: z.boolean(), because: z.string() })),
});
/** Rights of one holding. */
export type RightsView = z.infer<typeof rightsViewSchema>;

/** One file of a track. */
export const fileViewSchema = z.object({
  digest: digestText,
  fileName: z.string(),
  tier: z.string(),
  mimeType: z.string(),
  format: z.string(),
  sizeBytes: whole,
  durationMs: whole.nullable(),
  bitrateKbps: whole.nullable(),
  sampleRateHz: whole.nullable(),
  channels: whole.nullable(),
  status: z.string(),
  /** Whether this archive gives the bytes out. */
  open: z.boolean(),
  /** What our own reading of the file found: `intact`, `damaged`, `not-checked`. */
  verdict: z.object({ state: z.string(), detail: z.string().nullable() }),
  /** Digest of the audio without its tags. */
  audioDigest: digestText.nullable(),
  /** For a derivative: what it was made from and by what. */
  provenance: z
    .object({ sourceDigest: digestText, engine: z.string(), settings: z.string() })
    .nullable(),
  /** The published volumes that carry it. */
  volumes: z.array(
    z.object({ name: z.string().regex(VOLUME_NAME), path: z.string(), positionBytes: whole }),
  ),
});
/** One file of a track. */
export type FileView = z.infer<typeof fileViewSchema>;

/** `/`. */
export const homeViewSchema = z.object({
  counts: z.object({
    artists: whole,
    albums: whole,
    /** Held, what is dark included. */
    tracks: whole,
    /** In the latest edition: what anyone may hear and copy. */
    publishedTracks: whole,
    heldFiles: whole,
    heldBytes: whole,
    volumes: whole,
    editions: whole,
  }),
  latestAlbums: z.array(albumCardSchema).max(48),
  latestEdition: z.object({ number: whole, at: z.string() }).nullable(),
  /** Published files by licence; null where a permission was recorded without one. */
  licences: z.array(z.object({ id: z.string().nullable(), files: whole })),
});
/** `/`. */
export type HomeView = z.infer<typeof homeViewSchema>;

/** `/search`. */
export const searchViewSchema = z.object({
  query: z.string(),
  artists: z.array(namedViewSchema),
  albums: z.array(albumCardSchema),
  tracks: z.array(trackRowSchema),
  /** What to pass as `cursor` for the next page of tracks; null on the last. */
  nextCursor: z.string().nullable(),
  /** What of the answer is not all there is: `stopped` when it took too long. */
  bounds: z.array(z.enum(SEARCH_BOUNDS)),
});
/** `/search`. */
export type SearchView = z.infer<typeof searchViewSchema>;

/** What speaks for an id of the catalogue being the same thing; nothing is merged by it. */
const evidenceSchema = z.array(
  z.object({
    /** It was matched with what is held; is the same recording; carries the same ISRC or UPC; was redirected here by its source. */
    kind: z.enum(['match', 'recording', 'isrc', 'upc', 'was']),
    id: z.string(),
  }),
);

/** `/artist/ID`. */
export const artistViewSchema = z.object({
  id: idText,
  name: z.string(),
  albums: z.array(albumCardSchema),
  tracks: z.array(trackRowSchema),
  /** What to pass as `cursor` for more albums and tracks; null on the last page. */
  nextCursor: z.string().nullable(),
});
/** `/artist/ID`. */
export type ArtistView = z.infer<typeof artistViewSchema>;

/** `/album/ID`. */
export const albumViewSchema = z.object({
  id: idText,
  title: z.string(),
  artist: creditSchema,
  date: z.string().nullable(),
  artDigest: digestText.nullable(),
  genres: z.array(z.string()),
  label: z.string().nullable(),
  /** ISO 639-3. */
  language: z.string().nullable(),
  upc: z.string().nullable(),
  evidence: evidenceSchema,
  /** Tracks on all its pages; null where the source does not say. */
  trackCount: whole.nullable(),
  durationMs: whole,
  /** Bytes of the originals that may be heard or taken. */
  sizeBytes: whole,
  licences: z.array(licenceViewSchema),
  tracks: z.array(trackRowSchema),
  /** Booklets, covers and other files that came with the album. */
  companions: z.array(
    z.object({
      digest: digestText,
      fileName: z.string(),
      role: z.string(),
      mimeType: z.string(),
      sizeBytes: whole,
    }),
  ),
  /** What to pass as `cursor` for more tracks; null on the last page. */
  nextCursor: z.string().nullable(),
});
/** `/album/ID`. */
export type AlbumView = z.infer<typeof albumViewSchema>;

/** `/track/ID`. */
export const trackViewSchema = trackRowSchema.extend({
  date: z.string().nullable(),
  genre: z.string().nullable(),
  isrc: z.string().nullable(),
  mbid: z.string().nullable(),
  /** The recording that it is, where the catalogue keeps the two apart: `/recording/ID` has all its tracks. */
  recordingId: idText.nullable(),
  evidence: evidenceSchema,
  /** Waveform peaks 0–255 from the start to the end of the track; null when not measured. */
  peaks: z.array(z.number().int().min(0).max(255)).max(4096).nullable(),
  loudnessLufs: z.number().nullable(),
  loudnessRangeLu: z.number().nullable(),
  truePeakDbtp: z.number().nullable(),
  /** What was told of the sound, such as its tempo; what is doubtful is absent (docs/formats/features.md). */
  features: z.array(
    z.object({
      name: z.string(),
      value: z.union([z.number(), z.string()]),
      confidence: z.number().min(0).max(1),
      algorithm: z.string(),
    }),
  ),
  /** The file whose sound is drawn at `/spectrogram/DIGEST`; null when none is. */
  spectrogram: digestText.nullable(),
  /** The file's own tags by their common names; none where the file may be neither heard nor taken. */
  tags: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Those that may be heard or taken by their rights. */
  files: z.array(fileViewSchema),
  rights: rightsViewSchema.nullable(),
});
/** `/track/ID`. */
export type TrackView = z.infer<typeof trackViewSchema>;

/** `/recording/ID`: one recording and the tracks that are it. */
export const recordingViewSchema = z.object({
  id: idText,
  title: z.string(),
  artist: creditSchema,
  isrcs: z.array(z.string()),
  tracks: z.array(trackRowSchema),
  /** What to pass as `cursor` for more tracks; null on the last page. */
  nextCursor: z.string().nullable(),
});
/** `/recording/ID`. */
export type RecordingView = z.infer<typeof recordingViewSchema>;

/** `/track/ID/tags.json`: the tags of each original in its own words. */
export const trackTagsViewSchema = z.object({
  files: z.array(
    z.object({
      digest: digestText,
      /** One entry for each kind of tag in the file. */
      native: z.array(
        z.object({
          kind: z.string(),
          fields: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
      ),
      /** What was left out when the file was taken in, such as `tags-capped`. */
      notes: z.array(z.string()),
    }),
  ),
});
/** `/track/ID/tags.json`. */
export type TrackTagsView = z.infer<typeof trackTagsViewSchema>;
