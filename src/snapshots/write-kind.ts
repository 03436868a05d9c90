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
import { rangeFiles } from './partition.ts';
import { createRankMap, type RankMap } from './rank-map.ts';
import { columnsOf, type RowKind, rankOrder } from './row-kinds.ts';
import { rangeLines } from './row-values.ts';

/** What writing works with. */
interface Writing {
  readonly tables: Tables;
  readonly disk: Disk;
  readonly work: string;
  readonly set: string;
  readonly watch: Watch;
  readonly state: BuildState;
}

/** Writes the files of `kind` and returns how many rows there are; null when it was asked to stop. */
export async function writeKind(kind: RowKind, writing: Writing): Promise<number | null> {
  const { tables, disk, work, set, watch, state } = writing;
  const temporary = path.join(work, `write-${kind}`);
  removeTree(disk, temporary);
  ensureDirectory(disk, temporary);
  const ranges = (state.boundaries[kind]?.length ?? 0) + 1;
  const [row] = await tables.rows(countSql(disk, work, kind));
  const total = Number(row![0]);
  const writer = startKindWriter(kind, {
    disk,
    set,
    temporary,
    expected: total,
    artists: kind === 'artists' ? undefined : ranksOf('artists', writing),
    albums: kind === 'tracks' ? ranksOf('albums', writing) : undefined,
  });
  try {
    for (let range = 0; range < ranges; range++) {
      const files = rangeFiles(disk, work, kind, range);
      if (files.length === 0) continue;
      const features = kind === 'tracks' ? 'features' : 'NULL AS features';
      const values = `json_array(${columnsOf(kind).join(', ')}) AS r`;
      const sorted = `SELECT ${values}, ${features} FROM ${parquetFiles(files)} ORDER BY ${rankOrder(kind)}`;
      for await (const chunk of tables.lines(sorted)) {
        for (const { row, line } of rangeLines(chunk)) writer.add(row, line);
        watch.progress({ stage: `write ${kind}`, doneItems: writer.rows, totalItems: total });
        if (watch.stop.aborted) break;
      }
      if (watch.stop.aborted) {
        writer.abort();
        return null;
      }
    }
    writer.finish();
  } catch (error) {
    writer.abort();
    throw error;
  }
  removeTree(disk, temporary);
  return writer.rows;
}

function countSql(disk: Disk, work: string, kind: RowKind): string {
  const files = rangeFiles(disk, work, kind);
  return files.length === 0 ? 'SELECT 0' : `SELECT count(*) FROM ${parquetFiles(files)}`;
}

/** Ranks by id of a kind that is written: 18 bytes an id. */
function ranksOf(kind: 'albums' | 'artists', { disk, set, state }: Writing): RankMap {
  const ranks = createRankMap(state.written[kind]!);
  using rows = openRowFile(disk, path.join(set, ROW_FILES[kind]), startPageCache(1));
  let rank = 0;
  for (const line of rows.from(0)) {
    // The id is the first value of the line; ids hold no quote.
    ranks.set(line.slice(2, line.indexOf('"', 2)), rank);
    rank += 1;
  }
  return ranks;
}
