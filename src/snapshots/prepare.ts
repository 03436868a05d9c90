/**
 * What has to be known of all rows before any is taken: which ids mean another now, which stand in several imports, how
 * often each was heard. Kept as Parquet files in the folder of the build, so that a build that was cut short goes on with
 * the same, even where shards are gone.
 */
import path from 'node:path';
import { parquetCopy, parquetFiles, quoted, type Tables } from '../tables/tables.ts';
import { type ChosenImports, type OnePopularity, settlePopularity } from './choose-imports.ts';
import { mergedFile, prepareDuplicates } from './duplicates.ts';
import { packedArtists } from './range-rows.ts';
import { ROW_KINDS, type RowKind } from './row-kinds.ts';
import {
  FEATURE_LIST,
  type Joined,
  type PopularityRule,
  type SourceShard,
  shardRows,
} from './source-rows.ts';

/** What was found. */
export interface Prepared {
  readonly joined: Joined;
  readonly popularity: PopularityRule;
  readonly merges: readonly { table: RowKind; reason: 'same-id' | 'redirect'; rows: number }[];
  /** Rows that were left when those that are the same had become one. */
  readonly mergedRows: Readonly<Record<RowKind, number>>;
}

/** An id may mean another that means another; a source that chains them longer is wrong or a circle. */
const MAX_REDIRECT_STEPS = 16;
const SESSION_TABLES = ['redirects', 'counts', 'features', 'best_albums', 'best_artists'] as const;

/** The shards of `kind`, in the order of precedence; those whose features lie beside them row by row say so. */
export function shardsOf(chosen: ChosenImports, kind: RowKind | 'links'): SourceShard[] {
  return chosen.imports.flatMap(({ directory, record }, source) => {
    const of = (table: string) => record.shards.filter((shard) => shard.table === table);
    const beside = of('features');
    const shards = of(kind);
    const isBeside = kind === 'tracks' && beside.length === shards.length;
    return shards.map(({ file, rows }, index) => ({
      source,
      rows,
      format: record.format,
      file: path.join(directory, file),
      ...(isBeside ? { features: path.join(directory, beside[index]!.file) } : {}),
    }));
  });
}

/** How many rows `shards` have. */
export function countRows(shards: readonly SourceShard[]): number {
  return shards.reduce((sum, { rows }) => sum + rows, 0);
}

/** Finds out what has to be known and writes it into `work`. `BUILD_POPULARITY`. */
export async function prepare(
  tables: Tables,
  chosen: ChosenImports,
  work: string,
): Promise<Prepared> {
  const one = settlePopularity(chosen.popularity, await heardOrigins(tables, chosen));
  const redirects = await prepareRedirects(tables, chosen, work);
  const artistRedirects = redirects > 0 && (await redirectsArtists(tables, chosen));
  const counts = await prepareCounts(tables, { chosen, work, from: one.from });
  const features = await prepareFeatures(tables, chosen, work);
  const none = { tracks: false, albums: false, artists: false };
  let joined: Joined = {
    redirects: redirects > 0,
    artistRedirects,
    counts,
    features,
    duplicates: none,
    best: none,
  };
  const merges: { table: RowKind; reason: 'same-id' | 'redirect'; rows: number }[] = [];
  const mergedRows = { tracks: 0, albums: 0, artists: 0 };
  for (const kind of ROW_KINDS) {
    const shards = shardsOf(chosen, kind);
    const found = await prepareDuplicates(tables, { kind, shards, joined, work, popularity: one });
    mergedRows[kind] = found.rows;
    joined = { ...joined, duplicates: { ...joined.duplicates, [kind]: found.rows > 0 } };
    for (const reason of ['same-id', 'redirect'] as const)
      if (found[reason] > 0) merges.push({ table: kind, reason, rows: found[reason] });
  }
  const popularity = await popularityRule(tables, chosen, { one, counts });
  return { joined, popularity, merges, mergedRows };
}

