/**
 * What the catalogue knows, as pages show it: a track that is held and may be shown is shown as it is held, any other as
 * known alone. Whether something is held that may not be shown cannot be told from these.
 */
import { evidenceOf } from '../catalogue/evidence.ts';
import type { CatalogueAlbum, CatalogueTrack, Snapshot } from '../catalogue/snapshot-look-up.ts';
import type { SiteSources } from './site-sources.ts';
import { trackRows, trackView } from './site-tracks.ts';
import type {
  AlbumCard,
  AlbumView,
  ArtistView,
  RecordingView,
  TrackRow,
  TrackView,
} from './views.ts';

/** The catalogue as the site asks for it. */
export interface SiteCatalogue {
  /** What `work` makes of the snapshot in use, undefined when there is none. */
  look<T>(work: (snapshot: Snapshot | undefined) => Promise<T>): Promise<T>;
  /** What the operator said `id` means, itself when nothing was said. */
  meant(id: string): Promise<string>;
}

/** What these pages are made from. */
export interface CataloguedSources extends SiteSources {
  readonly catalogue: SiteCatalogue;
}

/** Albums on a page of an artist, tracks on one of an album or recording. */
const MAX_ROWS = 500;
const KNOWN = 'known';
const VARIOUS = 'various artists';

/** `row` as a line of a list: as it is held where that may be shown, else as known. */
export async function cataloguedRow(
  sources: SiteSources,
  snapshot: Snapshot,
  row: CatalogueTrack,
): Promise<TrackRow> {
  return (await heldRow(sources, row.id)) ?? knownRow(snapshot, row);
}

/** The page of the track that the catalogue has under `id`; undefined when it has none. */
export async function cataloguedTrack(
  sources: CataloguedSources,
  id: string,
): Promise<TrackView | undefined> {
  const { catalogue } = sources;
  const meant = await catalogue.meant(id);
  return await catalogue.look(async (snapshot) => {
    const found = snapshot?.find(meant);
    const row = found?.kind === 'track' ? found.track : undefined;
    const held = await heldRow(sources, row?.id ?? meant);
    const view = held && (await trackView(sources, held.id));
    if (!snapshot || !row) return view;
    return { ...(view ?? knownTrack(snapshot, row)), ...tiesOf(snapshot, row, id, view) };
  });
}

/** `view` of what is held with what the catalogue knows of the row that it was matched with. */
export async function matchedTrack(
  { ledger, catalogue }: CataloguedSources,
  view: TrackView,
): Promise<TrackView> {
  const match = await ledger.matchOf(view.id);
  if (!match) return view;
  return await catalogue.look(async (snapshot) => {
    const row = snapshot?.track(match.catalogueId);
    return snapshot && row ? { ...view, ...tiesOf(snapshot, row, row.id, view) } : view;
  });
}

function tiesOf(
  snapshot: Snapshot,
  track: CatalogueTrack,
  asked: string,
  held: TrackView | undefined,
): Pick<TrackView, 'recordingId' | 'evidence'> {
  const evidence = evidenceOf(snapshot, { kind: 'track', track }, asked);
  return {
    recordingId: track.recordingId,
    evidence: held ? [{ kind: 'match', id: track.id }, ...evidence] : evidence,
  };
}

/** The page of the recording that the catalogue has under `id`, from the track behind `cursor`; undefined when it has none. */
export async function cataloguedRecording(
  sources: CataloguedSources,
  id: string,
  cursor: string | undefined,
): Promise<RecordingView | undefined> {
  const { catalogue } = sources;
  const meant = await catalogue.meant(id);
  return await catalogue.look(async (snapshot) => {
    const first = snapshot?.tracksByRecording(meant, { limit: 1 }).rows[0];
    if (!snapshot || !first) return undefined;
    const { rows, next } = snapshot.tracksByRecording(meant, pageFrom(cursor));
    const isrcs = new Set(rows.flatMap((row) => row.isrcs));
    return {
      id: snapshot.currentId(meant),
      title: first.title,
      artist: credit(snapshot, first),
      isrcs: [...isrcs],
      tracks: await cataloguedRows(sources, snapshot, rows),
      nextCursor: cursorOf(next),
    };
  });
}

function pageFrom(cursor: string | undefined) {
  return { limit: MAX_ROWS, after: cursor === undefined ? undefined : Number(cursor) };
}

function cursorOf(next: number | null): string | null {
  return next === null ? null : String(next);
}

async function cataloguedRows(
  sources: SiteSources,
  snapshot: Snapshot,
  rows: readonly CatalogueTrack[],
): Promise<TrackRow[]> {
  const shown: TrackRow[] = [];
  for (const row of rows) shown.push(await cataloguedRow(sources, snapshot, row));
  return shown;
}

