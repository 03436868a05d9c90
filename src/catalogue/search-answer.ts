/** What is asked of a snapshot's search and what it answers. The language of queries: docs/search.md. */
import type { SearchGroup } from './search-documents.ts';

/** The names of one document, as they were indexed. An artist has no title and no album, an album no title. */
export interface DocumentNames {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
}

/** What search asks of the rest of the snapshot. */
export interface SearchRows {
  /** The names of the document of `rank` in `group`; whole titles and phrases are decided against them. */
  names(group: SearchGroup, rank: number): DocumentNames;
  /** Ranks of the tracks with this ISRC (twelve characters, upper case), ascending, each read when it is asked for. */
  tracksWithIsrc(isrc: string): Iterable<number>;
}

/** One question. */
export interface SearchQuestion {
  /** As it was typed: its first 256 bytes and 12 words count. */
  readonly text: string;
  readonly group: SearchGroup;
  readonly limit: number;
  /** Of an earlier answer to the same text, else null. */
  readonly cursor: string | null;
  /** Whether the last word may be half typed. */
  readonly typing?: boolean;
}

/**
 * Why a document is where it is in the answer: the whole query is its folded title, artist, album or "artist title"; the
 * words stand side by side in one of its names; it has all the words; it has them but for one letter in some of them.
 */
export const HIT_REASONS = ['whole', 'phrase', 'words', 'typo'] as const;

/** Why a document is where it is in the answer. */
export type HitReason = (typeof HIT_REASONS)[number];

/** One document found. */
export interface SearchHit {
  readonly rank: number;
  readonly reason: HitReason;
}

/** A page of results. */
export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  /** Where the next page starts; null at the end. */
  readonly next: string | null;
  /**
   * What of the answer is not exact: `phrases` when there were more candidates for a phrase than are looked at,
   * `prefixes` when a half word has more endings than were tried, `time` when it ended early.
   */
  readonly bounds: readonly ('phrases' | 'prefixes' | 'time')[];
  /** Words for which others were taken since hardly anything has them, with those others. */
  readonly corrections: readonly { readonly word: string; readonly taken: readonly string[] }[];
}

/** Search over one snapshot. */
export interface SnapshotSearch extends Disposable {
  /** The answer to `question`. `CATALOGUE_DAMAGED` when a part of a file is not as it was written. */
  search(question: SearchQuestion): SearchAnswer;
}
