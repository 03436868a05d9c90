/**
 * Tide: slow chords of pads and voices over a low bass, a few struck tones with long echoes, and sometimes the shore.
 */
import { startTheme } from './melody.ts';
import { rootAbove } from './progression.ts';
import type { Style } from './recipe.ts';
import type { Note, Part } from './score.ts';
import { layOut, type Section } from './section.ts';
import { type VoicedChord, voiceSections } from './voicing.ts';

const CELLS = ['x---..x-', 'x-----x-', '..x---x-', 'x---x---', '..x-x---'] as const;
const CADENCES = ['x-------', '..x-----'] as const;

/** A slow, wide piece. */
export const tide: Style = (recipe, random) => {
  const sections = layOut(recipe.form, recipe.harmony, recipe.metre);
  const chords = voiceSections(sections, recipe.key, { middle: 59, voices: 4 });
  const theme = startTheme({
    key: recipe.key,
    barBeats: recipe.metre,
    cells: CELLS,
    cadences: CADENCES,
    plan: 'abac',
    low: 67,
    high: 86,
    random,
  });
  const sung = sections.filter(({ letter }) => letter === 'A' || letter === 'B');
  const high = sections.filter(({ letter }) => letter !== 'i');
  const parts: Part[] = [
    { instrument: 'pad', notes: chords.flatMap(held), levelDb: -25, reverb: 0.5 },
    { instrument: 'subBass', notes: chords.map((chord) => low(chord, recipe.key)), levelDb: -26 },
    {
      instrument: recipe.lead,
      notes: sung.flatMap(theme),
      levelDb: -19.5,
      reverb: 0.7,
      echo: 0.55,
      humanMs: 18,
    },
    {
      instrument: 'choir',
      notes: chords.filter(({ section }) => section.letter === 'B').flatMap(topTwo),
      levelDb: -28,
      reverb: 0.7,
    },
  ];
  if (recipe.manner === 1)
    parts.push({ instrument: 'shore', notes: [whole(sections)], levelDb: -37, reverb: 0.1 });
  if (recipe.manner === 2) {
    const rising = high.flatMap((section) => risingTones(section, chords));
    parts.push({
      instrument: 'harp',
      notes: rising,
      levelDb: -27,
      reverb: 0.6,
      echo: 0.3,
      humanMs: 10,
    });
  }
  const last = sections.at(-1)!;
  return {
    tempoBpm: recipe.tempoBpm,
    beats: last.beat + last.beats,
    tailSeconds: 3.5,
    fadeOutSeconds: 6,
    parts,
    reverb: { seconds: 4.8, damping: 0.35, level: 0.55 },
    echo: { beats: 1.5, feedback: 0.5, level: 0.34 },
    loudnessLufs: -19,
  };
};

function held(chord: VoicedChord): Note[] {
  const soft = chord.section.letter === 'i' ? 0.75 : 0.9;
  return chord.pitches.map((pitch) => ({
    beat: chord.beat,
    lengthBeats: chord.beats * 0.95,
    pitch,
    velocity: soft,
  }));
}

function topTwo(chord: VoicedChord): Note[] {
  return chord.pitches.slice(-2).map((pitch) => ({
    beat: chord.beat,
    lengthBeats: chord.beats * 0.9,
    pitch: pitch < 60 ? pitch + 12 : pitch,
    velocity: 0.8,
  }));
}

function low(chord: VoicedChord, key: Parameters<typeof rootAbove>[0]): Note {
  const pitch = rootAbove(key, chord.chord, 36);
  return { beat: chord.beat, lengthBeats: chord.beats * 0.85, pitch, velocity: 0.85 };
}

function whole(sections: readonly Section[]): Note {
  const last = sections.at(-1)!;
  return { beat: 0, lengthBeats: last.beat + last.beats + 3, pitch: 60, velocity: 0.7 };
}

/** A broken chord that climbs through each bar, softer as it rises. */
function risingTones(section: Section, chords: readonly VoicedChord[]): Note[] {
  return chords
    .filter((chord) => chord.section === section)
    .flatMap((chord) =>
      [0, 1, 2, 3, 4, 5].map((step) => ({
        beat: chord.beat + (step * chord.beats) / 8 + chord.beats / 8,
        lengthBeats: chord.beats / 4,
        pitch:
          chord.pitches[step % chord.pitches.length]! +
          (step >= chord.pitches.length ? 12 : 0) +
          12,
        velocity: 0.75 - step * 0.06,
      })),
    );
}
