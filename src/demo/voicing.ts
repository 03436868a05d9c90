/**
 * Voice leading: which octave each tone of a chord sounds in, so that voices move as little as they can.
 *
 * Input: pitch classes and the voicing before. Output: MIDI notes, lowest first. Every inversion in close and in
 * open position is tried; the one that moves least and stays near the middle of the range wins.
 */

import { pitchClasses } from './progression.ts';
import type { Key } from './scale.ts';
import type { PlacedChord, Section } from './section.ts';

/** Where a part's chords lie. */
export interface VoicingRange {
  /** The MIDI note the chords gather round. */
  readonly middle: number;
  /** How many voices sound; tones repeat an octave up when the chord has fewer. */
  readonly voices: number;
}

/** A chord with the octaves its tones sound in. */
export interface VoicedChord extends PlacedChord {
  /** MIDI notes, lowest first. */
  readonly pitches: readonly number[];
  readonly section: Section;
}

/** Every chord of `sections` in order, each voiced to follow the one before. */
export function voiceSections(
  sections: readonly Section[],
  key: Key,
  range: VoicingRange,
): VoicedChord[] {
  let previous: readonly number[] | undefined;
  return sections.flatMap((section) =>
    section.chords.map((placed) => {
      const pitches = voiceChord(pitchClasses(key, placed.chord), range, previous);
      previous = pitches;
      return { ...placed, pitches, section };
    }),
  );
}

/** The voicing of `classes` that follows `previous` most smoothly (or starts nearest the middle without one). */
export function voiceChord(
  classes: readonly number[],
  range: VoicingRange,
  previous?: readonly number[],
): number[] {
  let best: number[] = [];
  let bestCost = Number.POSITIVE_INFINITY;
  for (let inversion = 0; inversion < classes.length; inversion += 1) {
    for (const open of [false, true]) {
      for (let bass = range.middle - 14; bass <= range.middle + 2; bass += 1) {
        if (((bass % 12) + 12) % 12 !== classes[inversion]) continue;
        const voicing = stackUp(classes, inversion, bass, range.voices, open);
        const cost = distance(voicing, range, previous);
        if (cost < bestCost) [best, bestCost] = [voicing, cost];
      }
    }
  }
  return best;
}

function stackUp(
  classes: readonly number[],
  inversion: number,
  bass: number,
  voices: number,
  open: boolean,
): number[] {
  // Close position: each next tone is the nearest chord tone above; open position lifts every second one an octave.
  const ordered = [...classes].map((pitch) => (pitch - classes[inversion]! + 12) % 12);
  ordered.sort((a, b) => a - b);
  const notes: number[] = [];
  for (let voice = 0; voice < voices; voice += 1) {
    const lift = 12 * Math.floor(voice / ordered.length);
    notes.push(bass + ordered[voice % ordered.length]! + lift);
  }
  if (open) for (let voice = 1; voice < notes.length - 1; voice += 2) notes[voice]! += 12;
  return notes.sort((a, b) => a - b);
}

function distance(
  voicing: readonly number[],
  range: VoicingRange,
  previous?: readonly number[],
): number {
  const centre = voicing.reduce((sum, pitch) => sum + pitch, 0) / voicing.length;
  let cost = Math.abs(centre - range.middle) * 0.6;
  voicing.forEach((pitch, voice) => {
    if (previous?.[voice] !== undefined) cost += Math.abs(pitch - previous[voice]);
    // Two tones a semitone apart low down, or the same tone twice, sound muddy.
    const below = voicing[voice - 1];
    if (below !== undefined && pitch - below < 2) cost += 4;
    if (below !== undefined && pitch < 52 && pitch - below < 5) cost += 3;
  });
  return cost;
}
