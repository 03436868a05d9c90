/** Plans as tests of the planner ask for them: a policy as text over a made-up snapshot, and statuses as words. */
import { seededRandom } from '../base/seeded-random.ts';
import { type CataloguePlan, planCatalogue } from './plan-catalogue.ts';
import { statusOf } from './plan-code.ts';
import type { PlanSource } from './plan-input.ts';
import { readPolicy } from './policy.ts';

const DAY = '2026-01-01';

/** What a test asks a plan with; the policy is the text of its file without a name. */
export interface Asked {
  readonly policy?: string;
  readonly budgetBytes?: number | null;
  readonly keepBytes?: number | null;
  readonly rights?: 'all' | 'known';
}

/** The plan over `source`. */
export function planOf(source: PlanSource, asked: Asked = {}): Promise<CataloguePlan> {
  const { policy = '', budgetBytes = null, keepBytes = null, rights = 'all' } = asked;
  const read = readPolicy(`name = "test"\n${policy}`);
  const wishes = { policy: read, budgetBytes, keepBytes, rights, day: DAY };
  return planCatalogue(source, '0123456789abcdef', wishes);
}

/** The statuses of a plan by rank. */
export function statuses({ codes }: CataloguePlan): string[] {
  return Array.from(codes, statusOf);
}

/** Numbers that are the same in every run. */
export function randomOf(seed: number) {
  const { below } = seededRandom(seed);
  return { below, random: () => below(1e6) / 1e6 };
}
