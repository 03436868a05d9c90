/**
 * The largest value of a channel, at its samples and between them, by fourfold oversampling (ITU-R BS.1770-5 annex 2).
 *
 * Interpolation is skipped where it cannot matter: no value between samples exceeds the largest of the twelve samples
 * round it by more than the filter's gain, so only the neighbourhood of loud samples is computed.
 */

import { groupPeaks } from './group-peaks.ts';

/** The peaks of one channel, being fed. */
export interface TruePeak {
  push(samples: Float32Array): void;
  samplePeak(): number;
  truePeak(): number;
}

/** Order 48, four phases of twelve taps, as printed in the annex; the last two phases mirror the first two. */
const PHASE_0 = [
  0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
  0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
];
const PHASE_1 = [
  -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
  0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
];
const TAPS = Float64Array.from([
  ...PHASE_0,
  ...PHASE_1,
  ...PHASE_1.toReversed(),
  ...PHASE_0.toReversed(),
]);
const WIDTH = 12;
/** The sum of magnitudes of the largest phase bounds the gain. */
const GAIN = Math.max(
  ...[PHASE_0, PHASE_1].map((phase) => phase.reduce((sum, tap) => sum + Math.abs(tap), 0)),
);
/** Samples looked at together when deciding whether to interpolate. */
const GROUP = 16;

/** A meter for one channel. */
export function startTruePeak(): TruePeak {
  let samplePeak = 0;
  let betweenPeak = 0;
  let tail = new Float32Array(WIDTH - 1);
  const take = (samples: Float32Array, padding: number) => {
    const joined = new Float32Array(tail.length + samples.length + padding);
    joined.set(tail);
    joined.set(samples, tail.length);
    const peaks = peaksOf(joined);
    for (const peak of peaks) if (peak > samplePeak) samplePeak = peak;
    betweenPeak = peakBetween(joined, peaks, Math.max(samplePeak, betweenPeak));
    tail = joined.slice(joined.length - (WIDTH - 1));
  };
  return {
    push: (samples) => take(samples, 0),
    samplePeak: () => samplePeak,
    truePeak() {
      take(new Float32Array(0), WIDTH);
      return betweenPeak;
    },
  };
}

/** The largest magnitude in each group of samples, the last one shorter; what is no number does not count. */
function peaksOf(samples: Float32Array): Float32Array {
  const whole = groupPeaks(samples, GROUP);
  const rest = samples.subarray(whole.length * GROUP);
  if (rest.length === 0) return whole;
  let best = 0;
  for (const value of rest) {
    if (value > best) best = value;
    else if (-value > best) best = -value;
  }
  const peaks = new Float32Array(whole.length + 1);
  peaks.set(whole);
  peaks[whole.length] = best;
  return peaks;
}

/** The largest magnitude between the samples of `samples`, or `peak` when that is larger. */
function peakBetween(samples: Float32Array, peaks: Float32Array, peak: number): number {
  let best = peak;
  const last = samples.length - WIDTH;
  for (let group = 0; group * GROUP <= last; group += 1) {
    // The taps of a group's last position reach into the next group and no further.
    const bound = Math.max(peaks[group]!, peaks[group + 1] ?? 0);
    if (bound * GAIN <= best) continue;
    const end = Math.min(last + 1, (group + 1) * GROUP);
    for (let at = group * GROUP; at < end; at += 1)
      for (let phase = 0; phase < TAPS.length; phase += WIDTH) {
        let sum = 0;
        for (let tap = 0; tap < WIDTH; tap += 1) sum += TAPS[phase + tap]! * samples[at + tap]!;
        if (sum > best) best = sum;
        else if (-sum > best) best = -sum;
      }
  }
  return best;
}
