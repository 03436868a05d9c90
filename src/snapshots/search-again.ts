/** The search index of a kind made from its finished row file: what is left of a build that was cut short behind its rows. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { openRowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import { rowsOf } from '../catalogue/snapshot-rows.ts';
import { columnsOf, type RowKind } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';
import { searchBatch } from './search-batch.ts';
import { startSearchLane } from './search-lane.ts';

interface Again {
  readonly disk: Disk;
  readonly set: string;
  readonly work: string;
  readonly threads: number;
  readonly stop: AbortSignal;
}

const BATCH_ROWS = 512;

/** Writes the search index of `kind` as it would have been written with its rows; false when it was asked to stop. */
export async function searchAgain(
  kind: RowKind,
  { disk, set, work, threads, stop }: Again,
): Promise<boolean> {
  const temporary = path.join(work, `write-${kind}`);
  removeTree(disk, temporary);
  ensureDirectory(disk, temporary);
  using opened = new DisposableStack();
  const cache = startPageCache(1);
  const open = (table: RowKind) =>
    opened.use(openRowFile(disk, path.join(set, ROW_FILES[table]), { table, cache }));
  const artists = open('artists');
  // Rows of later kinds are not asked for.
  const albums = kind === 'artists' ? artists : open('albums');
  const tracks = kind === 'tracks' ? open('tracks') : albums;
  const files = { tracks, albums, artists };
  const rows = rowsOf(files).gathered();
  const fields = columnsOf(kind).map(camelCase);
  const lane = startSearchLane(
    disk,
    { directory: set, temporary, group: kind },
    { rows: files[kind].rows, threads },
  );
  try {
    for (let first = 0; first < files[kind].rows; first += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, files[kind].rows - first);
      const batch = Array.from({ length: count }, (_, at): RankedRow => {
        const row = rows.row(kind, first + at) as unknown as Record<string, unknown>;
        return { values: fields.map((field) => row[field]), features: null };
      });
      lane.add(searchBatch(kind, batch));
      await setImmediate();
      if (!stop.aborted) continue;
      await lane.abort();
      return false;
    }
  } catch (error) {
    await lane.abort();
    throw error;
  }
  await lane.finish();
  removeTree(disk, temporary);
  return true;
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
