/**
 * Sound of any rate and any channels to one channel at 11,025 Hz, block by block.
 *
 * A fingerprint looks at 28–3520 Hz alone, so the filters are short: nothing else needs to be right. The reference
 * program's converter is soft there, and what it takes away is told as a gain for each frequency.
 */
import { halvingResponse, startHalving } from './halve.ts';
import { designFilter, type PolyphaseFilter, responseOf } from './windowed-sinc.ts';

/** Samples a second of the sound that is fingerprinted. */
export const FINGERPRINT_RATE_HZ = 11_025;

/** A converter being fed. */
export interface Decimating {
  /** Takes a block of any length, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  /** Ends the sound; what the filters still hold goes to the sink. */
  finish(): void;
}

/** A conversion of one rate. */
export interface Decimation {
  /** A converter into `sink`, which must copy what it keeps: the block is used again. */
  start(sink: (mono: Float64Array, length: number) => void): Decimating;
  /** What a tone at `frequencyHz` is to be multiplied by to be as strong as the reference makes it. */
  gainAt(frequencyHz: number): number;
}

/** The reference: 16 zero crossings, half the amplitude at 0.8 of the lower Nyquist frequency. */
const REFERENCE = { cutoffShare: 0.8, zeroCrossings: 16, kaiserBeta: 9 };
/** Ours: 60 dB from 7.5 kHz on, which is the first to fold onto 3.5 kHz. */
const OURS = { cutoffShare: 1, zeroCrossings: 10.5, kaiserBeta: 5.65 };
/** Sound is halved down to a rate between this and its double. */
const SMALL_RATE_HZ = 22_050;
const MIN_RATE_HZ = 1000;
const MAX_RATE_HZ = 768_000;
/** Rates whose ratio needs more tap rows than this are taken at the nearest 640th of an input sample. */
const MAX_PHASES = 640;
/** Input samples taken at a time: bounds the memory whatever the block. */
const STRETCH = 4096;

const prepared = new Map<number, Decimation>();

/** The conversion from `rateHz`, or undefined for a rate that no sound has: below 1 kHz, above 768 kHz or broken. */
export function prepareDecimation(rateHz: number): Decimation | undefined {
  if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) return undefined;
  const known = prepared.get(rateHz);
  if (known) return known;
  const decimation = design(rateHz);
  // One is kept, since a batch mostly has one rate.
  prepared.clear();
  prepared.set(rateHz, decimation);
  return decimation;
}

function design(rateHz: number): Decimation {
  const reference = filterFor(rateHz, 0, REFERENCE);
  const halvings = Math.max(0, Math.floor(Math.log2(rateHz / SMALL_RATE_HZ)));
  const isSmall = rateHz < SMALL_RATE_HZ;
  const filter = isSmall ? reference : filterFor(rateHz, halvings, OURS);
  return {
    start: (sink) => startChain(filter, halvings, sink),
    gainAt(frequencyHz) {
      if (isSmall) return 1;
      let left = responseOf(filter, (frequencyHz * 2 ** halvings) / rateHz);
      for (let stage = 0; stage < halvings; stage += 1)
        left *= halvingResponse((frequencyHz * 2 ** stage) / rateHz);
      return responseOf(reference, frequencyHz / rateHz) / left;
    },
  };
}

/** The filter from `rateHz`, halved that often, to 11,025 Hz. */
function filterFor(rateHz: number, halvings: number, kind: typeof REFERENCE): PolyphaseFilter {
  const target = FINGERPRINT_RATE_HZ * 2 ** halvings;
  const divisor = greatestCommonDivisor(target, rateHz);
  const phases = Math.min(target / divisor, MAX_PHASES);
  const cutoff = Math.min(1, (target * kind.cutoffShare) / rateHz);
  return designFilter({ ...kind, cutoff }, { phases, step: (rateHz / target) * phases });
}

function startChain(
  filter: PolyphaseFilter,
  halvings: number,
  sink: (mono: Float64Array, length: number) => void,
): Decimating {
  const last = startConverting(filter, sink);
  let head = last;
  for (let stage = 0; stage < halvings; stage += 1) head = startHalving(head);
  const mono = new Float64Array(STRETCH);
  return {
    push(channels) {
      const length = channels[0]?.length ?? 0;
      for (let from = 0; from < length; from += STRETCH) {
        const count = Math.min(STRETCH, length - from);
        mix(mono, channels, from, count);
        head(mono, count);
      }
    },
    finish() {
      const reach = (6 + (filter.width >> 1)) * 2 ** halvings;
      head(new Float64Array(reach), reach);
    },
  };
}

/** The mean of all channels; what is no number counts as silence. */
function mix(
  mono: Float64Array,
  channels: readonly Float32Array[],
  from: number,
  count: number,
): void {
  const [first, second] = channels;
  for (let at = 0; at < count; at += 1) {
    let value = first![from + at]!;
    if (channels.length === 2) value = (value + second![from + at]!) / 2;
    else if (channels.length > 2) value = meanAt(channels, from + at);
    mono[at] = value - value === 0 ? value : 0;
  }
}

function meanAt(channels: readonly Float32Array[], at: number): number {
  let sum = 0;
  for (const channel of channels) sum += channel[at]!;
  return sum / channels.length;
}

function startConverting(
  filter: PolyphaseFilter,
  sink: (mono: Float64Array, length: number) => void,
) {
  const { phases, step, width } = filter;
  const held = new Float64Array(width + STRETCH);
  const output = new Float64Array(Math.ceil((held.length * phases) / step) + 1);
  // Half of the filter reaches before the sound.
  let filled = (width - 1) >> 1;
  let phase = 0;
  return (samples: Float64Array, length: number): void => {
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, held.length - filled);
      held.set(samples.subarray(from, from + count), filled);
      filled += count;
      from += count;
      const made = convolve(filter, held.subarray(0, filled), phase, output);
      held.copyWithin(0, made.at, filled);
      filled -= made.at;
      phase = made.phase;
      if (made.count > 0) sink(output, made.count);
    }
  };
}

/** Writes every output whose taps all lie in `input`; `at` is the first input sample still needed. */
function convolve(
  { phases, step, width, taps }: PolyphaseFilter,
  input: Float64Array,
  firstPhase: number,
  output: Float64Array,
): { count: number; at: number; phase: number } {
  let at = 0;
  let phase = firstPhase;
  let count = 0;
  while (at + width <= input.length) {
    let even = 0;
    let odd = 0;
    let tap = at;
    // A phase between two rows, at a ratio without a small fraction, takes the row before it.
    const row = Math.floor(phase) * width;
    for (let end = row + width, from = row; from < end; from += 4, tap += 4) {
      even += taps[from]! * input[tap]! + taps[from + 1]! * input[tap + 1]!;
      odd += taps[from + 2]! * input[tap + 2]! + taps[from + 3]! * input[tap + 3]!;
    }
    output[count] = even + odd;
    count += 1;
    phase += step;
    const moved = Math.floor(phase / phases);
    at += moved;
    phase -= moved * phases;
  }
  return { count, at, phase };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
