/** What a report is made from: the tables of a snapshot for SQL, and what the archive knows besides. */
import type { ReportHead } from './result.ts';

/** What is known of a source beside its name. */
export interface SourceFacts {
  readonly tracksRead: number | null;
  readonly tracksKept: number | null;
  /** The tracks of the import as a table function of SQL, with `id` and `isrcs`; null when it is gone or needs no comparing. */
  readonly tracks: string | null;
}

/** Files of one kind, format and state that are held. */
export interface HeldFacts {
  readonly kind: 'audio' | 'companion';
  readonly format: string;
  readonly state: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** A flag that does not follow from the statistics tables. */
export interface ToldFlag {
  readonly name: string;
  readonly tracks: number;
  /** The ranks of the first hundred, ascending. */
  readonly first: readonly number[];
}

/** A title and how many tracks have it. */
export interface TitleCount {
  readonly title: string;
  readonly tracks: number;
}

/** How many fingerprints stand on as many held audio files. */
export interface SoundCount {
  readonly files: number;
  readonly fingerprints: number;
}

/** A track as samples name it. */
export interface NamedTrack {
  readonly title: string;
  readonly artist: string;
  readonly id: string;
  /** Addresses that pay its artists, as the sources give them. */
  readonly pays: readonly string[];
}

/** An artist as samples name it. */
export interface NamedArtist {
  readonly name: string;
  readonly id: string;
}

/** What a report is made from. */
export interface ReportInput {
  readonly head: ReportHead;
  /** By how many tracks the width of classes is chosen. */
  readonly classedBy: number;
  /** The statistics tables as table functions of SQL, with `file_row_number`, their bytes checked. */
  readonly tables: { readonly tracks: string; readonly albums: string; readonly artists: string };
  /** In the order of `head.sources`. */
  readonly sources: readonly SourceFacts[];
  /** Rows of the snapshot that became one of several, as its manifest tells. */
  readonly merges: readonly {
    readonly table: string;
    readonly reason: string;
    readonly rows: number;
  }[];
  readonly held: readonly HeldFacts[];
  readonly sounds: readonly SoundCount[];
  readonly told: readonly ToldFlag[];
  /** The titles that the most tracks have, those with the most first. */
  readonly titles: readonly TitleCount[];
  /** The newest year that a source or popularity is dated in; null when none is. */
  readonly year: number | null;
  readonly names: {
    tracks(ranks: readonly number[]): NamedTrack[];
    artists(ranks: readonly number[]): NamedArtist[];
  };
}
