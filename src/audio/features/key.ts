/**
 * Key and mode from pitch classes: the one of 24 profiles that they correlate with best (Temperley's revision of
 * Krumhansl's, "What's Key for Key?", Music Perception 17:1, 1999).
 */

/** Name and version of the algorithm. */
export const KEY_ALGORITHM = 'chroma-temperley/1';

/** A key. */
export interface Key {
  /** Tonic: `C`, `C#` … `B`. */
  readonly tonic: string;
  readonly mode: 'major' | 'minor';
  /** How far the best tonic is ahead of any other, and the best mode of the other. */
  readonly confidence: { readonly tonic: number; readonly mode: number };
}

const TONICS = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const PROFILES = {
  major: [5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4],
  minor: [5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4],
} as const;
/** Correlation under which the sound has no key, and a lead that is as clear as music gets. */
const LEAST_CORRELATION = 0.55;
const CLEAR_LEAD = 0.2;
const LEAST_CONFIDENCE = 0.2;
/** Deviation of the classes as a share of their mean: noise stays below this however long it is. */
const LEAST_CONTRAST = 0.25;

/** The key of sound with the shares `classes` of C to B; null when no key stands out. */
export function keyOf(classes: Float64Array): Key | null {
  if (contrast(classes) < LEAST_CONTRAST) return null;
  const ranked = (['major', 'minor'] as const)
    .flatMap((mode) =>
      TONICS.map((tonic, shift) => ({
        tonic,
        mode,
        fit: correlation(PROFILES[mode], (index) => classes[(index + shift) % 12]!),
      })),
    )
    .sort((a, b) => b.fit - a.fit);
  const best = ranked[0]!;
  const otherTonic = ranked.find(({ tonic }) => tonic !== best.tonic)!;
  const otherMode = ranked.find(({ mode }) => mode !== best.mode)!;
  const confidence = {
    tonic: Math.min(1, (best.fit - otherTonic.fit) / CLEAR_LEAD),
    mode: Math.min(1, (best.fit - otherMode.fit) / CLEAR_LEAD),
  };
  if (!(best.fit >= LEAST_CORRELATION) || confidence.tonic < LEAST_CONFIDENCE) return null;
  return { tonic: best.tonic, mode: best.mode, confidence };
}

function contrast(classes: Float64Array): number {
  const mean = classes.reduce((sum, share) => sum + share, 0) / classes.length;
  const square = classes.reduce((sum, share) => sum + (share - mean) ** 2, 0) / classes.length;
  return Math.sqrt(square) / mean;
}

function correlation(profile: readonly number[], valueAt: (index: number) => number): number {
  const values = profile.map((_, index) => valueAt(index));
  const meanOf = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [p, v] = [meanOf(profile), meanOf(values)];
  let [both, left, right] = [0, 0, 0];
  for (const [index, value] of values.entries()) {
    const weight = profile[index]! - p;
    both += weight * (value - v);
    left += weight ** 2;
    right += (value - v) ** 2;
  }
  return right === 0 ? 0 : both / Math.sqrt(left * right);
}
