/** Low-pass filters as rows of taps, one for each place of an output sample between two input samples, and their response. */
import { kaiser, sinc } from '../base/kaiser-window.ts';

/** What a filter is to be. */
export interface FilterShape {
  /** Half the amplitude is left at this part of the input's Nyquist frequency. */
  readonly cutoff: number;
  /** Zero crossings of the sinc within the window. */
  readonly zeroCrossings: number;
  readonly kaiserBeta: number;
}

/** A filter for output samples `step / phases` input samples apart. */
export interface PolyphaseFilter {
  readonly phases: number;
  readonly step: number;
  /** Taps of a row, a multiple of four; the output sample lies at tap (width - 1) >> 1, and `phase / phases` after it. */
  readonly width: number;
  /** Taps of phase 0, then of phase 1 and so on; each row sums to one. */
  readonly taps: Float64Array;
}

/** The filter of `shape` for that ratio. */
export function designFilter(
  shape: FilterShape,
  { phases, step }: { phases: number; step: number },
): PolyphaseFilter {
  const reach = Math.ceil(shape.zeroCrossings / shape.cutoff);
  const width = 4 * Math.ceil(reach / 4);
  const taps = new Float64Array(phases * width);
  for (let phase = 0; phase < phases; phase += 1) {
    const row = taps.subarray(phase * width, (phase + 1) * width);
    let sum = 0;
    for (let tap = 0; tap < width; tap += 1) {
      const distance = tap - ((width - 1) >> 1) - phase / phases;
      row[tap] = sinc(distance * shape.cutoff) * kaiser((2 * distance) / reach, shape.kaiserBeta);
      sum += row[tap]!;
    }
    for (let tap = 0; tap < width; tap += 1) row[tap]! /= sum;
  }
  return { phases, step, width, taps };
}

/** How much `filter` leaves of a tone of `cyclesPerSample` of its input. */
export function responseOf({ width, taps }: PolyphaseFilter, cyclesPerSample: number): number {
  const centre = (width - 1) >> 1;
  let sum = 0;
  // The row of phase 0 is symmetric, so its sine part is nothing.
  for (let tap = 0; tap < width; tap += 1)
    sum += taps[tap]! * Math.cos(2 * Math.PI * cyclesPerSample * (tap - centre));
  return sum;
}
