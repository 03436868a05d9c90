import assert from 'node:assert/strict';
import test from 'node:test';
import type { Feature } from '../../model/holding.ts';
import { noise } from '../test-sounds.ts';
import { startFeatures } from './measure-features.ts';
import { voiceOf } from './voice.ts';

const RATE_HZ = 22_050;

function voiceIn(seconds: number, sampleAt: (seconds: number) => number): Feature | undefined {
  const meter = startFeatures(RATE_HZ);
  const sound = Float32Array.from({ length: seconds * RATE_HZ }, (_, at) => sampleAt(at / RATE_HZ));
  for (let at = 0; at < sound.length; at += 1777) meter.push([sound.subarray(at, at + 1777)]);
  return meter.finish().voiceLikelihood;
}

const sine = (hertz: number) => (t: number) => 0.2 * Math.sin(2 * Math.PI * hertz * t);
const NONE: Feature = { value: 0, confidence: 1, algorithm: 'speech-or-steady/1' };

test('silence has no voice, nor have tones that never change', () => {
  assert.deepEqual(
    voiceIn(2, () => 0),
    NONE,
  );
  assert.deepEqual(voiceIn(20, sine(440)), NONE);
  assert.deepEqual(
    voiceIn(20, (t) => sine(220)(t) + sine(331)(t) + sine(2000)(t)),
    NONE,
  );
});

for (const [name, seconds, sampleAt] of [
  ['a steady tone that is short', 5, sine(440)],
  ['a tone with vibrato', 20, (t) => 0.2 * Math.sin(2 * Math.PI * 440 * t + 8 * Math.sin(35 * t))],
  ['a tone that swells', 20, (t) => sine(440)(t) * (0.55 + 0.45 * Math.sin(3 * t))],
  ['chords that change', 20, (t) => sine(220 * 2 ** ((Math.floor(2 * t) % 5) / 12))(t)],
] as const satisfies readonly (readonly [string, number, (t: number) => number])[])
  test(`of ${name} nothing is said`, () => {
    assert.equal(voiceIn(seconds, sampleAt), undefined);
  });

test('of noise nothing is said', () => {
  const [hiss] = noise(RATE_HZ, 20 * RATE_HZ, 1).channels;
  assert.equal(
    voiceIn(20, (t) => hiss![Math.round(t * RATE_HZ)]!),
    undefined,
  );
});

test('speech is a voice, as sure as it is speech; music is not without one', () => {
  const signs = { gaps: 0.4, swingOctaves: 1, hold: 0.6 };
  const voice = (speech: number | null) => voiceOf({ isSilent: false, signs, speech });
  assert.deepEqual(voice(0.75), { likelihood: 0.75, confidence: 0.5 });
  assert.equal(voice(0.1), null);
  assert.equal(voice(null), null);
});
