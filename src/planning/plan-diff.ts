/** What one plan has that another has not: kept, gained and lost, and why. Both over one snapshot, compared by rank. */
import { isPlanned, statusOf } from './plan-code.ts';
import type { OpenPlan } from './plan-file.ts';

/** How two plans differ. */
export interface PlanDiff {
  readonly kept: number;
  readonly gained: number;
  readonly lost: number;
  /** Tracks by what they were and what they are, where the two differ; most first. */
  readonly changes: readonly PlanChange[];
}

/** Tracks of which a plan said one thing and another says another. */
export interface PlanChange {
  readonly was: string;
  readonly is: string;
  readonly tracks: number;
  /** Ranks of the first few, in the newer snapshot, or in the older one where `is` is `ABSENT_STATUS`. */
  readonly examples: readonly number[];
}

/** Tracks of one pair of codes: `ABSENT` where a snapshot has no such track. */
export interface CodePair {
  readonly was: number;
  readonly is: number;
  readonly tracks: number;
  readonly examples: readonly number[];
}

/** Stands for a code where there is no track. */
export const ABSENT = 256;
/** The status of what a snapshot does not have. */
export const ABSENT_STATUS = 'not in the catalogue';
/** Examples of a change. */
export const MOST_EXAMPLES = 3;

/** What changed from `older` to `newer`, which are over the same snapshot. Reads both once. */
export function diffPlans(older: OpenPlan, newer: OpenPlan): PlanDiff {
  const tracks = new Float64Array(256 * 256);
  const examples = new Map<number, number[]>();
  const theirs = older.codes();
  let rank = 0;
  for (const now of newer.codes()) {
    const then = theirs.next().value as Uint8Array;
    for (let at = 0; at < now.length; at += 1, rank += 1) {
      const pair = then[at]! * 256 + now[at]!;
      tracks[pair]! += 1;
      if (tracks[pair]! > MOST_EXAMPLES) continue;
      const first = examples.get(pair);
      if (first) first.push(rank);
      else examples.set(pair, [rank]);
    }
  }
  return sumUp(
    [...examples].map(([pair, ranks]) => ({
      ...{ was: pair >> 8, is: pair & 255 },
      ...{ tracks: tracks[pair]!, examples: ranks },
    })),
  );
}

/** The diff that `pairs` of codes come to. */
export function sumUp(pairs: readonly CodePair[]): PlanDiff {
  const sums = { kept: 0, gained: 0, lost: 0 };
  const changes = new Map<string, PlanChange>();
  for (const { was: then, is: now, tracks, examples } of pairs) {
    const [before, after] = [then, now].map((code) => code !== ABSENT && isPlanned(code));
    if (before && after) sums.kept += tracks;
    else if (after) sums.gained += tracks;
    else if (before) sums.lost += tracks;
    const [was, is] = [then, now].map((code) =>
      code === ABSENT ? ABSENT_STATUS : statusOf(code),
    ) as [string, string];
    if (was === is) continue;
    const change = changes.get(`${was} ${is}`);
    const all = [...(change?.examples ?? []), ...examples].sort((a, b) => a - b);
    const sum = (change?.tracks ?? 0) + tracks;
    changes.set(`${was} ${is}`, { was, is, tracks: sum, examples: all.slice(0, MOST_EXAMPLES) });
  }
  const sorted = [...changes.values()].sort(
    (a, b) => b.tracks - a.tracks || (`${a.was} ${a.is}` < `${b.was} ${b.is}` ? -1 : 1),
  );
  return { ...sums, changes: sorted };
}
