/**
 * Every error Fonoteca can report, by stable code.
 *
 * A code never changes its meaning and is never reused. `wanted` says what would have been right, `next` what the
 * reader does now; what was seen comes from the place that raises the error. `docs/errors.md` is generated from
 * this table, and a test holds every code raised in the source against it.
 */
import { AUDIO_ERRORS } from './error-catalogue-audio.ts';
import { FORMATS_ERRORS } from './error-catalogue-formats.ts';
import { GROUND_ERRORS } from './error-catalogue-ground.ts';
import { IMPORTING_ERRORS } from './error-catalogue-importing.ts';
import { PLANNING_ERRORS } from './error-catalogue-planning.ts';
import { PUBLISHING_ERRORS } from './error-catalogue-publishing.ts';
import { STAGES_ERRORS } from './error-catalogue-stages.ts';
import { VERIFIER_ERRORS } from './error-catalogue-verifier.ts';
import type { ErrorEntry } from './error-entry.ts';

/** A stable error code. */
export type ErrorCode =
  | keyof typeof AUDIO_ERRORS
  | keyof typeof FORMATS_ERRORS
  | keyof typeof GROUND_ERRORS
  | keyof typeof IMPORTING_ERRORS
  | keyof typeof PLANNING_ERRORS
  | keyof typeof PUBLISHING_ERRORS
  | keyof typeof STAGES_ERRORS
  | keyof typeof VERIFIER_ERRORS;

/** The whole catalogue. */
export const ERROR_CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ...GROUND_ERRORS,
  ...FORMATS_ERRORS,
  ...AUDIO_ERRORS,
  ...IMPORTING_ERRORS,
  ...PLANNING_ERRORS,
  ...STAGES_ERRORS,
  ...PUBLISHING_ERRORS,
  ...VERIFIER_ERRORS,
};
