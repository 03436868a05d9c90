/** The look-ups of a snapshot over its open files: rows by rank and by id, and pages of those that share a key. */
import type { LinkRow } from '../model/catalogue-row.ts';
import type { HashIndex } from './hash-index.ts';
import { ROW_COLUMNS, ROW_TABLES } from './row-block.ts';
import type { RowFile } from './row-file.ts';
import type { INDEX_FILES, ROW_FILES } from './snapshot-files.ts';
import {
  type CatalogueAlbum,
  type CatalogueArtist,
  type CatalogueTrack,
  MAX_BATCH,
  type PageRequest,
  type RankPage,
  type Snapshot,
} from './snapshot-look-up.ts';
import type { SnapshotRows } from './snapshot-rows.ts';

type Kind = 'tracks' | 'albums' | 'artists';

/** The open files of a snapshot. */
interface Files {
  readonly files: { readonly [Name in keyof typeof ROW_FILES]: RowFile };
  readonly rows: SnapshotRows;
  readonly indexes: { readonly [Name in keyof typeof INDEX_FILES]: HashIndex };
}

type ById = Pick<
  Snapshot,
  'tracksAt' | 'albumsAt' | 'artistsAt' | 'rankOf' | 'track' | 'album' | 'artist' | 'currentId'
>;
type Pages = Pick<
  Snapshot,
  | 'find'
  | 'tracksByIsrc'
  | 'ranksWithIsrc'
  | 'tracksByRecording'
  | 'albumsByUpc'
  | 'albumsOfArtist'
  | 'tracksOfAlbum'
  | 'linksOf'
>;

const ID_INDEX = { tracks: 'trackIds', albums: 'albumIds', artists: 'artistIds' } as const;

/** The look-ups over `files`. */
export function pagesOf(files: Files): ById & Pages {
  const byId = rowsById(files);
  return { ...byId, ...rowsByKey(files, byId) };
}

function rowsById(files: Files): ById {
  const at = <Row>(kind: Kind, ranks: readonly number[]) =>
    ranks
      .slice(0, MAX_BATCH)
      .map((rank) =>
        Number.isInteger(rank) && rank >= 0 && rank < files.files[kind].rows
          ? (files.rows.row(kind, rank) as Row)
          : undefined,
      );
  const currentId = (id: string) => keyed(files, 'redirects', id)[0]?.[1] ?? id;
  const rankOf = (kind: Kind, id: string) =>
    rankOfId(files, kind, id) ?? rankOfId(files, kind, currentId(id));
  const byId = <Row>(kind: Kind, id: string) => {
    const rank = rankOf(kind, id);
    return rank === undefined ? undefined : at<Row>(kind, [rank])[0];
  };
  return {
    tracksAt: (ranks) => at('tracks', ranks),
    albumsAt: (ranks) => at('albums', ranks),
    artistsAt: (ranks) => at('artists', ranks),
    rankOf,
    track: (id) => byId<CatalogueTrack>('tracks', id),
    album: (id) => byId<CatalogueAlbum>('albums', id),
    artist: (id) => byId<CatalogueArtist>('artists', id),
    currentId,
  };
}

