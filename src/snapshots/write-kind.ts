/**
 * Writes all files of one kind: its ranges one after the other, each sorted by DuckDB while the one before is written. Ranges
 * whose rows are durable go meanwhile.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import type { Watch } from '../base/progress.ts';
import type { Tables } from '../tables/tables.ts';
import type { BuildState } from './build-state.ts';
import { type KindWriter, startKindWriter } from './kind-writers.ts';
import type { GatheredRows } from './known-rows.ts';
import { linesAhead } from './lines-ahead.ts';
import { rangeFiles } from './partition.ts';
import { sortedLines } from './range-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RowLanes } from './row-lanes.ts';
import { linesAgain } from './unfinished-rows.ts';
import { openWrittenRanges, type WrittenRanges } from './written-ranges.ts';

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
  readonly lanes: RowLanes;
  /** What is known of the kinds before. */
  readonly known: GatheredRows;
}

/** A kind whose files are there, but for those of its search index that are still being written. */
interface WrittenKind {
  readonly rows: number;
  /** Resolves when all files are there. */
  readonly finished: Promise<void>;
}

/** Writes the files of `kind`; null when it was asked to stop. */
export async function writeKind(kind: RowKind, writing: Writing): Promise<WrittenKind | null> {
  const { doors, disk, work, set, state, threads } = writing;
  const temporary = path.join(work, `write-${kind}`);
  const ranges = await openWrittenRanges(kind, {
    tables: doors[0]!,
    disk,
    work,
    set,
    state,
    temporary,
  });
  removeTree(disk, temporary);
  ensureDirectory(disk, temporary);
  const { total } = ranges;
  const writer = startKindWriter(kind, { disk, set, temporary, expected: total, threads });
  try {
    const isWhole = await appendRows(kind, writing, { writer, ranges });
    if (!isWhole) {
      await writer.abort();
      return null;
    }
    const { rows } = writer;
    const finished = writer.finish().then(() => removeTree(disk, temporary));
    return { rows, finished };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

interface Appending {
  readonly writer: KindWriter;
  readonly ranges: WrittenRanges;
}

/** Hands all rows of `kind` to `writer`; false when it was asked to stop. */
async function appendRows(
  kind: RowKind,
  writing: Writing,
  { writer, ranges }: Appending,
): Promise<boolean> {
  const { disk, set, doors, watch, known, lanes } = writing;
  const { total, before } = ranges;
  const tables = doors[0]!;
  // What was written before is read at the door that then sorts.
  const again = before && linesAgain(kind, { disk, set, tables, ...before });
  const chunks = linesAhead(doors, rangeQueries(kind, writing));
  // The first ranges are sorted while it is gathered what is known.
  const first = again ? undefined : chunks.next();
  first?.catch(() => undefined);
  try {
    const shared = await known.of(kind);
    const albums = kind === 'albums' ? known.gather(total) : null;
    const stream = lanes.begin({ kind, shared, rows: total }, (piece) => {
      writer.append(piece);
      albums?.add(piece.albums);
      ranges.letGo(writer);
    });
    const hand = async (chunk: Buffer): Promise<boolean> => {
      await stream.hand(chunk);
      watch.progress({ stage: `write ${kind}`, doneItems: writer.rows, totalItems: total });
      return !watch.stop.aborted;
    };
    for await (const chunk of again ?? []) if (!(await hand(chunk))) return false;
    for (let next = await (first ?? chunks.next()); !next.done; next = await chunks.next())
      if (!(await hand(next.value))) return false;
    await stream.finish();
    albums?.done();
    return true;
  } finally {
    await chunks.return(undefined);
  }
}

/** The rows of each range that is there in the order of their ranks, as `row-texts.ts` takes them. */
function rangeQueries(kind: RowKind, { disk, work, state }: Writing): string[] {
  const ranges = (state.boundaries[kind]?.length ?? 0) + 1;
  return Array.from({ length: ranges }, (_, range) => rangeFiles(disk, work, kind, range))
    .filter((files) => files.length > 0)
    .map((files) => sortedLines(kind, files));
}
