/** The ledger's answer for a track: its status and, when it is passed over, the reason. */

/** Why a track or holding is not published. */
export const SKIP_REASONS = [
  'low-priority',
  'over-budget',
  'album-not-published',
  'same-recording-held',
  'no-right',
  'damaged',
  'not-available',
  'not-audio',
] as const;
/** Why a track or holding is not published. */
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a plan over the catalogue passes a track over; the place in this list is its number in a plan's file. */
export const PLAN_REASONS = [
  'no-right',
  'right-unknown',
  'withdrawn',
  'same-recording-held',
  'same-recording-planned',
  'low-priority',
  'zero-duration',
  'filtered',
  'popularity-unknown',
] as const;
/** Why a plan over the catalogue passes a track over. */
export type PlanReason = (typeof PLAN_REASONS)[number];

/** A status in words: how far a holding has come, or why it goes no further. */
export type Status =
  | 'known'
  | 'selected'
  | 'held'
  | 'packed'
  | 'published'
  | 'dropped'
  | 'withdrawn'
  | `skipped:${SkipReason}`;
