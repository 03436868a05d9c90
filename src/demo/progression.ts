/**
 * Chord progressions written as text and what they sound.
 *
 * `'1:9 4:7 6 5'` is four chords on the 1st, 4th, 6th and 5th step of the scale. A chord is a stack of scale steps,
 * so its quality (major, minor …) follows from the mode. `*2` after a chord makes it last two units.
 */
import { type Key, MODES, pitchOfDegree, STEPS } from './scale.ts';

/** The steps above its root that each kind of chord holds. */
const STACKS = {
  '3': [0, 2, 4],
  '2': [0, 1, 4],
  '4': [0, 3, 4],
  '5': [0, 4],
  '6': [0, 2, 4, 5],
  '7': [0, 2, 4, 6],
  '9': [0, 2, 6, 8],
  '+': [0, 2, 4, 8],
} as const;

/** A chord as scale steps. */
export interface Chord {
  /** The root as a scale degree, 0 to 6. */
  readonly root: number;
  /** Scale steps above the root, the root first. */
  readonly stack: readonly number[];
  /** How long it lasts, in units of the progression. */
  readonly units: number;
}

/** The chords of a progression written as text; a word of another shape is a mistake in the program. */
export function parseProgression(text: string): Chord[] {
  return text.split(' ').map((word) => {
    const match = /^([1-7])(?::([2-79+]))?(?:\*(\d))?$/.exec(word);
    if (!match) throw new TypeError(`not a chord: ${word}`);
    const stack = STACKS[(match[2] ?? '3') as keyof typeof STACKS];
    return { root: Number(match[1]) - 1, stack, units: Number(match[3] ?? 1) };
  });
}

/** The chord's pitch classes (0 to 11) in the order of its stack, without repeats. */
export function pitchClasses(key: Key, chord: Chord): number[] {
  const classes = chord.stack.map((step) => pitchOfDegree(key, chord.root + step) % 12);
  return [...new Set(classes)];
}

/** Whether a scale degree, in any octave, is a tone of `chord`. */
export function isChordDegree(chord: Chord, degree: number): boolean {
  const within = (((degree - chord.root) % STEPS) + STEPS) % STEPS;
  return chord.stack.some((step) => step % STEPS === within);
}

/** The MIDI note of the chord's root at or above `low`. */
export function rootAbove(key: Key, chord: Chord, low: number): number {
  const root = key.tonic + MODES[key.mode][chord.root]!;
  return low + ((((root - low) % 12) + 12) % 12);
}
