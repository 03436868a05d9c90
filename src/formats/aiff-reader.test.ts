import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading } from './audio-verdict.ts';
import { sampleAiff } from './test-audio-samples.ts';

const AUDIO_DATA = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const skip = fs.existsSync(AUDIO_DATA) ? false : 'the shared recordings are not here';

function read(bytes: Uint8Array): AudioReading {
  const reader = startAudioReader();
  reader.push(bytes);
  return reader.finish();
}

function changed(change: (bytes: Buffer) => Buffer | undefined): AudioReading {
  const bytes = Buffer.from(sampleAiff());
  return read(change(bytes) ?? bytes);
}

test('the form of the file does not change the digest of the sound, its coding does', () => {
  const plain = read(sampleAiff());
  const first = read(sampleAiff({ soundFirst: true }));
  const sowt = read(sampleAiff({ compression: 'sowt' }));
  for (const reading of [plain, first, sowt]) {
    assert.deepEqual(reading.verdict, { state: 'intact' });
    assert.deepEqual([reading.samples, reading.channels, reading.bitsPerSample], [2000, 2, 16]);
  }
  assert.equal(first.audioDigest, plain.audioDigest);
  assert.notEqual(sowt.audioDigest, plain.audioDigest);
});

const COMM = 12;
const SSND = COMM + 8 + 18 + 8 + 20;

test('a file that contradicts itself is damaged, with the place', () => {
  const rows: [name: string, change: (bytes: Buffer) => Buffer | undefined, code: string][] = [
    ['no COMM', (bytes) => void bytes.write('KOMM', COMM), 'AUDIO_AIFF_HEADER'],
    ['no channels', (bytes) => void bytes.writeUInt16BE(0, COMM + 8), 'AUDIO_AIFF_HEADER'],
    [
      'a rate that is no number',
      (bytes) => void bytes.writeUInt16BE(0x7fff, COMM + 16),
      'AUDIO_AIFF_HEADER',
    ],
    [
      'more samples stated',
      (bytes) => void bytes.writeUInt32BE(2001, COMM + 10),
      'AUDIO_AIFF_SIZE',
    ],
    [
      'no chunk after COMM',
      (bytes) => void bytes.fill(0, COMM + 26, COMM + 30),
      'AUDIO_AIFF_HEADER',
    ],
    [
      'a sound chunk beyond the end',
      (bytes) => void bytes.writeUInt32BE(9000, SSND + 4),
      'AUDIO_AIFF_SIZE',
    ],
    [
      'a sound chunk without its header',
      (bytes) => void bytes.writeUInt32BE(4, SSND + 4),
      'AUDIO_AIFF_HEADER',
    ],
    ['no sound', (bytes) => bytes.subarray(0, SSND), 'AUDIO_AIFF_SIZE'],
    ['half a FORM header', (bytes) => Buffer.concat([bytes.subarray(0, 12)]), 'AUDIO_AIFF_SIZE'],
  ];
  for (const [name, change, code] of rows) {
    const { verdict } = changed(change);
    assert.deepEqual([verdict.state, verdict.code], ['damaged', code], name);
  }
});

test('what leaves the sound whole is a warning', () => {
  const rows: [name: string, change: (bytes: Buffer) => Buffer | undefined, seen: RegExp][] = [
    ['trailing bytes', (bytes) => Buffer.concat([bytes, Buffer.alloc(7, 1)]), /7 bytes behind/],
    ['fewer samples stated', (bytes) => void bytes.writeUInt32BE(1999, COMM + 10), /1999 samples/],
    [
      'a FORM that counts its header',
      (bytes) => void bytes.writeUInt32BE(bytes.length, 4),
      /8 bytes more/,
    ],
  ];
  for (const [name, change, seen] of rows) {
    const { verdict, warnings } = changed(change);
    assert.equal(verdict.state, 'intact', name);
    assert.match(warnings.map((warning) => warning.seen).join(), seen, name);
  }
});

test('a file written to a pipe has the length of its bytes, and a cut of it cannot be seen', () => {
  const open = Buffer.from(sampleAiff());
  for (const at of [4, COMM + 10, SSND + 4]) open.writeUInt32BE(0, at);
  for (const bytes of [open, open.subarray(0, open.length - 4000)]) {
    const { verdict, warnings, samples } = read(bytes);
    assert.equal(verdict.state, 'intact');
    assert.equal(samples, (bytes.length - SSND - 16) / 4);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['AUDIO_CUT_INVISIBLE'],
    );
  }
});

test('odd AIFF files of other projects get the verdict that their bytes deserve', { skip }, () => {
  const rows: [file: string, state: string, samples: number | null, warned: string][] = [
    ['edge-music-metadata/aiff__Fnonull.aif', 'intact', 9, 'AUDIO_AIFF_SIZE,AUDIO_AIFF_SIZE'],
    ['edge-music-metadata/aiff__Pmiscck.aif', 'intact', 9, 'AUDIO_AIFF_SIZE'],
    ['edge-music-metadata/aiff__Pnossnd.aif', 'intact', 0, ''],
    ['edge-music-metadata/aiff__Porder.aif', 'intact', 9, 'AUDIO_AIFF_SIZE'],
    ['edge-music-metadata/aiff__Ptjunk.aif', 'intact', 9, 'AUDIO_AIFF_SIZE,AUDIO_FOREIGN_DATA'],
    ['edge-mutagen/11k-1ch-2s-silence.aif', 'intact', 22_050, ''],
    ['tags-beets/empty.aiff', 'intact', 44_100, ''],
    ['tags-beets/full.aiff', 'intact', 44_100, ''],
    ['tags-beets/unparseable.aiff', 'intact', 44_100, ''],
  ];
  for (const [file, state, samples, warned] of rows) {
    const reading = read(fs.readFileSync(path.join(AUDIO_DATA, file)));
    const codes = reading.warnings.map(({ code }) => code).join();
    assert.deepEqual(
      [reading.verdict.state, reading.samples, codes],
      [state, samples, warned],
      file,
    );
  }
});
