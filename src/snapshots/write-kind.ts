/** Writes all files of one kind: its ranges one after the other, each sorted by DuckDB while the one before is written. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import type { Watch } from '../base/progress.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { openRowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import { parquetFiles, type Tables } from '../tables/tables.ts';
import type { BuildState } from './build-state.ts';
import { startKindWriter } from './kind-writers.ts';
import { linesAhead } from './lines-ahead.ts';
import { rangeFiles } from './partition.ts';
import { createRankMap, type RankMap } from './rank-map.ts';
import { columnsOf, type RowKind, rankOrder } from './row-kinds.ts';
import { rangeLines } from './row-values.ts';

/** What writing works with. */
interface Writing {
  /** Two doors sort one range while the one before is written. */
  readonly doors: readonly Tables[];
  readonly disk: Disk;
  readonly work: string;
  readonly set: string;
  readonly watch: Watch;
  readonly state: BuildState;
  readonly threads: number;
  /** Rows of the kinds whose row files are there. */
  readonly rows: { readonly [Kind in RowKind]?: number };
}

/** A kind whose files are there, but for those of its search index that are still being written. */
interface WrittenKind {
  readonly rows: number;
  /** Resolves when all files are there. */
  readonly finished: Promise<void>;
}

/** Writes the files of `kind`; null when it was asked to stop. */
export async function writeKind(kind: RowKind, writing: Writing): Promise<WrittenKind | null> {
  const { doors, disk, work, set, watch } = writing;
  const temporary = path.join(work, `write-${kind}`);
  removeTree(disk, temporary);
  ensureDirectory(disk, temporary);
  const [row] = await doors[0]!.rows(countSql(disk, work, kind));
  const total = Number(row![0]);
  const writer = startKindWriter(kind, {
    disk,
    set,
    temporary,
    expected: total,
    threads: writing.threads,
    artists: kind === 'artists' ? undefined : ranksOf('artists', writing),
    albums: kind === 'tracks' ? ranksOf('albums', writing) : undefined,
  });
  try {
    for await (const chunk of linesAhead(doors, rangeQueries(kind, writing))) {
      for (const { row, line } of rangeLines(chunk)) writer.add(row, line);
      await writer.ready();
      watch.progress({ stage: `write ${kind}`, doneItems: writer.rows, totalItems: total });
      if (watch.stop.aborted) {
        await writer.abort();
        return null;
      }
    }
    const { rows } = writer;
    const finished = writer.finish().then(() => removeTree(disk, temporary));
    return { rows, finished };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The rows of each range in the order of their ranks, as `rangeLines` takes them. */
function rangeQueries(kind: RowKind, { disk, work, state }: Writing): string[] {
  const ranges = (state.boundaries[kind]?.length ?? 0) + 1;
  const features = kind === 'tracks' ? 'features' : 'NULL AS features';
  const values = `json_array(${columnsOf(kind).join(', ')}) AS r`;
  return Array.from({ length: ranges }, (_, range) => rangeFiles(disk, work, kind, range))
    .filter((files) => files.length > 0)
    .map(
      (files) =>
        `SELECT ${values}, ${features} FROM ${parquetFiles(files)} ORDER BY ${rankOrder(kind)}`,
    );
}

function countSql(disk: Disk, work: string, kind: RowKind): string {
  const files = rangeFiles(disk, work, kind);
  return files.length === 0 ? 'SELECT 0' : `SELECT count(*) FROM ${parquetFiles(files)}`;
}

/** Ranks by id of a kind that is written: 18 bytes an id. */
function ranksOf(kind: 'albums' | 'artists', { disk, set, rows: counts }: Writing): RankMap {
  const ranks = createRankMap(counts[kind]!);
  using rows = openRowFile(disk, path.join(set, ROW_FILES[kind]), startPageCache(1));
  let rank = 0;
  for (const line of rows.from(0)) {
    // The id is the first value of the line; ids hold no quote.
    ranks.set(line.slice(2, line.indexOf('"', 2)), rank);
    rank += 1;
  }
  return ranks;
}
