/**
 * Rows as row files keep them, made whole again: ids of artists and albums from their ranks, credits from the names of the
 * artists, and what a track has from its album. Layout: docs/formats/catalogue-files.md.
 */
import { creditOf, sortNameOf } from './credit-marks.ts';
import { ROW_COLUMNS, ROW_TABLES } from './row-block.ts';
import type { RowFile } from './row-file.ts';
import type { DocumentNames } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';
import type { CatalogueRows, Ranked } from './snapshot-look-up.ts';
import type { Reference } from './value-columns.ts';

type Kind = keyof CatalogueRows;
type Row<Of extends Kind> = Ranked<CatalogueRows[Of]>;

/** Rows by rank. Throws `SEARCH_INDEX_DAMAGED`, also where there is no such rank. */
export interface SnapshotRows {
  /** The id alone: of a row, it costs least. */
  id(kind: Kind, rank: number): string;
  row<Of extends Kind>(kind: Of, rank: number): Row<Of>;
  /** The id of a track's album alone. */
  albumOf(rank: number): string | null;
  /** The names by which the row is searched. */
  names(group: SearchGroup, rank: number): DocumentNames;
  /** The same rows with all artists held in memory, 45 bytes each: for those who read all. */
  gathered(): SnapshotRows;
}

/** Ids and names of artists by rank. */
interface Artists {
  id(rank: number): string;
  name(rank: number): string;
}
type ArtistNames = Pick<Artists, 'name'>;

type Files = { readonly [Of in Kind]: RowFile };

const { tracks: TRACK, albums: ALBUM, artists: ARTIST } = ROW_COLUMNS;

/** The rows of `files`. */
export function rowsOf(files: Files): SnapshotRows {
  return rowsWith(files, {
    id: (rank) => files.artists.value(ARTIST.id, rank) as string,
    name: (rank) => files.artists.value(ARTIST.name, rank) as string,
  });
}

function rowsWith(files: Files, artists: Artists): SnapshotRows {
  const { tracks, albums } = files;
  const album = albumTexts(albums, artists);
  const credit = (rank: number) => creditIn(tracks, TRACK, artists, rank);
  const albumOf = (rank: number): string | null => {
    const named = tracks.value(TRACK.album_id, rank) as Reference | null;
    return typeof named === 'number' ? (albums.value(ALBUM.id, named) as string) : named;
  };
  const ownAlbum = (rank: number): number | null =>
    tracks.value(TRACK.as_album, rank) === true
      ? (tracks.value(TRACK.album_id, rank) as number)
      : null;
  const albumName = (rank: number): string | null => {
    const own = ownAlbum(rank);
    return own === null ? (tracks.value(TRACK.album, rank) as string | null) : album.title(own);
  };
  const title = (rank: number): string =>
    creditOf(tracks.value(TRACK.title, rank) as string, () => albumName(rank) ?? '');
  /** What is said otherwise in a row just read. */
  const mend = {
    tracks(row: Record<string, unknown>, rank: number) {
      const { albumId } = row;
      if (tracks.value(TRACK.as_album, rank) === true) {
        row.album = album.title(albumId as number);
        row.releaseDate = album.date(albumId as number);
        row.label = album.label(albumId as number);
      }
      if (typeof albumId === 'number') row.albumId = albums.value(ALBUM.id, albumId);
      row.title = creditOf(row.title as string, () => (row.album as string | null) ?? '');
      mendCredit(row, artists);
    },
    albums(row: Record<string, unknown>) {
      mendCredit(row, artists);
      if (row.label !== null) row.label = creditOf(row.label as string, () => row.artist as string);
    },
    artists(row: Record<string, unknown>) {
      row.sortName = sortNameOf(row.sortName as string | null, row.name as string);
    },
  };
  return {
    id: (kind, rank) => files[kind].value(0, rank) as string,
    row<Of extends Kind>(kind: Of, rank: number) {
      const row: Record<string, unknown> = { rank };
      const fields = FIELDS[kind];
      for (let index = 0; index < fields.length; index++)
        row[fields[index]!] = files[kind].value(index, rank);
      mend[kind](row, rank);
      return row as unknown as Row<Of>;
    },
    albumOf,
    names(group, rank) {
      if (group === 'artists') return { title: null, artist: artists.name(rank), album: null };
      const isTrack = group === 'tracks';
      // A name is made when it is asked for: it unpacks columns, and of an artist or album another row's.
      return {
        get title() {
          return isTrack ? title(rank) : null;
        },
        get artist() {
          return isTrack ? credit(rank) : album.credit(rank);
        },
        get album() {
          return isTrack ? albumName(rank) : album.title(rank);
        },
      };
    },
    gathered: () => rowsWith(files, gatherArtists(files.artists)),
  };
}

