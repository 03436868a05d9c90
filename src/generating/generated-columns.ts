/**
 * The columns of the generated catalogue: what stands in each kind of file, and the field of a catalogue row that it means.
 * The files are JSON lines, `tracks-00000.jsonl` and so on, compressed with gzip, in which a column without a value is left out;
 * or Parquet with the same columns.
 */
import type { Json } from '../base/canonical-json.ts';
import type { CatalogueTables } from '../model/catalogue-row.ts';

/** The kinds of files that are generated. */
export const GENERATED_KINDS = ['tracks', 'albums', 'artists', 'redirects'] as const;
/** One kind of generated file. */
export type GeneratedKind = (typeof GENERATED_KINDS)[number];

/** How generated files are written: JSON lines in gzip, or Parquet. */
export const GENERATED_FORMATS = ['jsonl', 'parquet'] as const;
/** How a generated file is written. */
export type GeneratedFormat = (typeof GENERATED_FORMATS)[number];

/** Which catalogue is generated. */
export interface GeneratedCatalogue {
  /** Another seed gives other titles, names, ids and values of the same shape. */
  readonly seed: number;
  /** How many tracks it has; albums and artists follow. */
  readonly rows: number;
  /** 1 is the first; each further one changes 2 % of the tracks and redirects 0.5 % to new ids. */
  readonly revision: number;
}

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
    column('tracks', 'releaseDate', 'date', 'date'),
    column('tracks', 'label', 'text', 'label'),
    column('tracks', 'licence', 'text', 'licence'),
    column('tracks', 'durationMs', 'count', 'duration_ms'),
    column('tracks', 'isrcs', 'list', 'isrc'),
    column('tracks', 'explicit', 'flag', 'explicit'),
    column('tracks', 'popularity', 'count', 'popularity'),
    column('tracks', 'listens', 'count', 'listens'),
    column('tracks', 'listeners', 'count', 'listeners'),
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
    column('albums', 'releaseDate', 'date', 'date'),
    column('albums', 'label', 'text', 'label'),
    column('albums', 'type', 'text', 'type'),
    column('albums', 'upc', 'text', 'upc'),
    column('albums', 'markets', 'words', 'markets'),
    column('albums', 'language', 'text', 'language'),
    column('albums', 'trackCount', 'count', 'tracks'),
    column('albums', 'popularity', 'count', 'popularity'),
  ],
  artists: [
    column('artists', 'id', 'id', 'id'),
    column('artists', 'name', 'text', 'name'),
    column('artists', 'sortName', 'text', 'sort_name'),
    column('artists', 'place', 'text', 'place'),
    column('artists', 'followers', 'count', 'followers'),
    column('artists', 'popularity', 'count', 'popularity'),
    column('artists', 'genres', 'list', 'genres'),
  ],
  redirects: [column('redirects', 'from', 'id', 'from'), column('redirects', 'to', 'id', 'to')],
};

/** How a list stands in one text. */
const WORDS_GAP = ' ';

/**
 * The mapping file under which `catalogue import table` reads generated files: format `fonoteca-mapping/1` of
 * docs/formats/catalogue-import.md.
 */
export function generatedMapping(
  name: string,
  format: GeneratedFormat = 'jsonl',
): { readonly [key: string]: Json } {
  return {
    format: 'fonoteca-mapping/1',
    name,
    about: 'Generated rows in the shape of a large catalogue; they name nobody.',
    namespace: `table-${name}`,
    licence: 'CC0-1.0',
    popularity: { origin: 'generated', method: 'drawn' },
    files: GENERATED_KINDS.map((kind) => ({
      kind,
      match: [`${kind}-*.${format}`],
      format,
      rows: rulesOf(kind),
    })),
  };
}

function rulesOf(kind: GeneratedKind): Json[] {
  const all = GENERATED_COLUMNS[kind];
  const tables = [...new Set(all.map(({ table }) => table))];
  return tables.map((table) => {
    const own = all.filter((one) => one.table === table);
    const columns: Record<string, Json> = table === 'features' ? { id: 'id' } : {};
    for (const { field, column: from, kind: written } of own)
      columns[snakeCase(field)] = written === 'words' ? { from, split: WORDS_GAP } : from;
    return table === 'redirects' ? { table, columns } : { table, unique: true, columns };
  });
}

function snakeCase(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
