import assert from 'node:assert/strict';
import test from 'node:test';
import { inflateSync } from 'node:zlib';
import { encodeWav } from '../formats/test-wav-writer.ts';
import { openAudioDoor } from './door.ts';
import { SPECTROGRAM_SIZE, startSpectrogram } from './spectrogram-picture.ts';
import { noise, sourceOf, tone } from './test-sounds.ts';

const { width, height } = SPECTROGRAM_SIZE;
const RATE_HZ = 16_000;

function drawn(channels: readonly Float32Array[], rateHz = RATE_HZ) {
  const drawing = startSpectrogram(rateHz);
  for (let at = 0; at < channels[0]!.length; at += 1777)
    drawing.push(channels.map((channel) => channel.subarray(at, at + 1777)));
  return drawing.finish();
}

/** Red, green and blue of a pixel together: lightness enough to compare by. */
function lightAt({ rgb }: { rgb: Uint8Array }, x: number, y: number): number {
  const at = (y * width + x) * 3;
  return rgb[at]! + rgb[at + 1]! + rgb[at + 2]!;
}

/** The row a frequency lies on, counted from the top. */
function rowOf(frequencyHz: number): number {
  return height - 1 - Math.floor((Math.log(frequencyHz / 40) / Math.log(500)) * height);
}

for (const frequencyHz of [110, 440, 1000, 5000])
  test(`a tone of ${frequencyHz} Hz is a bright line at its own height, from end to end`, () => {
    const { channels } = tone({ rateHz: RATE_HZ, samples: 6 * RATE_HZ, channels: 2, frequencyHz });
    const picture = drawn(channels);
    for (const x of [20, 500, 1000]) {
      const rows = Array.from({ length: height }, (_, y) => y);
      const brightest = rows.reduce((a, b) =>
        lightAt(picture, x, b) > lightAt(picture, x, a) ? b : a,
      );
      assert.ok(Math.abs(brightest - rowOf(frequencyHz)) <= 8, `row ${brightest} at ${x}`);
      assert.ok(lightAt(picture, x, rowOf(frequencyHz * 4 > 8000 ? 100 : frequencyHz * 4)) < 300);
    }
  });

test('time goes to the right, however long the sound is', () => {
  for (const seconds of [1, 20, 200]) {
    const [sound] = noise(4410, seconds * 4410, 1).channels;
    sound!.fill(0, 0, sound!.length / 2);
    const picture = drawn([sound!], 4410);
    assert.ok(lightAt(picture, 200, 200) < 10, `${seconds} s`);
    assert.ok(lightAt(picture, 900, 200) > 100, `${seconds} s`);
  }
});

test('no sound gives a picture without light, and what is no number does no harm', () => {
  assert.ok(drawn([new Float32Array(0)]).rgb.every((value) => value < 5));
  assert.ok(drawn([new Float32Array(9000).fill(Number.NaN)]).rgb.every((value) => value < 5));
});

test('the worker gives the same PNG twice, and refuses what is no sound', async () => {
  await using door = await openAudioDoor({ workers: 1 });
  const { channels } = tone({ rateHz: RATE_HZ, samples: 2 * RATE_HZ, channels: 1 });
  const samples = channels[0]!.map((value) => Math.round(value * 32_767));
  const wav = encodeWav({ sampleRateHz: RATE_HZ, bitsPerSample: 16, channels: [samples] });
  const [first, second] = [
    await door.spectrogram(sourceOf(wav), { subject: 'x' }),
    await door.spectrogram(sourceOf(wav), { subject: 'x' }),
  ];
  assert.ok(first.ok && second.ok);
  assert.deepEqual(first.value, second.value);
  const png = Buffer.from(first.value);
  assert.equal(png.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [width, height]);
  const sizeBytes = png.readUInt32BE(33);
  assert.equal(inflateSync(png.subarray(41, 41 + sizeBytes)).length, height * (width * 3 + 1));
  const refused = await door.spectrogram(sourceOf(Buffer.from('#EXTM3U')), { subject: 'y' });
  assert.equal(refused.ok ? 'ok' : refused.finding.code, 'AUDIO_FORMAT_UNSUPPORTED');
});
