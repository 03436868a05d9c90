import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading } from './audio-verdict.ts';
import { sampleMp4 } from './test-audio-samples.ts';

const AUDIO_DATA = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const skip = fs.existsSync(AUDIO_DATA) ? false : 'the shared recordings are not here';

function read(bytes: Uint8Array, chunkBytes = bytes.length): AudioReading {
  const reader = startAudioReader();
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes));
  return reader.finish();
}

const FORMS = [{}, { toEnd: true }, { isLong: true }];

test('a whole file is not checked, with codec, length and rate as its boxes state them', () => {
  for (const form of FORMS) {
    const bytes = sampleMp4(form);
    const reading = read(bytes);
    assert.deepEqual(
      [reading.verdict.state, reading.verdict.code],
      ['not-checked', 'AUDIO_NOT_CHECKED'],
    );
    assert.match(reading.verdict.detail!, /^AAC in MP4/);
    const { format, channels, sampleRateHz, durationMs, audioDigest } = reading;
    assert.deepEqual(
      [format, channels, sampleRateHz, durationMs, audioDigest],
      ['mp4', 2, 44_100, 2000, null],
    );
    assert.deepEqual([reading.warnings, reading.foreign], [[], []]);
    for (const chunkBytes of [1, 7, 100]) assert.deepEqual(read(bytes, chunkBytes), reading);
  }
});

test('a file cut anywhere is damaged, also where mdat states no size', () => {
  for (const form of FORMS) {
    const bytes = sampleMp4(form);
    for (let length = 8; length < bytes.length; length++) {
      const { state, atByte } = read(bytes.subarray(0, length)).verdict;
      assert.equal(state, 'damaged', `${length} of ${bytes.length}`);
      assert.ok(atByte! <= length);
    }
  }
});

test('sizes and places that cannot be are damage', () => {
  const at = (type: string, form = {}) => Buffer.from(sampleMp4(form)).indexOf(type) - 4;
  const rows: [name: string, at: number, value: number, code: string, detail: RegExp][] = [
    ['a box shorter than its header', at('trak'), 7, 'AUDIO_MP4_BOX', /"trak" box of 7/],
    [
      'a box longer than its parent',
      at('mdhd'),
      5000,
      'AUDIO_MP4_BOX',
      /longer than the one around/,
    ],
    ['a box beyond the end', at('mdat'), 5000, 'AUDIO_MP4_SIZE', /"mdat" box are missing/],
    ['a chunk behind the end', at('stco') + 16, 90_000, 'AUDIO_MP4_SIZE', /behind the end/],
    ['samples longer than mdat', at('stsz') + 20, 5000, 'AUDIO_MP4_SIZE', /bytes of samples/],
    ['more samples than sizes', at('stsz') + 16, 5000, 'AUDIO_MP4_BOX', /more entries/],
    ['a moov under another name', at('moov') + 4, 0x66726565, 'AUDIO_MP4_BOX', /no moov/],
    ['zeros for a box', at('moov') + 4, 0, 'AUDIO_MP4_BOX', /no box/],
  ];
  for (const [name, place, value, code, detail] of rows) {
    const bytes = Buffer.from(sampleMp4());
    bytes.writeUInt32BE(value, place);
    const { verdict } = read(bytes);
    assert.deepEqual([verdict.state, verdict.code], ['damaged', code], name);
    assert.match(verdict.detail!, detail, name);
  }
});

test('boxes inside one another without end are passed over, not followed', () => {
  const bytes = Buffer.concat(
    Array.from({ length: 50_000 }, (_, depth) => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE((50_000 - depth) * 8, 0);
      head.write(depth === 0 ? 'moov' : 'trak', 4);
      return head;
    }),
  );
  const { verdict } = read(Buffer.concat([sampleMp4().subarray(0, 20), bytes]));
  assert.equal(verdict.state, 'damaged');
});

test('what stands behind the boxes is named, and pictures or film without sound are no audio', () => {
  const tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);
  const { verdict, foreign } = read(Buffer.concat([sampleMp4(), tag]));
  assert.equal(verdict.state, 'not-checked');
  assert.deepEqual(foreign, [{ kind: 'junk', atByte: sampleMp4().length, sizeBytes: 128 }]);
  const film = Buffer.from(sampleMp4());
  film.write('vide', film.indexOf('soun'));
  assert.equal(read(film).verdict.state, 'not-audio');
  const picture = Buffer.from('\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x0cmeta\0\0\0\0', 'latin1');
  assert.equal(read(picture).verdict.state, 'not-audio');
});

test('real files are whole, each cut of them is damaged, and the odd one lacks its end', {
  skip,
}, () => {
  const random = seededRandom(21);
  const folder = path.join(AUDIO_DATA, 'tags-beets');
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.m4a'));
  assert.ok(names.length >= 8);
  for (const name of names) {
    const bytes = fs.readFileSync(path.join(folder, name));
    const { verdict, durationMs } = read(bytes);
    assert.equal(verdict.state, 'not-checked', name);
    assert.match(verdict.detail!, name.includes('alac') ? /^ALAC/ : /^AAC/);
    assert.ok(durationMs! >= 1000 && durationMs! < 1100, name);
    for (let round = 0; round < 20; round++) {
      const length = 8 + random.below(bytes.length - 8);
      assert.equal(read(bytes.subarray(0, length)).verdict.state, 'damaged', `${name} ${length}`);
    }
  }
  const odd = read(fs.readFileSync(path.join(AUDIO_DATA, 'edge-mutagen/truncated-64bit.mp4')));
  assert.deepEqual([odd.verdict.state, odd.verdict.code], ['damaged', 'AUDIO_MP4_SIZE']);
});
