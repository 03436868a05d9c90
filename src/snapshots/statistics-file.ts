/** The statistics of a kind being written, group by group. */
import type { Disk } from '../base/disk.ts';
import {
  abortQuietly,
  continueDurable,
  type DurableWriter,
  startDurable,
} from '../base/durable.ts';
import type { ColumnSizes } from '../formats/parquet-column.ts';
import { createParquetWriter, type ParquetWriter } from '../formats/parquet-writer.ts';
import type { RowKind } from './row-kinds.ts';
import { statisticsFields } from './statistics.ts';

/** The statistics of one kind being written. Ends with exactly one `finish` or `abort`. */
export interface StatisticsWriter extends Pick<ParquetWriter, 'appendGroup'> {
  /** Makes the groups so far durable under the temporary name, where `abort` then leaves them. */
  sync(): void;
  finish(final: string): void;
  abort(): void;
}

/** A group that lies in the file: its rows, and of each column what is known beside its pages. */
export interface WrittenGroup {
  readonly rows: number;
  readonly columns: readonly ColumnSizes[];
}

/** The bytes before the first group of a Parquet file. */
const MAGIC_BYTES = 4;

/** The statistics of `kind` being written at `temporary`. */
export function startStatistics(disk: Disk, temporary: string, kind: RowKind): StatisticsWriter {
  disk.unlink(temporary);
  const durable = startDurable(disk, temporary);
  const writer = createParquetWriter(statisticsFields(kind), (bytes) => durable.write(bytes));
  return statisticsOver(durable, writer);
}

/** Goes on with the statistics of `kind` at `temporary` behind `groups`, which `sync` made durable. */
export function continueStatistics(
  disk: Disk,
  temporary: string,
  kind: RowKind,
  groups: readonly WrittenGroup[],
): StatisticsWriter {
  const sizes = groups.flatMap(({ columns }) => columns.map(({ bytes }) => bytes));
  const keptBytes = sizes.reduce((sum, size) => sum + size, MAGIC_BYTES);
  const durable = continueDurable(disk, temporary, keptBytes);
  const write = (bytes: Uint8Array) => durable.write(bytes);
  const writer = createParquetWriter(statisticsFields(kind), write, { isBegun: true });
  for (const { rows, columns } of groups) writer.passGroup(rows, columns);
  return statisticsOver(durable, writer);
}

function statisticsOver(durable: DurableWriter, writer: ParquetWriter): StatisticsWriter {
  return {
    appendGroup: writer.appendGroup,
    sync: () => durable.sync(),
    finish(final) {
      writer.finish();
      durable.commit(final, { replace: true });
    },
    abort: () => abortQuietly(durable),
  };
}