/** Brings what `prepare` and `prepareBest` wrote into `work` into the session. */
export async function loadPrepared(
  tables: Tables,
  { joined }: Prepared,
  work: string,
): Promise<void> {
  const wanted: Record<(typeof SESSION_TABLES)[number], boolean> = {
    redirects: joined.redirects,
    counts: joined.counts,
    features: joined.features,
    best_albums: joined.best.albums,
    best_artists: joined.best.artists,
  };
  for (const table of SESSION_TABLES)
    if (wanted[table])
      await tables.run(
        `CREATE OR REPLACE TEMP TABLE ${table} AS FROM ${quoted(path.join(work, `${table}.parquet`))}`,
      );
  for (const kind of ROW_KINDS)
    if (joined.duplicates[kind])
      await tables.run(
        `CREATE OR REPLACE TEMP TABLE duplicates_${kind} AS SELECT id FROM ${quoted(mergedFile(work, kind))}`,
      );
}

/** The uncertain origins of which a track has listens. */
async function heardOrigins(
  tables: Tables,
  chosen: ChosenImports,
): Promise<ChosenImports['popularity']['uncertain']> {
  const { uncertain } = chosen.popularity;
  const shards = shardsOf(chosen, 'tracks');
  const heard: (typeof uncertain)[number][] = [];
  for (const origin of uncertain) {
    const files = shards.filter(({ source }) => origin.from.includes(source));
    if (files.length === 0) continue;
    const from = parquetFiles(files.map(({ file }) => file));
    const any = await tables.rows(`SELECT 1 FROM ${from} WHERE listens IS NOT NULL LIMIT 1`);
    if (any.length > 0) heard.push(origin);
  }
  return heard;
}

interface BestJob {
  readonly kind: 'albums' | 'artists';
  /** The files of the sorted-out tracks. */
  readonly tracks: readonly string[];
  readonly work: string;
  readonly popularity: PopularityRule;
}

/** Popularity of albums and artists by their best track, from the sorted-out tracks. False when nobody lacks any. */
export async function prepareBest(
  tables: Tables,
  chosen: ChosenImports,
  { kind, tracks, work, popularity: { stated, from, isCounted } }: BestJob,
): Promise<boolean> {
  if (stated === null) return false;
  const shards = shardsOf(chosen, kind);
  if (shards.length === 0 || tracks.length === 0) return false;
  if (!isCounted) {
    const lacking = `popularity IS NULL OR source NOT IN (${from.join(', ')})`;
    const [row] = await tables.rows(
      `SELECT count(*) FROM (${shardRows(kind, shards)}) WHERE ${lacking}`,
    );
    if (row![0] === 0) return false;
  }
  const ids = kind === 'albums' ? 'album_id' : `unnest(${packedArtists('tracks')})`;
  await tables.run(
    parquetCopy(
      `SELECT id, max(popularity) AS best_popularity FROM (SELECT ${ids} AS id, popularity FROM ${parquetFiles(tracks)}) WHERE id IS NOT NULL AND popularity IS NOT NULL GROUP BY id`,
      path.join(work, `best_${kind}.parquet`),
    ),
  );
  return true;
}

function filesOf(chosen: ChosenImports, table: string): { source: number; file: string }[] {
  return chosen.imports.flatMap(({ directory, record }, source) =>
    record.shards
      .filter((shard) => shard.table === table)
      .map(({ file }) => ({ source, file: path.join(directory, file) })),
  );
}

