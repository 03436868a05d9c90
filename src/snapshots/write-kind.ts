/**
 * Writes all files of one kind: its ranges one after the other, each sorted by DuckDB while the one before is written. Ranges
 * whose rows are durable go meanwhile.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import type { Watch } from '../base/progress.ts';
import type { Tables } from '../tables/tables.ts';
import type { BuildState } from './build-state.ts';
import { continueKindWriter, type KindWriter, startKindWriter } from './kind-writers.ts';
import type { GatheredRows } from './known-rows.ts';
import { linesAhead, withoutLines } from './lines-ahead.ts';
import { rangeFiles } from './partition.ts';
import { sortedLines } from './range-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RowLanes } from './row-lanes.ts';
import { dropWritten, openWrittenRanges, type WrittenRanges } from './written-ranges.ts';

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
  /** Has what is left of it left for the next run: `finished` rejects then. */
  hurry(): void;
}

/** The folder of the unfinished files of `kind`, which may go when its files are finished. */
export function unfinishedFolder(work: string, kind: RowKind): string {
  return path.join(work, `write-${kind}`);
}

/** Writes the files of `kind`, behind the rows that were kept; null when it was asked to stop, and what is written then is kept. */
export async function writeKind(kind: RowKind, writing: Writing): Promise<WrittenKind | null> {
  const { doors, disk, work, set, state, threads } = writing;
  const temporary = unfinishedFolder(work, kind);
  const ranges = await openWrittenRanges(kind, { tables: doors[0]!, disk, work, state });
  const context = { disk, set, temporary, expected: ranges.total, threads };
  const kept = state.kept?.[kind];
  const writer = kept
    ? continueKindWriter(kind, context, kept.rows)
    : startKindWriter(kind, context);
  try {
    const isWhole = await appendRows(kind, writing, { writer, ranges });
    ranges.keep(writer);
    if (!isWhole) {
      await writer.abort();
      return null;
    }
    dropWritten(disk, work, kind);
    return { rows: writer.rows, finished: writer.finish(), hurry: writer.hurry };
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
  const { doors, watch, known, lanes } = writing;
  const { total, next: from } = ranges;
  if (writer.rows === total) return true;
  const queries = rangeQueries(kind, writing, from.range);
  const chunks = withoutLines(linesAhead(doors, queries), from.written);
  // The first ranges are sorted while it is gathered what is known.
  const first = chunks.next();
  first.catch(() => undefined);
  let isOver = false;
  try {
    const shared = await known.of(kind);
    // What of albums was not gathered from the first on is read from their file later.
    const albums = kind === 'albums' && writer.rows === 0 ? known.gather(total) : null;
    const stream = lanes.begin({ kind, shared, rows: total - writer.rows }, (piece) => {
      // Asked to stop, what threads have in hand comes too late.
      if (isOver) return;
      writer.append(piece);
      albums?.add(piece.albums);
      ranges.letGo(writer);
    });
    for (let next = await first; !next.done; next = await chunks.next()) {
      await stream.hand(next.value);
      watch.progress({ stage: `write ${kind}`, doneItems: writer.rows, totalItems: total });
      if (watch.stop.aborted) return false;
    }
    await stream.finish();
    albums?.done();
    return true;
  } finally {
    isOver = true;
    await chunks.return(undefined);
  }
}

/** The rows of each range from number `first` on in the order of their ranks, as `row-texts.ts` takes them. */
function rangeQueries(kind: RowKind, { disk, work, state }: Writing, first: number): string[] {
  const ranges = (state.boundaries[kind]?.length ?? 0) + 1;
  return Array.from({ length: ranges }, (_, range) => rangeFiles(disk, work, kind, range))
    .slice(first)
    .filter((files) => files.length > 0)
    .map((files) => sortedLines(kind, files));
}
