/**
 * Melodies: a phrase is a few bars named by letters (`'abac'`); bars of one letter share a rhythm and a contour, so
 * the ear hears a motif come back, and every note that weighs is moved to a tone of the chord that sounds.
 */
import { isChordDegree } from './progression.ts';
import type { Random } from './random.ts';
import { stepsIn, strokes, swungBeat } from './rhythm.ts';
import { degreeAtOrBelow, type Key, pitchOfDegree, STEPS } from './scale.ts';
import type { Note } from './score.ts';
import { chordAt, type Section } from './section.ts';

/** What a melody may use. */
export interface MelodyBrief {
  readonly key: Key;
  readonly barBeats: number;
  /** Rhythms of one bar for the moving bars, and for the bars that close a phrase (letter `c`). */
  readonly cells: readonly string[];
  readonly cadences: readonly string[];
  /** Bar letters, repeated over the section. */
  readonly plan: string;
  /** Lowest and highest MIDI note. */
  readonly low: number;
  readonly high: number;
  readonly swing?: number;
  readonly random: Random;
}

/** A bar's idea: its rhythm, the step each stroke takes, and the degree it sets out from. */
interface Motif {
  readonly cell: string;
  readonly moves: readonly number[];
  readonly start: number;
}

/** Steps of a wandering line: mostly to a neighbour, seldom a leap, and never a leap beyond a fifth. */
const MOVES = [-1, -1, -1, 1, 1, 1, -2, 2, 2, 0, 3, -3, 4] as const;

/** A theme: writes its melody over a section, the same motifs each time it is asked. */
export function startTheme(brief: MelodyBrief): (section: Section) => Note[] {
  const motifs = new Map<string, Motif>();
  for (const letter of new Set(brief.plan))
    motifs.set(letter, inventMotif(brief, letter, motifs.size));
  return (section) => {
    const bars = Math.round(section.beats / brief.barBeats);
    const notes: Note[] = [];
    for (let bar = 0; bar < bars; bar += 1) {
      const letter = brief.plan[bar % brief.plan.length]!;
      const isLast = bar === bars - 1;
      notes.push(...writeBar(brief, section, bar, motifs.get(letter)!, isLast));
    }
    return notes;
  };
}

function inventMotif(brief: MelodyBrief, letter: string, order: number): Motif {
  const { random } = brief;
  const cell = random.pick(letter === 'c' ? brief.cadences : brief.cells);
  const moves = strokes(cell).map(() => random.pick(MOVES));
  const middle = degreeAtOrBelow(brief.key, (brief.low + brief.high) / 2);
  // Later motifs set out from higher up, and the closing one comes back down: an arch over the phrase.
  const lift = letter === 'c' ? 0 : [0, 2, 3, 4][order % 4]!;
  return { cell, moves, start: middle - 1 + lift + random.below(2) };
}

function writeBar(
  brief: MelodyBrief,
  section: Section,
  bar: number,
  motif: Motif,
  isLast: boolean,
): Note[] {
  const stepBeats = brief.barBeats / stepsIn(motif.cell);
  const barBeat = section.beat + bar * brief.barBeats;
  const marks = strokes(motif.cell);
  let degree = motif.start;
  return marks.map((stroke, index) => {
    const beat = barBeat + swungBeat(stroke.step, stepBeats, brief.swing ?? 0);
    if (index > 0) degree += motif.moves[index]!;
    degree = keepInRange(brief, degree);
    const inBar = stroke.step * stepBeats;
    const weighs = inBar % 2 === 0 || stroke.steps * stepBeats >= 1 || index === marks.length - 1;
    if (weighs) degree = nearestChordDegree(section, beat, degree);
    if (isLast && index === marks.length - 1) degree = restingDegree(brief, section, beat, degree);
    return {
      beat,
      lengthBeats: stroke.steps * stepBeats,
      pitch: pitchOfDegree(brief.key, degree),
      velocity: stroke.velocity * (index === 0 ? 1 : 0.9),
    };
  });
}

function keepInRange(brief: MelodyBrief, degree: number): number {
  let kept = degree;
  while (pitchOfDegree(brief.key, kept) > brief.high) kept -= 2;
  while (pitchOfDegree(brief.key, kept) < brief.low) kept += 2;
  return kept;
}

function nearestChordDegree(section: Section, beat: number, degree: number): number {
  const chord = chordAt([section], beat);
  for (const away of [0, 1, -1, 2, -2]) {
    if (isChordDegree(chord, degree + away)) return degree + away;
  }
  return degree;
}

/** The root or third of the chord nearest `degree`: where a phrase may end. */
function restingDegree(brief: MelodyBrief, section: Section, beat: number, degree: number): number {
  const { root } = chordAt([section], beat);
  for (const away of [0, 1, -1, 2, -2, 3, -3]) {
    const within = (((degree + away - root) % STEPS) + STEPS) % STEPS;
    if (within === 0 || within === 2) return keepInRange(brief, degree + away);
  }
  return degree;
}
