/**
 * The rows of the imports as SQL: ids taken to what they mean now, listens and features joined, popularity by the one
 * origin. What it joins with are tables of the session, made by `prepare.ts`.
 */
import type { ImportRecord } from '../model/import-record.ts';
import { quoted } from '../tables/tables.ts';
import type { OnePopularity } from './choose-imports.ts';
import { columnsOf, type RowKind } from './row-kinds.ts';
import { FEATURES, wholeFeature } from './statistics.ts';

/** One Parquet file of an import, and that of the features of its rows where these lie beside it. */
export interface SourceShard {
  /** Position of the import among those chosen. */
  readonly source: number;
  readonly file: string;
  readonly rows: number;
  readonly features?: string | undefined;
  readonly format: ImportRecord['format'];
}

/** Which of the session's tables hold anything: what is empty is not joined. */
export interface Joined {
  readonly redirects: boolean;
  readonly artistRedirects: boolean;
  readonly counts: boolean;
  readonly features: boolean;
  readonly duplicates: Readonly<Record<RowKind, boolean>>;
  /** Popularity of albums and artists that have none of their own, from their best track. */
  readonly best: Readonly<Record<'albums' | 'artists', boolean>>;
}

/** How popularity comes about: of `from` alone. */
export interface PopularityRule extends OnePopularity {
  /** Whether it is computed from their listens, since they give none themselves. */
  readonly isCounted: boolean;
  /** The most listens of a track, or of what its origin counted instead, where it is. */
  readonly most: number;
}

interface ServedOptions {
  readonly joined: Joined;
  readonly popularity: PopularityRule;
  readonly features?: BesideFeatures | undefined;
}

/** Features that lay beside rows: a SELECT of `id`, as the source gave it to the row, and `features`. */
interface BesideFeatures {
  readonly rows: string;
  /** Whether it has the `shard` too, since several shards may tell of one id. */
  readonly byShard: boolean;
}

/** What numbers the rows of a shard, above the greatest number of rows in one. */
const SHARD_STEP = 1_000_000_000;
/** Above the greatest number of shards of an import. */
const SOURCE_STEP = 1_000_000;

/** The features of a row as one list of whole numbers in units of their columns (`wholeFeature`). */
export const FEATURE_LIST = `[${FEATURES.map(importedFeature).join(', ')}]`;

/** An import tells the mode by its name. */
function importedFeature(name: (typeof FEATURES)[number]): string {
  return name === 'mode'
    ? "CASE mode WHEN 'major' THEN 1 WHEN 'minor' THEN 0 END"
    : wholeFeature(name);
}

/** Rows of shards, each with its place among all of its kind: what leads where rows are the same. */
export function shardRows(kind: RowKind, shards: readonly SourceShard[]): string {
  return shards
    .map(
      ({ source, file, format }, index) =>
        `SELECT ${columnsIn(kind, format)}, ${source} AS source, ${placeOf(source, index)}::BIGINT * ${SHARD_STEP} + file_row_number AS precedence FROM read_parquet(${quoted(file)}, file_row_number = true)`,
    )
    .join(' UNION ALL ');
}

/** What the first format does not have is unknown. */
function columnsIn(kind: RowKind, format: ImportRecord['format']): string {
  const isFirst = format === 'fonoteca-catalogue-import/1';
  return columnsOf(kind)
    .map((name) => (isFirst && name === 'language' ? 'NULL::VARCHAR AS language' : name))
    .join(', ');
}

/** The features that lie beside the rows of `shards`, given as to `shardRows`; undefined where none do. */
export function besideFeatures(shards: readonly SourceShard[]): BesideFeatures | undefined {
  const selects = shards.flatMap(({ source, features }, index) =>
    features
      ? [
          `SELECT id, ${FEATURE_LIST} AS features, ${placeOf(source, index)} AS shard FROM ${quoted(features)}`,
        ]
      : [],
  );
  return selects.length === 0 ? undefined : { rows: selects.join(' UNION ALL '), byShard: true };
}

function placeOf(source: number, index: number): number {
  return source * SOURCE_STEP + index;
}

/** `rows` (as of `shardRows`) with ids as they are now; `was` is the id the source wrote. */
export function currentRows(kind: RowKind, rows: string, joined: Joined): string {
  if (!joined.redirects) return `SELECT *, id AS was FROM (${rows})`;
  const moved = kind === 'tracks' ? ['id', 'recording_id', 'album_id'] : ['id'];
  const replaced = moved.map((column) => `coalesce(r_${column}.to_id, s.${column}) AS ${column}`);
  const joins = moved.map(
    (column) => `LEFT JOIN redirects r_${column} ON r_${column}.from_id = s.${column}`,
  );
  if (joined.artistRedirects && kind !== 'artists') {
    replaced.push('coalesce(credits.current, s.artist_ids) AS artist_ids');
    joins.push('LEFT JOIN credits ON credits.artist_ids = s.artist_ids');
  }
  const credits = `parts AS (SELECT artist_ids, unnest(artist_ids) AS artist, generate_subscripts(artist_ids, 1) AS number FROM (SELECT DISTINCT artist_ids FROM source_rows)), credits AS (SELECT artist_ids, list(coalesce(to_id, artist) ORDER BY number) AS current FROM parts LEFT JOIN redirects ON from_id = artist GROUP BY artist_ids HAVING bool_or(to_id IS NOT NULL))`;
  const withCredits = joined.artistRedirects && kind !== 'artists' ? `, ${credits}` : '';
  return `WITH source_rows AS (${rows})${withCredits} SELECT s.* REPLACE (${replaced.join(', ')}), s.id AS was FROM source_rows s ${joins.join(' ')}`;
}

