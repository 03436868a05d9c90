/**
 * Laundry: a slow beat with a swing, chords of sevenths and ninths on a tine piano, a round bass, and all of it played
 * from a worn tape.
 */
import { KIT } from './drum.ts';
import { startTheme } from './melody.ts';
import { rootAbove } from './progression.ts';
import type { Recipe, Style } from './recipe.ts';
import { drumBar, strokes, swungBeat } from './rhythm.ts';
import type { Note, Part } from './score.ts';
import { layOut, type Section } from './section.ts';
import { type VoicedChord, voiceSections } from './voicing.ts';

const SWING = 0.28;
const CELLS = ['x-..x-x-', '..x-x---', 'x-xx-.x-', 'x---.xx-', '.xx-x-..'] as const;
const CADENCES = ['x-x-----', '..x-----'] as const;
const KICKS = ['X......x..X.....', 'X..x....x.X.....', 'X.........Xx....'] as const;
const SNARES = ['....X.......X...', '....X.......X..o', '....X..o....X...'] as const;
const HAT = 'x.o.x.o.x.o.x.oo';
/** Chord strokes of a bar in eighths. */
const COMPING = ['X---..x-', 'X--x----', 'X-----x-'] as const;
const BASSES = ['x--.x-x-', 'x---.xx-', 'x-.x--x-'] as const;

/** A piece to fold shirts to. */
export const laundry: Style = (recipe, random) => {
  const sections = layOut(recipe.form, recipe.harmony, 4);
  const chords = voiceSections(sections, recipe.key, { middle: 62, voices: 4 });
  const brief = {
    key: recipe.key,
    barBeats: 4,
    cells: CELLS,
    cadences: CADENCES,
    low: 69,
    high: 84,
    random,
  };
  const themeA = startTheme({ ...brief, plan: 'abac', swing: SWING });
  const themeB = startTheme({ ...brief, plan: 'abcc', swing: SWING, high: 88 });
  const tune = sections.flatMap((section) =>
    section.letter === 'A' ? themeA(section) : section.letter === 'B' ? themeB(section) : [],
  );
  const parts: Part[] = [
    {
      instrument: 'electricPiano',
      notes: chords.flatMap((chord) => comping(chord, recipe)),
      levelDb: -23,
      reverb: 0.22,
      humanMs: 10,
    },
    {
      instrument: 'roundBass',
      notes: chords.flatMap((chord) => bass(chord, recipe)),
      levelDb: -25,
      humanMs: 5,
    },
    {
      instrument: recipe.lead,
      notes: tune,
      levelDb: -21,
      pan: 0.2,
      reverb: 0.35,
      echo: 0.3,
      humanMs: 16,
    },
    {
      instrument: 'roomKit',
      notes: sections.flatMap((section) => drums(section, recipe)),
      levelDb: -24,
      reverb: 0.1,
      humanMs: 6,
    },
  ];
  const last = sections.at(-1)!;
  return {
    tempoBpm: recipe.tempoBpm,
    beats: last.beat + last.beats,
    tailSeconds: 1.8,
    fadeOutSeconds: 3.5,
    parts,
    reverb: { seconds: 1.7, damping: 0.55, level: 0.5 },
    echo: { beats: 0.75, feedback: 0.35, level: 0.28 },
    tape: { wowMs: 1.6, topHz: 7000, dust: 0.1 },
    loudnessLufs: -17,
  };
};

function comping(chord: VoicedChord, recipe: Recipe): Note[] {
  const pattern = chord.section.letter === 'o' ? 'X-------' : COMPING[recipe.manner];
  return strokes(pattern).flatMap((stroke) =>
    chord.pitches.map((pitch, index) => ({
      beat: chord.beat + swungBeat(stroke.step, chord.beats / 8, SWING) + index * 0.025,
      lengthBeats: (stroke.steps * chord.beats) / 8,
      pitch,
      velocity: stroke.velocity * 0.72,
    })),
  );
}

function bass(chord: VoicedChord, recipe: Recipe): Note[] {
  const root = rootAbove(recipe.key, chord.chord, 35);
  const pattern = chord.section.letter === 'o' ? 'x-------' : BASSES[recipe.manner];
  return strokes(pattern).map((stroke, index) => ({
    beat: chord.beat + swungBeat(stroke.step, chord.beats / 8, SWING),
    lengthBeats: (stroke.steps * chord.beats * 0.9) / 8,
    pitch: index === 2 ? root + 7 : root,
    velocity: index === 0 ? 0.95 : 0.75,
  }));
}

function drums(section: Section, recipe: Recipe): Note[] {
  if (section.letter === 'i' || section.letter === 'o') return [];
  const bars = Math.round(section.beats / 4);
  return Array.from({ length: bars }, (_, index) => {
    const bar = { beat: section.beat + index * 4, beats: 4, swing: SWING };
    return [
      ...drumBar(KICKS[recipe.manner], KIT.kick, bar),
      ...drumBar(SNARES[recipe.manner], recipe.manner === 1 ? KIT.rim : KIT.snare, {
        ...bar,
        level: 0.6,
      }),
      ...drumBar(HAT, KIT.hat, { ...bar, level: 0.55 }),
    ];
  }).flat();
}
