/**
 * Loudness of sound by EBU R 128: integrated loudness, loudness range, sample peak and true peak.
 *
 * K-weighting and gating by ITU-R BS.1770-5 annex 1, true peak by annex 2, loudness range by EBU Tech 3342. One pass,
 * block by block; what is kept is one energy for each 100 ms of sound.
 */
import { encodeHistogram } from './album-loudness.ts';
import { startTruePeak } from './true-peak.ts';

/** How loud some sound is. Levels are null for silence or sound too short to tell. */
export interface Loudness {
  /** Gated loudness of the whole, in LUFS; null below the absolute gate of -70 LUFS. */
  readonly integratedLufs: number | null;
  /** Loudness range in LU; null when no three seconds lie above the gates. */
  readonly rangeLu: number | null;
  /** Largest sample in dBFS; null for digital silence. */
  readonly samplePeakDbfs: number | null;
  /** Largest value between samples, by fourfold oversampling, in dBTP; null for digital silence. */
  readonly truePeakDbtp: number | null;
  /** Its gating blocks by level, from which the loudness of an album is told (`album-loudness.ts`). */
  readonly histogram: string;
}

/** A meter being fed. */
export interface LoudnessMeter {
  /** Takes a block of any length, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  finish(): Loudness;
}

const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = -10;
const RANGE_GATE_LU = -20;
/** Steps of 100 ms in a gating block of 400 ms and in a short-term window of 3 s. */
const BLOCK_STEPS = 4;
const SHORT_TERM_STEPS = 30;

/** A meter for sound of `rateHz`. Each channel counts once, unless `weights` say otherwise (BS.1770-5 table 4). */
export function startLoudness(
  rateHz: number,
  channels: number,
  weights: readonly number[] = [],
): LoudnessMeter {
  const stepSamples = Math.max(1, Math.round(rateHz / 10));
  const filters = Array.from({ length: Math.ceil(channels / 2) }, () => startKWeighting(rateHz));
  const truePeaks = Array.from({ length: channels }, () => startTruePeak());
  const energies: number[] = [];
  let energy = 0;
  let filled = 0;
  return {
    push(block) {
      for (const [index, channel] of block.entries()) truePeaks[index]!.push(channel);
      const length = block[0]?.length ?? 0;
      for (let at = 0; at < length; ) {
        const end = Math.min(length, at + stepSamples - filled);
        for (const [pair, filter] of filters.entries()) {
          const [first, second] = [2 * pair, Math.min(2 * pair + 1, channels - 1)];
          const sums = filter(block[first]!, block[second]!, at, end);
          energy += (weights[first] ?? 1) * sums[0]!;
          if (second > first) energy += (weights[second] ?? 1) * sums[1]!;
        }
        filled += end - at;
        at = end;
        if (filled < stepSamples) continue;
        energies.push(energy / stepSamples);
        energy = 0;
        filled = 0;
      }
    },
    finish() {
      const blocks = windowMeans(energies, BLOCK_STEPS, 1);
      return {
        integratedLufs: rounded(integrated(blocks)),
        rangeLu: rounded(range(windowMeans(energies, SHORT_TERM_STEPS, 1))),
        samplePeakDbfs: decibels(Math.max(0, ...truePeaks.map((peak) => peak.samplePeak()))),
        truePeakDbtp: decibels(Math.max(0, ...truePeaks.map((peak) => peak.truePeak()))),
        histogram: encodeHistogram(blocks),
      };
    },
  };
}

/** Means over each window of `length` steps that fits, one every `hop` steps. */
function windowMeans(energies: readonly number[], length: number, hop: number): number[] {
  const means: number[] = [];
  for (let at = 0; at + length <= energies.length; at += hop) {
    let sum = 0;
    for (let index = at; index < at + length; index += 1) sum += energies[index]!;
    means.push(sum / length);
  }
  return means;
}

function integrated(blocks: readonly number[]): number | null {
  const loud = blocks.filter((block) => lufs(block) > ABSOLUTE_GATE_LUFS);
  if (loud.length === 0) return null;
  const gate = lufs(mean(loud)) + RELATIVE_GATE_LU;
  const counted = loud.filter((block) => lufs(block) > gate);
  return counted.length === 0 ? null : lufs(mean(counted));
}

/** The spread between the 10th and 95th percentile of short-term loudness above both gates (Tech 3342 section 2). */
function range(shortTerm: readonly number[]): number | null {
  const loud = shortTerm.filter((value) => lufs(value) > ABSOLUTE_GATE_LUFS);
  if (loud.length === 0) return null;
  const gate = lufs(mean(loud)) + RANGE_GATE_LU;
  const counted = loud
    .map(lufs)
    .filter((value) => value > gate)
    .sort((a, b) => a - b);
  if (counted.length === 0) return null;
  const at = (share: number) => counted[Math.round((counted.length - 1) * share)]!;
  return at(0.95) - at(0.1);
}

function lufs(energy: number): number {
  return -0.691 + 10 * Math.log10(energy);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function decibels(peak: number): number | null {
  return peak === 0 || !Number.isFinite(peak) ? null : rounded(20 * Math.log10(peak));
}

/** Hundredths are below what any meter agrees on, and they make the record stable. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

/**
 * A function that filters `[start, end)` of the next samples of two channels and returns the sums of their squares. Two
 * at a time: each step of a filter waits for the one before, and a second channel fills the wait.
 */
function startKWeighting(
  rateHz: number,
): (first: Float32Array, second: Float32Array, start: number, end: number) => Float64Array {
  const { b0, b1, b2, a1, a2 } = shelfCoefficients(rateHz);
  const { a1: c1, a2: c2 } = highPassCoefficients(rateHz);
  const state = new Float64Array(8);
  const sums = new Float64Array(2);
  return (first, second, start, end) => {
    // Local while the loop runs: a captured variable would be a heap number for each sample.
    let [s1, s2, h1, h2] = state as unknown as [number, number, number, number];
    let [t1, t2, k1, k2] = state.subarray(4) as unknown as [number, number, number, number];
    let sum = 0;
    let otherSum = 0;
    for (let at = start; at < end; at += 1) {
      const value = first[at]!;
      const other = second[at]!;
      const finite = value - value === 0 ? value : 0;
      const otherFinite = other - other === 0 ? other : 0;
      // Transposed direct form II, both sections; the high pass has the numerator 1, -2, 1.
      const shelved = b0 * finite + s1;
      const otherShelved = b0 * otherFinite + t1;
      s1 = b1 * finite - a1 * shelved + s2;
      t1 = b1 * otherFinite - a1 * otherShelved + t2;
      s2 = b2 * finite - a2 * shelved;
      t2 = b2 * otherFinite - a2 * otherShelved;
      const weighted = shelved + h1;
      const otherWeighted = otherShelved + k1;
      h1 = -2 * shelved - c1 * weighted + h2;
      k1 = -2 * otherShelved - c1 * otherWeighted + k2;
      h2 = shelved - c2 * weighted;
      k2 = otherShelved - c2 * otherWeighted;
      sum += weighted * weighted;
      otherSum += otherWeighted * otherWeighted;
    }
    // Denormal numbers after a fade would make the filter many times slower.
    const kept = [s1, s2, h1, h2, t1, t2, k1, k2];
    state.set(kept.map((value) => (Math.abs(value) < 1e-30 ? 0 : value)));
    sums[0] = sum;
    sums[1] = otherSum;
    return sums;
  };
}

/** The first stage of BS.1770 table 1 at any rate: a shelf of +4 dB above 1.7 kHz. */
function shelfCoefficients(rateHz: number) {
  const k = Math.tan((Math.PI * 1681.974450955533) / rateHz);
  const q = 0.7071752369554196;
  const vh = 10 ** (3.999843853973347 / 20);
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b0: (vh + (vb * k) / q + k * k) / a0,
    b1: (2 * (k * k - vh)) / a0,
    b2: (vh - (vb * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  };
}

/** The second stage, BS.1770 table 2 at any rate: a high pass at 38 Hz. */
function highPassCoefficients(rateHz: number) {
  const k = Math.tan((Math.PI * 38.13547087602444) / rateHz);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
}
