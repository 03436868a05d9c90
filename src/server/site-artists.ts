/** Artists, from the ledger: their albums by date and title, then tracks on no album of theirs, a page at a time. */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { AlbumRow, TrackRow } from '../ledger/ledger.ts';
import { albumCards } from './site-albums.ts';
import { isShown } from './site-rights.ts';
import type { ArtistWhole, SiteSources } from './site-sources.ts';
import { trackRows } from './site-tracks.ts';
import type { ArtistView } from './views.ts';

/** Albums and tracks on one page: a wall of covers. */
const LINES_ON_PAGE = 100;
/** Rows between two turns of other requests: some ten milliseconds. */
const ROWS_AT_ONCE = 500;

/** The page of the artist with `id` from line `cursor` on, or undefined when nothing of them may be shown. */
export async function artistView(
  sources: SiteSources,
  id: string,
  cursor: string | undefined,
): Promise<ArtistView | undefined> {
  const artist = await sources.artistWhole(id);
  if (!artist) return undefined;
  const { name, albumIds, trackIds } = artist;
  const start = Number(cursor ?? 0);
  const end = start + LINES_ON_PAGE;
  const tracks: TrackRow[] = [];
  for (const trackId of trackIds.slice(
    Math.max(0, start - albumIds.length),
    Math.max(0, end - albumIds.length),
  )) {
    const track = await sources.ledger.track(trackId);
    if (track) tracks.push(track);
  }
  return {
    ...{ id, name },
    albums: await albumCards(sources, albumIds.slice(start, end)),
    tracks: await trackRows(sources, tracks),
    nextCursor: end < albumIds.length + trackIds.length ? String(end) : null,
  };
}

/** The artist with `id`, or undefined when nothing of them may be shown. Cost: one pass over the names of what is theirs. */
export async function readArtistWhole(
  sources: SiteSources,
  id: string,
): Promise<ArtistWhole | undefined> {
  const { ledger } = sources;
  const artist = await ledger.artist(id);
  if (!artist) return undefined;
  const albums: AlbumRow[] = [];
  for await (const row of eachRow((page) => ledger.albumsOfArtist(id, page))) albums.push(row);
  const own = new Set(albums.map((album) => album.id));
  const trackIds: string[] = [];
  let isAnyShown = false;
  for await (const track of eachRow((page) => ledger.tracksOfArtist(id, page))) {
    if (track.albumId !== null && own.has(track.albumId)) continue;
    isAnyShown ||= (await ledger.holdingsOfTrack(track.id)).some(isShown);
    trackIds.push(track.id);
  }
  albums.sort((a, b) => compareText(yearOf(a), yearOf(b)) || compareText(a.title, b.title));
  const albumIds = albums.map((album) => album.id);
  isAnyShown ||= await isAnyAlbumShown(sources, albumIds);
  return isAnyShown ? { id, name: artist.name, albumIds, trackIds } : undefined;
}

async function isAnyAlbumShown(sources: SiteSources, ids: readonly string[]): Promise<boolean> {
  for (const id of ids) if ((await albumCards(sources, [id])).length > 0) return true;
  return false;
}

/** Every row of a list that is read a page at a time; others have their turn between two pages. */
async function* eachRow<Row extends { readonly id: string }>(
  read: (page: { after: string | undefined; limit: number }) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let after: string | undefined;
  for (;;) {
    const rows = await read({ after, limit: ROWS_AT_ONCE });
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1)!.id;
    await turnOfOthers();
  }
}

function yearOf({ date }: AlbumRow): string {
  return date?.slice(0, 4) ?? '9999';
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
