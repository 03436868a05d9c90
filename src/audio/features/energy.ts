/** How forceful music is, from 0 to 1, by a fixed formula over level, onsets and brightness (docs/formats/features.md). */

/** Name and version of the algorithm. */
export const ENERGY_ALGORITHM = 'level-onset-centroid/1';

/** What energy is made of, each of the frames with sound. */
export interface EnergyParts {
  readonly meanSquare: number;
  readonly onsetRatePerS: number;
  readonly centroidHz: number;
}

/** 0.6 level + 0.25 onsets + 0.15 brightness, each brought to 0–1. */
export function energyOf({ meanSquare, onsetRatePerS, centroidHz }: EnergyParts): number {
  // -40 dBFS of mean power is a whisper, -8 dBFS as dense as masters are made.
  const level = unit((10 * Math.log10(meanSquare) + 40) / 32);
  const onsets = unit(onsetRatePerS / 8);
  // From 250 Hz, four octaves.
  const brightness = unit(Math.log2(centroidHz / 250) / 4);
  return 0.6 * level + 0.25 * onsets + 0.15 * brightness;
}

function unit(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
