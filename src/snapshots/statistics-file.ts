/** The statistics of a kind being written, group by group. */
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { createParquetWriter } from '../formats/parquet-writer.ts';
import type { RowKind } from './row-kinds.ts';
import { statisticsFields } from './statistics.ts';

/** The unfinished file among the temporary ones of a kind. */
export const STATISTICS_PART = 'statistics.part';

/** The statistics of `kind` being written at `temporary`. */
export function startStatistics(disk: Disk, temporary: string, kind: RowKind) {
  disk.unlink(temporary);
  const durable = startDurable(disk, temporary);
  const writer = createParquetWriter(statisticsFields(kind), (bytes) => durable.write(bytes));
  return {
    appendGroup: writer.appendGroup,
    sync: () => durable.sync(),
    finish(final: string) {
      writer.finish();
      durable.commit(final, { replace: true });
    },
    abort: () => abortQuietly(durable),
  };
}
