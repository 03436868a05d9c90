/** Albums, artists and the front page, from the ledger. */
import type { AlbumRow } from '../ledger/ledger.ts';
import { licenceTerms } from '../model/licence.ts';
import { coverOf } from './site-art.ts';
import { fileName, filesOf, type SiteSources } from './site-files.ts';
import { isShown } from './site-rights.ts';
import { trackRows } from './site-tracks.ts';
import type { AlbumCard, AlbumView, ArtistView } from './views.ts';

/** Most albums and tracks on one artist's page. */
const MAX_ARTIST_ROWS = 500;
/** Albums on the front page. */
const LATEST_ALBUMS = 24;
/** Facts looked at at a time, and how often, to find the latest albums: bounded, whatever the archive holds. */
const WINDOW_FACTS = 500;
const MAX_WINDOWS = 40;

/** The page of the album with `id`, or undefined when nothing of it may be shown. */
export async function albumView(sources: SiteSources, id: string): Promise<AlbumView | undefined> {
  const { ledger } = sources;
  const album = await ledger.album(id);
  if (!album) return undefined;
  const rows = await ledger.tracksOfAlbum(id);
  const tracks = await trackRows(sources, rows);
  if (tracks.length === 0) return undefined;
  const held = await ledger.holdingsOfAlbum(id);
  const shown = held.filter(isShown);
  const audio = shown.filter(({ kind }) => kind === 'audio');
  const companions = await filesOf(
    sources,
    shown.filter(({ kind }) => kind === 'companion'),
  );
  const licences = new Set(audio.flatMap(({ rights }) => rights.licence ?? []));
  const ids = new Set(tracks.map((track) => track.id));
  const genres = rows.flatMap((row) => (ids.has(row.id) ? (row.description.genre ?? []) : []));
  return {
    id,
    title: album.title,
    artist: { id: album.artistId, name: album.artist },
    date: album.date,
    artDigest: await coverOf(sources, { album: held, originals: [] }),
    genres: [...new Set(genres)],
    ...{ label: null, language: null, upc: null, evidence: [], nextCursor: null },
    durationMs: tracks.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0),
    sizeBytes: audio.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    licences: [...licences].map((licence) => ({
      id: licence,
      url: licenceTerms(licence)?.url ?? null,
    })),
    tracks,
    companions: companions
      .filter(({ mayTake }) => mayTake)
      .map((file) => ({
        digest: file.digest,
        fileName: fileName(file),
        role: file.holding.role ?? 'file',
        mimeType: file.holding.mimeType,
        sizeBytes: file.holding.sizeBytes,
      })),
  };
}

/** An album in a grid, or undefined when nothing of it may be shown. */
async function albumCard(sources: SiteSources, album: AlbumRow): Promise<AlbumCard | undefined> {
  const held = await sources.ledger.holdingsOfAlbum(album.id);
  const holdings = held.filter((holding) => isShown(holding) && !holding.withdrawn);
  const tracks = new Set(holdings.flatMap(({ trackId }) => trackId ?? []));
  if (tracks.size === 0) return undefined;
  return {
    id: album.id,
    title: album.title,
    artist: { id: album.artistId, name: album.artist },
    year: album.date?.slice(0, 4) ?? null,
    artDigest: await coverOf(sources, { album: held, originals: [] }),
    trackCount: tracks.size,
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

/** The page of the artist with `id`: albums by date and title, then tracks on no album of theirs. */
export async function artistView(
  sources: SiteSources,
  id: string,
): Promise<ArtistView | undefined> {
  const { ledger } = sources;
  const artist = await ledger.artist(id);
  if (!artist) return undefined;
  const own = await ledger.albumsOfArtist(id, { limit: MAX_ARTIST_ROWS });
  const ids = new Set(own.map((album) => album.id));
  const others = (await ledger.tracksOfArtist(id, { limit: MAX_ARTIST_ROWS })).filter(
    ({ albumId }) => albumId === null || !ids.has(albumId),
  );
  const albums = await albumCards(sources, ids);
  const tracks = await trackRows(sources, others);
  if (albums.length + tracks.length === 0) return undefined;
  albums.sort(
    (a, b) => compareText(a.year ?? '9999', b.year ?? '9999') || compareText(a.title, b.title),
  );
  return { id, name: artist.name, albums, tracks, nextCursor: null };
}

/** The artist with `id` as a name, or undefined when nothing of them may be shown and so there is no page. */
export async function shownArtist(
  sources: SiteSources,
  id: string,
): Promise<{ id: string; name: string } | undefined> {
  const { ledger } = sources;
  const artist = await ledger.artist(id);
  if (!artist) return undefined;
  for (const track of await ledger.tracksOfArtist(id, { limit: MAX_ARTIST_ROWS }))
    if ((await ledger.holdingsOfTrack(track.id)).some(isShown)) return { id, name: artist.name };
  for (const album of await ledger.albumsOfArtist(id, { limit: MAX_ARTIST_ROWS }))
    if (await albumCard(sources, album)) return { id, name: artist.name };
  return undefined;
}

/** The albums that holdings came to last, newest first. */
export async function latestAlbums(sources: SiteSources): Promise<AlbumCard[]> {
  const { ledger } = sources;
  const ids = new Set<string>();
  let end = (await ledger.lastFact())?.seq ?? 0;
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

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
