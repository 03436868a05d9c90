/**
 * How much sound a file of a given size may claim to hold before decoding stops: a small file that unfolds into days of
 * silence is an attack, a two-hour radio show is not.
 */
import { FonotecaError } from '../base/errors.ts';

const HOUR_SECONDS = 3600;
/** Beyond an hour, sound takes at least 8 kbit/s: the slowest speech codecs in real files. */
const SLOWEST_BYTES_PER_SECOND = 1000;
const MAX_SECONDS = 24 * HOUR_SECONDS;

/** Seconds of sound a file of `sizeBytes` may hold: an hour, or what 8 kbit/s would give, but a day at most. */
export function soundBudgetSeconds(sizeBytes: number): number {
  return Math.min(MAX_SECONDS, Math.max(HOUR_SECONDS, sizeBytes / SLOWEST_BYTES_PER_SECOND));
}

/** A counter that throws `AUDIO_BUDGET` once a file of `sizeBytes` gave more sound than it may hold. */
export function startSoundBudget(sizeBytes: number): (samples: number, rateHz: number) => void {
  const budget = soundBudgetSeconds(sizeBytes);
  let seconds = 0;
  return (samples, rateHz) => {
    seconds += samples / rateHz;
    if (seconds > budget)
      throw new FonotecaError(
        'AUDIO_BUDGET',
        `more than ${Math.floor(budget)} s of sound in ${sizeBytes} bytes`,
      );
  };
}
