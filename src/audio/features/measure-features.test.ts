import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Feature } from '../../model/holding.ts';
import { startDecoding } from '../decode.ts';
import { noise, tone } from '../test-sounds.ts';
import { startFeatures } from './measure-features.ts';

const RATE_HZ = 22_050;
/** Enough for notes. */
const NOTES_RATE_HZ = 11_025;

/** The features of sound, fed in blocks of an odd size as decoders give them. */
function featuresOf(channels: readonly Float32Array[], rateHz = RATE_HZ): Record<string, Feature> {
  const meter = startFeatures(rateHz);
  for (let at = 0; at < channels[0]!.length; at += 1777)
    meter.push(channels.map((channel) => channel.subarray(at, at + 1777)));
  return meter.finish();
}

/** Short bursts of noise, a beat apart; `strengths` go round. */
function strokes(beatsPerMinute: number, strengths: readonly number[], rateHz = RATE_HZ) {
  const sound = new Float32Array(20 * rateHz);
  const [hiss] = noise(rateHz, 1000, 1).channels;
  for (let beat = 0; ; beat += 1) {
    const start = Math.round((beat * 60 * rateHz) / beatsPerMinute);
    if (start + hiss!.length > sound.length) return sound;
    for (const [at, value] of hiss!.entries())
      sound[start + at]! += 2 * value * strengths[beat % strengths.length]! * Math.exp(-at / 150);
  }
}

function numberOf(feature: Feature | undefined): number {
  assert.equal(typeof feature?.value, 'number', 'the feature was left out');
  return Number(feature!.value);
}

for (const beatsPerMinute of [60, 72, 85, 97.3, 110, 120, 128, 140, 155, 180])
  test(`a click at ${beatsPerMinute} a minute has that tempo and as many onsets`, () => {
    const { tempoBpm, onsetRatePerS } = featuresOf([strokes(beatsPerMinute, [1])]);
    assert.ok(Math.abs(numberOf(tempoBpm) - beatsPerMinute) < 0.3, `${tempoBpm?.value}`);
    assert.ok(tempoBpm!.confidence > 0.5);
    const wanted = beatsPerMinute / 60;
    assert.ok(Math.abs(numberOf(onsetRatePerS) - wanted) < 0.15, `${onsetRatePerS?.value}`);
  });

for (const rateHz of [8000, 48_000, 96_000])
  test(`the tempo does not depend on the rate: ${rateHz} Hz`, () => {
    const { tempoBpm } = featuresOf([strokes(104, [1], rateHz)], rateHz);
    assert.ok(Math.abs(numberOf(tempoBpm) - 104) < 0.4, `${tempoBpm?.value}`);
  });

for (const beatsPerMinute of [75, 100, 120])
  test(`a beat of ${beatsPerMinute} with weak strokes between keeps its tempo`, () => {
    const { tempoBpm } = featuresOf([strokes(2 * beatsPerMinute, [1, 0.25])]);
    assert.ok(Math.abs(numberOf(tempoBpm) - beatsPerMinute) < 0.4, `${tempoBpm?.value}`);
  });

test('a beat played twice as fast has twice the tempo', () => {
  const [slow, fast] = [70, 140].map((tempo) => {
    return numberOf(featuresOf([strokes(tempo, [1, 0.6, 0.8, 0.6])]).tempoBpm);
  });
  assert.ok(Math.abs(fast! / slow! - 2) < 0.01, `${slow}, ${fast}`);
});

test('strokes at random have no tempo', () => {
  const sound = new Float32Array(20 * RATE_HZ);
  let state = 7;
  for (let at = 0; at < sound.length - 100; ) {
    for (let index = 0; index < 100; index += 1) sound[at + index] = Math.sin(index) / 2;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    at += Math.round(RATE_HZ * (0.1 + (0.9 * state) / 2 ** 32));
  }
  assert.equal(featuresOf([sound]).tempoBpm, undefined);
});

const TONICS = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const SCALES = { major: [0, 2, 4, 5, 7, 9, 11, 12], minor: [0, 2, 3, 5, 7, 8, 11, 12] } as const;

/** Notes with five partials that fade, each of `seconds`; a note is semitones above C below the tuning's A. */
function played(steps: readonly (readonly number[])[], seconds: number, tuningHz: number) {
  const length = Math.round(seconds * NOTES_RATE_HZ);
  const sound = new Float32Array(steps.length * length);
  for (const [step, notes] of steps.entries())
    for (const note of notes)
      for (let partial = 1; partial <= 5; partial += 1) {
        const turn = (2 * Math.PI * partial * tuningHz * 2 ** ((note - 9) / 12)) / NOTES_RATE_HZ;
        for (let at = 0; at < length; at += 1)
          sound[step * length + at]! +=
            ((0.1 * Math.sin(turn * at)) / partial ** 2) * Math.exp((-2 * at) / length);
      }
  return sound;
}

