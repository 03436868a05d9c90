/**
 * Ids that several rows of the imports have become one row each: found by their hashes, then merged, what the first says
 * standing and what it leaves open filled by the next. Written as Parquet files into the folder of the build.
 */
import path from 'node:path';
import { parquetCopy, quoted, type Tables } from '../tables/tables.ts';
import type { OnePopularity } from './choose-imports.ts';
import { columnsOf, listColumnsOf, type RowKind } from './row-kinds.ts';
import {
  besideFeatures,
  currentRows,
  type Joined,
  type SourceShard,
  shardRows,
} from './source-rows.ts';

/** Ids whose hashes are held at a time: 24 bytes each. */
const HASHES_AT_ONCE = 64_000_000;
/** The rows that stand for several, as `currentRows` gives rows. */
export function mergedFile(work: string, kind: RowKind): string {
  return path.join(work, `merged-${kind}.parquet`);
}

/** The features that lay beside those rows: of each id those of the shard that leads. */
export function mergedFeaturesFile(work: string): string {
  return path.join(work, 'merged-features.parquet');
}

interface DuplicateJob {
  readonly kind: RowKind;
  readonly shards: readonly SourceShard[];
  readonly joined: Joined;
  readonly work: string;
  readonly popularity: OnePopularity;
}

/** How many rows came of the merging of `shards`, and how many went into them; the rows are then in `mergedFile`. */
export async function prepareDuplicates(
  tables: Tables,
  { kind, shards, joined, work, popularity }: DuplicateJob,
): Promise<{ rows: number; 'same-id': number; redirect: number }> {
  const nothing = { rows: 0, 'same-id': 0, redirect: 0 };
  if (shards.length === 0) return nothing;
  const ids = shards.map(({ file }) => `SELECT id FROM ${quoted(file)}`).join(' UNION ALL ');
  const current = joined.redirects
    ? `SELECT coalesce(to_id, a.id) AS id FROM (${ids}) a LEFT JOIN redirects ON from_id = a.id`
    : ids;
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  const slices = Math.max(1, Math.ceil(rows / HASHES_AT_ONCE));
  await tables.run('CREATE OR REPLACE TEMP TABLE suspects (hash UBIGINT)');
  for (let slice = 0; slice < slices; slice++)
    await tables.run(
      `INSERT INTO suspects SELECT hash FROM (SELECT hash(id) AS hash FROM (${current})) WHERE hash % ${slices} = ${slice} GROUP BY hash HAVING count(*) > 1`,
    );
  const [suspects] = await tables.rows('SELECT count(*) FROM suspects');
  if (suspects![0] === 0) return nothing;
  const all = currentRows(kind, shardRows(kind, shards), joined);
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE same_${kind} AS SELECT * FROM (${all}) WHERE hash(id) IN (SELECT hash FROM suspects) QUALIFY count(*) OVER (PARTITION BY id) > 1`,
  );
  await tables.run(parquetCopy(mergeSql(kind, popularity), mergedFile(work, kind)));
  const beside = besideFeatures(shards);
  if (beside)
    await tables.run(
      parquetCopy(
        `SELECT id, arg_min(features, shard) AS features FROM (${beside.rows}) WHERE id IN (SELECT was FROM same_${kind}) GROUP BY id`,
        mergedFeaturesFile(work),
      ),
    );
  const [found] = await tables.rows(
    `SELECT count(DISTINCT id), count(*) - count(DISTINCT id), count(*) FILTER (was <> id AND precedence <> first) FROM (SELECT id, was, precedence, first_value(precedence) OVER (PARTITION BY id ORDER BY was <> id, precedence) AS first FROM same_${kind})`,
  );
  await tables.run(`DROP TABLE same_${kind}`);
  const [kept, gone, redirected] = found!.map(Number) as [number, number, number];
  return { rows: kept, 'same-id': gone - redirected, redirect: redirected };
}

/** One row for each id of `same_KIND`: the row that always had the id leads, then the order of precedence. */
function mergeSql(kind: RowKind, { from }: OnePopularity): string {
  const lists = new Set(listColumnsOf(kind));
  const order = '(was <> id, precedence)';
  const isChosen = `source IN (${[-1, ...from].join(', ')})`;
  const columns = columnsOf(kind)
    .filter((column) => column !== 'id')
    .map((column) => {
      if (column === 'popularity')
        return `arg_min(popularity, ${order}) FILTER (${isChosen}) AS popularity`;
      if (from.length > 0 && (column === 'listens' || column === 'listeners'))
        return `arg_min(${column}, ${order}) FILTER (${isChosen}) AS ${column}`;
      if (!lists.has(column) || column === 'markets')
        return `arg_min(${column}, ${order}) AS ${column}`;
      return `coalesce(arg_min(nullif(${column}, []), ${order}), []) AS ${column}`;
    });
  const source = `coalesce(arg_min(source, ${order}) FILTER (${isChosen}), arg_min(source, ${order})) AS source`;
  return `SELECT id, ${columns.join(', ')}, ${source}, arg_min(precedence, ${order}) AS precedence, arg_min(was, ${order}) AS was FROM same_${kind} GROUP BY id`;
}
