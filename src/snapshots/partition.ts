/**
 * The rows of the imports sorted out into ranges of rank, a folder of Parquet for each: afterwards every range is sorted by
 * itself in memory, so that a build of any size spills nothing. One pass over the shards.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, removeTree, syncFile } from '../base/durable.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import type { ChosenImports } from './choose-imports.ts';
import { mergedFeaturesFile, mergedFile } from './duplicates.ts';
import { countRows, type Prepared, shardsOf } from './prepare.ts';
import { packedColumns } from './range-rows.ts';
import { type Boundary, boundaryColumns, type RowKind, rangeOf } from './row-kinds.ts';
import {
  besideFeatures,
  currentRows,
  type SourceShard,
  servedRows,
  shardRows,
} from './source-rows.ts';

/** Most rows of a range: a kilobyte each in the process that sorts them. */
const RANGE_ROWS = 1_500_000;
/** Rows that a thread gathers for a range before it writes them: of 2,048 to 122,880 tried, those that take least time. */
const GROUP_ROWS = 8192;
/** Most rows that are sorted out by one statement, if a shard is not larger. */
const PORTION_ROWS = 4_000_000;
/** A smaller build has several ranges too, so that one is sorted while another is written. */
const LEAST_RANGE_ROWS = 250_000;
const WANTED_RANGES = 8;
/** Rows looked at to place the boundaries. */
const SAMPLE_ROWS = 40_000;

/** What partitioning works with. */
export interface Sorting {
  /** The door that knows what was prepared, which may be another each time. */
  door(): Promise<Tables>;
  /** Hears of rows that went through the door. */
  passed(rows: number): Promise<void>;
  readonly disk: Disk;
  readonly chosen: ChosenImports;
  readonly prepared: Prepared;
  /** Where `prepare` wrote, and below which the ranges go. */
  readonly work: string;
  readonly rangeRows?: number | undefined;
}

/** What is sorted out by one statement: some shards, or the rows that stand for several. */
interface Portion {
  readonly name: string;
  readonly rows: string;
  readonly rowCount: number;
  readonly features: ReturnType<typeof besideFeatures>;
  /** The files that nothing needs afterwards. */
  readonly files: readonly string[];
}

/** Where the ranges of `kind` lie, `range=0` and so on, as Parquet files. */
export function rangesFolder(work: string, kind: RowKind): string {
  return path.join(work, `ranges-${kind}`);
}

/** Where one of them lies. */
export function rangeFolder(work: string, kind: RowKind, range: number): string {
  return path.join(rangesFolder(work, kind), `range=${range}`);
}

/** The files of one range of `kind`, or of all of them, sorted by bytes. */
export function rangeFiles(disk: Disk, work: string, kind: RowKind, range?: number): string[] {
  const folder = rangesFolder(work, kind);
  const folders = range === undefined ? disk.list(folder) : [`range=${range}`];
  return folders.flatMap((name) =>
    disk.list(path.join(folder, name)).map((file) => path.join(folder, name, file)),
  );
}

/** The boundaries between the ranges of `kind`, from a sample that depends on the ids alone. */
export async function findBoundaries(sorting: Sorting, kind: RowKind): Promise<Boundary[]> {
  const { chosen, prepared } = sorting;
  const tables = await sorting.door();
  const shards = shardsOf(chosen, kind);
  const rows = countRows(shards);
  const wanted = Math.max(LEAST_RANGE_ROWS, Math.ceil(rows / WANTED_RANGES));
  const ranges = Math.ceil(rows / (sorting.rangeRows ?? Math.min(RANGE_ROWS, wanted)));
  if (ranges <= 1) return [];
  const each = Math.max(1, Math.floor(rows / SAMPLE_ROWS));
  const sampled = shards.map(
    (shard) => `SELECT * FROM (${shardRows(kind, [shard])}) WHERE hash(id) % ${each} = 0`,
  );
  const current = currentRows(kind, sampled.join(' UNION ALL '), prepared.joined);
  const served = servedRows(kind, current, {
    joined: prepared.joined,
    popularity: prepared.popularity,
  });
  const sample = await tables.rows(
    `SELECT p, g FROM (SELECT ${boundaryColumns(kind)} FROM (${served})) ORDER BY p DESC, g`,
  );
  const places = Array.from(
    { length: ranges - 1 },
    (_, index) => sample[Math.floor(((index + 1) * sample.length) / ranges)],
  );
  return distinct(
    places.flatMap((row) => (row ? [{ popularity: Number(row[0]), group: String(row[1]) }] : [])),
  );
}

/** The files of imports that each portion of `kind` is made of, in the order they are sorted out. */
export function portionFiles(
  sorting: Omit<Sorting, 'door' | 'passed' | 'disk'>,
  kind: RowKind,
): (readonly string[])[] {
  return portionsOf(sorting, kind).map(({ files }) => files);
}

