/**
 * Answers of a plan to any budget: what would be taken, and what changes against the plan itself. From the plan's own
 * curve, by a search among its steps, without the snapshot.
 */
import { formatSize } from '../base/sizes.ts';
import { type CurvePoint, pointAt, stepsWithin } from './curve.ts';
import type { OpenPlan } from './plan-file.ts';

/** The plan's order under one budget. */
export interface BudgetAnswer {
  readonly budgetBytes: number | null;
  /** Steps of the curve that are taken. */
  readonly steps: number;
  readonly taken: CurvePoint;
  readonly shares: Shares;
  /** Against the plan as it was made: more or fewer; nothing that one of the two takes first is left out by the other. */
  readonly change: { readonly tracks: number; readonly bytes: number; readonly listens: number };
  /** What the next gigabyte would add. */
  readonly nextGigabyte: { readonly tracks: number; readonly listens: number };
}

/** Parts of the whole snapshot, 0–1; `low` and `high` enclose the share of listens. */
export interface Shares {
  readonly tracks: number;
  readonly listens: number;
  readonly low: number;
  readonly high: number;
  readonly recordings: number;
  readonly artists: number;
}

const GIGABYTE = 1e9;

/** What `plan` takes within `budgetBytes`, null without limit: to the last whole step, so never more than that. */
export function planAt(
  plan: Pick<OpenPlan, 'curve' | 'header'>,
  budgetBytes: number | null,
): BudgetAnswer {
  const { curve, header } = plan;
  const within = (bytes: number) => stepsWithin(curve, 'bytes', bytes);
  const steps = budgetBytes === null ? curve.steps : within(budgetBytes);
  const taken = pointAt(curve, steps);
  const own = pointAt(curve, header.cut);
  const further = pointAt(
    curve,
    Math.max(within(taken.bytes + GIGABYTE), Math.min(curve.steps, steps + 1)),
  );
  const gigabytes = Math.max(1, further.bytes - taken.bytes) / GIGABYTE;
  return {
    budgetBytes,
    steps,
    taken,
    shares: sharesOf(taken, header.totals),
    change: {
      tracks: taken.tracks - own.tracks,
      bytes: taken.bytes - own.bytes,
      listens: taken.listens - own.listens,
    },
    nextGigabyte: {
      tracks: Math.round((further.tracks - taken.tracks) / gigabytes),
      listens: Math.round((further.listens - taken.listens) / gigabytes),
    },
  };
}

/** `taken` as parts of `totals`. */
function sharesOf(taken: CurvePoint, totals: Readonly<Record<string, number>>): Shares {
  const part = (name: keyof CurvePoint & string) => ratio(taken[name], totals[name] ?? 0);
  const [lowTotal, highTotal] = [totals.low ?? 0, totals.high ?? 0];
  return {
    tracks: part('tracks'),
    listens: part('listens'),
    // The least share is when what is taken is heard little and what is not is heard much.
    low: ratio(taken.low, taken.low + highTotal - taken.high),
    high: ratio(taken.high, taken.high + lowTotal - taken.low),
    recordings: part('recordings'),
    artists: part('artists'),
  };
}

/** Budgets worth drawing: at most `most` steps of the curve, even on a scale of equal ratios, with every end of a stage and the cut. */
export function drawnSteps(
  { curve, header }: Pick<OpenPlan, 'curve' | 'header'>,
  most: number,
): number[] {
  const steps = new Set([header.cut, curve.steps, ...header.stages.map((stage) => stage.steps)]);
  const last = pointAt(curve, curve.steps).bytes;
  const first = Math.max(1, pointAt(curve, 1).bytes);
  for (let at = 0; at < most; at += 1)
    steps.add(stepsWithin(curve, 'bytes', first * (last / first) ** (at / most)));
  return [...steps].filter((step) => step > 0).sort((a, b) => a - b);
}

/** The curve as CSV: a header line, then a line for each of `steps`. Marginal figures are against the line before. */
export function curveCsv(
  plan: Pick<OpenPlan, 'curve' | 'header'>,
  steps: readonly number[],
): string {
  const rows = curveRows(plan, steps);
  const names = Object.keys(rows[0] ?? { bytes: 0 });
  const lines = rows.map((row) => Object.values(row).join(','));
  return [names.join(','), ...lines].map((line) => `${line}\n`).join('');
}

/** A line of the curve. */
export interface CurveRow {
  readonly [name: string]: string | number;
}

/** The lines of the curve at `steps`. */
export function curveRows(
  { curve, header }: Pick<OpenPlan, 'curve' | 'header'>,
  steps: readonly number[],
): CurveRow[] {
  let before = pointAt(curve, 0);
  return steps.map((step) => {
    const now = pointAt(curve, step);
    const shares = sharesOf(now, header.totals);
    const gigabytes = Math.max(1, now.bytes - before.bytes) / GIGABYTE;
    const marks = header.stages
      .filter((stage) => stage.steps === step)
      .map(({ name }) => `end of ${name}`);
    if (step === header.cut) marks.unshift('this plan');
    const row = {
      bytes: now.bytes,
      size: formatSize(now.bytes),
      tracks: now.tracks,
      listens: now.listens,
      share_of_listens: round(shares.listens),
      share_of_listens_low: round(shares.low),
      share_of_listens_high: round(shares.high),
      share_of_tracks: round(shares.tracks),
      share_of_recordings: round(shares.recordings),
      share_of_artists: round(shares.artists),
      listens_a_gigabyte: Math.round((now.listens - before.listens) / gigabytes),
      tracks_a_gigabyte: Math.round((now.tracks - before.tracks) / gigabytes),
      mark: marks.join('; '),
    };
    before = now;
    return row;
  });
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function round(share: number): number {
  return Math.round(share * 1e7) / 1e7;
}
