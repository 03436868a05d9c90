import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFlac, encodeMp3, encodeOpusFile, encodeVorbis, encodeWav } from './encoders.ts';
import { soundBudgetSeconds, startSoundBudget, timeLimits } from './sound-budget.ts';
import { statedSound } from './stated-duration.ts';
import { id3v2, sourceOf, tone } from './test-sounds.ts';

const sound = tone({ rateHz: 44_100, samples: 3 * 44_100, channels: 2, amplitude: 0.1 });
const HOUR = 3600;

test('a duration is read from the first bytes, with a tag in front too', async () => {
  const mp3 = await encodeMp3(sound, { bitrateKbps: 128 });
  const rows: [string, Uint8Array, number, number][] = [
    ['flac', await encodeFlac(sound, { bitsPerSample: 16 }), 3, 0],
    ['wav', await encodeWav(sound), 3, 0],
    ['mp3', mp3, 3, 0.1],
    ['mp3 behind a tag', Buffer.concat([id3v2([['TIT2', Buffer.from('\0x')]]), mp3]), 3, 0.1],
    // By its nominal rate, which a tone stays far below.
    ['vorbis', await encodeVorbis(sound, { quality: 4 }), 1, 3],
  ];
  for (const [name, bytes, seconds, off] of rows) {
    const { seconds: stated } = await statedSound(sourceOf(bytes, 1000));
    assert.ok(stated !== null && Math.abs(stated - seconds) <= off, `${name}: ${stated}`);
  }
});

test('nothing is stated where the format states nothing, or the header is cut or lies', async () => {
  const wav = Buffer.from(await encodeWav(sound));
  wav.writeUInt32LE(0xffffffff, 40);
  for (const bytes of [
    await encodeOpusFile(sound),
    wav,
    (await encodeFlac(sound, { bitsPerSample: 16 })).subarray(0, 30),
    (await encodeMp3(sound, { bitrateKbps: 64 })).subarray(0, 40),
    Buffer.from('#EXTM3U'),
    new Uint8Array(0),
  ])
    assert.equal((await statedSound(sourceOf(bytes))).seconds, null);
});

test('time grows with what is stated: three hours pass, a bomb does not', () => {
  // Three hours of speech at 5 kbit/s.
  const small = 6_750_000;
  assert.equal(soundBudgetSeconds(small, 3 * HOUR), 3 * HOUR);
  assert.deepEqual(timeLimits(small, 3 * HOUR), { cpuMs: 1_080_000, wallMs: 4_320_000 });
  const spend = startSoundBudget(small, 3 * HOUR);
  spend(3 * HOUR * 48_000, 48_000);
  assert.throws(() => spend(48_000, 48_000), { code: 'AUDIO_BUDGET' });
  // Ten hours of silence in a third of a megabyte are refused at the first sound, and so is a day in a kilobyte.
  for (const [sizeBytes, hours] of [
    [340_000, 10],
    [1000, 24],
  ] as const)
    assert.throws(() => startSoundBudget(sizeBytes, hours * HOUR)(1, 48_000), {
      code: 'AUDIO_BUDGET',
    });
});

test('what is short gets no more than a minute, however large the file is', () => {
  assert.deepEqual(timeLimits(100_000_000, 30), { cpuMs: 60_000, wallMs: 240_000 });
});
