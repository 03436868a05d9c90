/** The one door to search: what the site and the command line ask, whatever engine answers. */

/** What of a page is not all there is: `stopped` when the search was ended, else as of a snapshot's answer. */
export const SEARCH_BOUNDS = ['phrases', 'prefixes', 'time', 'stopped'] as const;
/** What of a page is not all there is. */
export type SearchBound = (typeof SEARCH_BOUNDS)[number];

/** What was found, as ids in the order they are to be shown: of what is held (`local:…`) or of the catalogue. */
export interface SearchPage {
  /** Artists and albums come with the first page only. */
  readonly artists: readonly string[];
  readonly albums: readonly string[];
  readonly tracks: readonly string[];
  /** Where the next page of tracks starts, or null at the end. */
  readonly next: string | null;
  readonly bounds: readonly SearchBound[];
}

/** Search over title, artist and album. */
export interface CatalogueSearch extends Disposable {
  /**
   * The page of results for `query` after `cursor` (null for the first; an unknown one is taken for the first). A track whose whole
   * folded title or "artist title" equals the query leads; then popularity. The language is that of docs/search.md; an empty query
   * finds nothing.
   */
  search(query: string, page: { cursor: string | null; limit: number }): Promise<SearchPage>;
}
