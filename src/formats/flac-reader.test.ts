import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AudioReading } from './audio-verdict.ts';
import { flacCrc8, flacCrc16 } from './flac-crc.ts';
import { decodeFlac } from './flac-decoder.ts';
import { startFlacReader } from './flac-reader.ts';
import { sampleFlac } from './test-audio-samples.ts';

const BENCH = path.resolve(import.meta.dirname, '../../../shared/data/audio/flac-test-files');
const skip = fs.existsSync(BENCH) ? false : 'the decoder test bench is not here';

function read(bytes: Uint8Array): AudioReading {
  const reader = startFlacReader();
  reader.push(bytes);
  return reader.finish();
}

test('the checksums of a frame agree with a division bit by bit', () => {
  const bytes = Uint8Array.from({ length: 1003 }, (_, index) => (index * index) & 255);
  let expected8 = 0;
  let expected16 = 0;
  for (const byte of bytes) {
    expected8 ^= byte;
    expected16 ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      expected8 = (expected8 & 0x80 ? (expected8 << 1) ^ 0x07 : expected8 << 1) & 0xff;
      expected16 = (expected16 & 0x8000 ? (expected16 << 1) ^ 0x8005 : expected16 << 1) & 0xffff;
    }
  }
  assert.equal(flacCrc8(bytes, 0, bytes.length), expected8);
  assert.equal(flacCrc16(bytes, 0, bytes.length), expected16);
});

test('every file of the test bench that is within the format decodes to its own MD5', {
  skip,
}, () => {
  const files = fs.readdirSync(path.join(BENCH, 'subset')).filter((name) => /flac$/.test(name));
  assert.ok(files.length >= 13);
  for (const name of files) {
    const bytes = fs.readFileSync(path.join(BENCH, 'subset', name));
    assert.ok(decodeFlac(bytes).info!.md5, `${name} states an MD5`);
    assert.deepEqual(read(bytes).verdict, { state: 'intact' }, name);
  }
});

test('uncommon streams are read to their end, with a warning', { skip }, () => {
  for (const name of fs.readdirSync(path.join(BENCH, 'uncommon')).filter((n) => /flac$/.test(n))) {
    const reading = read(fs.readFileSync(path.join(BENCH, 'uncommon', name)));
    assert.equal(reading.verdict.state, 'intact', name);
    assert.ok(
      reading.warnings.some((warning) => warning.code === 'AUDIO_CUT_INVISIBLE'),
      name,
    );
  }
});

test('faulty files get the verdict that fits their fault', { skip }, () => {
  const rows: [start: string, verdict: string | undefined, warning?: string][] = [
    ['01', undefined, 'AUDIO_FLAC_METADATA'],
    ['03', 'AUDIO_FLAC_METADATA'],
    ['05', 'AUDIO_FLAC_COUNT'],
    ['07', undefined, 'AUDIO_FLAC_METADATA'],
    ['10', undefined, 'AUDIO_TAGS_INVALID'],
  ];
  const names = fs.readdirSync(path.join(BENCH, 'faulty'));
  for (const [start, code, warning] of rows) {
    const name = names.find((candidate) => candidate.startsWith(start))!;
    const reading = read(fs.readFileSync(path.join(BENCH, 'faulty', name)));
    assert.equal(reading.verdict.code, code, name);
    assert.equal(reading.warnings[0]?.code, warning, name);
  }
});

test('each kind of damage has its own code and place', () => {
  const whole = sampleFlac();
  const { frames } = decodeFlac(whole);
  const frameAt = (index: number): number =>
    42 + frames.slice(0, index).reduce((sum, frame) => sum + frame.sizeBytes, 0);
  const cutOut = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
    Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  const patched = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
    const copy = new Uint8Array(bytes);
    copy[at] = value;
    return copy;
  };
  const rows: [what: string, bytes: Uint8Array, code: string, atByte: number][] = [
    ['a byte of frame 5', patched(whole, frameAt(5) + 40, 0x5a), 'AUDIO_FLAC_FRAME', frameAt(5)],
    ['frame 5 missing', cutOut(whole, frameAt(5), frameAt(6)), 'AUDIO_FLAC_SEQUENCE', frameAt(5)],
    ['the last frame missing', whole.subarray(0, frameAt(19)), 'AUDIO_FLAC_COUNT', frameAt(19)],
    [
      'half the last frame missing',
      whole.subarray(0, frameAt(19) + 99),
      'AUDIO_FLAC_TRUNCATED',
      frameAt(19),
    ],
    ['another MD5', patched(whole, 30, whole[30]! ^ 1), 'AUDIO_FLAC_MD5', whole.length],
    ['cut metadata', whole.subarray(0, 20), 'AUDIO_FLAC_TRUNCATED', 20],
  ];
  for (const [what, bytes, code, atByte] of rows) {
    const { verdict } = read(bytes);
    assert.deepEqual(
      [verdict.state, verdict.code, verdict.atByte],
      ['damaged', code, atByte],
      what,
    );
  }
});

test('a stream without count and MD5 is intact, and says that a cut would not show', () => {
  const bytes = sampleFlac({ withMd5: false, withCount: false });
  const { verdict, warnings } = read(bytes);
  assert.equal(verdict.state, 'intact');
  assert.deepEqual(
    warnings.map((warning) => warning.code),
    ['AUDIO_CUT_INVISIBLE'],
  );
});

test('frames that unfold to more silence than any recording holds stop at the budget', () => {
  // Eight constant channels of 32,768 samples: 35 bytes for half a megabyte.
  const frameOf = (number: number): Uint8Array => {
    const coded = [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 63), 0x80 | (number & 63)];
    const header = Uint8Array.of(0xff, 0xf8, 0xf9, 0x78, ...coded, 0);
    header[7] = flacCrc8(header, 0, 7);
    const frame = Buffer.concat([header, new Uint8Array(8 * 3 + 2)]);
    frame.writeUInt16BE(flacCrc16(frame, 0, frame.length - 2), frame.length - 2);
    return frame;
  };
  const reader = startFlacReader();
  for (let number = 0; number < 9000; number++) reader.push(frameOf(number));
  const { verdict, audioDigest } = reader.finish();
  assert.deepEqual([verdict.state, verdict.code], ['not-checked', 'AUDIO_BUDGET']);
  assert.equal(audioDigest, null);
});