function mendCredit(row: Record<string, unknown>, artists: Artists): void {
  const references = row.artistIds as Reference[];
  row.artist = creditOf(row.artist as string, (place) => nameOf(references[place], artists));
  row.artistIds = references.map((one) => (typeof one === 'number' ? artists.id(one) : one));
}

function nameOf(reference: Reference | undefined, artists: ArtistNames): string {
  return typeof reference === 'number' ? artists.name(reference) : '';
}

/** What tracks have from albums. */
interface AlbumTexts {
  title(rank: number): string;
  credit(rank: number): string;
  label(rank: number): string | null;
  date(rank: number): string | null;
}

/** The albums of `file` by rank. */
export function albumTexts(file: RowFile, artists: ArtistNames): AlbumTexts {
  const credit = (rank: number) => creditIn(file, ALBUM, artists, rank);
  return {
    credit,
    title: (rank) => file.value(ALBUM.title, rank) as string,
    date: (rank) => file.value(ALBUM.release_date, rank) as string | null,
    label(rank) {
      const label = file.value(ALBUM.label, rank) as string | null;
      return label === null ? null : creditOf(label, () => credit(rank));
    },
  };
}

function creditIn(
  file: RowFile,
  columns: { readonly artist: number; readonly artist_ids: number },
  artists: ArtistNames,
  rank: number,
): string {
  return creditOf(file.value(columns.artist, rank) as string, (place) =>
    nameOf((file.value(columns.artist_ids, rank) as Reference[])[place], artists),
  );
}

/** Artists kept together, since a million calls of the collector cost more than making a text anew. */
const GATHERED = 256;

/** The artists of `file` in memory: 45 bytes each. */
function gatherArtists(file: RowFile): Artists {
  const columns = [ARTIST.id, ARTIST.name].map((column) => {
    const parts: { readonly bytes: Buffer; readonly ends: Uint32Array }[] = [];
    for (let from = 0; from < file.rows; from += GATHERED) {
      const count = Math.min(GATHERED, file.rows - from);
      const texts = Array.from({ length: count }, (_, at) =>
        Buffer.from(file.value(column, from + at) as string),
      );
      let end = 0;
      const ends = Uint32Array.from(texts, ({ length }) => (end += length));
      parts.push({ bytes: Buffer.concat(texts), ends });
    }
    return (rank: number): string => {
      const part = parts[Math.floor(rank / GATHERED)];
      const at = rank % GATHERED;
      // A rank beyond the end is told by the file.
      if (!part || at >= part.ends.length) return file.value(column, rank) as string;
      return part.bytes.toString('utf8', at === 0 ? 0 : part.ends[at - 1]!, part.ends[at]!);
    };
  });
  return { id: columns[0]!, name: columns[1]! };
}

const FIELDS = {
  tracks: fieldsOf('tracks'),
  albums: fieldsOf('albums'),
  artists: fieldsOf('artists'),
} as const;

/** Names of fields in the order of columns; what a row file has besides is no field. */
function fieldsOf(table: Kind): string[] {
  return ROW_TABLES[table].filter(([name]) => name !== 'as_album').map(([name]) => fieldOf(name));
}

/** The field of a row that a column is: `releaseDate` of `release_date`. */
export function fieldOf(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
