import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioReading } from './audio-verdict.ts';
import { decodeMpegHeader } from './mpeg-frame.ts';
import { startMpegReader } from './mpeg-reader.ts';
import { sampleMp3 } from './test-audio-samples.ts';

const FRAME_BYTES = 417;

function read(bytes: Uint8Array): AudioReading {
  const reader = startMpegReader();
  reader.push(bytes);
  return reader.finish();
}

test('frame headers give length, samples and rate of every layer and version', () => {
  const rows: [
    hex: string,
    expected: [layer: number, hz: number, bytes: number, samples: number] | null,
  ][] = [
    ['fffb9000', [3, 44_100, 417, 1152]],
    ['fffb9200', [3, 44_100, 418, 1152]],
    ['fff39000', [3, 22_050, 261, 576]],
    ['ffe39000', [3, 11_025, 522, 576]],
    ['fffdc000', [2, 44_100, 835, 1152]],
    ['ffffc000', [1, 44_100, 416, 384]],
    ['fffb0000', [3, 44_100, 0, 1152]],
    ['fffbf000', null],
    ['fffb9c00', null],
    ['fff99000', null],
    ['ffeb9000', null],
    ['00fb9000', null],
  ];
  for (const [hex, expected] of rows) {
    const header = decodeMpegHeader(Buffer.from(hex, 'hex'), 0);
    const seen = header && [header.layer, header.sampleRateHz, header.sizeBytes, header.samples];
    assert.deepEqual(seen, expected, hex);
  }
});

test('each kind of damage has its own code and place', () => {
  const whole = sampleMp3();
  const bare = sampleMp3({ withInfo: false });
  const at = (frame: number): number => frame * FRAME_BYTES;
  const without = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
    Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  const patched = (bytes: Uint8Array, index: number, value: number): Uint8Array => {
    const copy = new Uint8Array(bytes);
    copy[index] = value;
    return copy;
  };
  const rows: [what: string, bytes: Uint8Array, code: string, atByte: number][] = [
    [
      'bytes missing in the middle',
      without(bare, at(5) + 9, at(5) + 50),
      'AUDIO_MPEG_CHAIN',
      at(6),
    ],
    ['a header destroyed', patched(bare, at(5), 0), 'AUDIO_MPEG_CHAIN', at(5)],
    ['the first header destroyed', patched(bare, 0, 0), 'AUDIO_MPEG_CHAIN', 0],
    ['the last header destroyed', patched(bare, at(29), 1), 'AUDIO_MPEG_CHAIN', at(29)],
    ['half the last frame missing', bare.subarray(0, at(29) + 99), 'AUDIO_MPEG_TRUNCATED', at(29)],
    ['a frame missing', without(whole, at(5), at(6)), 'AUDIO_MPEG_COUNT', at(30)],
    ['the last frame missing', whole.subarray(0, at(30)), 'AUDIO_MPEG_COUNT', at(30)],
    ['a bit in the music', patched(whole, at(9) + 99, whole[at(9) + 99]! ^ 1), 'AUDIO_MPEG_CRC', 0],
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

test('a stream that states no length is intact at every frame boundary, and says so', () => {
  const bare = sampleMp3({ withInfo: false });
  for (const frames of [2, 17, 30]) {
    const { verdict, warnings } = read(bare.subarray(0, frames * FRAME_BYTES));
    assert.equal(verdict.state, 'intact');
    assert.deepEqual(
      warnings.map((warning) => warning.code),
      ['AUDIO_CUT_INVISIBLE'],
    );
  }
});

test('the gain of a file with an APE tag may have been rewritten: then its checksum only warns', () => {
  const file = new Uint8Array(sampleMp3());
  file[9 * FRAME_BYTES + 50]! ^= 1;
  const ape = Buffer.alloc(32);
  ape.write('APETAGEX', 0, 'latin1');
  ape.writeUInt32LE(32, 12);
  const reading = read(Buffer.concat([file, ape]));
  assert.equal(reading.verdict.state, 'intact');
  assert.equal(reading.warnings[0]?.code, 'AUDIO_MPEG_CRC');
  assert.deepEqual(reading.foreign, [{ kind: 'ape', atByte: file.length, sizeBytes: 32 }]);
});

test('junk behind a file that is complete by its own count is foreign, not damage', () => {
  const file = sampleMp3();
  const reading = read(Buffer.concat([file, Buffer.from('PK\x03\x04 and more')]));
  assert.equal(reading.verdict.state, 'intact');
  assert.deepEqual(reading.foreign, [{ kind: 'junk', atByte: file.length, sizeBytes: 13 }]);
});

test('a megabyte of free-format headers that lead nowhere is read within a second', () => {
  const flood = new Uint8Array(1_000_000);
  for (let at = 0; at + 4 < flood.length; at += 5)
    flood.set([0xff, 0xfb, at % 3 ? 0x00 : 0x04, at & 63], at);
  const started = performance.now();
  assert.notEqual(read(flood).verdict.state, 'not-checked');
  assert.ok(performance.now() - started < 1000);
});
