/**
 * The outline of a recording for a player: the largest magnitude in each of 800 equal stretches, a byte each.
 *
 * The length is not known while sound comes in, so peaks are kept in cells whose size doubles whenever there are too
 * many; in the end each of the 800 buckets spans at least 20 cells, unless the sound is shorter than that.
 */

import { groupPeaks } from './group-peaks.ts';

/** Buckets of every outline. */
export const WAVEFORM_BUCKETS = 800;

/** An outline being drawn. */
export interface Waveform {
  /** Takes a block of any length, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  /** 800 magnitudes, 255 being full scale; fewer samples than buckets repeat. */
  finish(): Uint8Array;
}

const MAX_CELLS = 32_768;
/** Cells of fewer samples, at the beginning of a recording, are not worth the way into WebAssembly. */
const LEAST_VECTOR_SAMPLES = 16;

/** An outline of sound of unknown length. */
export function startWaveform(): Waveform {
  let cells = new Float32Array(MAX_CELLS);
  let cellSamples = 1;
  let used = 0;
  let filled = 0;
  let samples = 0;
  return {
    push(channels) {
      const length = channels[0]?.length ?? 0;
      for (let at = 0; at < length; ) {
        if (used === MAX_CELLS && filled === 0) {
          cells = halved(cells);
          used = MAX_CELLS / 2;
          cellSamples *= 2;
        }
        const whole = filled === 0 ? wholeCells(channels, at, cellSamples, MAX_CELLS - used) : null;
        if (whole) {
          cells.set(whole, used);
          used += whole.length;
          samples += whole.length * cellSamples;
          at += whole.length * cellSamples;
          continue;
        }
        const cell = filled === 0 ? used : used - 1;
        const end = Math.min(length, at + cellSamples - filled);
        cells[cell] = peakOf(channels, at, end, filled === 0 ? 0 : cells[cell]!);
        if (filled === 0) used += 1;
        filled = (filled + end - at) % cellSamples;
        samples += end - at;
        at = end;
      }
    },
    finish() {
      const buckets = new Uint8Array(WAVEFORM_BUCKETS);
      for (let bucket = 0; bucket < WAVEFORM_BUCKETS && used > 0; bucket += 1) {
        const span = samples / cellSamples / WAVEFORM_BUCKETS;
        const first = Math.min(used - 1, Math.floor(bucket * span));
        const end = Math.min(used, Math.max(first + 1, Math.floor((bucket + 1) * span)));
        let peak = 0;
        for (let cell = first; cell < end; cell += 1) peak = Math.max(peak, cells[cell]!);
        buckets[bucket] = Math.min(255, Math.round(peak * 255));
      }
      return buckets;
    },
  };
}

/** The peaks of the cells that `channels` fill from `at` on, `most` at most; null when cells are small or none is filled. */
function wholeCells(
  channels: readonly Float32Array[],
  at: number,
  cellSamples: number,
  most: number,
): Float32Array | null {
  const count = Math.min(most, Math.floor(((channels[0]?.length ?? 0) - at) / cellSamples));
  if (cellSamples < LEAST_VECTOR_SAMPLES || count === 0) return null;
  const stretch = (channel: Float32Array) => channel.subarray(at, at + count * cellSamples);
  const [best, ...others] = channels.map((channel) => groupPeaks(stretch(channel), cellSamples));
  for (const peaks of others)
    for (let cell = 0; cell < count; cell += 1) best![cell] = Math.max(best![cell]!, peaks[cell]!);
  return best!;
}

function peakOf(
  channels: readonly Float32Array[],
  start: number,
  end: number,
  peak: number,
): number {
  let best = peak;
  for (const channel of channels)
    for (let at = start; at < end; at += 1) {
      const value = channel[at]!;
      if (value > best) best = value;
      else if (-value > best) best = -value;
    }
  return best;
}

/** `cells` with each two made one, in the first half of an array of the same size. */
function halved(cells: Float32Array): Float32Array<ArrayBuffer> {
  const half = new Float32Array(cells.length);
  for (let at = 0; at < cells.length / 2; at += 1)
    half[at] = Math.max(cells[2 * at]!, cells[2 * at + 1]!);
  return half;
}
