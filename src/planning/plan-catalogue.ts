/**
 * A plan over a whole snapshot: its tracks and what is held in, for each track its tier or its reason out, with the curve.
 * The same snapshot, holdings, policy and limits give the same plan. Guide: docs/planning.md.
 */
import { FonotecaError } from '../base/errors.ts';
import { statusOf } from './plan-code.ts';
import { readColumns } from './plan-columns.ts';
import type { PlanHeader } from './plan-file.ts';
import { hasCounts, type PlanSource } from './plan-input.ts';
import type { Policy } from './policy.ts';
import { type PlanLimits, type WalkedPlan, walk } from './walk.ts';

/** What a plan is asked with. */
export interface PlanWishes extends PlanLimits {
  readonly policy: Policy;
  /** `known` plans only what has a right. */
  readonly rights: 'all' | 'known';
  /** `YYYY-MM-DD`. */
  readonly day: string;
}

/** A plan in memory. */
export interface CataloguePlan extends WalkedPlan {
  readonly header: PlanHeader;
}

/** Exact sums end here. */
const MOST_BYTES = 9e15;

/**
 * The plan over `source`, the snapshot `snapshot`. `PLAN_EMPTY`, `PLAN_BUDGET`, `PLAN_NO_COUNTS`. Memory: about 25 bytes a
 * track; time: one pass over the tracks and a counting sort.
 */
export async function planCatalogue(
  source: PlanSource,
  snapshot: string,
  wishes: PlanWishes,
): Promise<CataloguePlan> {
  const { policy, rights, day, budgetBytes, keepBytes } = wishes;
  for (const limit of [budgetBytes, keepBytes])
    if (limit !== null && (limit < 1 || limit > MOST_BYTES))
      throw new FonotecaError('PLAN_BUDGET', `${limit} bytes`);
  if (source.rows.tracks === 0) throw new FonotecaError('PLAN_EMPTY', snapshot);
  const counts = policy.listens !== 'model' && (await hasCounts(source));
  if (policy.listens === 'counts' && !counts) throw new FonotecaError('PLAN_NO_COUNTS', snapshot);
  const columns = await readColumns(source, { policy, rights, counts, day });
  await source.release?.();
  const walked = walk(columns, wishes);
  const header: PlanHeader = {
    format: 'fonoteca-catalogue-plan/1',
    snapshot,
    policy,
    rights,
    budgetBytes,
    keepBytes,
    listens: counts ? 'counts' : 'model',
    totals: { ...columns.totals },
    statuses: statusesOf(walked.codes),
    stages: [...walked.stages],
    steps: walked.curve.steps,
    cut: walked.cut,
  };
  return { ...walked, header };
}

/** How many tracks have each status, by its name. */
function statusesOf(codes: Uint8Array): Record<string, number> {
  const byCode = new Float64Array(256);
  for (const code of codes) byCode[code]! += 1;
  const statuses: Record<string, number> = {};
  for (const [code, tracks] of byCode.entries()) {
    if (tracks === 0) continue;
    const status = statusOf(code);
    statuses[status] = (statuses[status] ?? 0) + tracks;
  }
  return statuses;
}
