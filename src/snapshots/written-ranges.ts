/**
 * The ranges of a kind while it is written. Those whose rows are durable in the unfinished files are let go, so that rows do
 * not lie on the disk twice; after a kill the rows come out of these files.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { removeTree } from '../base/durable.ts';
import { parquetFiles, type Tables } from '../tables/tables.ts';
import { type BuildState, type KeptRows, saveState } from './build-state.ts';
import type { KindWriter } from './kind-writers.ts';
import { rangeFiles, rangeFolder, rangesFolder } from './partition.ts';
import type { RowKind } from './row-kinds.ts';
import { finishRows } from './unfinished-rows.ts';

/** Ranges that are let go at a time: what is written until then is brought to the disk. */
const LET_GO = 8;

/** The ranges of a kind that is written. */
export interface WrittenRanges {
  /** Rows of the kind. */
  readonly total: number;
  /** Rows of ranges that are gone, in whole files in the folder `whole`: they come first. */
  readonly before: { readonly rows: number; readonly whole: string } | undefined;
  /** Lets the ranges go whose rows `writer` has, when these are many. */
  letGo(writer: Pick<KindWriter, 'rows' | 'keep'>): void;
}

interface RangesOptions {
  readonly tables: Tables;
  readonly disk: Disk;
  readonly work: string;
  readonly set: string;
  readonly state: BuildState;
  /** Where the files are written, and were when the build was cut short. */
  readonly temporary: string;
}

/** The ranges of `kind`; afterwards nothing in `temporary` is needed. */
export async function openWrittenRanges(
  kind: RowKind,
  { tables, disk, work, set, state, temporary }: RangesOptions,
): Promise<WrittenRanges> {
  const note = (kept: KeptRows) => {
    state.kept = { ...state.kept, [kind]: kept };
    saveState(disk, work, state);
  };
  const kept = state.kept?.[kind];
  const whole = kept && wholeFolder(work, kind, kept);
  if (kept && !kept.isWhole) {
    removeTree(disk, whole!);
    finishRows(disk, kind, { temporary, set, rows: kept.rows }, whole!);
    note({ ...kept, isWhole: true });
  }
  let gone = kept?.ranges ?? 0;
  dropRanges(disk, work, kind, { from: 0, to: gone });
  const count = (state.boundaries[kind]?.length ?? 0) + 1;
  /** Rows up to the end of each range. */
  const ends = new Array<number>(count).fill(kept?.rows ?? 0);
  for (let range = gone; range < count; range += 1)
    ends[range] =
      (ends[range - 1] ?? 0) + (await rowsOf(tables, rangeFiles(disk, work, kind, range)));
  return {
    total: ends.at(-1)!,
    before: kept && { rows: kept.rows, whole: whole! },
    letGo(writer) {
      let next = gone;
      // The last ranges are let go with the kind.
      while (next + LET_GO < count && writer.rows >= ends[next + LET_GO - 1]!) next += LET_GO;
      if (next === gone) return;
      writer.keep();
      note({ rows: ends[next - 1]!, ranges: next, isWhole: false });
      dropRanges(disk, work, kind, { from: gone, to: next });
      if (whole) removeTree(disk, whole);
      gone = next;
    },
  };
}

/** Removes what stood for rows of `kind` that are in its files now. */
export function dropWritten(disk: Disk, work: string, kind: RowKind): void {
  removeTree(disk, rangesFolder(work, kind));
  for (const name of disk.list(work))
    if (name.startsWith(wholePrefix(kind))) removeTree(disk, path.join(work, name));
}

function wholePrefix(kind: RowKind): string {
  return `kept-${kind}-`;
}

function wholeFolder(work: string, kind: RowKind, { rows }: KeptRows): string {
  return path.join(work, `${wholePrefix(kind)}${rows}`);
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
