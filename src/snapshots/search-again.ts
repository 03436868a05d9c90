/** The search index of a kind made from its finished row file: what is left of a build that was cut short behind its rows. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import type { RowKind } from './row-kinds.ts';
import { searchBatch } from './search-batch.ts';
import { startSearchLane } from './search-lane.ts';
import { openWrittenRows } from './written-rows.ts';

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
  using written = openWrittenRows(disk, kind, { set });
  const lane = startSearchLane(
    disk,
    { directory: set, temporary, group: kind },
    { rows: written.rows, threads },
  );
  try {
    for (let first = 0; first < written.rows; first += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, written.rows - first);
      const batch = Array.from({ length: count }, (_, at) => ({
        values: written.values(first + at),
        features: null,
      }));
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
