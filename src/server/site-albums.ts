/** Albums and the front page, from the ledger. */
import type { AlbumRow } from '../ledger/ledger.ts';
import type { SiteSources } from './site-sources.ts';
import { trackRows } from './site-tracks.ts';
import type { AlbumCard, AlbumView } from './views.ts';

/** Tracks on one page of an album: all of nearly every album there is, so that it plays from its first to its last. */
const TRACKS_ON_PAGE = 500;
/** Albums on the front page. */
const LATEST_ALBUMS = 24;
/** Facts looked at at a time, and how often, to find the latest albums: bounded, whatever the archive holds. */
const WINDOW_FACTS = 500;
const MAX_WINDOWS = 40;

/** The page of the album with `id` from its track number `cursor` on, or undefined when nothing of it may be shown. */
export async function albumView(
  sources: SiteSources,
  id: string,
  cursor: string | undefined,
): Promise<AlbumView | undefined> {
  const { ledger } = sources;
  const album = await ledger.album(id);
  const whole = album && (await sources.albumWhole(id));
  if (!whole) return undefined;
  const { cover, trackCount, genres, durationMs, sizeBytes, licences, companions } = whole;
  const skip = Number(cursor ?? 0);
  const rows = await ledger.tracksOfAlbum(id, { skip, limit: TRACKS_ON_PAGE + 1 });
  const page = rows.slice(0, TRACKS_ON_PAGE);
  return {
    id,
    title: album.title,
    artist: { id: album.artistId, name: album.artist },
    date: album.date,
    artDigest: cover.beside ?? cover.inside,
    ...{ label: null, language: null, upc: null, evidence: [] },
    ...{ trackCount, genres, durationMs, sizeBytes, licences },
    tracks: await trackRows(sources, page),
    nextCursor: rows.length > page.length ? String(skip + page.length) : null,
    companions,
  };
}

/** An album in a grid, or undefined when nothing of it may be shown. */
async function albumCard(sources: SiteSources, album: AlbumRow): Promise<AlbumCard | undefined> {
  const whole = await sources.albumWhole(album.id);
  if (!whole || whole.presentCount === 0) return undefined;
  return {
    id: album.id,
    title: album.title,
    artist: { id: album.artistId, name: album.artist },
    year: album.date?.slice(0, 4) ?? null,
    artDigest: whole.cover.beside ?? whole.cover.inside,
    trackCount: whole.presentCount,
  };
}

/** The cards of the albums with `ids` that may be shown, in their order. */
export async function albumCards(
  sources: SiteSources,
  ids: Iterable<string>,
): Promise<AlbumCard[]> {
  const cards: AlbumCard[] = [];
  for (const id of ids) {
    const album = await sources.ledger.album(id);
    const card = album && (await albumCard(sources, album));
    if (card) cards.push(card);
  }
  return cards;
}

/** The albums that holdings came to last, newest first. */
export async function latestAlbums(sources: SiteSources): Promise<AlbumCard[]> {
  const { ledger } = sources;
  const ids = new Set<string>();
  let end = await ledger.lastSeq();
  const cards: AlbumCard[] = [];
  for (let window = 0; window < MAX_WINDOWS && end > 0; window += 1) {
    const start = Math.max(0, end - WINDOW_FACTS);
    const fresh = new Set<string>();
    for (const { fact } of (await ledger.history(start, end - start)).reverse()) {
      if (fact.kind !== 'holding-added' || fact.holding.trackId === null) continue;
      const { albumId } = (await ledger.track(fact.holding.trackId)) ?? { albumId: null };
      if (albumId !== null && !ids.has(albumId)) fresh.add(albumId);
    }
    for (const id of fresh) ids.add(id);
    cards.push(...(await albumCards(sources, fresh)));
    if (cards.length >= LATEST_ALBUMS) break;
    end = start;
  }
  return cards.slice(0, LATEST_ALBUMS);
}