function rowsByKey(files: Files, { track, album, artist, currentId }: ById): Pages {
  const { rows, indexes } = files;
  const matching = <Row extends { rank: number }>(
    kind: Kind,
    ranks: Iterable<number>,
    page: PageRequest,
    fits: (row: Row) => boolean,
  ) => takePage(page, rowsWhere(rows, kind, ranks, fits));
  const tracksByRecording = (asked: string, page: PageRequest) => {
    const id = currentId(asked);
    const own = rankOfId(files, 'tracks', id);
    const first = page.after === undefined ? 0 : page.after + 1;
    const ranks = [...indexes.recordings.rows(id, first)];
    if (own !== undefined && own >= first) ranks.push(own);
    return matching<CatalogueTrack>(
      'tracks',
      [...new Set(ranks)].sort((a, b) => a - b),
      page,
      (row) => row.recordingId === id || row.id === id,
    );
  };
  return {
    find(id) {
      const found = track(id);
      if (found) return { kind: 'track', track: found };
      const foundAlbum = album(id);
      if (foundAlbum) return { kind: 'album', album: foundAlbum };
      const foundArtist = artist(id);
      if (foundArtist) return { kind: 'artist', artist: foundArtist };
      const [first] = tracksByRecording(id, { limit: 1 }).rows;
      return first && { kind: 'track', track: first };
    },
    tracksByIsrc: (isrc, page) =>
      matching<CatalogueTrack>('tracks', indexes.isrcs.rows(isrc, from(page)), page, (row) =>
        row.isrcs.includes(isrc),
      ),
    *ranksWithIsrc(isrc) {
      for (const rank of indexes.isrcs.rows(isrc, 0)) {
        const own = files.files.tracks.value(ROW_COLUMNS.tracks.isrcs, rank) as string[];
        if (own.includes(isrc)) yield rank;
      }
    },
    tracksByRecording,
    albumsByUpc: (upc, page) =>
      matching<CatalogueAlbum>(
        'albums',
        indexes.upcs.rows(upc, from(page)),
        page,
        (row) => row.upc === upc,
      ),
    albumsOfArtist(asked, page) {
      const id = currentId(asked);
      const ranks = indexes.artistAlbums.rows(id, from(page));
      return matching<CatalogueAlbum>('albums', ranks, page, (row) => row.artistIds.includes(id));
    },
    tracksOfAlbum(asked, page) {
      const id = currentId(asked);
      return takePage(page, tracksOfRuns(files, indexes.albumTracks.rows(id, 0), id, from(page)));
    },
    linksOf: (asked) =>
      keyed(files, 'links', currentId(asked)).map(
        ([id, kind, url]) => ({ id, kind, url }) as LinkRow,
      ),
  };
}

/** The rank of the row of `kind` that has the id. */
function rankOfId({ rows, indexes }: Files, kind: Kind, id: string): number | undefined {
  for (const rank of indexes[ID_INDEX[kind]].rows(id, 0))
    if (rows.id(kind, rank) === id) return rank;
  return undefined;
}

/** The rows of a side table whose first value is `key`; at most 1,000. */
function keyed({ files, indexes }: Files, name: 'links' | 'redirects', key: string): string[][] {
  const numbers = [...indexes[name].rows(key, 0)].slice(0, MAX_BATCH);
  return numbers
    .filter((number) => files[name].value(0, number) === key)
    .map((number) => sideRow(files[name], name, number));
}

/** Row `number` of a side table. */
export function sideRow(file: RowFile, name: 'links' | 'redirects', number: number): string[] {
  return ROW_TABLES[name].map((_, column) => file.value(column, number) as string);
}

function from({ after }: PageRequest): number {
  return after === undefined ? 0 : after + 1;
}

/** Rows at `ranks` that fit: a hash index also gives a few of other keys. */
function* rowsWhere<Row>(
  rows: SnapshotRows,
  kind: Kind,
  ranks: Iterable<number>,
  fits: (row: Row) => boolean,
): Generator<Row> {
  for (const rank of ranks) {
    const row = rows.row(kind, rank) as Row;
    if (fits(row)) yield row;
  }
}

/** Tracks of the album from rank `first` on. `starts` are the first ranks of its runs, ascending, and a few of others. */
function* tracksOfRuns(
  { files, rows }: Files,
  starts: Iterable<number>,
  albumId: string,
  first: number,
): Generator<CatalogueTrack> {
  const all = [...starts];
  const before = all.filter((start) => start < first);
  const behind = all.filter((start) => start >= first);
  // Of the runs that begin before the page, the page may begin inside the last one.
  for (const start of before.length > 0 ? [first, ...behind] : behind)
    for (let rank = start; rank < files.tracks.rows; rank += 1) {
      if (rows.albumOf(rank) !== albumId) break;
      yield rows.row('tracks', rank);
    }
}

function takePage<Row extends { readonly rank: number }>(
  { limit }: PageRequest,
  rows: Iterable<Row>,
): RankPage<Row> {
  const most = Math.max(1, Math.min(limit, MAX_BATCH));
  const taken: Row[] = [];
  let last = -1;
  for (const row of rows) {
    if (row.rank <= last) continue;
    if (taken.length === most) return { rows: taken, next: last };
    taken.push(row);
    last = row.rank;
  }
  return { rows: taken, next: null };
}
