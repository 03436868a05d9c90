/** Brightness: the mean over all frames with sound of the magnitude-weighted mean frequency, up to 11,025 Hz. */
import type { SoundFrame } from './sound-frames.ts';

/** Name and version of the algorithm. */
export const CENTROID_ALGORITHM = 'mean-centroid/1';

/** A meter being fed. */
export interface CentroidMeter {
  push(frame: SoundFrame): void;
  /** Hertz; null when there was no sound. */
  finish(): number | null;
}

/** A meter for spectra with a bin every `binHz`. */
export function startCentroid(binHz: number): CentroidMeter {
  let sum = 0;
  let frames = 0;
  return {
    push({ isSilent, magnitudes }) {
      if (isSilent) return;
      let weighed = 0;
      let total = 0;
      for (let bin = 1; bin < magnitudes.length; bin += 1) {
        weighed += bin * magnitudes[bin]!;
        total += magnitudes[bin]!;
      }
      if (total === 0) return;
      sum += (weighed / total) * binHz;
      frames += 1;
    },
    finish: () => (frames === 0 ? null : sum / frames),
  };
}
