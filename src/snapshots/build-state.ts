/** How far a build has come: what it needs not do again after it was cut short. Written anew after each piece of work. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import type { Prepared } from './prepare.ts';
import type { Boundary, RowKind } from './row-kinds.ts';

/** Rows in unfinished files that stand for the first ranges of their kind. */
export interface KeptRows {
  readonly rows: number;
  readonly ranges: number;
  /** Whether they were made into whole files of their own (`unfinished-rows.ts`). */
  readonly isWhole: boolean;
}

/** The state of a build. */
export interface BuildState {
  prepared?: Prepared;
  boundaries: { [Kind in RowKind]?: Boundary[] };
  /** Portions sorted out, and whether that is all. */
  partitioned: { [Kind in RowKind]?: { done: number; all: boolean } };
  best: boolean;
  /** Of a kind that is being written, what is kept of it: so many rows, whose ranges are gone. */
  kept?: { [Kind in RowKind]?: KeptRows };
  /** Kinds whose files but those of search are finished, with their rows: their ranges are gone. */
  searching?: { [Kind in RowKind]?: number };
  /** Kinds whose files are finished, with their rows. */
  written: { [Kind in RowKind]?: number };
  side: boolean;
}

const FILE = 'state.json';

/** The state in `work`, or that of a build that has not begun. */
export function readState(disk: Disk, work: string): BuildState {
  const file = path.join(work, FILE);
  if (hasState(disk, work))
    // Our own file, renamed into place whole: it is read as it was written or not at all.
    return JSON.parse(readWhole(disk, file).toString('utf8')) as BuildState;
  return { boundaries: {}, partitioned: {}, best: false, written: {}, side: false };
}

/** Whether a build in `work` has done anything that it need not do again. */
export function hasState(disk: Disk, work: string): boolean {
  return disk.stat(path.join(work, FILE)) !== undefined;
}

/** Makes `state` durable. */
export function saveState(disk: Disk, work: string, state: BuildState): void {
  putFile(disk, path.join(work, FILE), JSON.stringify(state), { replace: true });
}
