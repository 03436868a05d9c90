/**
 * The columns of the generated catalogue: what stands in each kind of file, and the field of a catalogue row that it means.
 * The files are JSON lines, `tracks-00000.jsonl` and so on, compressed with gzip; a column without a value is left out.
 */
import type { CatalogueTables } from '../model/catalogue-row.ts';

/** The kinds of files that are generated. */
export const GENERATED_KINDS = ['tracks', 'albums', 'artists', 'redirects'] as const;
/** One kind of generated file. */
export type GeneratedKind = (typeof GENERATED_KINDS)[number];

/** A column: its name in the file, the table and the field it fills, and how it is written. */
interface GeneratedColumn {
  readonly column: string;
  readonly table: keyof CatalogueTables;
  readonly field: string;
  /** `list` is a JSON list of texts, `words` one text with its parts between spaces; an id is 22 letters and digits. */
  readonly kind: 'id' | 'ids' | 'text' | 'list' | 'words' | 'count' | 'number' | 'date' | 'flag';
}

type Field<Table extends keyof CatalogueTables> = keyof CatalogueTables[Table] & string;

function column<Table extends keyof CatalogueTables>(
  table: Table,
  field: Field<Table>,
  kind: GeneratedColumn['kind'],
  name: string,
): GeneratedColumn {
  return { column: name, table, field, kind };
}

/**
 * The columns of each kind of file, in the order they are written. A line of a track file gives a row of `tracks` and,
 * when it has a `key`, one of `features` under the same id.
 */
export const GENERATED_COLUMNS: Readonly<Record<GeneratedKind, readonly GeneratedColumn[]>> = {
  tracks: [
    column('tracks', 'id', 'id', 'id'),
    column('tracks', 'recordingId', 'id', 'recording_id'),
    column('tracks', 'title', 'text', 'title'),
    column('tracks', 'artist', 'text', 'artist'),
    column('tracks', 'artistIds', 'ids', 'artist_ids'),
    column('tracks', 'albumId', 'id', 'album_id'),
    column('tracks', 'album', 'text', 'album'),
    column('tracks', 'discNumber', 'count', 'disc'),
    column('tracks', 'trackNumber', 'count', 'track'),
    column('tracks', 'durationMs', 'count', 'duration_ms'),
    column('tracks', 'isrcs', 'list', 'isrc'),
    column('tracks', 'releaseDate', 'date', 'date'),
    column('tracks', 'explicit', 'flag', 'explicit'),
    column('tracks', 'popularity', 'count', 'popularity'),
    column('tracks', 'listens', 'count', 'listens'),
    column('tracks', 'listeners', 'count', 'listeners'),
    column('tracks', 'label', 'text', 'label'),
    column('tracks', 'licence', 'text', 'licence'),
    column('features', 'key', 'count', 'key'),
    column('features', 'mode', 'text', 'mode'),
    column('features', 'tempoBpm', 'number', 'tempo'),
    column('features', 'loudnessDb', 'number', 'loudness'),
    column('features', 'energy', 'number', 'energy'),
    column('features', 'danceability', 'number', 'danceability'),
    column('features', 'valence', 'number', 'valence'),
    column('features', 'speechiness', 'number', 'speechiness'),
    column('features', 'instrumentalness', 'number', 'instrumentalness'),
    column('features', 'acousticness', 'number', 'acousticness'),
    column('features', 'liveness', 'number', 'liveness'),
  ],
  albums: [
    column('albums', 'id', 'id', 'id'),
    column('albums', 'title', 'text', 'title'),
    column('albums', 'artist', 'text', 'artist'),
    column('albums', 'artistIds', 'ids', 'artist_ids'),
    column('albums', 'upc', 'text', 'upc'),
    column('albums', 'releaseDate', 'date', 'date'),
    column('albums', 'type', 'text', 'type'),
    column('albums', 'label', 'text', 'label'),
    column('albums', 'trackCount', 'count', 'tracks'),
    column('albums', 'popularity', 'count', 'popularity'),
    column('albums', 'markets', 'words', 'markets'),
  ],
  artists: [
    column('artists', 'id', 'id', 'id'),
    column('artists', 'name', 'text', 'name'),
    column('artists', 'sortName', 'text', 'sort_name'),
    column('artists', 'followers', 'count', 'followers'),
    column('artists', 'popularity', 'count', 'popularity'),
    column('artists', 'genres', 'list', 'genres'),
    column('artists', 'place', 'text', 'place'),
  ],
  redirects: [column('redirects', 'from', 'id', 'from'), column('redirects', 'to', 'id', 'to')],
};
