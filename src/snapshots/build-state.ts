/** How far a build has come: what it needs not do again after it was cut short. Written anew after each piece of work. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import type { Prepared } from './prepare.ts';
import type { Boundary, RowKind } from './row-kinds.ts';

/** Rows that are durable in unfinished files (`kind-writers.ts`). */
export interface KeptRows {
  readonly rows: number;
  /** Ranges that are gone, as all their rows are among these, and how many rows they had. */
  readonly ranges: number;
  readonly rangeRows: number;
}

/** Another one is of another version of this program: such a build is begun anew. */
const FORMAT = 'fonoteca-build-2';

/** The state of a build. */
export interface BuildState {
  readonly format: typeof FORMAT;
  prepared?: Prepared;
  boundaries: { [Kind in RowKind]?: Boundary[] };
  /** Portions sorted out, and whether that is all. */
  partitioned: { [Kind in RowKind]?: { done: number; all: boolean } };
  best: boolean;
  /** Of a kind that is being written, what is kept of it. */
  kept?: { [Kind in RowKind]?: KeptRows };
  /** Kinds whose files are finished, with their rows. */
  written: { [Kind in RowKind]?: number };
  side: boolean;
}

const FILE = 'state.json';

/** The state in `work`, or that of a build that has not begun, whose files go to `set`. */
export function readState(disk: Disk, work: string, set: string): BuildState {
  const file = path.join(work, FILE);
  if (hasState(disk, work)) {
    // Our own file, renamed into place whole: it is read as it was written or not at all.
    const state = JSON.parse(readWhole(disk, file).toString('utf8')) as BuildState;
    if (state.format === FORMAT) return state;
    for (const folder of [work, set]) removeTree(disk, folder);
    for (const folder of [work, set]) ensureDirectory(disk, folder);
  }
  return { format: FORMAT, boundaries: {}, partitioned: {}, best: false, written: {}, side: false };
}

/** Whether a build in `work` has done anything that it need not do again. */
export function hasState(disk: Disk, work: string): boolean {
  return disk.stat(path.join(work, FILE)) !== undefined;
}

/** Makes `state` durable. */
export function saveState(disk: Disk, work: string, state: BuildState): void {
  putFile(disk, path.join(work, FILE), JSON.stringify(state), { replace: true });
}
