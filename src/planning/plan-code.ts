/**
 * The code of a track in a plan: one byte that says its tier or its reason. The same byte in memory and in the file.
 * Spec: docs/formats/plan.md.
 */
import { PLAN_REASONS, type PlanReason } from '../model/status.ts';

/** Set: the track is passed over, and the other bits are the place of its reason in `PLAN_REASONS`. */
export const PASSED_OVER = 0x80;
/** Tier: set is `opus`, clear is `original`. */
export const OPUS = 0x01;
/** The right, in two bits. */
export const RIGHT_SHIFT = 1;
/** The bits of the right. */
export const RIGHT_MASK = 0x06;
/** It is held already. */
export const HELD = 0x08;
/** The reserve takes it, not the order. */
export const RESERVE = 0x10;
/** Beyond the budget that the plan was made for. */
export const BEYOND = 0x20;

/**
 * From here on, before the order is walked: popularity 0 with a score below the cut-off, and in the low four bits the code
 * it gets when the reserve takes it. None is left in a plan.
 */
export const LOW_SCORE = 0xf0;

/** What may be done with a planned track, by the two bits of its code. */
const RIGHTS = ['free', 'dark', 'wanted', 'no-derivatives'] as const;

/** The code of a track that is passed over for `reason`. */
export function reasonCode(reason: PlanReason): number {
  return PASSED_OVER | PLAN_REASONS.indexOf(reason);
}

/** Whether a track with `code` is in the plan. */
export function isPlanned(code: number): boolean {
  return (code & (PASSED_OVER | BEYOND)) === 0;
}

/** The status that `code` stands for: a tier with its remarks (`opus dark held reserve`), or `skipped:` and the reason. */
export function statusOf(code: number): string {
  if (code & PASSED_OVER) return `skipped:${PLAN_REASONS[code & ~PASSED_OVER]}`;
  if (code & BEYOND) return 'skipped:over-budget';
  const right = RIGHTS[(code & RIGHT_MASK) >> RIGHT_SHIFT]!;
  const parts = [code & OPUS ? 'opus' : 'original'];
  if (right === 'dark' || right === 'wanted') parts.push(right);
  if (code & HELD) parts.push('held');
  if (code & RESERVE) parts.push('reserve');
  return parts.join(' ');
}
