/**
 * Arcade: the sound of small game machines. Pulse lead with echo, fast broken chords, a triangle bass, noise drums.
 */
import { KIT } from './drum.ts';
import { startTheme } from './melody.ts';
import { rootAbove } from './progression.ts';
import type { Recipe, Style } from './recipe.ts';
import { drumBar } from './rhythm.ts';
import type { Note, Part } from './score.ts';
import { layOut, type Section } from './section.ts';
import { type VoicedChord, voiceSections } from './voicing.ts';

const CELLS = ['x-xx-xx-', 'x--x--x-', 'x-x-xxx-', 'xxx-x-x-', 'x-x--xx-', 'x--xx-x-'] as const;
const CADENCES = ['x-x-x---', 'x-xxx---', 'xxx-x---'] as const;
/** Bass in eighths, by manner: r the root, o its octave, f the fifth. */
const BASSES = ['rorororo', 'r.ror.fo', 'rr.or.fr'] as const;
const KICKS = ['X...x...X...x...', 'X.....x.X.......', 'X..x..X...x.....'] as const;
const HATS = ['o.x.o.x.o.x.o.x.', 'ooxooxoxooxooxox', '..x...x...x...x.'] as const;
const SNARE = '....X.......X...';
const FILL = '....X.....xxXxXx';

/** A quick, bright piece. */
export const arcade: Style = (recipe, random) => {
  const sections = layOut(recipe.form, recipe.harmony, 4);
  const chords = voiceSections(sections, recipe.key, { middle: 69, voices: 4 });
  const brief = {
    key: recipe.key,
    barBeats: 4,
    cells: CELLS,
    cadences: CADENCES,
    low: 69,
    high: 88,
    random,
  };
  const themeA = startTheme({ ...brief, plan: 'abac' });
  const themeB = startTheme({ ...brief, plan: 'aabc', low: 72, high: 91 });
  const tunes = sections.flatMap((section) =>
    section.letter === 'A' ? themeA(section) : section.letter === 'B' ? themeB(section) : [],
  );
  const parts: Part[] = [
    { instrument: recipe.lead, notes: tunes, levelDb: -20, pan: -0.1, reverb: 0.12, echo: 0.4 },
    {
      instrument: 'chipArp',
      notes: chords.flatMap(brokenChord),
      levelDb: -27,
      pan: 0.35,
      reverb: 0.15,
      echo: 0.2,
    },
    {
      instrument: 'chipBass',
      notes: chords.flatMap((chord) => bassLine(chord, recipe)),
      levelDb: -23,
    },
    {
      instrument: 'chipPair',
      notes: secondTurns(sections, tunes),
      levelDb: -28,
      pan: 0.15,
      reverb: 0.2,
    },
    {
      instrument: 'chipKit',
      notes: sections.flatMap((section) => drums(section, recipe.manner)),
      levelDb: -23,
      reverb: 0.05,
    },
  ];
  const last = sections.at(-1)!;
  return {
    tempoBpm: recipe.tempoBpm,
    beats: last.beat + last.beats,
    tailSeconds: 1.6,
    fadeOutSeconds: 2.2,
    parts,
    reverb: { seconds: 1.2, damping: 0.45, level: 0.4 },
    echo: { beats: 0.75, feedback: 0.38, level: 0.3 },
    loudnessLufs: -16,
  };
};

/** Sixteenths up and down the chord; the last bar of the piece only holds its chord. */
function brokenChord(chord: VoicedChord): Note[] {
  const order = [0, 1, 2, 3, 2, 1, 2, 3];
  const steps = Math.round(chord.beats * 4);
  return Array.from({ length: steps }, (_, step) => ({
    beat: chord.beat + step / 4,
    lengthBeats: 0.22,
    pitch: chord.pitches[order[step % 8]! % chord.pitches.length]!,
    velocity: step % 4 === 0 ? 0.9 : 0.65,
  }));
}

function bassLine(chord: VoicedChord, recipe: Recipe): Note[] {
  const root = rootAbove(recipe.key, chord.chord, 36);
  if (chord.section.letter === 'o')
    return [{ beat: chord.beat, lengthBeats: chord.beats * 0.9, pitch: root, velocity: 0.9 }];
  const pattern = BASSES[recipe.manner];
  const pitches: Readonly<Record<string, number>> = { r: root, o: root + 12, f: root + 7 };
  return [...pattern].flatMap((letter, step) => {
    const pitch = pitches[letter];
    if (pitch === undefined) return [];
    const beat = chord.beat + (step * chord.beats) / pattern.length;
    return [{ beat, lengthBeats: 0.42, pitch, velocity: step % 4 === 0 ? 1 : 0.8 }];
  });
}

/** A second voice a sixth below the tune when a section comes back. */
function secondTurns(sections: readonly Section[], tune: readonly Note[]): Note[] {
  const again = sections.filter(({ turn, letter }) => turn > 0 || letter === 'B');
  return tune
    .filter(({ beat }) =>
      again.some((section) => beat >= section.beat && beat < section.beat + section.beats),
    )
    .map((note) => ({ ...note, pitch: note.pitch - 12, velocity: note.velocity * 0.8 }));
}

function drums(section: Section, manner: 0 | 1 | 2): Note[] {
  const bars = Math.round(section.beats / 4);
  const notes: Note[] = [];
  for (let index = 0; index < bars; index += 1) {
    const bar = { beat: section.beat + index * 4, beats: 4 };
    const isLast = index === bars - 1;
    if (section.letter === 'o') {
      if (index === 0) notes.push(...drumBar('X...............', KIT.kick, bar));
      continue;
    }
    notes.push(...drumBar(HATS[manner], KIT.hat, { ...bar, level: 0.6 }));
    if (section.letter === 'i') continue;
    notes.push(...drumBar(KICKS[manner], KIT.kick, bar));
    notes.push(...drumBar(isLast ? FILL : SNARE, KIT.snare, { ...bar, level: 0.75 }));
  }
  return notes;
}