/**
 * `rows` (as of `currentRows`) as they are sorted and served: popularity a whole number from 0 to 100 or null, listens
 * joined, and for tracks `features`.
 */
export function servedRows(
  kind: RowKind,
  rows: string,
  { joined, popularity, features }: ServedOptions,
): string {
  if (kind !== 'tracks') return withOwnPopularity(kind, rows, joined, popularity);
  const joins: string[] = [];
  // Listens of another origin would be mixed with those that popularity goes by.
  const own =
    popularity.from.length > 0
      ? `CASE WHEN s.source IN (${popularity.from.join(', ')}) THEN s.listens END`
      : 's.listens';
  const ownPeople = own.replaceAll('listens', 'listeners');
  let listens = own;
  let listeners = ownPeople;
  if (joined.counts) {
    joins.push('LEFT JOIN counts c1 ON c1.id = s.id LEFT JOIN counts c2 ON c2.id = s.recording_id');
    listens = `coalesce(c1.listens, c2.listens, ${own})`;
    listeners = `CASE WHEN c1.id IS NOT NULL THEN c1.listeners WHEN c2.id IS NOT NULL THEN c2.listeners ELSE ${ownPeople} END`;
  }
  // What was heard of its album is no count of the track: it orders it, and is no number of its listens.
  const byAlbum = joined.counts && popularity.isCounted;
  if (byAlbum) joins.push('LEFT JOIN counts c3 ON c3.id = s.album_id');
  const heard = byAlbum ? `coalesce(${listens}, c3.listens)` : listens;
  const found: string[] = [];
  if (features) {
    const sameShard = features.byShard ? ` AND f0.shard = s.precedence // ${SHARD_STEP}` : '';
    joins.push(`LEFT JOIN (${features.rows}) f0 ON f0.id = s.was${sameShard}`);
    found.push('f0.features');
  }
  if (joined.features) {
    joins.push(
      'LEFT JOIN features f1 ON f1.id = s.id LEFT JOIN features f2 ON f2.id = s.recording_id',
    );
    found.push('f1.features', 'f2.features');
  }
  const told = found.length === 0 ? 'NULL::INTEGER[]' : `coalesce(${found.join(', ')})`;
  const joinedRows = `SELECT s.* REPLACE (${listens} AS listens, ${listeners} AS listeners), ${told} AS features, ${heard} AS heard FROM (${rows}) s ${joins.join(' ')}`;
  const value = popularity.isCounted ? fromListens(popularity.most) : given(popularity);
  return `SELECT * EXCLUDE (was, precedence, source, heard) REPLACE (${value} AS popularity) FROM (${joinedRows})`;
}

function withOwnPopularity(
  kind: 'albums' | 'artists',
  rows: string,
  joined: Joined,
  popularity: PopularityRule,
): string {
  const joins: string[] = [];
  const values: string[] = [];
  // A source may count albums: items of the Internet Archive are downloaded, not their tracks.
  if (kind === 'albums' && joined.counts && popularity.isCounted) {
    joins.push('LEFT JOIN (SELECT id, listens AS heard FROM counts) c ON c.id = s.id');
    values.push(fromListens(popularity.most));
  } else values.push(given(popularity));
  if (joined.best[kind]) {
    joins.push(`LEFT JOIN best_${kind} b ON b.id = s.id`);
    values.push('b.best_popularity');
  }
  const value = values.length === 1 ? values[0] : `coalesce(${values.join(', ')})`;
  return `SELECT s.* EXCLUDE (was, precedence, source) REPLACE (${value} AS popularity) FROM (${rows}) s ${joins.join(' ')}`;
}

/** The source's own measure, where it is the chosen one; others are not mixed with it. */
function given({ from, isCounted }: PopularityRule): string {
  if (from.length === 0 || isCounted) return 'NULL::TINYINT';
  return `CASE WHEN source IN (${from.join(', ')}) AND popularity IS NOT NULL THEN least(100, greatest(0, round(popularity)))::TINYINT END`;
}

/** Of the column `heard`. */
function fromListens(most: number): string {
  if (most <= 0) return 'CASE WHEN heard = 0 THEN 0::TINYINT END';
  return `CASE WHEN heard = 0 THEN 0 WHEN heard > 0 THEN least(100, greatest(1, round(100 * ln(1 + heard) / ln(1 + ${most})))) END::TINYINT`;
}
