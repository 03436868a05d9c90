/**
 * Sound of any rate and any channels to one channel at 11,025 Hz, block by block.
 *
 * A fingerprint looks at 28–3520 Hz alone, so the filters are short: nothing else needs to be right. The reference
 * program's converter is soft there, and what it takes away is told as a gain for each frequency.
 */
import { startFilterCode } from './filter-code.ts';
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
const DOUBLE = 8;

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
  const [first, second = first] = channels;
  if (channels.length > 2)
    for (let at = 0; at < count; at += 1) mono[at] = numberOf(meanAt(channels, from + at));
  else
    for (let at = 0; at < count; at += 1)
      mono[at] = numberOf((first![from + at]! + second![from + at]!) / 2);
}

function meanAt(channels: readonly Float32Array[], at: number): number {
  let sum = 0;
  for (const channel of channels) sum += channel[at]!;
  return sum / channels.length;
}

function numberOf(value: number): number {
  return value - value === 0 ? value : 0;
}

function startConverting(
  { phases, step, width, taps }: PolyphaseFilter,
  sink: (mono: Float64Array, length: number) => void,
) {
  const { memory, run, reserve } = startFilterCode();
  const heldLength = width + STRETCH;
  const mostOutputs = Math.ceil((heldLength * phases) / step) + 1;
  const heldAt = taps.byteLength;
  const outputAt = heldAt + heldLength * DOUBLE;
  const placesAt = outputAt + mostOutputs * DOUBLE;
  reserve(placesAt + mostOutputs * DOUBLE);
  new Float64Array(memory.buffer).set(taps);
  const held = new Float64Array(memory.buffer, heldAt, heldLength);
  const output = new Float64Array(memory.buffer, outputAt, mostOutputs);
  const places = new Uint32Array(memory.buffer, placesAt, 2 * mostOutputs);
  const wholeStep = Math.floor(step / phases);
  const restStep = step - wholeStep * phases;
  // Half of the filter reaches before the sound.
  let filled = (width - 1) >> 1;
  let phase = 0;

  /** Writes every output whose taps all lie in what is held. */
  const convolve = (): number => {
    let at = 0;
    let count = 0;
    for (; at + width <= filled; count += 1) {
      places[2 * count] = heldAt + at * DOUBLE;
      // A phase between two rows, at a ratio without a small fraction, takes the row before it.
      places[2 * count + 1] = Math.floor(phase) * width * DOUBLE;
      at += wholeStep;
      phase += restStep;
      if (phase < phases) continue;
      at += 1;
      phase -= phases;
    }
    if (count > 0) run.convolve(placesAt, outputAt, count, width / 4);
    held.copyWithin(0, at, filled);
    filled -= at;
    return count;
  };
  return (samples: Float64Array, length: number): void => {
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, held.length - filled);
      held.set(samples.subarray(from, from + count), filled);
      filled += count;
      from += count;
      const made = convolve();
      if (made > 0) sink(output, made);
    }
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