/** The page of the album that the catalogue has under `id`; undefined when it has none. */
export async function cataloguedAlbum(
  sources: CataloguedSources,
  id: string,
  cursor: string | undefined,
): Promise<AlbumView | undefined> {
  const { catalogue } = sources;
  const meant = await catalogue.meant(id);
  return await catalogue.look(async (snapshot) => {
    if (!snapshot) return undefined;
    const { rows, next } = snapshot.tracksOfAlbum(meant, pageFrom(cursor));
    const known = snapshot.album(meant);
    const album = known ?? toldByTracks(rows);
    if (!album) return undefined;
    const ordered = rows.toSorted(
      (a, b) =>
        (a.discNumber ?? 1) - (b.discNumber ?? 1) ||
        (a.trackNumber ?? 0) - (b.trackNumber ?? 0) ||
        a.rank - b.rank,
    );
    return {
      id: album.id,
      title: album.title,
      artist: credit(snapshot, album),
      date: album.releaseDate,
      artDigest: null,
      trackCount: cursor === undefined && next === null ? rows.length : (known?.trackCount ?? null),
      genres: [...new Set(rows.flatMap(({ genres }) => genres))],
      durationMs: rows.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0),
      sizeBytes: 0,
      licences: [],
      label: known?.label ?? null,
      language: known?.language ?? null,
      upc: known?.upc ?? null,
      evidence: known ? evidenceOf(snapshot, { kind: 'album', album: known }, id) : [],
      tracks: await cataloguedRows(sources, snapshot, ordered),
      companions: [],
      nextCursor: cursorOf(next),
    };
  });
}

/** The page of the artist that the catalogue has under `id`; undefined when it has none. */
export async function cataloguedArtist(
  { catalogue }: CataloguedSources,
  id: string,
  cursor: string | undefined,
): Promise<ArtistView | undefined> {
  const meant = await catalogue.meant(id);
  return await catalogue.look(async (snapshot) => {
    const artist = snapshot?.artist(meant);
    if (!snapshot || !artist) return undefined;
    const { rows, next } = snapshot.albumsOfArtist(artist.id, pageFrom(cursor));
    const albums = rows.map((album) => knownCard(snapshot, album));
    return { id: artist.id, name: artist.name, albums, tracks: [], nextCursor: cursorOf(next) };
  });
}

/** An album of the catalogue in a grid. */
export function knownCard(snapshot: Snapshot, album: CatalogueAlbum): AlbumCard {
  const { id, title, releaseDate, trackCount } = album;
  return {
    ...{ id, title },
    artist: credit(snapshot, album),
    year: releaseDate?.slice(0, 4) ?? null,
    artDigest: null,
    trackCount: trackCount ?? snapshot.tracksOfAlbum(id, { limit: MAX_ROWS }).rows.length,
  };
}

/** The first track matched with `catalogueId` that may be shown. */
async function heldRow(sources: SiteSources, catalogueId: string): Promise<TrackRow | undefined> {
  const { ledger } = sources;
  for (const { trackId } of await ledger.matchesWith(catalogueId)) {
    const track = await ledger.track(trackId);
    const [row] = track ? await trackRows(sources, [track]) : [];
    if (row) return row;
  }
  return undefined;
}

/** An album of which the source says nothing but what its tracks do. */
function toldByTracks(rows: readonly CatalogueTrack[]) {
  const [first] = rows;
  if (!first || first.albumId === null) return undefined;
  const { albumId: id, album, artist, artistIds, releaseDate } = first;
  const isOne = rows.every((row) => row.artist === artist);
  const credited = isOne ? { artist, artistIds } : { artist: VARIOUS, artistIds: [] };
  return { id, title: album ?? id, ...credited, releaseDate };
}

/** Who is credited, with an id where the artist has a page. */
function credit(
  snapshot: Snapshot,
  { artist, artistIds }: { readonly artist: string; readonly artistIds: readonly string[] },
): TrackRow['artist'] {
  const [id] = artistIds;
  return { id: id !== undefined && snapshot.artist(id) ? id : null, name: artist };
}

function knownRow(snapshot: Snapshot, row: CatalogueTrack): TrackRow {
  const { id, title, albumId, album, durationMs } = row;
  return {
    ...{ id, title, durationMs },
    artist: credit(snapshot, row),
    album: albumId !== null && album !== null ? { id: albumId, name: album } : null,
    disc: row.discNumber,
    number: row.trackNumber,
    artDigest: null,
    status: KNOWN,
    ...{ stream: null, unplayed: null },
  };
}

function knownTrack(snapshot: Snapshot, row: CatalogueTrack): TrackView {
  const recording = row.recordingId ?? row.id;
  return {
    ...knownRow(snapshot, row),
    date: row.releaseDate,
    genre: row.genres.join(', ') || null,
    isrc: row.isrcs[0] ?? null,
    mbid: recording.startsWith('mbid:') ? recording.slice('mbid:'.length) : null,
    ...{ recordingId: null, evidence: [] },
    ...{ peaks: null, loudnessLufs: null, loudnessRangeLu: null, truePeakDbtp: null },
    features: [],
    spectrogram: null,
    tags: [],
    files: [],
    rights: null,
  };
}
