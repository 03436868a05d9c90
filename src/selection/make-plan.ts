/** From the ledger to a stored plan: gathers candidates, plans, and keeps the plan when it differs from the last. */
import path from 'node:path';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import { type Plan, planSchema } from '../model/plan.ts';
import type { Layout } from '../store/layout.ts';
import type { Candidate } from './candidate.ts';
import { type PlanOptions, planHoldings } from './plan-holdings.ts';

/** A plan and where it is kept. */
export interface StoredPlan {
  readonly number: number;
  readonly file: string;
  readonly plan: Plan;
  /** False when the last plan already said the same. */
  readonly fresh: boolean;
}

/** What the planner works with. */
export interface PlanDeps {
  readonly ledger: Ledger;
  readonly disk: Disk;
  readonly layout: Layout;
}

/** The plan over everything held, not stored. Reads the whole ledger once. */
export async function previewPlan(deps: PlanDeps, options: PlanOptions): Promise<Plan> {
  const candidates: Candidate[] = [];
  for (const holding of await deps.ledger.holdings())
    if (!holding.withdrawn) candidates.push(await candidateOf(deps.ledger, holding));
  return planHoldings(candidates, options);
}

/** Plans and stores the plan under `plans/` unless the last one is the same. */
export async function makePlan(deps: PlanDeps, options: PlanOptions): Promise<StoredPlan> {
  const plan = await previewPlan(deps, options);
  const text = `${canonicalJson(plan as unknown as Json)}\n`;
  const last = await deps.ledger.latestPlan();
  if (last?.sha256 === sha256(text))
    return { number: last.number, file: last.file, plan, fresh: false };
  const number = (last?.number ?? 0) + 1;
  const file = `${String(number).padStart(4, '0')}.json`;
  putFile(deps.disk, path.join(deps.layout.plans, file), text, { replace: true });
  await deps.ledger.commit([{ kind: 'plan-made', number, file, sha256: sha256(text) }]);
  return { number, file, plan, fresh: true };
}

/** The plan in force, checked against the ledger's digest. `PLAN_MISSING` when none was made, `PLAN_DAMAGED` when its file is not what was kept. */
export async function loadPlan(deps: PlanDeps): Promise<StoredPlan> {
  const last = await deps.ledger.latestPlan();
  if (!last) throw new FonotecaError('PLAN_MISSING', 'no plan in this archive');
  const name = path.join(deps.layout.plans, last.file);
  if (!deps.disk.stat(name)) throw new FonotecaError('PLAN_DAMAGED', `${last.file} is gone`);
  const text = readWhole(deps.disk, name);
  if (sha256(text) !== last.sha256)
    throw new FonotecaError('PLAN_DAMAGED', `${last.file} reads as ${sha256(text)}`);
  return {
    number: last.number,
    file: last.file,
    plan: planSchema.parse(JSON.parse(text.toString())),
    fresh: false,
  };
}

async function candidateOf(ledger: Ledger, holding: HeldHolding): Promise<Candidate> {
  const derivative = (await ledger.derivativesOf(holding.digest))[0];
  const refusal = await ledger.derivativeRefusal(holding.digest);
  return {
    holding,
    seq: holding.seq,
    description: holding.description,
    packedOriginal: (await ledger.places(holding.digest)).length > 0,
    derivativeBytes: derivative?.sizeBytes,
    derivativePacked:
      derivative !== undefined && (await ledger.places(derivative.digest)).length > 0,
    encodeRefusal: refusal?.code,
    dropped: holding.dropped,
  };
}
