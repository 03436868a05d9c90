/**
 * Hearth: songs for a few string players in a kitchen. Picked chords, a bass string, a tune that is taken up by a
 * second player when it returns, a foot on the floor.
 */
import { KIT } from './drum.ts';
import { startTheme } from './melody.ts';
import { rootAbove } from './progression.ts';
import type { Recipe, Style } from './recipe.ts';
import { drumBar } from './rhythm.ts';
import type { Note, Part } from './score.ts';
import { layOut, type Section } from './section.ts';
import { type VoicedChord, voiceSections } from './voicing.ts';

const CELLS = {
  3: ['x-x-x-', 'x---x-', 'x-xxx-', 'x--xx-'],
  4: ['x-x-x-x-', 'x--xx-x-', 'x-xxx---', 'x---x-xx'],
} as const;
const CADENCES = { 3: ['x-----', 'x-x---'], 4: ['x-x-x---', 'x---x---'] } as const;
/** Finger patterns in eighths by metre and manner: digits name chord tones from the lowest up. */
const PICKING = {
  3: ['012321', '021232', '0.2.31'],
  4: ['01231232', '02132132', '0.213.21'],
} as const;
const STOMPS = { 3: 'X.....', 4: 'X...o...' } as const;
const SHAKES = { 3: 'o.x.x.', 4: 'oxoxoxox' } as const;

/** A song without words (or with: see the label's lyrics). */
export const hearth: Style = (recipe, random) => {
  const { metre, key } = recipe;
  const sections = layOut(recipe.form, recipe.harmony, metre);
  const chords = voiceSections(sections, key, { middle: 58, voices: 4 });
  const brief = {
    key,
    barBeats: metre,
    cells: CELLS[metre],
    cadences: CADENCES[metre],
    low: 67,
    high: 83,
    random,
  };
  const themeA = startTheme({ ...brief, plan: 'abac' });
  const themeB = startTheme({ ...brief, plan: 'aabc', low: 70, high: 86 });
  const tune = sections.flatMap((section) =>
    section.letter === 'A' ? themeA(section) : section.letter === 'B' ? themeB(section) : [],
  );
  const parts: Part[] = [
    {
      instrument: 'nylon',
      notes: chords.flatMap((chord) => picked(chord, recipe)),
      levelDb: -23,
      pan: -0.35,
      reverb: 0.2,
      humanMs: 9,
    },
    {
      instrument: 'stringBass',
      notes: chords.flatMap((chord) => bass(chord, recipe)),
      levelDb: -22,
      pan: 0.05,
      reverb: 0.08,
      humanMs: 6,
    },
    { instrument: recipe.lead, notes: tune, levelDb: -21, pan: 0.25, reverb: 0.3, humanMs: 8 },
    {
      instrument: 'bowed',
      notes: chords
        .filter(({ section }) => section.letter === 'B' || section.turn > 0)
        .flatMap(drone),
      levelDb: -29,
      pan: -0.1,
      reverb: 0.4,
    },
    {
      instrument: 'roomKit',
      notes: sections.flatMap((section) => feet(section, recipe)),
      levelDb: -30,
      reverb: 0.15,
      humanMs: 5,
    },
  ];
  const last = sections.at(-1)!;
  return {
    tempoBpm: recipe.tempoBpm,
    beats: last.beat + last.beats,
    tailSeconds: 2.6,
    fadeOutSeconds: 2.6,
    parts,
    reverb: { seconds: 1.5, damping: 0.5, level: 0.5 },
    loudnessLufs: -17,
  };
};

function picked(chord: VoicedChord, recipe: Recipe): Note[] {
  const pattern = PICKING[recipe.metre][recipe.manner];
  const bars = Math.round(chord.beats / recipe.metre);
  const isRest =
    chord.section.letter === 'o' &&
    chord.beat + chord.beats >= chord.section.beat + chord.section.beats;
  // The last chord is one slow strum.
  if (isRest)
    return chord.pitches.map((pitch, index) => ({
      beat: chord.beat + index * 0.09,
      lengthBeats: chord.beats,
      pitch,
      velocity: 0.85,
    }));
  return Array.from({ length: bars }, (_, bar) =>
    [...pattern].flatMap((letter, step) => {
      const pitch = chord.pitches[Number(letter)];
      if (letter === '.' || pitch === undefined) return [];
      const beat = chord.beat + bar * recipe.metre + step / 2;
      return [{ beat, lengthBeats: 1, pitch, velocity: step === 0 ? 0.85 : 0.6 }];
    }),
  ).flat();
}

function bass(chord: VoicedChord, recipe: Recipe): Note[] {
  const root = rootAbove(recipe.key, chord.chord, 38);
  const first = {
    beat: chord.beat,
    lengthBeats: recipe.metre === 3 ? 2 : 1.6,
    pitch: root,
    velocity: 0.9,
  };
  if (chord.section.letter === 'o' || recipe.metre === 3) return [first];
  const fifth = root + 7 > 48 ? root - 5 : root + 7;
  return [first, { beat: chord.beat + 2, lengthBeats: 1.6, pitch: fifth, velocity: 0.7 }];
}

function drone(chord: VoicedChord): Note[] {
  const [, second, third] = chord.pitches;
  return [second!, third!].map((pitch) => ({
    beat: chord.beat,
    lengthBeats: chord.beats * 0.98,
    pitch: pitch + 12 > 74 ? pitch : pitch + 12,
    velocity: 0.7,
  }));
}

function feet(section: Section, recipe: Recipe): Note[] {
  if (section.letter === 'i' || section.letter === 'o') return [];
  const bars = Math.round(section.beats / recipe.metre);
  return Array.from({ length: bars }, (_, index) => {
    const bar = { beat: section.beat + index * recipe.metre, beats: recipe.metre };
    const shakes = section.turn > 0 || section.letter === 'B';
    return [
      ...drumBar(STOMPS[recipe.metre], KIT.stomp, bar),
      ...(shakes ? drumBar(SHAKES[recipe.metre], KIT.shaker, { ...bar, level: 0.55 }) : []),
    ];
  }).flat();
}
