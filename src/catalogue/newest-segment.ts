/**
 * Two searches as one list: what the catalogue does not know yet (tracks added since, in memory) and the snapshot. Whole
 * names lead, the newest first; then the newest, then the snapshot, each in its own order. Rules: docs/matching.md.
 */
import { queryTerms } from '../model/search-terms.ts';
import { isWhole } from './name-match.ts';
import type { SearchBound, SearchPage } from './search.ts';
import type { DocumentNames, SearchAnswer } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';

/** The two searches, and the ids and names of what they find. */
export interface JoinedSources {
  readonly newest: (cursor: string | null, limit: number) => Promise<SearchPage>;
  /** An answer of the snapshot; `stopped` when the search was ended. */
  readonly snapshot: (
    group: SearchGroup,
    cursor: string | null,
    limit: number,
  ) => Promise<Pick<SearchAnswer, 'hits' | 'next'> & { readonly bounds: readonly SearchBound[] }>;
  /** What the rows of `ranks` mean, in their order: one id for each, which is another's too where a person merged them. */
  readonly idsAt: (group: SearchGroup, ranks: readonly number[]) => Promise<string[]>;
  /** The names of a track that is new. */
  readonly namesOf: (id: string) => Promise<DocumentNames>;
}

/** Artists and albums beside the tracks. */
const MAX_GROUPS = 12;
/** `n` with the places in both, or `c` with that in the snapshot; `-` stands for its end. */
const CURSOR =
  /^(?:n(?<newest>[wr]\d{1,15})~(?<behind>[a-z0-9-]{0,30})|c(?<snapshot>[a-z0-9-]{0,30}))$/;
const END = '-';

/** The page of results for `query` after `cursor`: of the first, at most twice `limit`. */
export async function joinedPage(
  query: string,
  { cursor, limit }: { cursor: string | null; limit: number },
  sources: JoinedSources,
): Promise<SearchPage> {
  const { newest, behind, snapshot } = CURSOR.exec(cursor ?? '')?.groups ?? {};
  if (newest !== undefined && behind !== undefined) {
    const page = await sources.newest(newest, limit);
    const next = page.next === null ? fromSnapshot(behind) : `n${page.next}~${behind}`;
    return { ...page, artists: [], albums: [], next };
  }
  if (snapshot !== undefined) {
    const { hits, next, bounds } = await sources.snapshot('tracks', placeOf(snapshot), limit);
    const tracks = distinct(await sources.idsAt('tracks', ranksOf(hits)));
    return { artists: [], albums: [], tracks, next: next && `c${next}`, bounds };
  }
  return firstPage(query, limit, sources);
}

async function firstPage(
  query: string,
  limit: number,
  sources: JoinedSources,
): Promise<SearchPage> {
  const fresh = await sources.newest(null, limit);
  const [found, artists, albums] = await Promise.all([
    sources.snapshot('tracks', null, limit),
    sources.snapshot('artists', null, MAX_GROUPS),
    sources.snapshot('albums', null, MAX_GROUPS),
  ]);
  const leading = await countWhole(query, fresh.tracks, sources);
  const whole = found.hits.filter(({ reason }) => reason === 'whole').length;
  const room = Math.max(0, limit - fresh.tracks.length - whole);
  // While there is more of what is new, the rest of the snapshot comes behind it.
  const shown = Math.min(found.hits.length, fresh.next === null ? whole + room : whole);
  const ids = await sources.idsAt('tracks', ranksOf(found.hits));
  const behind = await placeAfter(shown, found, sources);
  return {
    artists: distinct([
      ...fresh.artists,
      ...(await sources.idsAt('artists', ranksOf(artists.hits))),
    ]),
    albums: distinct([...fresh.albums, ...(await sources.idsAt('albums', ranksOf(albums.hits)))]),
    tracks: distinct([
      ...fresh.tracks.slice(0, leading),
      ...ids.slice(0, whole),
      ...fresh.tracks.slice(leading),
      ...ids.slice(whole, shown),
    ]),
    next: fresh.next === null ? fromSnapshot(behind) : `n${fresh.next}~${behind}`,
    bounds: [...new Set([...found.bounds, ...artists.bounds, ...albums.bounds])],
  };
}

/** What a person merged is shown once in a page. */
function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** How many of the first `ids` are named exactly as asked. */
async function countWhole(
  query: string,
  ids: readonly string[],
  { namesOf }: JoinedSources,
): Promise<number> {
  const terms = queryTerms(query);
  for (const [at, id] of ids.entries()) if (!isWhole('tracks', await namesOf(id), terms)) return at;
  return ids.length;
}

/** The place behind the first `shown` of `found`, as it stands in a cursor. */
async function placeAfter(
  shown: number,
  found: Pick<SearchAnswer, 'hits' | 'next'>,
  { snapshot }: JoinedSources,
): Promise<string> {
  if (shown === found.hits.length) return found.next ?? END;
  if (shown === 0) return '';
  return (await snapshot('tracks', null, shown)).next ?? END;
}

function fromSnapshot(behind: string): string | null {
  return behind === END ? null : `c${behind}`;
}

function placeOf(text: string): string | null {
  return text === '' ? null : text;
}

function ranksOf(hits: SearchAnswer['hits']): number[] {
  return hits.map(({ rank }) => rank);
}