function distinct(boundaries: readonly Boundary[]): Boundary[] {
  return boundaries.filter((boundary, index) => {
    const before = boundaries[index - 1];
    return before?.popularity !== boundary.popularity || before.group !== boundary.group;
  });
}

/**
 * Sorts out the portions of `kind` from number `from` on; `taken` hears of each that is done, with the files that are not
 * needed any more. `isStopped` is asked between them. Returns whether all are done.
 */
export async function partition(
  sorting: Sorting,
  kind: RowKind,
  options: {
    boundaries: readonly Boundary[];
    from: number;
    /** Whether the shards go once they are taken. */
    consumes: boolean;
    taken: (done: number, total: number, files: readonly string[]) => void;
    isStopped: () => boolean;
  },
): Promise<boolean> {
  const { disk, work, prepared } = sorting;
  const folder = rangesFolder(work, kind);
  if (options.from === 0) removeTree(disk, folder);
  ensureDirectory(disk, folder);
  const portions = portionsOf(sorting, kind);
  const keep = (number: number) => {
    const { name, files } = portions[number]!;
    // What takes the place of a shard that goes must be on the disk, where DuckDB does not see to it; else it can be sorted out again.
    if (options.consumes) {
      for (const file of filesOfPortion(disk, folder, name)) syncFile(disk, file);
      disk.syncDirectory(folder);
    }
    options.taken(number + 1, portions.length, files);
  };
  let number = options.from;
  for (; number < portions.length && !options.isStopped(); number++) {
    const { name, rows, rowCount, features } = portions[number]!;
    for (const file of filesOfPortion(disk, folder, name)) disk.unlink(file);
    const served = servedRows(kind, rows, {
      joined: prepared.joined,
      popularity: prepared.popularity,
      features,
    });
    const tables = await sorting.door();
    const sorted = tables.run(
      `COPY (SELECT ${packedColumns(kind)}, ${rangeOf(options.boundaries)} AS range FROM (SELECT *, ${boundaryColumns(kind)} FROM (${served}))) TO ${quoted(folder)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE ${GROUP_ROWS}, PARTITION_BY (range), OVERWRITE_OR_IGNORE, FILENAME_PATTERN '${name}-{i}')`,
    );
    // The disk takes one portion while the next is sorted out.
    try {
      if (number > options.from) keep(number - 1);
    } finally {
      await sorted;
    }
    await sorting.passed(rowCount);
  }
  if (number > options.from) keep(number - 1);
  return number === portions.length;
}

/**
 * Shards are taken together until they are a portion: fewer would make a small file of each range a shard,
 * and would go through the tables of the session for each.
 */
function portionsOf(
  { chosen, prepared, work, rangeRows }: Omit<Sorting, 'door' | 'passed' | 'disk'>,
  kind: RowKind,
): Portion[] {
  const { joined } = prepared;
  const isMerged = joined.duplicates[kind];
  const without = isMerged ? `WHERE id NOT IN (SELECT id FROM duplicates_${kind})` : '';
  const shards = shardsOf(chosen, kind);
  const portions = together(shards, rangeRows ?? PORTION_ROWS).map((some, index): Portion => {
    const current = currentRows(kind, shardRows(kind, some), joined);
    // The place of a shard among all is its own number, and of no use once the same rows have been merged.
    return {
      name: `shard-${String(index).padStart(5, '0')}`,
      rows: isMerged ? `SELECT * FROM (${current}) ${without}` : current,
      rowCount: countRows(some),
      features: besideFeatures(some),
      files: some.flatMap(({ file, features }) => (features ? [file, features] : [file])),
    };
  });
  if (isMerged)
    portions.push({
      name: 'merged',
      rowCount: prepared.mergedRows[kind],
      rows: `SELECT * FROM ${quoted(mergedFile(work, kind))}`,
      features:
        kind === 'tracks' && shards.some(({ features }) => features)
          ? { rows: `FROM ${quoted(mergedFeaturesFile(work))}`, byShard: false }
          : undefined,
      files: [],
    });
  return portions;
}

/** `shards` in their order, as many at a time as have at most `rows`, and one at least. */
function together(shards: readonly SourceShard[], rows: number): SourceShard[][] {
  const all: SourceShard[][] = [];
  let room = 0;
  for (const shard of shards) {
    if (shard.rows > room) {
      all.push([]);
      room = rows;
    }
    all.at(-1)!.push(shard);
    room -= shard.rows;
  }
  return all;
}

/** The files that a portion went to, also those of a run that was cut short. */
function filesOfPortion(disk: Disk, folder: string, name: string): string[] {
  return disk.list(folder).flatMap((range) =>
    disk
      .list(path.join(folder, range))
      .filter((file) => file.startsWith(`${name}-`))
      .map((file) => path.join(folder, range, file)),
  );
}