/** Ids by what they mean in the end; those that lead in a circle mean themselves. Returns how many there are. */
async function prepareRedirects(
  tables: Tables,
  chosen: ChosenImports,
  work: string,
): Promise<number> {
  const files = filesOf(chosen, 'redirects');
  const all = files
    .map(
      ({ file, source }) =>
        `SELECT "from" AS from_id, "to" AS to_id, ${source} AS source FROM ${quoted(file)}`,
    )
    .join(' UNION ALL ');
  const none = 'SELECT NULL::VARCHAR AS from_id, NULL::VARCHAR AS to_id WHERE false';
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE redirects AS ${files.length === 0 ? none : `SELECT from_id, arg_min(to_id, (source, to_id)) AS to_id FROM (${all}) WHERE from_id <> to_id GROUP BY from_id`}`,
  );
  for (let step = 0; step < MAX_REDIRECT_STEPS && files.length > 0; step++) {
    const further = 'FROM redirects a JOIN redirects b ON a.to_id = b.from_id';
    const [row] = await tables.rows(`SELECT count(*) ${further}`);
    if (row![0] === 0) break;
    await tables.run(
      `CREATE OR REPLACE TEMP TABLE redirects AS SELECT a.from_id, coalesce(b.to_id, a.to_id) AS to_id FROM redirects a LEFT JOIN redirects b ON a.to_id = b.from_id WHERE a.from_id <> coalesce(b.to_id, a.to_id)`,
    );
  }
  await tables.run('DELETE FROM redirects WHERE to_id IN (SELECT from_id FROM redirects)');
  await tables.run(
    parquetCopy(
      'SELECT from_id, to_id FROM redirects ORDER BY from_id',
      path.join(work, 'redirects.parquet'),
    ),
  );
  const [row] = await tables.rows('SELECT count(*) FROM redirects');
  return Number(row![0]);
}

async function redirectsArtists(tables: Tables, chosen: ChosenImports): Promise<boolean> {
  const shards = shardsOf(chosen, 'artists');
  if (shards.length === 0) return true;
  const [row] = await tables.rows(
    `SELECT count(*) FROM redirects WHERE to_id IN (SELECT id FROM (${shardRows('artists', shards)}))`,
  );
  return row![0] !== 0;
}

/** Listens by what was heard, from the chosen origin alone. */
async function prepareCounts(
  tables: Tables,
  { chosen, work, from }: { chosen: ChosenImports; work: string; from: readonly number[] },
): Promise<boolean> {
  const files = filesOf(chosen, 'counts').filter(({ source }) => from.includes(source));
  if (files.length === 0) return false;
  const all = files
    .map(
      ({ file, source }) =>
        `SELECT id, listens, listeners, ${source} AS source FROM ${quoted(file)}`,
    )
    .join(' UNION ALL ');
  // What was counted under an old id is added to the new one; people may be the same, so of those the most stands.
  const bySource = `SELECT coalesce(to_id, c.id) AS id, source, sum(listens)::BIGINT AS listens, max(listeners) AS listeners FROM (${all}) c LEFT JOIN redirects ON from_id = c.id GROUP BY 1, 2`;
  await tables.run(
    parquetCopy(
      `SELECT id, arg_min(listens, source) AS listens, arg_min(listeners, source) AS listeners FROM (${bySource}) GROUP BY id`,
      path.join(work, 'counts.parquet'),
    ),
  );
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE counts AS FROM ${quoted(path.join(work, 'counts.parquet'))}`,
  );
  return true;
}

/** Features of imports that have them apart from their tracks; the others are joined shard by shard. */
async function prepareFeatures(
  tables: Tables,
  chosen: ChosenImports,
  work: string,
): Promise<boolean> {
  const beside = new Set(
    shardsOf(chosen, 'tracks').flatMap(({ features }) => (features ? [features] : [])),
  );
  const files = filesOf(chosen, 'features').filter(({ file }) => !beside.has(file));
  if (files.length === 0) return false;
  const all = files
    .map(
      ({ file, source }) =>
        `SELECT id, ${FEATURE_LIST} AS features, ${source} AS source FROM ${quoted(file)}`,
    )
    .join(' UNION ALL ');
  await tables.run(
    parquetCopy(
      `SELECT coalesce(to_id, f.id) AS id, arg_min(features, (source, f.id)) AS features FROM (${all}) f LEFT JOIN redirects ON from_id = f.id GROUP BY 1`,
      path.join(work, 'features.parquet'),
    ),
  );
  return true;
}

/** Whether the chosen sources give popularity themselves, or listens that it is computed from. */
async function popularityRule(
  tables: Tables,
  chosen: ChosenImports,
  { one, counts }: { one: OnePopularity; counts: boolean },
): Promise<PopularityRule> {
  const { from } = one;
  const own = shardsOf(chosen, 'tracks')
    .filter(({ source }) => from.includes(source))
    .map(
      ({ file }) => `SELECT count(popularity) AS given, max(listens) AS most FROM ${quoted(file)}`,
    );
  const counted = counts ? ['SELECT 0 AS given, max(listens) AS most FROM counts'] : [];
  const all = [...own, ...counted];
  if (all.length === 0) return { ...one, isCounted: false, most: 0 };
  const [row] = await tables.rows(
    `SELECT sum(given), coalesce(max(most), -1) FROM (${all.join(' UNION ALL ')})`,
  );
  const [given, most] = row!.map(Number) as [number, number];
  return { ...one, isCounted: given === 0 && most >= 0, most: Math.max(0, most) };
}
