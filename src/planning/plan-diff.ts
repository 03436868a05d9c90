/** What one plan has that another has not: kept, gained and lost, and why. By rank where both are over one snapshot. */
import { isPlanned, statusOf } from './plan-code.ts';
import type { OpenPlan } from './plan-file.ts';

/** How two plans differ. */
export interface PlanDiff {
  /** False when the plans are over different snapshots, whose ranks have nothing to do with each other: then nothing is compared. */
  readonly comparable: boolean;
  readonly kept: number;
  readonly gained: number;
  readonly lost: number;
  /** Tracks by what they were and what they are, where the two differ; most first. */
  readonly changes: readonly {
    readonly was: string;
    readonly is: string;
    readonly tracks: number;
  }[];
}

/** What changed from `older` to `newer`. Reads both once. */
export function diffPlans(older: OpenPlan, newer: OpenPlan): PlanDiff {
  if (older.header.snapshot !== newer.header.snapshot)
    return { comparable: false, kept: 0, gained: 0, lost: 0, changes: [] };
  const pairs = new Float64Array(256 * 256);
  const theirs = older.codes();
  for (const now of newer.codes()) {
    const then = theirs.next().value as Uint8Array;
    for (let at = 0; at < now.length; at += 1) pairs[then[at]! * 256 + now[at]!]! += 1;
  }
  let [kept, gained, lost] = [0, 0, 0];
  const changes = new Map<string, { was: string; is: string; tracks: number }>();
  for (const [pair, tracks] of pairs.entries()) {
    if (tracks === 0) continue;
    const [then, now] = [pair >> 8, pair & 255];
    if (isPlanned(then) && isPlanned(now)) kept += tracks;
    else if (isPlanned(now)) gained += tracks;
    else if (isPlanned(then)) lost += tracks;
    const [was, is] = [statusOf(then), statusOf(now)];
    if (was === is) continue;
    const change = changes.get(`${was} ${is}`) ?? { was, is, tracks: 0 };
    change.tracks += tracks;
    changes.set(`${was} ${is}`, change);
  }
  const sorted = [...changes.values()].sort(
    (a, b) => b.tracks - a.tracks || (`${a.was} ${a.is}` < `${b.was} ${b.is}` ? -1 : 1),
  );
  return { comparable: true, kept, gained, lost, changes: sorted };
}
