/**
 * Sound at any rate to 48 kHz, block by block, exact to the sample.
 *
 * A polyphase windowed-sinc filter over the exact ratio (44.1 kHz is 160/147): 128 taps, Kaiser window, flat to 0.91 and
 * 100 dB down from 1.01 of the lower Nyquist frequency. Coefficients are rounded to 32 bits and sums are
 * IEEE singles in a fixed order (`fir-kernel.ts`), so every machine gives the same samples.
 */
import { kaiser, sinc } from '../base/kaiser-window.ts';
import { OPUS_RATE_HZ } from '../formats/opus-headers.ts';
import { type FirKernel, startFirKernel } from './fir-kernel.ts';

/** A resampler being fed; input and output are one array a channel, all of one length. */
export interface Resampling {
  /** Takes a block of any length and returns what is ready, possibly nothing. */
  push(channels: readonly Float32Array[]): Float32Array[];
  /** Ends the sound and returns the rest: in all, input length × 48000 / rate, rounded. */
  finish(): Float32Array[];
}

interface Filter {
  /** Output steps forward `step` of `phases` of an input sample. */
  readonly phases: number;
  readonly step: number;
  /** Half the taps of a phase, a multiple of four. */
  readonly halfTaps: number;
  readonly kernel: FirKernel;
}

const HALF_TAPS = 64;
const CUTOFF = 0.96;
const KAISER_BETA = 10;
/** Odd rates need a tap row for each of 48,000 phases; above this the rate is nonsense (64 MiB of taps). */
const MAX_TAPS = 1 << 24;

/** Whether sound at `rateHz` can be brought to 48 kHz. */
export function canResample(rateHz: number): boolean {
  if (!Number.isInteger(rateHz) || rateHz < 1000 || rateHz > 1_000_000) return false;
  const { phases, halfTaps } = shapeOf(rateHz);
  return phases * halfTaps * 2 <= MAX_TAPS;
}

/** A resampler from `rateHz` to 48 kHz; 48 kHz passes untouched. A `RangeError` unless `canResample`. */
export function startResampling(rateHz: number, channels: number): Resampling {
  if (rateHz === OPUS_RATE_HZ)
    return { push: (block) => [...block], finish: () => emptyBlock(channels) };
  if (!canResample(rateHz)) throw new RangeError(`${rateHz} Hz cannot be brought to 48 kHz`);
  const filter = designFilter(rateHz);
  // Zeros before the first sample and after the last stand for the silence around the sound.
  let held = emptyBlock(channels).map(() => new Float32Array(filter.halfTaps - 1));
  let taken = 0;
  let given = 0;
  let phase = 0;

  const run = (block: readonly Float32Array[], limit: number): Float32Array[] => {
    const input = held.map((rest, index) => joined(rest, block[index]!));
    const ready = outputsReady(filter, phase, input[0]!.length);
    const count = Math.min(ready, limit - given);
    const result = input.map((channel) => filter.kernel.run(channel, phase, count));
    const moved = phase + count * filter.step;
    held = input.map((channel) => channel.slice(Math.floor(moved / filter.phases)));
    phase = moved % filter.phases;
    given += count;
    return result;
  };
  return {
    push(block) {
      taken += block[0]?.length ?? 0;
      return run(block, Number.POSITIVE_INFINITY);
    },
    finish() {
      const total = Math.round((taken * filter.phases) / filter.step);
      const silence = new Float32Array(2 * filter.halfTaps);
      return run(
        held.map(() => silence),
        total,
      );
    },
  };
}

function emptyBlock(channels: number): Float32Array[] {
  return Array.from({ length: channels }, () => new Float32Array(0));
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Outputs whose last tap lies within `length` input samples. */
function outputsReady(filter: Filter, phase: number, length: number): number {
  const lastStart = length - 2 * filter.halfTaps;
  if (lastStart < 0) return 0;
  return Math.floor(((lastStart + 1) * filter.phases - 1 - phase) / filter.step) + 1;
}

function shapeOf(rateHz: number): Omit<Filter, 'kernel'> {
  const divisor = greatestCommonDivisor(OPUS_RATE_HZ, rateHz);
  const narrowing = Math.max(1, rateHz / OPUS_RATE_HZ);
  return {
    phases: OPUS_RATE_HZ / divisor,
    step: rateHz / divisor,
    halfTaps: 4 * Math.ceil((HALF_TAPS / 4) * narrowing),
  };
}

const designed = new Map<number, Filter>();

/** The filter for `rateHz`; one is kept, since a batch mostly has one rate. */
function designFilter(rateHz: number): Filter {
  const known = designed.get(rateHz);
  if (known) return known;
  const shape = shapeOf(rateHz);
  const { phases, halfTaps } = shape;
  const cutoff = CUTOFF * Math.min(1, OPUS_RATE_HZ / rateHz);
  const taps = new Float32Array(phases * 2 * halfTaps);
  const row = new Float64Array(2 * halfTaps);
  for (let phase = 0; phase < phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < row.length; tap += 1) {
      const distance = tap - halfTaps + 1 - phase / phases;
      const value = sinc(distance * cutoff) * kaiser(distance / halfTaps, KAISER_BETA);
      row[tap] = value;
      sum += value;
    }
    // Each phase passes a constant unchanged: without it the phases would hum at their own rate.
    for (let tap = 0; tap < row.length; tap += 1) taps[phase * row.length + tap] = row[tap]! / sum;
  }
  const kernel = startFirKernel({ taps, width: row.length, phases, step: shape.step });
  const filter = { ...shape, kernel };
  designed.clear();
  designed.set(rateHz, filter);
  return filter;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