for (const mode of ['major', 'minor'] as const)
  for (const [tonic, name] of TONICS.entries()) {
    const triad = (root: number, third: number) =>
      [root, root + third, root + 7].map((note) => note + tonic);
    const third = mode === 'major' ? 4 : 3;
    const cadence = [triad(0, third), triad(5, third), triad(7, 4), triad(0, third)];

    test(`chords in ${name} ${mode} are in that key`, () => {
      const { key, mode: told } = featuresOf(
        [played([...cadence, ...cadence], 0.8, 440)],
        NOTES_RATE_HZ,
      );
      assert.deepEqual([key?.value, told?.value], [name, mode]);
    });

    test(`a scale in ${name} ${mode} is in that key, tuned to 432 Hz too`, () => {
      const scale = SCALES[mode].map((note) => [note + tonic]);
      const { key, mode: told } = featuresOf(
        [played([...scale, ...cadence], 0.5, 432)],
        NOTES_RATE_HZ,
      );
      assert.deepEqual([key?.value, told?.value], [name, mode]);
    });
  }

test('a sine has its own frequency as its centroid, no tempo and one onset', () => {
  for (const frequencyHz of [440, 1000, 5000]) {
    const { channels } = tone({ rateHz: RATE_HZ, samples: 12 * RATE_HZ, channels: 2, frequencyHz });
    const told = featuresOf(channels);
    assert.ok(Math.abs(numberOf(told.spectralCentroidHz) / frequencyHz - 1) < 0.02);
    assert.ok(numberOf(told.onsetRatePerS) <= 0.1);
    assert.equal(told.tempoBpm, undefined);
    assert.equal(told.silenceShare?.value, 0);
  }
});

test('noise has neither key nor tempo, few onsets, and its centroid in the middle', () => {
  const told = featuresOf(noise(RATE_HZ, 20 * RATE_HZ, 2).channels);
  assert.deepEqual([told.key, told.mode, told.tempoBpm], [undefined, undefined, undefined]);
  assert.ok(Math.abs(numberOf(told.spectralCentroidHz) - 5512) < 300);
  assert.ok(numberOf(told.onsetRatePerS) < 0.6);
});

test('silence is told as silence without a voice, and nothing else', () => {
  const silence = new Float32Array(5 * RATE_HZ);
  assert.deepEqual(featuresOf([silence]), {
    silenceShare: { value: 1, confidence: 1, algorithm: 'below-60-dbfs/1' },
    voiceLikelihood: { value: 0, confidence: 1, algorithm: 'speech-or-steady/1' },
  });
});

test('half silence, and channels that cancel each other, are told rightly', () => {
  const half = tone({ rateHz: RATE_HZ, samples: 10 * RATE_HZ, channels: 1 }).channels[0]!.slice();
  half.fill(0, half.length / 2);
  assert.ok(Math.abs(numberOf(featuresOf([half]).silenceShare) - 0.5) < 0.01);
  const apart = featuresOf([half, half.map((value) => -value)]);
  assert.ok(Math.abs(numberOf(apart.silenceShare) - 0.5) < 0.01);
});

test('louder and busier sound has more energy, always from 0 to 1', () => {
  const quiet = strokes(60, [0.02]);
  const busy = strokes(400, [1]);
  const energies = [quiet, busy, noise(RATE_HZ, 5 * RATE_HZ, 1).channels[0]!].map((sound) =>
    numberOf(featuresOf([sound]).energy),
  );
  assert.ok(energies[0]! < energies[1]!, energies.join(' '));
  assert.ok(energies.every((energy) => energy >= 0 && energy <= 1));
});

test('what is no number, no sound or of an odd rate does no harm', () => {
  const broken = strokes(120, [1]);
  broken[5000] = Number.NaN;
  broken[50_000] = Number.POSITIVE_INFINITY;
  assert.ok(Math.abs(numberOf(featuresOf([broken]).tempoBpm) - 120) < 0.3);
  assert.deepEqual(startFeatures(44_100).finish(), {});
  for (const rateHz of [0, 1, 4000, 1e6]) assert.deepEqual(featuresOf([broken], rateHz), {});
  for (const rateHz of [4410, 11_025, 352_800, 384_000])
    assert.ok(numberOf(featuresOf([broken.subarray(0, 400_000)], rateHz).silenceShare) < 1);
});

const music = path.resolve(import.meta.dirname, '../../../../shared/data/audio/music');

test('real music gives plausible values', {
  skip: fs.existsSync(music) ? false : 'no music to judge by',
}, async () => {
  const file = fs.readFileSync(path.join(music, 'singularity-music/Chimes They Fade.ogg'));
  using decoding = startDecoding();
  const blocks = [...(await decoding.push(file)), ...(await decoding.finish())];
  const meter = startFeatures(blocks[0]!.rateHz);
  for (const { channels } of blocks) meter.push(channels);
  const told = meter.finish();
  assert.deepEqual(meter.finish(), told);
  assert.ok(numberOf(told.spectralCentroidHz) > 200 && numberOf(told.spectralCentroidHz) < 2000);
  assert.ok(numberOf(told.onsetRatePerS) > 0.2 && numberOf(told.onsetRatePerS) < 5);
  assert.equal(told.key?.value, 'F#');
});
