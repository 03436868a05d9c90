/**
 * What the search index is built from, and what it consists of: documents in the order of their ranks, in batches of
 * columns, and the names of the files they become. Layout: docs/formats/search-index.md.
 */

/** The indexes of a snapshot, each with ranks of its own. */
export type SearchGroup = 'tracks' | 'albums' | 'artists';

/** All groups, in the order in which answers give them. */
export const SEARCH_GROUPS: readonly SearchGroup[] = ['tracks', 'albums', 'artists'];

/**
 * Documents in rank order, column by column; row `i` of a batch is the document after all rows of earlier batches. A column
 * that is left out is unknown throughout. An album has its name in `album`, an artist in `artist`, so that
 * `album:` and `artist:` mean the same in each group.
 */
export interface SearchBatch {
  /** Rows of the batch: the length of every column that is there. */
  readonly count: number;
  readonly title?: readonly (string | null)[];
  readonly artist?: readonly (string | null)[];
  readonly album?: readonly (string | null)[];
  readonly label?: readonly (string | null)[];
  /** 1000–2999; another number is unknown. */
  readonly year?: ArrayLike<number | null>;
  readonly genres?: readonly (readonly string[] | null)[];
  readonly licence?: readonly (string | null)[];
  readonly explicit?: readonly (boolean | null)[];
}

/** What a written index consists of. */
export interface WrittenSearch {
  readonly group: SearchGroup;
  readonly documents: number;
  /** Postings over all lists. */
  readonly postings: number;
  /** Different words in titles, artists and albums. */
  readonly words: number;
  /** Names of the files in the folder, sorted by bytes. */
  readonly files: readonly string[];
}

/** Documents that follow one another, taken apart (search-piece.ts). They are counted from the first of the piece. */
export interface SearchPiece {
  readonly documents: number;
  /** Their postings as runs (posting-run.ts). */
  readonly runs: readonly Uint8Array<ArrayBuffer>[];
  /** Of each document, the marks of neighbours in its names. */
  readonly marks: Int32Array<ArrayBuffer>;
  /** The hashes of whole names (whole-names.ts), in the order of the documents. */
  readonly whole: Uint32Array<ArrayBuffer>;
}

/** Where an index goes and how much memory its making takes. */
export interface SearchWriterOptions {
  /** The folder of the snapshot: an index is the files `search-GROUP*` in it. */
  readonly directory: string;
  /** A folder of the same file system for runs and unfinished files; about 8 bytes a posting of one segment. */
  readonly temporary: string;
  readonly group: SearchGroup;
  /** Documents of one segment. */
  readonly segmentDocuments?: number;
  /** Postings of one run of documents that come by `add`: 12 bytes of memory each. */
  readonly runPostings?: number;
}
