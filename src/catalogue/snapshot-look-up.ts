/**
 * Look-up in a snapshot: rows by rank, stable id, ISRC, UPC and recording; the albums of an artist and the tracks of an
 * album. `openSnapshot` (snapshot-open.ts) opens one. Everything is read from disk when it is asked for, checked by the
 * page it lies in; memory is 4 bytes for each 4 KiB of files (30 MB at 256 million tracks), 4 MiB of pages, and of each file of
 * rows the last 32 blocks, 2 MiB or so.
 */
import type { AlbumRow, ArtistRow, LinkRow, TrackRow } from '../model/catalogue-row.ts';
import type { Manifest } from './manifest.ts';
import type { DocumentNames } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';

/** Most ranks, ids or rows in one call. */
export const MAX_BATCH = 1000;

/** A row with its place in the order of the snapshot. */
export type Ranked<Row> = Row & { readonly rank: number };
/** A track of the snapshot. */
export type CatalogueTrack = Ranked<TrackRow>;
/** An album of the snapshot. */
export type CatalogueAlbum = Ranked<AlbumRow>;
/** An artist of the snapshot. */
export type CatalogueArtist = Ranked<ArtistRow>;

/** A page of rows: `after` is the rank of the last row of the page before. */
export interface PageRequest {
  readonly after?: number | undefined;
  /** 1 to `MAX_BATCH`. */
  readonly limit: number;
}
/** A page of rows in rank order; `next` is the `after` of the next page, null at the end. */
export interface RankPage<Row> {
  readonly rows: readonly Row[];
  readonly next: number | null;
}

/** What a stable id means in the snapshot. `asked` differs from the row's id when the id now means another. */
export type FoundRow =
  | { readonly kind: 'track'; readonly track: CatalogueTrack }
  | { readonly kind: 'album'; readonly album: CatalogueAlbum }
  | { readonly kind: 'artist'; readonly artist: CatalogueArtist };

/**
 * An open snapshot. All ranks ascend. Throws `SEARCH_INDEX_DAMAGED` naming file and page when what is read is not what was
 * written.
 */
export interface Snapshot extends Disposable {
  readonly directory: string;
  readonly manifest: Manifest;
  /** The rows at `ranks` (at most 1,000), each undefined where there is no such rank. */
  tracksAt(ranks: readonly number[]): (CatalogueTrack | undefined)[];
  albumsAt(ranks: readonly number[]): (CatalogueAlbum | undefined)[];
  artistsAt(ranks: readonly number[]): (CatalogueArtist | undefined)[];
  /** The row with the stable id, redirects followed; undefined when the snapshot has none. */
  track(id: string): CatalogueTrack | undefined;
  album(id: string): CatalogueAlbum | undefined;
  artist(id: string): CatalogueArtist | undefined;
  /** The rank of the row with the stable id, redirects followed: a fifth of the row itself. */
  rankOf(kind: keyof CatalogueRows, id: string): number | undefined;
  /** The ISRCs of the track of `rank`. */
  isrcsAt(rank: number): readonly string[];
  /** The ids of all rows of `kind` from rank `first` on, in order. */
  idsFrom(kind: keyof CatalogueRows, first: number): Iterable<string>;
  /** What `id` means: a track, else an album, else an artist, else the highest track of the recording of that id. */
  find(id: string): FoundRow | undefined;
  /** What `id` means now, itself unless a source said otherwise. */
  currentId(id: string): string;
  /** Tracks that carry the ISRC (12 characters, no hyphens). */
  tracksByIsrc(isrc: string, page: PageRequest): RankPage<CatalogueTrack>;
  /** Their ranks alone, ascending, one after another as they are asked for: a tenth of the rows. */
  ranksWithIsrc(isrc: string): Generator<number>;
  /** Tracks that are the recording: those whose recording id, or own id, is `id`. */
  tracksByRecording(id: string, page: PageRequest): RankPage<CatalogueTrack>;
  albumsByUpc(upc: string, page: PageRequest): RankPage<CatalogueAlbum>;
  albumsOfArtist(artistId: string, page: PageRequest): RankPage<CatalogueAlbum>;
  tracksOfAlbum(albumId: string, page: PageRequest): RankPage<CatalogueTrack>;
  /** Addresses that sources give for the row with the id. */
  linksOf(id: string): LinkRow[];
  /** The names by which the row of `rank` in `group` is searched. */
  names(group: SearchGroup, rank: number): DocumentNames;
  /** All rows of `kind` from rank `first` on, in order. */
  rowsFrom<Kind extends keyof CatalogueRows>(
    kind: Kind,
    first: number,
  ): Iterable<Ranked<CatalogueRows[Kind]>>;
  /** All rows of a side table by their first value: `[from, to]` or `[id, kind, url]`. */
  sideRows(name: 'redirects' | 'links'): Iterable<string[]>;
}

/** The rows of a snapshot by kind. */
export interface CatalogueRows {
  readonly tracks: TrackRow;
  readonly albums: AlbumRow;
  readonly artists: ArtistRow;
}
