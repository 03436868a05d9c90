/**
 * Scales: which twelve-tone pitches belong together, and what a scale degree sounds at.
 *
 * A degree counts steps of the scale from the tonic: 0 is the tonic, 7 the tonic an octave up, −1 the step below.
 * Pitches are MIDI note numbers (60 = middle C, 69 = 440 Hz).
 */

/** Semitones above the tonic of the seven steps of each mode. */
export const MODES = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  lydian: [0, 2, 4, 6, 7, 9, 11],
  mixolydian: [0, 2, 4, 5, 7, 9, 10],
} as const;

/** The name of a mode. */
export type Mode = keyof typeof MODES;

/** Steps in every mode. */
export const STEPS = 7;

/** Where a piece is at home. */
export interface Key {
  /** The tonic nearest middle C, as a MIDI note. */
  readonly tonic: number;
  readonly mode: Mode;
}

/** The MIDI note of a scale degree, which may be negative or beyond the octave. */
export function pitchOfDegree(key: Key, degree: number): number {
  const octave = Math.floor(degree / STEPS);
  return key.tonic + 12 * octave + MODES[key.mode][degree - octave * STEPS]!;
}

/** The highest scale degree whose pitch does not exceed `pitch`. */
export function degreeAtOrBelow(key: Key, pitch: number): number {
  let degree = Math.floor((pitch - key.tonic) / 12) * STEPS;
  while (pitchOfDegree(key, degree + 1) <= pitch) degree += 1;
  return degree;
}

/** The frequency of a MIDI note in equal temperament, in Hz. */
export function hertzOf(pitch: number): number {
  return 440 * 2 ** ((pitch - 69) / 12);
}
