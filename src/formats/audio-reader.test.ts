import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading } from './audio-verdict.ts';
import {
  sampleAiff,
  sampleFlac,
  sampleMp3,
  sampleOpus,
  sampleVorbis,
  sampleWav,
} from './test-audio-samples.ts';

const AUDIO_DATA = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const skip = fs.existsSync(AUDIO_DATA) ? false : 'the shared recordings are not here';

function read(bytes: Uint8Array, chunkBytes = bytes.length || 1): AudioReading {
  const reader = startAudioReader();
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes));
  return reader.finish();
}

function filesIn(folder: string, pattern: RegExp): string[] {
  return fs
    .readdirSync(path.join(AUDIO_DATA, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(AUDIO_DATA, folder, name))
    .filter((file) => pattern.test(file) && fs.statSync(file).isFile())
    .sort();
}

const SAMPLES: readonly {
  name: string;
  bytes: Uint8Array;
  format: string;
  samples: number;
  sampleRateHz: number;
}[] = [
  { name: 'Opus', bytes: sampleOpus(), format: 'ogg-opus', samples: 153_211, sampleRateHz: 48_000 },
  {
    name: 'Vorbis',
    bytes: sampleVorbis(),
    format: 'ogg-vorbis',
    samples: 50_000,
    sampleRateHz: 44_100,
  },
  { name: 'FLAC', bytes: sampleFlac(), format: 'flac', samples: 3840, sampleRateHz: 44_100 },
  { name: 'MP3', bytes: sampleMp3(), format: 'mp3', samples: 32_984, sampleRateHz: 44_100 },
  { name: 'WAVE', bytes: sampleWav(), format: 'wav', samples: 2000, sampleRateHz: 44_100 },
  { name: 'AIFF', bytes: sampleAiff(), format: 'aiff', samples: 2000, sampleRateHz: 44_100 },
];

for (const { name, bytes, format, samples, sampleRateHz } of SAMPLES) {
  test(`a whole ${name} file is intact, counted to the sample, and read alike in chunks of any size`, () => {
    const reading = read(bytes);
    assert.deepEqual(reading.verdict, { state: 'intact' });
    assert.deepEqual(
      [reading.format, reading.samples, reading.sampleRateHz, reading.sizeBytes],
      [format, samples, sampleRateHz, bytes.length],
    );
    assert.deepEqual(reading.warnings, []);
    for (const chunkBytes of [1, 7, 1000]) assert.deepEqual(read(bytes, chunkBytes), reading);
  });

  test(`a ${name} file cut anywhere is never called intact`, () => {
    const random = seededRandom(11);
    for (let round = 0; round < 60; round++) {
      const length = 1 + random.below(bytes.length - 1);
      const { state } = read(bytes.subarray(0, length)).verdict;
      assert.notEqual(state, 'intact', `${length} of ${bytes.length} bytes`);
    }
  });
}

test('one flipped bit is found wherever it is in Ogg pages and FLAC frames', () => {
  for (const { name, bytes } of SAMPLES.slice(0, 3)) {
    const random = seededRandom(12);
    // Of a FLAC file the frames are meant: minimum and maximum sizes in STREAMINFO may be off and the sound right.
    const from = name === 'FLAC' ? 42 : 0;
    for (let round = 0; round < 60; round++) {
      const bit = from * 8 + random.below((bytes.length - from) * 8);
      const { state } = read(flipped(bytes, bit)).verdict;
      assert.notEqual(state, 'intact', `${name}, bit ${bit}`);
    }
  }
});

test('one flipped bit in an MP3 is found by the checksum of LAME, without it only in headers', () => {
  assert.equal(foundFlips(sampleMp3(), 417), 60);
  const bare = foundFlips(sampleMp3({ withInfo: false }), 0);
  assert.ok(bare < 10, `${bare} of 60`);
});

test('one flipped bit in the samples of a WAVE file cannot be found', () => {
  assert.equal(foundFlips(sampleWav(), 100), 0);
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

function foundFlips(bytes: Uint8Array, from: number): number {
  const random = seededRandom(13);
  let found = 0;
  for (let round = 0; round < 60; round++) {
    const bit = from * 8 + random.below((bytes.length - from) * 8);
    if (read(flipped(bytes, bit)).verdict.state !== 'intact') found += 1;
  }
  return found;
}

test('seeded damage of every kind ends in a reading, never in an exception', () => {
  const random = seededRandom(20_261_121);
  for (let round = 0; round < 400; round++) {
    const { bytes } = random.pick(SAMPLES);
    let mutant = new Uint8Array(bytes);
    for (let change = random.below(6); change >= 0; change--) {
      const at = random.below(mutant.length);
      const kind = random.below(4);
      if (kind === 0) mutant[at] = random.below(256);
      else if (kind === 1) mutant = mutant.slice(0, at + 1);
      else if (kind === 2) mutant.fill(random.below(2) * 255, at, at + random.below(64));
      else mutant.copyWithin(at, random.below(mutant.length));
    }
    const reading = read(mutant, 1 + random.below(mutant.length));
    assert.equal(reading.sizeBytes, mutant.length, `round ${round}`);
  }
});

test('text that would make a decoder open other files is refused, whatever it is called', () => {
  const rows: [text: string, detail: RegExp][] = [
    ['#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n', /HLS/],
    ['ffconcat version 1.0\nfile /etc/hostname\n', /ffconcat/],
    ['FILE "http://example.org/x.wav" WAVE\n  TRACK 01 AUDIO\n', /CUE/],
    ['\xef\xbb\xbf<ASX version="3"><ref href="http://example.org"/></ASX>', /ASX/],
    ['[playlist]\nFile1=subfile:\n', /PLS/],
    ['<?xml version="1.0"?><MPD></MPD>', /markup/],
    ['Just some words.\n', /text/],
    ['', /no bytes/],
  ];
  for (const [text, detail] of rows) {
    const { verdict, format } = read(Buffer.from(text, 'latin1'));
    assert.equal(format, null);
    assert.deepEqual([verdict.state, verdict.code], ['not-audio', 'AUDIO_NOT_AUDIO']);
    assert.match(verdict.detail!, detail);
  }
});

test('real recordings are intact and as long as an outside tool says', { skip }, () => {
  const expected: Record<string, { duration_s: string }> = JSON.parse(
    fs.readFileSync(path.join(AUDIO_DATA, 'expected.json'), 'utf8'),
  );
  const files = filesIn('music', /\.(ogg|opus|mp3)$/);
  assert.equal(files.length, 17);
  for (const file of files) {
    const reading = read(fs.readFileSync(file), 65_536);
    assert.equal(reading.verdict.state, 'intact', file);
    const seconds = Number(expected[path.relative(AUDIO_DATA, file)]!.duration_s);
    // The outside tool counts what players drop at the start of Opus, and estimates MP3 by its bitrate.
    assert.ok(Math.abs(reading.durationMs! / 1000 - seconds) < 0.015, file);
  }
});

test('every odd file ends in a verdict within a second', { skip }, () => {
  const folders = ['edge-mutagen', 'edge-music-metadata', 'mp3-vectors', 'tags-beets'];
  const states = new Map<string, number>();
  for (const file of folders.flatMap((folder) => filesIn(folder, /./))) {
    const started = performance.now();
    const { state } = read(fs.readFileSync(file)).verdict;
    assert.ok(performance.now() - started < 1000, file);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  assert.deepEqual([...states.keys()].sort(), ['damaged', 'intact', 'not-audio', 'not-checked']);
});

test('all re-tagged copies of one recording have one audio digest', { skip }, () => {
  for (const extension of ['ogg', 'flac']) {
    const names = ['empty', 'full', 'image', 'unparseable'];
    const digests = names.map(
      (name) =>
        read(fs.readFileSync(path.join(AUDIO_DATA, 'tags-beets', `${name}.${extension}`)))
          .audioDigest,
    );
    assert.equal(new Set(digests).size, 1, extension);
  }
});

test('tags in front of and behind the sound are named with their sizes', () => {
  const id3v2 = Buffer.concat([
    Buffer.from('ID3\x04\x00\x00\x00\x00\x01\x00', 'latin1'),
    Buffer.alloc(128),
  ]);
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  for (const bytes of [sampleMp3(), sampleFlac(), sampleOpus()]) {
    const plain = read(bytes);
    const wrapped = read(Buffer.concat([id3v2, bytes, id3v1]), 333);
    assert.equal(wrapped.verdict.state, 'intact');
    assert.equal(wrapped.audioDigest, plain.audioDigest);
    assert.deepEqual(wrapped.foreign, [
      { kind: 'id3v2', atByte: 0, sizeBytes: 138 },
      { kind: 'id3v1', atByte: 138 + bytes.length, sizeBytes: 128 },
    ]);
  }
});
