/**
 * The columns of each table of an import, as they stand in its Parquet files: the fields of catalogue-row.ts in
 * snake_case, in this order.
 */
import type { CatalogueTables } from './catalogue-row.ts';
import type { ImportTable } from './import-record.ts';

/** How a column is stored: VARCHAR, BIGINT, DOUBLE, BOOLEAN, VARCHAR[]. */
export type ColumnKind = 'text' | 'whole' | 'number' | 'flag' | 'texts';

/** What DuckDB calls how a column is stored. */
export const SQL_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: 'VARCHAR',
  whole: 'BIGINT',
  number: 'DOUBLE',
  flag: 'BOOLEAN',
  texts: 'VARCHAR[]',
};

/** A column of a table. */
export interface ImportColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** A row without it is none. */
  readonly required: boolean;
}

type Snake<Name extends string> = Name extends `${infer Head}${infer Rest}`
  ? Head extends Lowercase<Head>
    ? `${Head}${Snake<Rest>}`
    : `_${Lowercase<Head>}${Snake<Rest>}`
  : '';

/** `kind`, and `!` where a row needs it. */
type Spec = ColumnKind | `${ColumnKind}!`;
type Specs = {
  readonly [Table in ImportTable]: {
    readonly [Field in keyof CatalogueTables[Table] & string as Snake<Field>]: Spec;
  };
};

const SPECS: Specs = {
  tracks: {
    id: 'text!',
    recording_id: 'text',
    title: 'text!',
    artist: 'text!',
    artist_ids: 'texts!',
    album_id: 'text',
    album: 'text',
    disc_number: 'whole',
    track_number: 'whole',
    duration_ms: 'whole',
    isrcs: 'texts!',
    release_date: 'text',
    explicit: 'flag',
    popularity: 'number',
    listens: 'whole',
    listeners: 'whole',
    label: 'text',
    genres: 'texts!',
    licence: 'text',
  },
  albums: {
    id: 'text!',
    title: 'text!',
    artist: 'text!',
    artist_ids: 'texts!',
    upc: 'text',
    release_date: 'text',
    type: 'text',
    label: 'text',
    track_count: 'whole',
    popularity: 'number',
    markets: 'texts',
    language: 'text',
  },
  artists: {
    id: 'text!',
    name: 'text!',
    sort_name: 'text',
    followers: 'whole',
    popularity: 'number',
    genres: 'texts!',
    place: 'text',
  },
  links: { id: 'text!', kind: 'text!', url: 'text!' },
  redirects: { from: 'text!', to: 'text!' },
  counts: { id: 'text!', listens: 'whole!', listeners: 'whole' },
  features: {
    id: 'text!',
    key: 'whole',
    mode: 'text',
    tempo_bpm: 'number',
    loudness_db: 'number',
    energy: 'number',
    danceability: 'number',
    valence: 'number',
    speechiness: 'number',
    instrumentalness: 'number',
    acousticness: 'number',
    liveness: 'number',
  },
};

/** The columns of `table`, in their order. A required list may be empty; the others of its rows are never null. */
export function importColumns(table: ImportTable): readonly ImportColumn[] {
  return Object.entries<Spec>(SPECS[table]).map(([name, spec]) => ({
    name,
    kind: spec.replace('!', '') as ColumnKind,
    required: spec.endsWith('!'),
  }));
}
