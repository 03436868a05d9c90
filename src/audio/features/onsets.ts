/**
 * Beginnings of notes and strokes by spectral flux: how much louder the bands of a frame are than those before.
 *
 * Bands are a quarter of an octave wide from 60 Hz on, compressed by log10(1 + 1000 m). A frame is an onset when its flux
 * is the largest within 50 ms and stands out from the mean of the last half second.
 */
import type { SoundFrame, SoundFrames } from './sound-frames.ts';

/** Name and version of the algorithm. */
export const ONSET_ALGORITHM = 'spectral-flux/1';

/** A detector being fed. */
export interface Onsets {
  push(frame: SoundFrame): void;
  /** Onsets so far. */
  count(): number;
}

const LOWEST_HZ = 60;
const BANDS_AN_OCTAVE = 4;
const COMPRESSION = 1000;
/** Seconds on both sides within which an onset is the largest, and before it over which the mean is taken. */
const PEAK_SECONDS = 0.05;
const MEAN_SECONDS = 0.5;
/** How far above the local mean an onset stands: this many times the mean deviation, and this much flux. */
const DEVIATIONS = 3;
const LEAST_RISE = 0.02;

/** A detector for frames as `frames` cuts them; `envelope` is told of each frame's rise above the local mean, a little late. */
export function startOnsets(
  frames: Pick<SoundFrames, 'framesPerSecond' | 'binHz'>,
  envelope: (rise: number) => void,
): Onsets {
  const side = Math.max(1, Math.round(PEAK_SECONDS * frames.framesPerSecond));
  const span = Math.round(MEAN_SECONDS * frames.framesPerSecond) + side + 1;
  const recent = new Float64Array(span);
  const middle = span - 1 - side;
  const flux = startFlux(frames.binHz);
  let onsets = 0;
  return {
    push(frame) {
      recent.copyWithin(0, 1);
      recent[span - 1] = flux(frame);
      const { mean, deviation } = spread(recent);
      const value = recent[middle]!;
      const rise = Math.max(0, value - mean);
      envelope(rise);
      if (rise > LEAST_RISE + DEVIATIONS * deviation && isLargest(recent, middle, side))
        onsets += 1;
    },
    count: () => onsets,
  };
}

/** A function that tells the mean rise over all bands from the frame before. */
function startFlux(binHz: number): (frame: SoundFrame) => number {
  let edges: number[] | undefined;
  let before = new Float64Array(0);
  return ({ magnitudes }) => {
    edges ??= bandEdges(binHz, magnitudes.length);
    const bands = edges.length - 1;
    if (before.length === 0) before = new Float64Array(bands);
    let sum = 0;
    for (let band = 0; band < bands; band += 1) {
      let power = 0;
      for (let bin = edges[band]!; bin < edges[band + 1]!; bin += 1)
        power += magnitudes[bin]! * magnitudes[bin]!;
      const level = Math.log10(1 + COMPRESSION * Math.sqrt(power));
      if (level > before[band]!) sum += level - before[band]!;
      before[band] = level;
    }
    return bands === 0 ? 0 : sum / bands;
  };
}

/** First bins of the bands, each at least one bin wide, and the end of the last. */
function bandEdges(binHz: number, bins: number): number[] {
  const edges: number[] = [];
  for (let hz = LOWEST_HZ; hz / binHz < bins; hz *= 2 ** (1 / BANDS_AN_OCTAVE)) {
    const bin = Math.max(1, Math.round(hz / binHz), (edges.at(-1) ?? 0) + 1);
    if (bin < bins) edges.push(bin);
  }
  return [...edges, bins];
}

function spread(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let apart = 0;
  for (const value of values) apart += Math.abs(value - mean);
  return { mean, deviation: apart / values.length };
}

/** Of equals the first counts. */
function isLargest(values: Float64Array, middle: number, side: number): boolean {
  const value = values[middle]!;
  for (let at = middle - side; at <= middle + side; at += 1)
    if (values[at]! > value || (at < middle && values[at] === value)) return false;
  return true;
}
