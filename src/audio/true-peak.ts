/**
 * The largest value of a channel, at its samples and between them, by fourfold oversampling (ITU-R BS.1770-5 annex 2).
 *
 * Interpolation is skipped where it cannot matter: no value between samples exceeds the largest of the twelve samples
 * round it by more than the filter's gain, so only the neighbourhood of loud samples is computed.
 */

import { type FirKernel, startFirKernel } from './fir-kernel.ts';
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
/** A row of taps for each phase, with zeros behind, since sums are made of eight products at a time. */
const WIDTH = 12;
const ROW_TAPS = 16;
const PHASES = [PHASE_0, PHASE_1, PHASE_1.toReversed(), PHASE_0.toReversed()];
const TAPS = Float32Array.from(
  PHASES.flatMap((phase) => [...phase, ...new Array<number>(ROW_TAPS - WIDTH).fill(0)]),
);
/** The sum of magnitudes of the largest phase bounds the gain. */
const GAIN = Math.max(
  ...[PHASE_0, PHASE_1].map((phase) => phase.reduce((sum, tap) => sum + Math.abs(tap), 0)),
);
/** Samples looked at together when deciding whether to interpolate. */
const GROUP = 16;
/** Groups interpolated together: what they give stays within the processor's first cache. */
const MOST_GROUPS = 32;

let kernel: FirKernel | undefined;

/** A meter for one channel. */
export function startTruePeak(): TruePeak {
  let samplePeak = 0;
  let betweenPeak = 0;
  // The last samples before, then the block, then zeros for the rows to reach into.
  let held = new Float32Array(0);
  const take = (samples: Float32Array, padding: number) => {
    const length = WIDTH - 1 + samples.length + padding;
    if (held.length < length + ROW_TAPS) {
      const larger = new Float32Array(length + ROW_TAPS);
      larger.set(held.subarray(0, WIDTH - 1));
      held = larger;
    }
    held.set(samples, WIDTH - 1);
    held.fill(0, WIDTH - 1 + samples.length, length + ROW_TAPS);
    // One more group than is full: the zeros fill it up.
    const peaks = groupPeaks(held.subarray(0, Math.ceil(length / GROUP) * GROUP), GROUP);
    for (let group = 0; group < peaks.length; group += 1)
      if (peaks[group]! > samplePeak) samplePeak = peaks[group]!;
    const positions = Math.max(0, length - WIDTH + 1);
    betweenPeak = peakBetween(held, positions, peaks, Math.max(samplePeak, betweenPeak));
    held.copyWithin(0, length - (WIDTH - 1), length);
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

/** The largest magnitude between samples at the first `positions` of `samples`, or `peak` when that is larger. */
function peakBetween(
  samples: Float32Array,
  positions: number,
  peaks: Float32Array,
  peak: number,
): number {
  kernel ??= startFirKernel({ taps: TAPS, width: ROW_TAPS, phases: PHASES.length, step: 1 });
  let best = peak;
  // The taps of a group's last position reach into the next group and no further.
  const matters = (group: number) =>
    group * GROUP < positions && Math.max(peaks[group]!, peaks[group + 1] ?? 0) * GAIN > best;
  for (let group = 0; group * GROUP < positions; group += 1) {
    if (!matters(group)) continue;
    const first = group * GROUP;
    while (group - first / GROUP < MOST_GROUPS - 1 && matters(group + 1)) group += 1;
    const count = Math.min(positions, (group + 1) * GROUP) - first;
    const input = samples.subarray(first, first + count + ROW_TAPS);
    const between = kernel.run(input, 0, count * PHASES.length);
    const [largest = 0] = groupPeaks(between, between.length);
    if (largest > best) best = largest;
  }
  return best;
}
