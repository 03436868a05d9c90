/**
 * What the server asks of an archive: views for pages, and bytes for files. `site.ts` answers from a real archive.
 *
 * Everything behind this port has already decided rights: what may not be shown or given out is undefined here, and
 * the server cannot tell it from what never existed.
 */
import type { SafeRelPath } from '../base/safe-path.ts';
import type { CoverSize } from '../model/cover.ts';
import type { EditionsView, EditionView, WithdrawalsView } from './edition-views.ts';
import type { LookUpView } from './look-up-views.ts';
import type { StatisticsView } from './statistics-view.ts';
import type {
  AlbumView,
  ArchiveView,
  ArtistView,
  HomeView,
  RecordingView,
  SearchView,
  TrackTagsView,
  TrackView,
} from './views.ts';

/** A file the server may give out. */
export interface ServedFile {
  readonly sizeBytes: number;
  readonly mimeType: string;
  /** The name a download gets. */
  readonly fileName: string;
  /** Names exactly these bytes (a digest, or a digest of what determines them): the strong entity tag. */
  readonly identity: string;
  /** Bytes `start` (included) to `end` (excluded), each verified before it is yielded; throws when they are damaged. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** One archive, as far as the web is concerned. Absent and not allowed are both undefined. */
export interface SitePort {
  archive(): Promise<ArchiveView>;
  home(): Promise<HomeView>;
  /** Results for `query` (already clipped to 256 bytes); `cursor` is a `nextCursor` of an earlier page. */
  search(query: string, cursor: string | null): Promise<SearchView>;
  /** An artist with albums behind `cursor`, a `nextCursor` of an earlier page; so for what follows. */
  artist(id: string, cursor?: string): Promise<ArtistView | undefined>;
  album(id: string, cursor?: string): Promise<AlbumView | undefined>;
  recording(id: string, cursor?: string): Promise<RecordingView | undefined>;
  track(id: string): Promise<TrackView | undefined>;
  /** What the catalogue knows under each of `ids`, held or not. */
  lookUp(ids: readonly string[]): Promise<LookUpView | undefined>;
  /** What the files of a track said in their own words. */
  trackTags(id: string): Promise<TrackTagsView | undefined>;
  /** Editions before `cursor`, newest first. */
  editions(cursor: string | null): Promise<EditionsView>;
  /** Edition `number` with its volumes behind `cursor`. */
  edition(number: number, cursor: string | null): Promise<EditionView | undefined>;
  /** The record of withdrawals before `cursor`, newest first. */
  withdrawals(cursor: string | null): Promise<WithdrawalsView>;
  /** The report on the snapshot in use, where one was made. */
  statistics(): Promise<StatisticsView>;
  /** A file of that report by its name. */
  openStatistics(name: string): Promise<ServedFile | undefined>;
  /** An original or a derivative by SHA-256, if `use` of it is allowed. */
  openFile(digest: string, use: 'stream' | 'distribute'): Promise<ServedFile | undefined>;
  /** The picture that a file is or holds, as it is or within a square of `sizePx`; only raster image types. `busy` when too many wait. */
  openArt(digest: string, sizePx: CoverSize | null): Promise<ServedFile | 'busy' | undefined>;
  /** A picture of the sound of a file that may be streamed. */
  openSpectrogram(digest: string): Promise<ServedFile | 'busy' | undefined>;
  /** Whether a file by SHA-256 was given out once and is withdrawn. */
  isWithdrawn(digest: string): Promise<boolean>;
  /**
   * A file of the published tree by its path, such as `volumes/NAME.tar` or `editions/0001/edition.json`: looked up in
   * what the editions list, never joined to a folder.
   */
  openPublished(path: SafeRelPath): Promise<ServedFile | undefined>;
}
