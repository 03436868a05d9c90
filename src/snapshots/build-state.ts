/** How far a build has come: what it needs not do again after it was cut short. Written anew after each piece of work. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import type { Prepared } from './prepare.ts';
import type { Boundary, RowKind } from './row-kinds.ts';

/** The state of a build. */
export interface BuildState {
  prepared?: Prepared;
  boundaries: { [Kind in RowKind]?: Boundary[] };
  /** Portions sorted out, and whether that is all. */
  partitioned: { [Kind in RowKind]?: { done: number; all: boolean } };
  best: boolean;
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
  if (disk.stat(file)?.kind === 'file')
    // Our own file, renamed into place whole: it is read as it was written or not at all.
    return JSON.parse(readWhole(disk, file).toString('utf8')) as BuildState;
  return { boundaries: {}, partitioned: {}, best: false, written: {}, side: false };
}

/** Makes `state` durable. */
export function saveState(disk: Disk, work: string, state: BuildState): void {
  putFile(disk, path.join(work, FILE), JSON.stringify(state), { replace: true });
}
