/**
 * Sound cut into overlapping frames, each with its level and its magnitude spectrum; for features they are about 23 ms
 * long and reach up to 11,025 Hz.
 *
 * Frames are a power of two long and half overlapped, under a Hann window; a sine of full scale has the magnitude 1.
 * Levels count every channel, spectra the mean of all channels.
 */
import { createPowerSpectrum } from '../../base/real-fft.ts';

/** What one frame tells; it is used again for the next. */
export interface SoundFrame {
  /** Mean square over all channels of the frame's second half, full scale being 1. */
  meanSquare: number;
  /** Below -60 dBFS. */
  isSilent: boolean;
  /** Magnitude of each bin; all zero when silent. */
  readonly magnitudes: Float64Array;
}

/** A cutter being fed. */
export interface SoundFrames {
  /** Frames in a second of sound. */
  readonly framesPerSecond: number;
  /** Hertz from bin to bin. */
  readonly binHz: number;
  /** Takes a block of any length, one array a channel; what is no number counts as silence. */
  push(channels: readonly Float32Array[]): void;
}

/** Where a frame goes, with the mean of the channels over its second half. */
export type FrameSink = (frame: SoundFrame, mono: Float32Array) => void;

/** How sound is cut. */
export interface FrameShape {
  /** The length of a frame, to the nearest power of two of samples. */
  readonly seconds: number;
  /** Spectra end here whatever the rate, so that rates can be compared. */
  readonly topHz: number;
}

const FEATURE_FRAMES: FrameShape = { seconds: 0.0232, topHz: 11_025 };
const SILENT_MEAN_SQUARE = 1e-6;

/** A cutter for sound of `rateHz` into `sink`; frames are those of features unless told otherwise. */
export function startSoundFrames(
  rateHz: number,
  sink: FrameSink,
  { seconds, topHz }: FrameShape = FEATURE_FRAMES,
): SoundFrames {
  const length = 2 ** Math.max(6, Math.round(Math.log2(rateHz * seconds)));
  const hop = length / 2;
  const binHz = rateHz / length;
  const bins = Math.min(hop, Math.floor(topHz / binHz)) + 1;
  const spectrum = createPowerSpectrum('singles', hann(length));
  const held = spectrum.samples;
  const fresh = held.subarray(hop);
  const frame: SoundFrame = { meanSquare: 0, isSilent: true, magnitudes: new Float64Array(bins) };
  const sum = { energy: 0 };
  let filled = 0;

  const emit = (meanSquare: number) => {
    frame.meanSquare = meanSquare;
    frame.isSilent = meanSquare < SILENT_MEAN_SQUARE;
    if (frame.isSilent) frame.magnitudes.fill(0);
    else {
      spectrum.measure(0, bins);
      takeRoots(spectrum.power, frame.magnitudes);
    }
    sink(frame, fresh);
    held.copyWithin(0, hop);
  };
  return {
    framesPerSecond: rateHz / hop,
    binHz,
    push(channels) {
      const count = channels[0]?.length ?? 0;
      for (let at = 0; at < count; ) {
        const end = Math.min(count, at + hop - filled);
        mixInto(fresh, filled, channels, { start: at, end }, sum);
        filled += end - at;
        at = end;
        if (filled < hop) continue;
        emit(sum.energy / (hop * channels.length));
        filled = 0;
        sum.energy = 0;
      }
    },
  };
}

/** Writes the mean of `channels` over `[start, end)` to `mono` from `first` on, and adds all their squares to `sum`. */
function mixInto(
  mono: Float32Array,
  first: number,
  channels: readonly Float32Array[],
  { start, end }: { start: number; end: number },
  sum: { energy: number },
): void {
  if (channels.length <= 2) {
    const [left, right = left] = channels;
    let energy = 0;
    for (let at = start, to = first; at < end; at += 1, to += 1) {
      const a = numberOf(left![at]!);
      const b = numberOf(right![at]!);
      energy += a * a + b * b;
      mono[to] = (a + b) / 2;
    }
    sum.energy += channels.length === 2 ? energy : energy / 2;
    return;
  }
  mono.fill(0, first, first + end - start);
  const share = 1 / channels.length;
  for (const channel of channels)
    for (let at = start, to = first; at < end; at += 1, to += 1) {
      const value = numberOf(channel[at]!);
      sum.energy += value * value;
      mono[to]! += value * share;
    }
}

function numberOf(value: number): number {
  return value - value === 0 ? value : 0;
}

function takeRoots(power: Float64Array, magnitudes: Float64Array): void {
  for (let at = 0; at < magnitudes.length; at += 1) magnitudes[at] = Math.sqrt(power[at]!);
}

/** Scaled so that a sine of full scale comes out as 1. */
function hann(length: number): Float64Array {
  const scale = 2 / length;
  return Float64Array.from(
    { length },
    (_, at) => scale * (1 - Math.cos((2 * Math.PI * at) / length)),
  );
}
