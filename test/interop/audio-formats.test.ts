/** Our audio writers read by the formats' own tools, and files of those tools read by us. Needs flac, ffmpeg, opus-tools, vorbis-tools. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { startAudioReader } from '../../src/formats/audio-reader.ts';
import type { AudioReading } from '../../src/formats/audio-verdict.ts';
import { decodeFlac } from '../../src/formats/flac-decoder.ts';
import { writeFlacTags } from '../../src/formats/flac-metadata.ts';
import { sampleFlac, sampleMp3, sampleOpus } from '../../src/formats/test-audio-samples.ts';
import { retagOggVorbis } from '../../src/formats/test-ogg-retag.ts';
import { encodeId3v2 } from '../../src/formats/test-tag-frames.ts';
import { encodeWav } from '../../src/formats/test-wav-writer.ts';

const missing = ['flac', 'ffmpeg', 'ffprobe', 'opusinfo', 'oggenc', 'vorbiscomment'].filter(
  (tool) => spawnSync('which', [tool]).status !== 0,
);
const skip = missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-audio-'));
after(() => fs.rmSync(folder, { recursive: true }));

function place(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
}

function run(tool: string, ...args: string[]): string {
  return execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function read(bytes: Uint8Array): AudioReading {
  const reader = startAudioReader();
  reader.push(bytes);
  return reader.finish();
}

function noise(bitsPerSample: 8 | 16 | 24 | 32, samples: number): Int32Array[] {
  const random = seededRandom(bitsPerSample);
  const limit = 2 ** (bitsPerSample - 1);
  return [0.99, 0.1].map((level) =>
    Int32Array.from({ length: samples }, (_, at) => {
      const wave = Math.sin(at / 40) * 0.5 + (random.below(20_001) / 10_000 - 1) * 0.5;
      return Math.max(-limit, Math.min(limit - 1, Math.round(wave * level * limit)));
    }),
  );
}

test('FLAC of the reference encoder at 8, 16, 24 and 32 bits gives back every sample', {
  skip,
}, () => {
  for (const bitsPerSample of [8, 16, 24, 32] as const) {
    const channels = noise(bitsPerSample, 30_000);
    const wav = place('in.wav', encodeWav({ sampleRateHz: 44_100, bitsPerSample, channels }));
    for (const level of ['-0', '-5', '-8']) {
      const file = path.join(folder, 'out.flac');
      run('flac', '--silent', '-f', level, '-o', file, wav);
      const bytes = fs.readFileSync(file);
      assert.deepEqual(read(bytes).verdict, { state: 'intact' });
      const { frames } = decodeFlac(bytes);
      for (const [index, channel] of channels.entries())
        assert.deepEqual(
          Int32Array.from(frames.flatMap((frame) => [...frame.channels[index]!])),
          channel,
        );
    }
  }
});

test('the reference decoder accepts our FLAC frames and tags', { skip }, () => {
  const tagged = writeFlacTags(sampleFlac(), { vendor: 'v', comments: [['TITLE', 'Größe']] });
  const file = place('tagged.flac', tagged);
  run('flac', '--silent', '--test', file);
  assert.match(run('metaflac', '--export-tags-to=-', '--no-utf8-convert', file), /TITLE=Größe/);
});

test('opusinfo finds our Ogg Opus as long as we say, and nothing wrong', { skip }, () => {
  const file = place('sample.opus', sampleOpus('Größe'));
  const text = run('opusinfo', file);
  assert.match(text, /TITLE=Größe/);
  assert.match(text, /Playback length: 0m:03\.191s/);
  assert.doesNotMatch(text, /WARNING/);
});

test('a Vorbis file keeps its decoded sound through new comments', { skip }, () => {
  const wav = place(
    'v.wav',
    encodeWav({ sampleRateHz: 44_100, bitsPerSample: 16, channels: noise(16, 90_000) }),
  );
  const plain = path.join(folder, 'plain.ogg');
  run('oggenc', '--quiet', '--serial', '1', '-o', plain, wav);
  const bytes = fs.readFileSync(plain);
  assert.equal(read(bytes).samples, 90_000);
  const comments = [
    ['TITLE', 'Größe'],
    ['COVER', 'x'.repeat(200_000)],
  ] as const;
  const tagged = place('tagged.ogg', retagOggVorbis(bytes, { serial: 77, vendor: 'v', comments }));
  assert.match(run('vorbiscomment', '--list', '--raw', tagged), /TITLE=Größe/);
  const md5 = (file: string): string => run('ffmpeg', '-v', 'error', '-i', file, '-f', 'md5', '-');
  assert.equal(md5(tagged), md5(plain));
  assert.deepEqual(read(fs.readFileSync(tagged)).verdict, { state: 'intact' });
});

test('ffprobe reads our ID3v2 and INFO tags', { skip }, () => {
  const probe = (file: string): Record<string, string> =>
    JSON.parse(run('ffprobe', '-v', 'error', '-show_format', '-of', 'json', file)).format.tags;
  for (const version of [3, 4] as const) {
    const tag = encodeId3v2(
      [
        { id: 'TIT2', text: 'Größe 音楽' },
        { id: 'TXXX', description: 'LICENCE', text: 'CC0-1.0' },
      ],
      version,
    );
    const tags = probe(place('tagged.mp3', Buffer.concat([tag, sampleMp3()])));
    assert.deepEqual([tags.title, tags.LICENCE], ['Größe 音楽', 'CC0-1.0']);
  }
  const channels = noise(16, 1000);
  const wav = encodeWav({
    sampleRateHz: 8000,
    bitsPerSample: 16,
    channels,
    info: [['INAM', 'Größe']],
  });
  assert.equal(probe(place('tagged.wav', wav)).title, 'Größe');
});

test('MP3 of the usual encoder is intact by its own count and checksum', { skip }, () => {
  const wav = place(
    'm.wav',
    encodeWav({ sampleRateHz: 44_100, bitsPerSample: 16, channels: noise(16, 90_000) }),
  );
  const file = path.join(folder, 'out.mp3');
  for (const quality of [
    ['-b:a', '128k'],
    ['-q:a', '4'],
  ]) {
    run('ffmpeg', '-v', 'error', '-y', '-i', wav, '-c:a', 'libmp3lame', ...quality, file);
    const reading = read(fs.readFileSync(file));
    assert.deepEqual([reading.verdict, reading.warnings], [{ state: 'intact' }, []]);
    assert.equal(reading.samples, 90_000);
  }
});
