/** The fingerprint of generated sound: its length, that it does not depend on how sound is cut, and what leaves it as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { startFingerprint } from './acoustic-fingerprint.ts';
import { compareFingerprints } from './compare.ts';

/** A melody of three voices with noise: `seconds` of it at `rateHz`, the same tune at any rate. */
function melody(rateHz: number, seconds: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  const notes = Array.from({ length: Math.ceil(seconds * 4) + 3 }, () => random.below(36));
  const samples = new Float32Array(Math.round(rateHz * seconds));
  let phases = [0, 0, 0];
  for (let at = 0; at < samples.length; at += 1) {
    const beat = Math.floor((at / rateHz) * 4);
    phases = phases.map(
      (phase, voice) => phase + (110 * 2 ** (notes[beat + voice]! / 12) * 2 * Math.PI) / rateHz,
    );
    samples[at] = phases.reduce((sum, phase) => sum + Math.sin(phase) / 8, 0);
  }
  return samples;
}

function wordsOf(rateHz: number, channels: Float32Array[], step = 4096): Uint32Array {
  const taking = startFingerprint(rateHz);
  const length = channels[0]!.length;
  for (let at = 0; at < length; at += step)
    taking.push(channels.map((channel) => channel.subarray(at, at + step)));
  return taking.finish();
}

const RATES = [8000, 11_025, 22_050, 44_100, 44_101, 48_000, 192_000];

for (const rateHz of RATES)
  test(`at ${rateHz} Hz the same tune has the words it has at 11,025 Hz, but for some bits`, () => {
    const tune = wordsOf(rateHz, [melody(rateHz, 14)]);
    const likeness = compareFingerprints(tune, wordsOf(11_025, [melody(11_025, 14)]));
    assert.ok(likeness);
    assert.equal(likeness.offsetWords, 0);
    assert.ok(likeness.bitError < 0.04, `${likeness.bitError} of the bits differ`);
  });

for (const [seconds, words] of [
  [0, 0],
  [2.7, 0],
  [2.8, 1],
  [20, 140],
  [120, 948],
  [150, 948],
] as const)
  test(`${seconds} s have ${words} words`, () => {
    assert.equal(wordsOf(11_025, [melody(11_025, seconds)]).length, words);
  });

test('how sound is cut into blocks changes nothing', () => {
  const sound = [melody(48_000, 12), melody(48_000, 12, 2)];
  const whole = wordsOf(48_000, sound, 1_000_000);
  for (const step of [1, 777, 4096]) assert.deepEqual(wordsOf(48_000, sound, step), whole);
});

test('channels count as their mean, and gain changes no more than rounding', () => {
  const tune = melody(44_100, 15);
  const other = melody(44_100, 15, 2);
  const mean = tune.map((value, at) => (value + other[at]!) / 2);
  const mono = wordsOf(44_100, [mean]);
  assert.deepEqual(wordsOf(44_100, [tune, other]), mono);
  const quieter = compareFingerprints(wordsOf(44_100, [mean.map((value) => value / 8)]), mono);
  assert.ok(quieter && quieter.bitError < 0.001, JSON.stringify(quieter));
});

test('silence, values that are no numbers and rates that no sound has break nothing', () => {
  const silence = wordsOf(44_100, [new Float32Array(44_100 * 10)]);
  assert.equal(silence.length, 59);
  assert.equal(new Set(silence).size, 1);
  assert.deepEqual(wordsOf(44_100, [new Float32Array(44_100 * 10).fill(Number.NaN)]), silence);
  for (const rateHz of [0, 999, 768_001, 44_100.5, Number.NaN])
    assert.equal(wordsOf(rateHz, [new Float32Array(100_000)]).length, 0);
});
