/** The site of a real archive: the server's port over the ledger, the store, search and the published tree. */
import type { Digest } from '../base/digest.ts';
import type { CatalogueSearch } from '../catalogue/search.ts';
import { openPublishedTree, type TreeSources } from './published-tree.ts';
import { albumCards, albumView, artistView, latestAlbums, shownArtist } from './site-albums.ts';
import { type ArtSources, openPicture, openSpectrogram } from './site-art.ts';
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
import { dayOf, isFileWithdrawn, openHeldFile } from './site-files.ts';
import { lookUpView } from './site-look-up.ts';
import type { SitePort } from './site-port.ts';
import { openStatistics, type StatisticsSource, statisticsView } from './site-statistics.ts';
import { trackTagsView } from './site-tags.ts';
import { trackRows, trackView } from './site-tracks.ts';
import { withdrawalsView } from './site-withdrawals.ts';
import type { ArchiveView, HomeView, SearchView } from './views.ts';

/** What a site is made of. Everything is read; nothing is written but the cache of pictures. */
export interface SiteDeps extends ArtSources, TreeSources, StatisticsSource {
  readonly search: Pick<CatalogueSearch, 'search'>;
  readonly catalogue: SiteCatalogue;
  /** What is told of the archive itself; `contact` may be a bare e-mail address. */
  readonly archive: ArchiveView;
}

/** Tracks on one page of results. */
const SEARCH_ROWS = 25;

/** The site of the archive behind `deps`. */
export function createSite(deps: SiteDeps): SitePort {
  const tree = openPublishedTree(deps);
  const editions = openEditionPages(tree);
  const latestHome = untilNextFact(deps, () => home(deps, tree));
  const archive = { ...deps.archive, contact: contactAddress(deps.archive.contact) };
  return {
    archive: async () => archive,
    home: latestHome,
    search: (query, cursor) => search(deps, query, cursor),
    artist: async (id, cursor) =>
      (await artistView(deps, id)) ?? (await cataloguedArtist(deps, id, cursor)),
    album: async (id, cursor) =>
      (await albumView(deps, id)) ?? (await cataloguedAlbum(deps, id, cursor)),
    recording: (id, cursor) => cataloguedRecording(deps, id, cursor),
    track: async (id) => {
      const held = await trackView(deps, id);
      return held ? await matchedTrack(deps, held) : await cataloguedTrack(deps, id);
    },
    lookUp: (ids) => lookUpView(deps.catalogue, ids),
    trackTags: (id) => trackTagsView(deps, id),
    editions: (cursor) => editions.list(cursor),
    edition: (number, cursor) => editions.page(number, cursor),
    withdrawals: (cursor) => withdrawalsView(deps.ledger, cursor),
    statistics: async () => statisticsView(deps),
    openStatistics: async (name) => openStatistics(deps, name),
    openFile: (digest, use) => openHeldFile(deps, digest as Digest, use),
    openArt: (digest, sizePx) => openPicture(deps, digest as Digest, sizePx),
    openSpectrogram: (digest) => openSpectrogram(deps, digest as Digest),
    isWithdrawn: (digest) => isFileWithdrawn(deps, digest as Digest),
    openPublished: (path) => tree.open(path),
  };
}

async function home(deps: SiteDeps, tree: ReturnType<typeof openPublishedTree>): Promise<HomeView> {
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

/** What `make` gives, made again when the ledger has grown or the day has changed: counting everything is not for each visitor. */
function untilNextFact<T>(deps: SiteDeps, make: () => Promise<T>): () => Promise<T> {
  let kept: { key: string; value: Promise<T> } | undefined;
  return async () => {
    const key = `${(await deps.ledger.lastFact())?.seq} ${dayOf(deps)}`;
    if (kept?.key !== key) {
      const value = make();
      kept = { key, value };
      value.catch(() => {
        kept = undefined;
      });
    }
    return kept.value;
  };
}

async function search(deps: SiteDeps, query: string, cursor: string | null): Promise<SearchView> {
  const found = await deps.search.search(query, { cursor, limit: SEARCH_ROWS });
  return await deps.catalogue.look(async (snapshot) => {
    const artists = await eachShown(found.artists, async (id) => {
      const known = snapshot?.artist(id);
      return (await shownArtist(deps, id)) ?? (known && { id, name: known.name });
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
