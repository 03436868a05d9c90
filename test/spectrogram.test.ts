import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../src/audio/door.ts';
import { tone } from '../src/audio/test-sounds.ts';
import { drawSpectrogram } from '../src/draw-spectrogram.ts';
import { encodeWav } from '../src/formats/test-wav-writer.ts';
import { hold, smallArchive } from './support/small-archive.ts';

const door = await openAudioDoor({ workers: 1 });
after(() => door.close());
const audio = async () => door;

const { channels } = tone({ rateHz: 16_000, samples: 32_000, channels: 1 });
const samples = channels[0]!.map((value) => Math.round(value * 32_767));
const WAV = encodeWav({ sampleRateHz: 16_000, bitsPerSample: 16, channels: [samples] });

test('a held sound is drawn into a new PNG, again into the same, and never over another file', async () => {
  await using archive = await smallArchive();
  const deps = { ...archive, audio };
  const [id] = await hold(archive, [{ bytes: WAV }]);
  const file = path.join(archive.root, 'sound.png');
  assert.equal(await drawSpectrogram({ id: id!, file }, deps), id);
  const png = fs.readFileSync(file);
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  await drawSpectrogram({ id: id!.slice(0, 8), file }, deps);
  assert.ok(fs.readFileSync(file).equals(png));
  fs.writeFileSync(file, 'mine');
  await assert.rejects(drawSpectrogram({ id: id!, file }, deps), { code: 'FILE_EXISTS' });
  assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
});

test('what is not held, and what is no sound, is refused and leaves no file', async () => {
  await using archive = await smallArchive();
  const deps = { ...archive, audio };
  const file = path.join(archive.root, 'sound.png');
  const [id] = await hold(archive, [{ bytes: Buffer.from('no sound at all') }]);
  for (const [name, code] of [
    ['0'.repeat(64), 'NOT_HELD'],
    [id!, 'AUDIO_FORMAT_UNSUPPORTED'],
  ] as const)
    await assert.rejects(drawSpectrogram({ id: name, file }, deps), { code });
  assert.equal(fs.existsSync(file), false);
});
