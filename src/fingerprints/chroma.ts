/**
 * From sound at 11,025 Hz to chroma: how strong each of the twelve notes is, whatever its octave, a row every 124 ms.
 *
 * Frames of 4096 samples under a Hamming window, one every 1365; the power of the bins from 28 to 3520 Hz summed by
 * note; rows smoothed over five in time and brought to length one (docs/formats/fingerprint.md).
 */

import { createPowerSpectrum } from '../base/real-fft.ts';
import { FINGERPRINT_RATE_HZ } from './decimate.ts';

/** Notes of a row. */
export const NOTES = 12;
/** Samples from one frame to the next. */
export const FRAME_STEP = 1365;

const FRAME_SAMPLES = 4096;
const FIRST_BIN = binOf(28);
const END_BIN = binOf(3520);
/** The A below the lowest of a piano is where note 0 begins. */
const LOWEST_A_HZ = 27.5;
const SMOOTHING = [0.25, 0.75, 1, 0.75, 0.25];
/** Rows shorter than this are silence. */
const SILENCE = 0.01;

/**
 * A function that takes sound at 11,025 Hz, the first `length` samples of a block, and gives each row to `sink`. Tones
 * count as if they had been `gainAt` their frequency times as strong.
 */
export function startChroma(
  gainAt: (frequencyHz: number) => number,
  sink: (row: Float64Array) => void,
): (mono: Float64Array, length: number) => void {
  const spectrum = createPowerSpectrum('doubles', hammingWindow());
  const noteOf = notesOfBins();
  const weightOf = weightsOfBins(gainAt);
  const { samples: frame, power } = spectrum;
  const recent = SMOOTHING.map(() => new Float64Array(NOTES));
  let filled = 0;
  let rows = 0;

  const measureFrame = () => {
    spectrum.measure(FIRST_BIN, END_BIN);
    const row = recent[rows % recent.length]!.fill(0);
    for (let bin = FIRST_BIN; bin < END_BIN; bin += 1)
      row[noteOf[bin]!]! += power[bin]! * weightOf[bin]!;
    rows += 1;
    if (rows >= recent.length) sink(normalised(smoothed(recent, rows)));
  };
  return (mono, length) => {
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, FRAME_SAMPLES - filled);
      frame.set(mono.subarray(from, from + count), filled);
      filled += count;
      from += count;
      if (filled < FRAME_SAMPLES) return;
      measureFrame();
      frame.copyWithin(0, FRAME_STEP);
      filled = FRAME_SAMPLES - FRAME_STEP;
    }
  };
}

function binOf(frequencyHz: number): number {
  return Math.round((FRAME_SAMPLES * frequencyHz) / FINGERPRINT_RATE_HZ);
}

function hammingWindow(): Float64Array {
  return Float64Array.from(
    { length: FRAME_SAMPLES },
    (_, at) => 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (FRAME_SAMPLES - 1)),
  );
}

function frequencyOf(bin: number): number {
  return (bin * FINGERPRINT_RATE_HZ) / FRAME_SAMPLES;
}

function weightsOfBins(gainAt: (frequencyHz: number) => number): Float64Array {
  return Float64Array.from({ length: END_BIN }, (_, bin) =>
    bin < FIRST_BIN ? 0 : gainAt(frequencyOf(bin)) ** 2,
  );
}

/** The note of each bin: its place in the octave above an A, in twelfths, rounded down. */
function notesOfBins(): Uint8Array {
  return Uint8Array.from({ length: END_BIN }, (_, bin) => {
    const octaves = Math.log2(frequencyOf(bin) / LOWEST_A_HZ);
    return bin < FIRST_BIN ? 0 : Math.floor(NOTES * (octaves - Math.floor(octaves)));
  });
}

/** The weighted sum of the last five rows, the oldest of which is the next to be written over. */
function smoothed(recent: readonly Float64Array[], rows: number): Float64Array {
  const sum = new Float64Array(NOTES);
  for (const [place, weight] of SMOOTHING.entries()) {
    const row = recent[(rows + place) % recent.length]!;
    for (let note = 0; note < NOTES; note += 1) sum[note]! += weight * row[note]!;
  }
  return sum;
}

function normalised(row: Float64Array): Float64Array {
  let squares = 0;
  for (const value of row) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length >= SILENCE)) return row.fill(0);
  for (let note = 0; note < NOTES; note += 1) row[note]! /= length;
  return row;
}
