import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { seededRandom } from '../../base/seeded-random.ts';
import { startDecoding } from '../decode.ts';
import { startFeatures } from './measure-features.ts';

const RATE_HZ = 22_050;
const SECONDS = 20;

function likelihoodOf(sound: Float32Array, rateHz = RATE_HZ): number | undefined {
  const meter = startFeatures(rateHz);
  for (let at = 0; at < sound.length; at += 1777) meter.push([sound.subarray(at, at + 1777)]);
  const { speechLikelihood: told, voiceLikelihood } = meter.finish();
  if (told === undefined) return undefined;
  if (Number(told.value) >= 0.7) assert.equal(voiceLikelihood?.value, told.value);
  const sureness = Math.abs(2 * Number(told.value) - 1);
  assert.ok(Math.abs(told.confidence - sureness) < 0.02);
  return Number(told.value);
}

/** Syllables: a hiss, a gliding buzz, and often a gap, none like the one before. */
function babble(rateHz = RATE_HZ): Float32Array {
  const random = seededRandom(3);
  const between = (least: number, most: number) =>
    least + (random.below(1000) / 1000) * (most - least);
  const sound = new Float32Array(SECONDS * rateHz);
  for (let at = 0; at < sound.length; ) {
    const hiss = between(0.03, 0.09) * rateHz;
    for (let end = at + hiss; at < end && at < sound.length; at += 1)
      sound[at] = (at % 2 === 0 ? 0.12 : -0.12) * between(-1, 1);
    const vowel = between(0.08, 0.18) * rateHz;
    let phase = 0;
    const [first, glide] = [between(90, 220), between(0.6, 1.6)];
    for (let done = 0; done < vowel && at < sound.length; done += 1, at += 1) {
      phase += (first * glide ** (done / vowel)) / rateHz;
      const swell = Math.sin((Math.PI * done) / vowel);
      for (let part = 1; part < 9; part += 1)
        sound[at]! += (0.3 / part) * swell * Math.sin(2 * Math.PI * part * phase);
    }
    at += Math.round(between(0, 0.16) * rateHz);
  }
  return sound;
}

/** Chords held for half a second each. */
function chords(): Float32Array {
  const tones = [220, 277.2, 329.6, 440];
  return Float32Array.from({ length: SECONDS * RATE_HZ }, (_, at) => {
    const seconds = at / RATE_HZ;
    const step = 2 ** ([0, 5, 7, 0][Math.floor(seconds * 2) % 4]! / 12);
    return tones.reduce(
      (sum, hertz) => sum + 0.1 * Math.sin(2 * Math.PI * hertz * step * seconds),
      0,
    );
  });
}

test('syllables with gaps are told as speech, whatever the rate', () => {
  for (const rateHz of [16_000, RATE_HZ, 48_000])
    assert.ok(likelihoodOf(babble(rateHz), rateHz)! >= 0.7, `at ${rateHz} Hz`);
});

test('held chords are told as music', () => {
  assert.ok(likelihoodOf(chords())! <= 0.3);
});

test('what is neither, too short or silent is not told', () => {
  const under = chords();
  const mixed = babble().map((value, at) => value + 2 * under[at]!);
  const likelihood = likelihoodOf(mixed);
  assert.ok(likelihood === undefined || likelihood <= 0.3, `${likelihood}`);
  assert.equal(likelihoodOf(babble().subarray(0, 5 * RATE_HZ)), undefined);
  assert.equal(likelihoodOf(new Float32Array(SECONDS * RATE_HZ)), undefined);
});

const music = path.resolve(import.meta.dirname, '../../../../shared/data/audio/music');

test('no real music is told as speech', {
  skip: fs.existsSync(music) ? false : 'no music to judge by',
}, async () => {
  for (const name of ['singularity-music/March Thee to Dis.ogg', 'wesnoth-1.16-music/sad.ogg']) {
    using decoding = startDecoding();
    const bytes = fs.readFileSync(path.join(music, name));
    const blocks = [...(await decoding.push(bytes)), ...(await decoding.finish())];
    const meter = startFeatures(blocks[0]!.rateHz);
    for (const { channels } of blocks) meter.push(channels);
    const told = meter.finish().speechLikelihood;
    assert.ok(told === undefined || Number(told.value) <= 0.3, `${name}: ${told?.value}`);
  }
});
