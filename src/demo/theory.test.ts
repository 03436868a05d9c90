import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTheme } from './melody.ts';
import { isChordDegree, parseProgression, pitchClasses, rootAbove } from './progression.ts';
import { startRandom } from './random.ts';
import { drumBar, strokes, swungBeat } from './rhythm.ts';
import { degreeAtOrBelow, hertzOf, type Key, MODES, type Mode, pitchOfDegree } from './scale.ts';
import { layOut } from './section.ts';
import { voiceChord, voiceSections } from './voicing.ts';

const C: Key = { tonic: 60, mode: 'major' };

test('a seed repeats its numbers, another one has others, and all lie in range', () => {
  const [a, b, c] = ['x', 'x', 'y'].map(startRandom);
  const draw = (random = startRandom('')) => Array.from({ length: 2000 }, () => random.next());
  const [one, two, three] = [draw(a), draw(b), draw(c)];
  assert.deepEqual(one, two);
  assert.notDeepEqual(one, three);
  assert.ok(one.every((x) => x >= 0 && x < 1));
  assert.ok(Math.abs(one.reduce((sum, x) => sum + x, 0) / one.length - 0.5) < 0.03);
});

for (const [degree, pitch] of [
  [0, 60],
  [2, 64],
  [7, 72],
  [-1, 59],
  [-7, 48],
  [9, 76],
] as const)
  test(`degree ${degree} of C major is note ${pitch}, and back`, () => {
    assert.equal(pitchOfDegree(C, degree), pitch);
    assert.equal(degreeAtOrBelow(C, pitch), degree);
  });

test('the A above middle C is 440 Hz and an octave doubles', () => {
  assert.equal(hertzOf(69), 440);
  assert.equal(hertzOf(81), 880);
});

for (const [text, classes] of [
  ['1', [0, 4, 7]],
  ['5:7', [7, 11, 2, 5]],
  ['6', [9, 0, 4]],
  ['4:9', [5, 9, 4, 7]],
  ['1:2', [0, 2, 7]],
] as const)
  test(`the chord ${text} of C major has the tones ${classes}`, () => {
    assert.deepEqual(pitchClasses(C, parseProgression(text)[0]!), classes);
  });

test('a word that is no chord is refused', () => {
  for (const text of ['8', 'x', '1:', '1*', ''])
    assert.throws(() => parseProgression(text), TypeError);
});

test('a root is found at or above a note', () => {
  const chord = parseProgression('6')[0]!;
  assert.equal(rootAbove(C, chord, 36), 45);
  assert.equal(rootAbove(C, chord, 45), 45);
});

test('voices move by small steps, stay in range and sound the chord', () => {
  for (const mode of Object.keys(MODES) as Mode[]) {
    const key = { tonic: 62, mode };
    const sections = layOut('AB', { A: '1:9 4:7 6:7 5:4', B: '2 5 3:7 6' }, 4);
    const chords = voiceSections(sections, key, { middle: 60, voices: 4 });
    let before: readonly number[] | undefined;
    for (const { pitches, chord } of chords) {
      assert.equal(pitches.length, 4);
      assert.deepEqual(
        new Set(pitches.map((pitch) => pitch % 12)),
        new Set(pitchClasses(key, chord)),
      );
      assert.ok(pitches[0]! >= 44 && pitches[3]! <= 80, String(pitches));
      const moved = before
        ? pitches.reduce((sum, pitch, voice) => sum + Math.abs(pitch - before![voice]!), 0)
        : 0;
      assert.ok(moved <= 20, `${mode}: ${before} to ${pitches}`);
      before = pitches;
    }
  }
});

test('a chord of three tones fills four voices with a doubled one', () => {
  const pitches = voiceChord([0, 4, 7], { middle: 60, voices: 4 });
  assert.deepEqual(new Set(pitches.map((pitch) => pitch % 12)), new Set([0, 4, 7]));
});

test('a rhythm reads as strokes with lengths, accents and swing', () => {
  assert.deepEqual(strokes('X-. xo'), [
    { step: 0, steps: 2, velocity: 1 },
    { step: 3, steps: 1, velocity: 0.78 },
    { step: 4, steps: 1, velocity: 0.5 },
  ]);
  assert.equal(swungBeat(2, 0.5, 0.3), 1);
  assert.equal(swungBeat(3, 0.5, 0.3), 1.65);
  assert.deepEqual(
    drumBar('x.x.', 36, { beat: 8, beats: 4 }).map(({ beat }) => beat),
    [8, 10],
  );
});

test('sections follow without gaps and the ending rests on the tonic', () => {
  const sections = layOut('iABAo', { A: '1 4 5*2 6', B: '2 5' }, 3);
  let beat = 0;
  for (const section of sections) {
    assert.equal(section.beat, beat);
    assert.equal(
      section.beats,
      section.chords.reduce((sum, { beats }) => sum + beats, 0),
    );
    beat += section.beats;
  }
  assert.deepEqual(
    sections.map(({ turn }) => turn),
    [0, 0, 0, 1, 0],
  );
  assert.equal(sections.at(-1)!.chords.at(-1)!.chord.root, 0);
});

test('a melody keeps to its scale and range, weighs on chord tones, comes back and ends at rest', () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const sections = layOut('AA', { A: '1 6 4 5', B: '1' }, 4);
    const brief = {
      barBeats: 4,
      cells: ['x-x-x-x-', 'xxx-x---'],
      cadences: ['x-x-x---'],
      plan: 'abac',
      low: 67,
      high: 86,
    };
    const theme = startTheme({ ...brief, key: C, random: startRandom(`melody ${seed}`) });
    const [first, second] = sections.map((section) => theme(section));
    assert.deepEqual(
      second!.map(({ pitch }) => pitch),
      first!.map(({ pitch }) => pitch),
    );
    for (const { pitch, beat } of first!) {
      assert.ok(pitch >= 64 && pitch <= 89, `seed ${seed}: ${pitch}`);
      assert.ok((MODES.major as readonly number[]).includes(pitch % 12));
      const { chord } = sections[0]!.chords[Math.floor(beat / 4)]!;
      if (beat % 2 === 0)
        assert.ok(isChordDegree(chord, degreeAtOrBelow(C, pitch)), `seed ${seed} at ${beat}`);
    }
    const last = first!.at(-1)!;
    assert.ok([7, 11].includes(last.pitch % 12), 'root or third of the last chord');
  }
});
