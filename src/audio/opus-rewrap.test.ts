import assert from 'node:assert/strict';
import test from 'node:test';
import { startAudioReader } from '../formats/audio-reader.ts';
import { encodeOpusFile } from './encoders.ts';
import { rewrapOpus } from './opus-rewrap.ts';
import { tone } from './test-sounds.ts';

const SAMPLES_48K = 72_001;
const ogg = await encodeOpusFile(
  tone({ rateHz: 48_000, samples: SAMPLES_48K, channels: 2, amplitude: 0.1 }),
);
const source = {
  sourceDigest: '0123abcd'.repeat(8),
  channels: 2,
  sampleRateHz: 44_100,
  samples: null,
  comments: [],
};

test('a file is as long as its source, to the sample, where that says how long it is', () => {
  for (const [samples, wanted] of [
    [null, SAMPLES_48K],
    [66_151, SAMPLES_48K],
    [66_150, 72_000],
    [65_000, 70_748],
    [1, 1],
  ] as const) {
    const made = rewrapOpus(ogg, { ...source, samples });
    assert.equal(made.samples48k, wanted);
    const reader = startAudioReader();
    reader.push(made.bytes);
    const reading = reader.finish();
    assert.equal(reading.verdict.state, 'intact');
    assert.equal(reading.samples, wanted);
  }
});

test('less sound than the source has, other channels and no sound at all are refused', () => {
  const undecodable = { code: 'AUDIO_UNDECODABLE' };
  assert.throws(() => rewrapOpus(ogg, { ...source, samples: 66_152 }), undecodable);
  assert.throws(() => rewrapOpus(ogg, { ...source, channels: 1 }), undecodable);
  assert.throws(() => rewrapOpus(new Uint8Array(0), source), undecodable);
});
