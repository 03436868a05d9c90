/**
 * Sound cut into overlapping frames, each with its level and its magnitude spectrum; for features they are about 23 ms
 * long and reach up to 11,025 Hz.
 *
 * Frames are a power of two long and half overlapped, under a Hann window; a sine of full scale has the magnitude 1.
 * Levels count every channel, spectra the mean of all channels.
 */
import { createPowerSpectrum } from '../../base/real-fft.ts';

/** What one frame tells; the array is used again for the next. */
export interface SoundFrame {
  /** Mean square over all channels of the frame's second half, full scale being 1. */
  readonly meanSquare: number;
  /** Below -60 dBFS. */
  readonly isSilent: boolean;
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
  const spectrum = createPowerSpectrum(length);
  const window = hann(length);
  const windowed = new Float64Array(length);
  const magnitudes = new Float64Array(bins);
  const held = new Float32Array(length);
  let filled = 0;
  let energy = 0;

  const emit = (meanSquare: number) => {
    const isSilent = meanSquare < SILENT_MEAN_SQUARE;
    if (isSilent) magnitudes.fill(0);
    else {
      weigh(held, window, windowed);
      spectrum.measure(windowed, magnitudes, 0, bins);
      takeRoots(magnitudes);
    }
    sink({ meanSquare, isSilent, magnitudes }, held.subarray(hop));
    held.copyWithin(0, hop);
  };
  return {
    framesPerSecond: rateHz / hop,
    binHz,
    push(channels) {
      const count = channels[0]?.length ?? 0;
      for (let at = 0; at < count; ) {
        const end = Math.min(count, at + hop - filled);
        energy += mixInto(held.subarray(hop + filled), channels, at, end);
        filled += end - at;
        at = end;
        if (filled < hop) continue;
        emit(energy / (hop * channels.length));
        filled = 0;
        energy = 0;
      }
    },
  };
}

/** Writes the mean of `channels` over `[start, end)` to `mono`; the sum of all their squares. */
function mixInto(
  mono: Float32Array,
  channels: readonly Float32Array[],
  start: number,
  end: number,
): number {
  const share = 1 / channels.length;
  let energy = 0;
  for (const [index, channel] of channels.entries()) {
    if (index === 0) mono.fill(0, 0, end - start);
    for (let at = start, to = 0; at < end; at += 1, to += 1) {
      const value = channel[at]!;
      if (value - value !== 0) continue;
      energy += value * value;
      mono[to]! += value * share;
    }
  }
  return energy;
}

function weigh(samples: Float32Array, window: Float64Array, into: Float64Array): void {
  for (let at = 0; at < into.length; at += 1) into[at] = samples[at]! * window[at]!;
}

function takeRoots(values: Float64Array): void {
  for (let at = 0; at < values.length; at += 1) values[at] = Math.sqrt(values[at]!);
}

/** Scaled so that a sine of full scale comes out as 1. */
function hann(length: number): Float64Array {
  const scale = 2 / length;
  return Float64Array.from(
    { length },
    (_, at) => scale * (1 - Math.cos((2 * Math.PI * at) / length)),
  );
}
