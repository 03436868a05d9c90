/**
 * How much sound a file of a given size may claim to hold before decoding stops: a small file that unfolds into days of
 * silence is an attack, a two-hour radio show is not.
 */
import { FonotecaError } from '../base/errors.ts';
import type { WatchLimits } from '../base/subprocess.ts';

const HOUR_SECONDS = 3600;
/** Beyond an hour, sound takes at least 8 kbit/s: the slowest speech codecs in real files. */
const SLOWEST_BYTES_PER_SECOND = 1000;
/** Speech in the slowest modes of Opus and in files that are mostly silence. */
const SLOWEST_STATED_BYTES_PER_SECOND = 500;
/** A header may count what its encoder added. */
const STATED_SLACK_SECONDS = 60;
const MAX_SECONDS = 24 * HOUR_SECONDS;
const MIN_CPU_MS = 60_000;
const MAX_CPU_MS = 2 * 3_600_000;
/** Sound of 16 kbit/s is the longest a file of its size is given time for. */
const SLOW_BYTES_PER_SECOND = 2000;

/**
 * Seconds of sound a file of `sizeBytes` may hold: an hour, or what 8 kbit/s would give; when it states a duration itself,
 * that, down to 4 kbit/s; but a day at most.
 */
export function soundBudgetSeconds(sizeBytes: number, stated: number | null = null): number {
  const told = Math.min(stated ?? 0, sizeBytes / SLOWEST_STATED_BYTES_PER_SECOND);
  const guessed = Math.max(HOUR_SECONDS, sizeBytes / SLOWEST_BYTES_PER_SECOND);
  return Math.min(MAX_SECONDS, Math.max(told, guessed));
}

/**
 * A counter that throws `AUDIO_BUDGET` once a file of `sizeBytes` gave more sound than it may hold, and at its first sound
 * when it states more than that.
 */
export function startSoundBudget(
  sizeBytes: number,
  stated: number | null = null,
): (samples: number, rateHz: number) => void {
  const budget = soundBudgetSeconds(sizeBytes, stated);
  let seconds = 0;
  return (samples, rateHz) => {
    seconds += samples / rateHz;
    if (seconds > budget || (stated ?? 0) > budget + STATED_SLACK_SECONDS)
      throw new FonotecaError(
        'AUDIO_BUDGET',
        `more than ${Math.floor(budget)} s of sound in ${sizeBytes} bytes`,
      );
  };
}

/**
 * CPU and wall time a file of `sizeBytes` may take: a tenth of the sound it states, or may hold where it states none; a minute
 * at least.
 */
export function timeLimits(sizeBytes: number, stated: number | null = null): WatchLimits {
  const expected = stated ?? sizeBytes / SLOW_BYTES_PER_SECOND;
  const seconds = Math.min(soundBudgetSeconds(sizeBytes, stated), expected);
  const cpuMs = Math.round(Math.min(MAX_CPU_MS, Math.max(MIN_CPU_MS, seconds * 100)));
  return { cpuMs, wallMs: 4 * cpuMs };
}
