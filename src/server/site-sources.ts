/** What the pages of an archive are made from, and what of it is kept from one request to the next. */
import type { Clock } from '../base/clock.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/store.ts';
import type { AlbumView } from './views.ts';

/** What the site reads. */
export interface ArchiveSources {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly clock: Clock;
}

/** The same with what many lines of one page ask alike: each is made once until the ledger grows or the day changes. */
export interface SiteSources extends ArchiveSources {
  /** The names of the volumes in the latest edition. */
  readonly publishedVolumes: () => Promise<ReadonlySet<string>>;
  /** The album with `id` as a whole, or undefined when nothing of it may be shown. */
  readonly albumWhole: (id: string) => Promise<AlbumWhole | undefined>;
  /** The artist with `id` as a whole, or undefined when nothing of them may be shown. */
  readonly artistWhole: (id: string) => Promise<ArtistWhole | undefined>;
}

/** What is told of an album however many tracks it has; only what may be shown counts. */
export interface AlbumWhole
  extends Pick<AlbumView, 'durationMs' | 'sizeBytes' | 'licences' | 'genres' | 'companions'> {
  /** Digests of the files that are or hold its cover: of a file of its own, and of the first track with a picture. */
  readonly cover: { readonly beside: string | null; readonly inside: string | null };
  readonly trackCount: number;
  /** Those of its tracks that are not withdrawn. */
  readonly presentCount: number;
}

/** What an artist is told by, in the order of their pages; what of it may be shown is decided line by line. */
export interface ArtistWhole {
  readonly id: string;
  readonly name: string;
  /** By date and title. */
  readonly albumIds: readonly string[];
  /** Tracks on no album of theirs. */
  readonly trackIds: readonly string[];
}
