/**
 * Where an axis is labelled when the usual multiples of 1, 2 and 5 do not serve: powers of ten on a log axis, whole
 * minutes on an axis of durations, and whole years.
 */
import type { Measure } from './chart.ts';

/** Most labels along one axis, so that they do not touch each other on a picture 440 pixels wide. */
const MOST_TICKS = 7;
const DURATION_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 86_400, 172_800,
  432_000, 864_000,
];
const LOG_DURATIONS_S = [
  1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 36_000, 86_400,
];

/** Places for labels from `low` to `high`, ascending, or undefined where the usual ones are right. */
export function ticksOf(measure: Measure, low: number, high: number): number[] | undefined {
  const within = (value: number) => value >= low && value <= high;
  if (measure.scale === 'log')
    return measure.unit === 'duration' && high / low < 1e6
      ? thinned(LOG_DURATIONS_S.filter(within))
      : powersOfTen(low, high);
  if (measure.unit !== 'duration') return undefined;
  const step = DURATION_STEPS_S.find((one) => (high - low) / one <= MOST_TICKS);
  if (step === undefined || high - low < 2) return undefined;
  const first = Math.ceil(low / step);
  return Array.from(
    { length: Math.floor(high / step) - first + 1 },
    (_, at) => (first + at) * step,
  );
}

function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    Number(`1e${first + at}`),
  );
  if (powers.length > 2) return thinned(powers);
  const decades = Array.from({ length: last - first + 3 }, (_, at) => first - 1 + at);
  return thinned(
    decades
      .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
      .filter((value) => value >= low && value <= high),
  );
}

/** Every second, third … of `values`, so that no more than `MOST_TICKS` stay; the first one stays. */
function thinned(values: readonly number[]): number[] {
  const every = Math.ceil(values.length / MOST_TICKS);
  return values.filter((_, at) => at % every === 0);
}
