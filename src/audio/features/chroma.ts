/**
 * How much of each of the twelve pitch classes there is in some sound.
 *
 * The sound is brought to 4.4–8.8 kHz and cut into half-overlapping frames of 2,048 samples; the peaks of each spectrum
 * between 65 and 1,760 Hz count by the root of their magnitude, to a tenth of a semitone, so that the tuning can be told
 * before the semitones are.
 */
import { createPowerSpectrum } from '../../base/real-fft.ts';
import { type Halving, startHalving } from './halving.ts';

/** A histogram being filled. */
export interface Chroma {
  /** Takes the next samples of one channel, a power of two of them, the same at each call. */
  push(mono: Float32Array): void;
  /** Shares of C, C sharp … B, which sum to 1; null when there were no peaks. */
  finish(): Float64Array | null;
}

const LENGTH = 2048;
/** Samples halved at a time. */
const STRETCH = 8192;
const HOP = LENGTH / 2;
const LEAST_RATE_HZ = 4410;
const LOWEST_HZ = 65;
const HIGHEST_HZ = 1760;
/** Steps of the histogram a semitone, and in all. */
const STEPS = 10;
const OCTAVE_STEPS = 12 * STEPS;
/** Peaks further below the strongest of a frame than this, in power, are noise or leakage. */
const LEAST_SHARE = 1e-4;
/** Power of a frame's strongest peak (about -70 dBFS) below which it is silence. */
const LEAST_POWER = (10 ** (-70 / 20) * (LENGTH / 4)) ** 2;
const HANN = Float64Array.from({ length: LENGTH }, (_, at) => {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / LENGTH);
});

/** A histogram of sound of `rateHz`. */
export function startChroma(rateHz: number): Chroma {
  const halvings: Halving[] = [];
  let analysedHz = rateHz;
  for (; analysedHz >= 2 * LEAST_RATE_HZ; analysedHz /= 2)
    halvings.push(startHalving(STRETCH >> halvings.length));
  const binHz = analysedHz / LENGTH;
  const spectrum = createPowerSpectrum('singles', HANN);
  const held = spectrum.samples;
  const range = { first: Math.floor(LOWEST_HZ / binHz), end: Math.ceil(HIGHEST_HZ / binHz), binHz };
  const histogram = new Float64Array(OCTAVE_STEPS);
  const stretch = halvings[0]?.samples ?? new Float32Array(STRETCH);
  let waiting = 0;
  let filled = HOP;

  const takeAll = () => {
    let samples = waiting === STRETCH ? stretch : stretch.subarray(0, waiting);
    for (const [stage, halving] of halvings.entries()) {
      if (stage > 0) halving.samples.set(samples);
      samples = halving.halve(samples.length);
    }
    waiting = 0;
    for (let at = 0; at < samples.length; ) {
      const count = Math.min(samples.length - at, LENGTH - filled);
      held.set(samples.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < LENGTH) continue;
      spectrum.measure(range.first - 1, range.end + 1);
      addPeaks(histogram, spectrum.power, range);
      held.copyWithin(0, HOP);
      filled = HOP;
    }
  };
  return {
    push(mono) {
      for (let at = 0; at < mono.length; ) {
        const count = Math.min(mono.length - at, STRETCH - waiting);
        stretch.set(count === mono.length ? mono : mono.subarray(at, at + count), waiting);
        waiting += count;
        at += count;
        if (waiting === STRETCH) takeAll();
      }
    },
    finish() {
      if (waiting > 0) takeAll();
      return foldOctave(histogram);
    },
  };
}

function addPeaks(
  histogram: Float64Array,
  power: Float64Array,
  { first, end, binHz }: { first: number; end: number; binHz: number },
): void {
  let strongest = 0;
  for (let bin = first; bin < end; bin += 1) strongest = Math.max(strongest, power[bin]!);
  if (strongest < LEAST_POWER) return;
  for (let bin = first; bin < end; bin += 1) {
    const value = power[bin]!;
    if (value < LEAST_SHARE * strongest || value <= power[bin - 1]! || value < power[bin + 1]!)
      continue;
    const left = Math.log(power[bin - 1]! + 1e-30);
    const middle = Math.log(value + 1e-30);
    const right = Math.log(power[bin + 1]! + 1e-30);
    const curvature = left - 2 * middle + right;
    const offset = curvature < 0 ? (0.5 * (left - right)) / curvature : 0;
    const semitones = 12 * Math.log2(((bin + offset) * binHz) / 440) + 9;
    const step = Math.round(semitones * STEPS);
    const index = ((step % OCTAVE_STEPS) + OCTAVE_STEPS) % OCTAVE_STEPS;
    // The fourth root of power is the root of magnitude; frames weigh the same however loud.
    histogram[index]! += (value / strongest) ** 0.25;
  }
}

/** The twelve classes about the tuning that most peaks share. */
function foldOctave(histogram: Float64Array): Float64Array | null {
  let [cos, sin, total] = [0, 0, 0];
  for (const [step, weight] of histogram.entries()) {
    cos += weight * Math.cos((2 * Math.PI * step) / STEPS);
    sin += weight * Math.sin((2 * Math.PI * step) / STEPS);
    total += weight;
  }
  if (total === 0) return null;
  const tuning = (Math.atan2(sin, cos) / (2 * Math.PI)) * STEPS;
  const classes = new Float64Array(12);
  for (const [step, weight] of histogram.entries()) {
    const semitone = Math.round((step - tuning) / STEPS);
    classes[(semitone + 12) % 12]! += weight / total;
  }
  return classes;
}
