/**
 * Form: a piece written as letters (`'iABAo'`) laid out in time. A and B are themes with their own chords, i is an
 * introduction on the first half of A's chords, o an ending on A's chords that comes to rest on the tonic.
 */
import { type Chord, parseProgression } from './progression.ts';

/** A chord with its place in the piece. */
export interface PlacedChord {
  readonly chord: Chord;
  readonly beat: number;
  readonly beats: number;
}

/** One section of the form. */
export interface Section {
  readonly letter: string;
  /** 0 the first time this letter comes, 1 the second … */
  readonly turn: number;
  readonly beat: number;
  readonly beats: number;
  readonly chords: readonly PlacedChord[];
}

/** The sections of `form`, in order and without gaps; `unitBeats` is the length of one unit of a progression. */
export function layOut(
  form: string,
  harmony: { A: string; B: string },
  unitBeats: number,
): Section[] {
  const sections: Section[] = [];
  const turns = new Map<string, number>();
  let beat = 0;
  for (const letter of form) {
    const turn = turns.get(letter) ?? 0;
    turns.set(letter, turn + 1);
    const start = beat;
    const chords = chordsOf(letter, harmony).map((chord) => {
      const placed = { chord, beat, beats: chord.units * unitBeats };
      beat += placed.beats;
      return placed;
    });
    sections.push({ letter, turn, beat: start, beats: beat - start, chords });
  }
  return sections;
}

/** The chord that sounds at `beat`, which lies within `sections`. */
export function chordAt(sections: readonly Section[], beat: number): Chord {
  const chords = sections.flatMap((section) => section.chords);
  const at = chords.findLast((placed) => placed.beat <= beat + 1e-9) ?? chords[0]!;
  return at.chord;
}

function chordsOf(letter: string, harmony: { A: string; B: string }): Chord[] {
  const theme = parseProgression(letter === 'B' ? harmony.B : harmony.A);
  if (letter === 'i') return theme.slice(0, Math.ceil(theme.length / 2));
  if (letter !== 'o') return theme;
  const rest = { ...parseProgression('1:+')[0]!, units: Math.max(1, theme.at(-1)!.units) };
  return [...theme.slice(0, Math.ceil(theme.length / 2) - 1), rest];
}
