import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading, ReadingDepth } from './audio-verdict.ts';
import { sampleFlac, sampleOpus, sampleVorbis } from './test-audio-samples.ts';

const BENCH = path.resolve(import.meta.dirname, '../../../shared/data/audio/flac-test-files');
const skip = fs.existsSync(BENCH) ? false : 'the decoder test bench is not here';

function read(bytes: Uint8Array, depth: ReadingDepth, chunkBytes = bytes.length): AudioReading {
  const reader = startAudioReader(depth);
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes));
  return reader.finish();
}

/** What both depths must agree on. */
function common({ verdict, samples, sampleRateHz, channels, foreign }: AudioReading) {
  return { verdict, samples, sampleRateHz, channels, foreign };
}

const TAG = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);

test('frames found by their checksums are the frames that decode, wherever the chunks are cut', () => {
  for (const bytes of [sampleFlac(), Buffer.concat([sampleFlac(), TAG])]) {
    const whole = read(bytes, 'whole');
    const scanned = read(bytes, 'checksums');
    assert.deepEqual(common(scanned), common(whole));
    assert.deepEqual([scanned.verdict.state, scanned.audioDigest], ['intact', null]);
    for (const chunkBytes of [1, 7, 1000])
      assert.deepEqual(read(bytes, 'checksums', chunkBytes), scanned);
  }
});

test('every flipped bit of the frames and every cut is found without decoding', () => {
  const bytes = sampleFlac();
  const random = seededRandom(31);
  for (let round = 0; round < 300; round++) {
    const copy = new Uint8Array(bytes);
    const bit = 42 * 8 + random.below((bytes.length - 42) * 8);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(read(copy, 'checksums').verdict.state, 'damaged', `bit ${bit}`);
    const length = 5 + random.below(bytes.length - 5);
    const cut = read(bytes.subarray(0, length), 'checksums').verdict;
    assert.equal(cut.state, 'damaged', `${length} bytes`);
  }
});

test('frames in another order are damage, and a wrong MD5 is left to the decoder', () => {
  const wrongMd5 = new Uint8Array(sampleFlac());
  wrongMd5[30]! ^= 1;
  assert.equal(read(wrongMd5, 'checksums').verdict.state, 'intact');
  assert.equal(read(wrongMd5, 'whole').verdict.code, 'AUDIO_FLAC_MD5');
  const starts: number[] = [];
  const bytes = Buffer.from(sampleFlac());
  for (
    let at = 42;
    at >= 0 && at < bytes.length;
    at = bytes.indexOf('\xff\xf8\x19\x18', at + 1, 'latin1')
  )
    starts.push(at);
  const [second, third, fourth] = starts.slice(1) as [number, number, number];
  const swapped = Buffer.concat([
    bytes.subarray(0, second),
    bytes.subarray(third, fourth),
    bytes.subarray(second, third),
    bytes.subarray(fourth),
  ]);
  assert.equal(read(swapped, 'checksums').verdict.code, 'AUDIO_FLAC_SEQUENCE');
});

test('sound that holds what looks like a header is read to its true end', () => {
  // A frame of one channel with verbatim samples, in which the header of the next frame stands.
  const bytes = Buffer.from(sampleFlac());
  const next = bytes.indexOf('\xff\xf8\x19\x18\x01', 0, 'latin1');
  assert.ok(next > 0);
  const planted = Buffer.from(bytes);
  bytes.copy(planted, 42 + 100, next, next + 6);
  assert.equal(read(planted, 'checksums').verdict.code, read(planted, 'whole').verdict.code);
});

test('other formats say the same at either depth, but for the digest', () => {
  for (const bytes of [sampleOpus(), sampleVorbis()]) {
    const whole = read(bytes, 'whole');
    assert.deepEqual(read(bytes, 'checksums'), { ...whole, audioDigest: null });
  }
});

test('the files of the test bench are whole by their checksums too', { skip }, () => {
  for (const folder of ['subset', 'uncommon']) {
    const names = fs.readdirSync(path.join(BENCH, folder)).filter((name) => /flac$/.test(name));
    for (const name of names) {
      const bytes = fs.readFileSync(path.join(BENCH, folder, name));
      assert.deepEqual(
        common(read(bytes, 'checksums', 65_536)),
        common(read(bytes, 'whole')),
        name,
      );
    }
  }
});
