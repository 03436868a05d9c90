/**
 * Kitchen: small studies for piano. The left hand turns one figure over and over, the right hand has the tune, and
 * when it returns something made of glass or metal joins in.
 */
import { startTheme } from './melody.ts';
import { rootAbove } from './progression.ts';
import type { Recipe, Style } from './recipe.ts';
import type { Note, Part } from './score.ts';
import { layOut } from './section.ts';
import { type VoicedChord, voiceSections } from './voicing.ts';

const CELLS = {
  3: ['x---x-', 'x-x-x-', 'x-----', '..x-x-'],
  4: ['x---x-x-', 'x-x-x---', '..x-x-x-', 'x-----x-'],
} as const;
const CADENCES = { 3: ['x-----', 'x---x-'], 4: ['x-------', 'x---x---'] } as const;
/** The left hand in eighths by metre and manner: r the root, digits chord tones from the lowest up. */
const FIGURES = {
  3: ['r12321', 'r23123', 'r.2.3.'],
  4: ['r1213121', 'r2132123', 'r.123.21'],
} as const;

/** A study. */
export const kitchen: Style = (recipe, random) => {
  const { key, metre } = recipe;
  const sections = layOut(recipe.form, recipe.harmony, metre);
  const chords = voiceSections(sections, key, { middle: 57, voices: 4 });
  const brief = {
    key,
    barBeats: metre,
    cells: CELLS[metre],
    cadences: CADENCES[metre],
    low: 67,
    high: 86,
    random,
  };
  const themeA = startTheme({ ...brief, plan: 'abac' });
  const themeB = startTheme({ ...brief, plan: 'abbc', low: 72, high: 88 });
  const tune = sections.flatMap((section) =>
    section.letter === 'A' ? themeA(section) : section.letter === 'B' ? themeB(section) : [],
  );
  const returns = sections.filter(({ letter, turn }) => letter === 'B' || turn > 0);
  const doubled = tune.filter(({ beat }) =>
    returns.some(
      (section) =>
        beat >= section.beat &&
        beat < section.beat + section.beats &&
        (beat - section.beat) % 2 === 0,
    ),
  );
  const piano = recipe.manner === 2 ? 'piano' : 'feltPiano';
  const parts: Part[] = [
    {
      instrument: piano,
      notes: chords.flatMap((chord) => figure(chord, recipe)),
      levelDb: -25,
      reverb: 0.24,
      humanMs: 8,
    },
    { instrument: 'piano', notes: tune, levelDb: -20, reverb: 0.3, humanMs: 10 },
    {
      instrument: recipe.lead,
      notes: doubled.map((note) => ({
        ...note,
        pitch: note.pitch + 12,
        velocity: note.velocity * 0.7,
      })),
      levelDb: -28,
      pan: 0.3,
      reverb: 0.6,
      humanMs: 10,
    },
  ];
  const last = sections.at(-1)!;
  return {
    tempoBpm: recipe.tempoBpm,
    beats: last.beat + last.beats,
    tailSeconds: 2.8,
    fadeOutSeconds: 3,
    parts,
    reverb: { seconds: 2.3, damping: 0.45, level: 0.45 },
    loudnessLufs: -19,
  };
};

function figure(chord: VoicedChord, recipe: Recipe): Note[] {
  const root = rootAbove(recipe.key, chord.chord, 38);
  const isRest =
    chord.section.letter === 'o' &&
    chord.beat + chord.beats >= chord.section.beat + chord.section.beats;
  if (isRest)
    return [root, ...chord.pitches].map((pitch, index) => ({
      beat: chord.beat + index * 0.12,
      lengthBeats: chord.beats + 2,
      pitch,
      velocity: 0.62,
    }));
  const pattern = FIGURES[recipe.metre][recipe.manner];
  const bars = Math.round(chord.beats / recipe.metre);
  return Array.from({ length: bars }, (_, bar) =>
    [...pattern].flatMap((letter, step) => {
      if (letter === '.') return [];
      const pitch = letter === 'r' ? root : chord.pitches[Number(letter)]!;
      const beat = chord.beat + bar * recipe.metre + step / 2;
      // The pedal holds each bass note through its bar.
      const lengthBeats = letter === 'r' ? recipe.metre : 1.6;
      return [{ beat, lengthBeats, pitch, velocity: step === 0 ? 0.7 : 0.5 }];
    }),
  ).flat();
}
