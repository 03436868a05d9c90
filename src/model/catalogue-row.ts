/**
 * What a source says of a track, an album and an artist once its own columns have been read: the rows that every import
 * writes and every snapshot is built from. A field that a source does not have is null: unknown stays unknown.
 *
 * Ids are text with the source in front (`mbid:…`, `discogs:…`, `fma:…`, `table-NAME:…`), as docs/catalogue.md says.
 */

/** One track of one source: a recording as it stands on an album, or a recording alone where the source has no albums. */
export interface TrackRow {
  readonly id: string;
  /** The recording that this track is, where the source keeps the two apart. */
  readonly recordingId: string | null;
  readonly title: string;
  /** As it is to be shown: "A feat. B". */
  readonly artist: string;
  /** In the order of the credit; empty when the source has names alone. */
  readonly artistIds: readonly string[];
  readonly albumId: string | null;
  readonly album: string | null;
  readonly discNumber: number | null;
  readonly trackNumber: number | null;
  readonly durationMs: number | null;
  /** Twelve characters each, no hyphens; several recordings may share one, and one may have several. */
  readonly isrcs: readonly string[];
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly releaseDate: string | null;
  readonly explicit: boolean | null;
  /** 0–100 in the source's own measure; its origin, date and method are the import's. */
  readonly popularity: number | null;
  readonly listens: number | null;
  readonly listeners: number | null;
  readonly label: string | null;
  readonly genres: readonly string[];
  /** As the source words it. */
  readonly licence: string | null;
}

/** One album of one source. */
export interface AlbumRow {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly artistIds: readonly string[];
  /** UPC or EAN as text with a right check digit, else null and told among the refused values. */
  readonly upc: string | null;
  readonly releaseDate: string | null;
  /** `album`, `single`, `compilation` … as the source has it. */
  readonly type: string | null;
  readonly label: string | null;
  readonly trackCount: number | null;
  readonly popularity: number | null;
  /** Where it may be had, ISO 3166-1 alpha-2, ascending; null when the source does not say. */
  readonly markets: readonly string[] | null;
  /** ISO 639-3; `zxx` is without words, `mul` several. */
  readonly language: string | null;
}

/** One artist of one source. */
export interface ArtistRow {
  readonly id: string;
  readonly name: string;
  readonly sortName: string | null;
  readonly followers: number | null;
  readonly popularity: number | null;
  readonly genres: readonly string[];
  /** ISO 3166-1 alpha-2. */
  readonly place: string | null;
}

/** An address that a source gives for something of its own. */
export interface LinkRow {
  readonly id: string;
  readonly kind: 'licence' | 'purchase' | 'patronage' | 'homepage' | 'audio';
  readonly url: string;
}

/** An id that now means another. */
export interface RedirectRow {
  readonly from: string;
  readonly to: string;
}

/** How often something was heard. */
export interface CountRow {
  readonly id: string;
  readonly listens: number;
  /** Distinct people, where the source tells them apart; who they are is not kept. */
  readonly listeners: number | null;
}

/** Measured or judged qualities of a track; null where the source is silent. Likelihoods are 0–1. */
export interface FeatureRow {
  readonly id: string;
  /** 0 is C, 11 is B. */
  readonly key: number | null;
  readonly mode: 'major' | 'minor' | null;
  readonly tempoBpm: number | null;
  readonly loudnessDb: number | null;
  readonly energy: number | null;
  readonly danceability: number | null;
  readonly valence: number | null;
  readonly speechiness: number | null;
  readonly instrumentalness: number | null;
  readonly acousticness: number | null;
  readonly liveness: number | null;
}

/** The tables of an import, by the name of their files. */
export interface CatalogueTables {
  readonly tracks: TrackRow;
  readonly albums: AlbumRow;
  readonly artists: ArtistRow;
  readonly links: LinkRow;
  readonly redirects: RedirectRow;
  readonly counts: CountRow;
  readonly features: FeatureRow;
}
