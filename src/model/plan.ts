/** The plan value: for everything held its tier or its reason. Immutable once made; stored under `plans/`. */
import { z } from 'zod';
import { digestSchema } from './digest-schema.ts';
import { TIERS } from './holding.ts';
import { SKIP_REASONS } from './status.ts';

/** What the plan says of one holding. */
export const planEntrySchema = z.strictObject({
  digest: digestSchema,
  /** The tier it is published at, or null when it is passed over. */
  tier: z.enum(TIERS).nullable(),
  reason: z.enum(SKIP_REASONS).nullable(),
  /** One sentence for `--explain`. */
  because: z.string(),
  /** Bytes counted against the budget: estimated for a derivative not yet made, 0 when passed over. */
  bytes: z.number().int().nonnegative(),
});
/** What the plan says of one holding. */
export type PlanEntry = z.infer<typeof planEntrySchema>;

/** A whole plan, entries in order of acquisition. */
export const planSchema = z.strictObject({
  format: z.literal('fonoteca-plan/1'),
  policy: z.string(),
  /** Null means without limit. */
  budgetBytes: z.number().int().nonnegative().nullable(),
  plannedBytes: z.number().int().nonnegative(),
  entries: z.array(planEntrySchema),
});
/** A whole plan. */
export type Plan = z.infer<typeof planSchema>;
