/**
 * The ranges of a kind while it is written. Those whose rows are durable in the unfinished files are let go, so that rows do
 * not lie on the disk twice; after a kill it is gone on behind these rows.
 */
import type { Disk } from '../base/disk.ts';
import { removeTree } from '../base/durable.ts';
import { parquetFiles, type Tables } from '../tables/tables.ts';
import { type BuildState, type KeptRows, saveState } from './build-state.ts';
import type { KindWriter } from './kind-writers.ts';
import { rangeFiles, rangeFolder, rangesFolder } from './partition.ts';
import type { RowKind } from './row-kinds.ts';

/** Ranges that are let go at a time: what is written until then is brought to the disk. */
const LET_GO = 8;

/** The ranges of a kind that is written. */
export interface WrittenRanges {
  /** Rows of the kind. */
  readonly total: number;
  /** The first range with rows that are not written, and how many of its rows are; the number of all ranges when none is left. */
  readonly next: { readonly range: number; readonly written: number };
  /** Keeps the rows of `writer` and lets their ranges go, when these are many. */
  letGo(writer: Keeper): void;
  /** The same at once, with what ranges there are. */
  keep(writer: Keeper): void;
}

type Keeper = Pick<KindWriter, 'rows' | 'keep'>;

interface RangesOptions {
  readonly tables: Tables;
  readonly disk: Disk;
  readonly work: string;
  readonly state: BuildState;
}

/** The ranges of `kind`. */
export async function openWrittenRanges(
  kind: RowKind,
  { tables, disk, work, state }: RangesOptions,
): Promise<WrittenRanges> {
  const kept = state.kept?.[kind] ?? { rows: 0, ranges: 0, rangeRows: 0 };
  let gone = kept.ranges;
  dropRanges(disk, work, kind, { from: 0, to: gone });
  const count = (state.boundaries[kind]?.length ?? 0) + 1;
  /** Rows up to the end of each range. */
  const ends = new Array<number>(count).fill(kept.rangeRows);
  for (let range = gone; range < count; range += 1)
    ends[range] =
      (ends[range - 1] ?? 0) + (await rowsOf(tables, rangeFiles(disk, work, kind, range)));
  const keep = (writer: Keeper, ranges: number) => {
    writer.keep();
    const now: KeptRows = { rows: writer.rows, ranges, rangeRows: ends[ranges - 1] ?? 0 };
    state.kept = { ...state.kept, [kind]: now };
    saveState(disk, work, state);
    dropRanges(disk, work, kind, { from: gone, to: ranges });
    gone = ranges;
  };
  const isWritten = (range: number, rows: number) => ends[range]! <= rows;
  let range = gone;
  while (range < count && isWritten(range, kept.rows)) range += 1;
  return {
    total: ends.at(-1)!,
    next: { range, written: kept.rows - (ends[range - 1] ?? 0) },
    letGo(writer) {
      let next = gone;
      while (next + LET_GO < count && isWritten(next + LET_GO - 1, writer.rows)) next += LET_GO;
      // The last ranges are let go with the kind.
      if (next > gone) keep(writer, next);
    },
    keep(writer) {
      let next = gone;
      while (next < count && isWritten(next, writer.rows)) next += 1;
      keep(writer, next);
    },
  };
}

/** Removes what stood for rows of `kind` that are in its files now. */
export function dropWritten(disk: Disk, work: string, kind: RowKind): void {
  removeTree(disk, rangesFolder(work, kind));
}

function dropRanges(
  disk: Disk,
  work: string,
  kind: RowKind,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let range = from; range < to; range += 1) removeTree(disk, rangeFolder(work, kind, range));
}

async function rowsOf(tables: Tables, files: readonly string[]): Promise<number> {
  if (files.length === 0) return 0;
  const [row] = await tables.rows(`SELECT count(*) FROM ${parquetFiles(files)}`);
  return Number(row![0]);
}
