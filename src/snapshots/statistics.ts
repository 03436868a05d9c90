/**
 * The columns of the statistics tables: what reports and plans count with, without ids and names, row by row in the order
 * of the ranks. Spec: docs/tables.md.
 */
import type { ParquetField } from '../formats/parquet-writer.ts';
import type { RowKind } from './row-kinds.ts';

/** The features by the names of their columns, in the order they stand in a row. */
export const FEATURES = [
  'key',
  'mode',
  'tempo_bpm',
  'loudness_db',
  'energy',
  'danceability',
  'valence',
  'speechiness',
  'instrumentalness',
  'acousticness',
  'liveness',
] as const;

/** Of how many units each is one: what is told of tempo and loudness are hundredths, of shares ten thousandths. */
const FEATURE_UNITS: Readonly<Record<(typeof FEATURES)[number], number>> = {
  key: 1,
  mode: 1,
  tempo_bpm: 100,
  loudness_db: 100,
  energy: 10_000,
  danceability: 10_000,
  valence: 10_000,
  speechiness: 10_000,
  instrumentalness: 10_000,
  acousticness: 10_000,
  liveness: 10_000,
};

/** The columns of features: `key` 0–11 from C, `mode` 1 for major and 0 for minor, the others numbers. */
export function featureFields(): ParquetField[] {
  return FEATURES.map((name) => ({
    name,
    kind: name === 'key' || name === 'mode' ? 'whole' : 'number',
    isRepetitive: true,
  }));
}

/** The columns of the table of `kind`; numbers of features are given in their units. */
export function statisticsFields(kind: RowKind): ParquetField[] {
  return FIELDS[kind].map(([name, fieldKind]) => ({
    name,
    kind: fieldKind,
    isRepetitive: REPETITIVE.has(name),
    ...(fieldKind === 'number' && { units: FEATURE_UNITS[name as keyof typeof FEATURE_UNITS] }),
  }));
}

/** Columns of few different values. */
const REPETITIVE: ReadonlySet<string> = new Set([
  ...[
    'popularity',
    'release_year',
    'artists',
    'isrcs',
    'licence',
    'type',
    'track_count',
    'place',
    'language',
  ],
  ...FEATURES,
]);

const FIELDS: Readonly<Record<RowKind, readonly (readonly [string, ParquetField['kind']])[]>> = {
  tracks: [
    ['popularity', 'whole'],
    ['listens', 'whole'],
    ['listeners', 'whole'],
    ['duration_ms', 'whole'],
    ['explicit', 'flag'],
    ['release_year', 'whole'],
    /** The rank of the album among albums, of the first artist among artists. */
    ['album', 'whole'],
    ['artist', 'whole'],
    ['artists', 'whole'],
    ['isrc', 'text'],
    ['isrcs', 'whole'],
    ['licence', 'text'],
    ...featureFields().map(({ name, kind }) => [name, kind] as const),
  ],
  albums: [
    ['popularity', 'whole'],
    ['release_year', 'whole'],
    ['type', 'text'],
    ['label', 'text'],
    ['track_count', 'whole'],
    ['artist', 'whole'],
    ['artists', 'whole'],
    ['upc', 'text'],
    /** Codes between spaces: a combination is one text. */
    ['markets', 'text'],
    ['language', 'text'],
  ],
  artists: [
    ['popularity', 'whole'],
    ['followers', 'whole'],
    ['place', 'text'],
    ['genres', 'texts'],
  ],
};

/** A column of features as a whole number of its units; null where it is null, or beyond 32 bits. */
export function wholeFeature(name: (typeof FEATURES)[number]): string {
  return `TRY_CAST(round(${name} * ${FEATURE_UNITS[name]}) AS INTEGER)`;
}

/** The year of a date that begins with four digits, else null. */
export function yearOf(date: string | null): number | null {
  return date === null ? null : Number(date.slice(0, 4)) || null;
}

/** The features of a row as the cells of the table: 11 whole numbers of units, null where unknown. */
export function featureCells(
  features: readonly (number | null)[] | null,
): readonly (number | null)[] {
  return features ?? NO_FEATURES;
}

const NO_FEATURES: readonly null[] = FEATURES.map(() => null);
