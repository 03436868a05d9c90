/**
 * Rhythms written as text: one character a step, `x` a stroke, `X` an accented one, `o` a soft one, `-` holds the
 * stroke before, `.` is silence.
 */
import type { Note } from './score.ts';

/** One stroke of a pattern. */
export interface Stroke {
  readonly step: number;
  /** How many steps it is held. */
  readonly steps: number;
  readonly velocity: number;
}

const VELOCITY: Readonly<Record<string, number>> = { X: 1, x: 0.78, o: 0.5 };

/** The strokes of a pattern, in order; spaces are only for the eye. */
export function strokes(pattern: string): Stroke[] {
  const text = pattern.replaceAll(' ', '');
  const found: Stroke[] = [];
  for (let step = 0; step < text.length; step += 1) {
    const velocity = VELOCITY[text[step]!];
    if (velocity === undefined) continue;
    let end = step + 1;
    while (text[end] === '-') end += 1;
    found.push({ step, steps: end - step, velocity });
  }
  return found;
}

/** Steps in a pattern. */
export function stepsIn(pattern: string): number {
  return pattern.replaceAll(' ', '').length;
}

/** The beat of a step when every second step comes late by `swing` of a step (0 straight, 0.33 a triplet feel). */
export function swungBeat(step: number, stepBeats: number, swing: number): number {
  return (step + (step % 2 === 1 ? swing : 0)) * stepBeats;
}

/** The notes of one drum for one bar that starts at `beat`. */
export function drumBar(
  pattern: string,
  drum: number,
  bar: { beat: number; beats: number; swing?: number; level?: number },
): Note[] {
  const stepBeats = bar.beats / stepsIn(pattern);
  return strokes(pattern).map((stroke) => ({
    beat: bar.beat + swungBeat(stroke.step, stepBeats, bar.swing ?? 0),
    lengthBeats: stepBeats,
    pitch: drum,
    velocity: stroke.velocity * (bar.level ?? 1),
  }));
}
