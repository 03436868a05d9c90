/** The site of a real archive: the server's port over the ledger, the store, search and the published tree. */
import type { Digest } from '../base/digest.ts';
import type { CatalogueSearch } from '../catalogue/search.ts';
import { openPublishedTree, type TreeSources } from './published-tree.ts';
import { readAlbumWhole } from './site-album-whole.ts';
import { albumCards, albumView, latestAlbums } from './site-albums.ts';
import { openPicture, openSpectrogram, type PictureMakers } from './site-art.ts';
import { artistView, readArtistWhole } from './site-artists.ts';
import {
  cataloguedAlbum,
  cataloguedArtist,
  cataloguedRecording,
  cataloguedRow,
  cataloguedTrack,
  knownCard,
  matchedTrack,
  type SiteCatalogue,
} from './site-catalogue.ts';
import { licencesOf, openEditionPages } from './site-editions.ts';
import { isFileWithdrawn, openHeldFile } from './site-files.ts';
import { lookUpView } from './site-look-up.ts';
import type { SitePort } from './site-port.ts';
import type { ArchiveSources, SiteSources } from './site-sources.ts';
import { openStatistics, type StatisticsSource, statisticsView } from './site-statistics.ts';
import { trackTagsView } from './site-tags.ts';
import { trackRows, trackView } from './site-tracks.ts';
import { withdrawalsView } from './site-withdrawals.ts';
import { eachUntilNextFact, untilNextFact } from './until-next-fact.ts';
import type { ArchiveView, HomeView, SearchView } from './views.ts';

/** What a site is made of. Everything is read; nothing is written but the cache of pictures. */
export interface SiteDeps extends ArchiveSources, PictureMakers, TreeSources, StatisticsSource {
  readonly search: Pick<CatalogueSearch, 'search'>;
  readonly catalogue: SiteCatalogue;
  /** What is told of the archive itself; `contact` may be a bare e-mail address. */
  readonly archive: ArchiveView;
}

type OpenSite = SiteDeps & SiteSources;

/** Tracks on one page of results. */
const SEARCH_ROWS = 25;
/** Albums and artists kept in memory: a kilobyte each, but for artists of ten thousand tracks. */
const MAX_KEPT_ALBUMS = 2_000;
const MAX_KEPT_ARTISTS = 200;

/** The site of the archive behind `deps`. */
export function createSite(deps: SiteDeps): SitePort {
  const tree = openPublishedTree(deps);
  const editions = openEditionPages(tree);
  const open: OpenSite = {
    ...deps,
    publishedVolumes: untilNextFact(deps, async () => new Set((await tree.rows()).at(-1)?.volumes)),
    albumWhole: eachUntilNextFact(deps, MAX_KEPT_ALBUMS, (id) => readAlbumWhole(open, id)),
    artistWhole: eachUntilNextFact(deps, MAX_KEPT_ARTISTS, (id) => readArtistWhole(open, id)),
  };
  const archive = { ...deps.archive, contact: contactAddress(deps.archive.contact) };
  return {
    archive: async () => archive,
    home: untilNextFact(deps, () => home(open, tree)),
    search: (query, cursor) => search(open, query, cursor),
    artist: async (id, cursor) =>
      (await artistView(open, id, cursor)) ?? (await cataloguedArtist(open, id, cursor)),
    album: async (id, cursor) =>
      (await albumView(open, id, cursor)) ?? (await cataloguedAlbum(open, id, cursor)),
    recording: (id, cursor) => cataloguedRecording(open, id, cursor),
    track: async (id) => {
      const held = await trackView(open, id);
      return held ? await matchedTrack(open, held) : await cataloguedTrack(open, id);
    },
    lookUp: (ids) => lookUpView(open.catalogue, ids),
    trackTags: (id) => trackTagsView(open, id),
    editions: (cursor) => editions.list(cursor),
    edition: (number, cursor) => editions.page(number, cursor),
    withdrawals: (cursor) => withdrawalsView(open.ledger, cursor),
    statistics: async () => statisticsView(open),
    openStatistics: async (name) => openStatistics(open, name),
    openFile: (digest, use) => openHeldFile(open, digest as Digest, use),
    openArt: (digest, sizePx) => openPicture(open, digest as Digest, sizePx),
    openSpectrogram: (digest) => openSpectrogram(open, digest as Digest),
    isWithdrawn: (digest) => isFileWithdrawn(open, digest as Digest),
    openPublished: (path) => tree.open(path),
  };
}

async function home(deps: OpenSite, tree: ReturnType<typeof openPublishedTree>): Promise<HomeView> {
  const counts = await deps.ledger.counts();
  const latest = (await tree.rows()).at(-1);
  const edition = latest && (await tree.edition(latest.number));
  return {
    counts: {
      artists: counts.artists,
      albums: counts.albums,
      tracks: counts.tracks,
      publishedTracks: edition?.catalogue.tracks ?? 0,
      heldFiles: counts.holdings,
      heldBytes: counts.heldBytes,
      volumes: counts.volumes,
      editions: counts.editions,
    },
    latestAlbums: await latestAlbums(deps),
    latestEdition: latest ? { number: latest.number, at: latest.at } : null,
    licences: await licencesOf(tree),
  };
}

async function search(deps: OpenSite, query: string, cursor: string | null): Promise<SearchView> {
  const found = await deps.search.search(query, { cursor, limit: SEARCH_ROWS });
  return await deps.catalogue.look(async (snapshot) => {
    const artists = await eachShown(found.artists, async (id) => {
      const known = (await deps.artistWhole(id)) ?? snapshot?.artist(id);
      return known && { id, name: known.name };
    });
    const albums = await eachShown(found.albums, async (id) => {
      const known = snapshot?.album(id);
      return known && snapshot ? knownCard(snapshot, known) : (await albumCards(deps, [id]))[0];
    });
    const tracks = await eachShown(found.tracks, async (id) => {
      const known = snapshot?.track(id);
      if (snapshot && known) return await cataloguedRow(deps, snapshot, known);
      const track = await deps.ledger.track(id);
      return track && (await trackRows(deps, [track]))[0];
    });
    const { next: nextCursor, bounds } = found;
    return { query, artists, albums, tracks, nextCursor, bounds: [...bounds] };
  });
}

/** What `show` makes of `ids` in their order, each thing once; what it shows nothing of is left out. */
async function eachShown<T extends { readonly id: string }>(
  ids: readonly string[],
  show: (id: string) => Promise<T | undefined>,
): Promise<T[]> {
  const shown = new Map<string, T>();
  for (const id of ids) {
    const one = await show(id);
    if (one && !shown.has(one.id)) shown.set(one.id, one);
  }
  return [...shown.values()];
}

/** A contact as an address to follow: a bare e-mail address becomes a `mailto:` one, anything but a page is none. */
function contactAddress(contact: string | null): string | null {
  if (contact === null) return null;
  if (/^(?:https?:\/\/|mailto:)/i.test(contact)) return contact;
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : null;
}
