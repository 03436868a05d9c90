/** Number 5: headers that state what no sound has, so that a reader who believes them allocates, divides or walks off. */

import { oggCrc } from '../../../src/formats/ogg-crc.ts';
import { box, type HostileItem, itemsOf, riffChunk, words } from './item.ts';
import { SOUNDS } from './sounds.ts';

/** `bytes` with numbers written over it. */
function patched(bytes: Uint8Array, write: (view: Buffer) => void): Uint8Array {
  const copy = Buffer.from(bytes);
  write(copy);
  return copy;
}

const { wav, aiff, flac, mp3, opus, vorbis } = SOUNDS;
const COUNTS = [0, 1, 3, 9, 255, 256, 32_768, 65_535];
const RATES = [0, 1, 7999, 768_001, 2 ** 31, 4_000_000_000, 2 ** 32 - 1];
const SIZES = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 9, 2 ** 32 - 1];

const WAVES = [
  ...COUNTS.map(
    (count) =>
      [`WAVE of ${count} channels`, patched(wav, (b) => b.writeUInt16LE(count, 22))] as const,
  ),
  ...RATES.map(
    (rate) => [`WAVE of ${rate} Hz`, patched(wav, (b) => b.writeUInt32LE(rate, 24))] as const,
  ),
  ...COUNTS.map(
    (bits) => [`WAVE of ${bits} bits`, patched(wav, (b) => b.writeUInt16LE(bits, 34))] as const,
  ),
  ...COUNTS.map(
    (align) =>
      [`WAVE of blocks of ${align}`, patched(wav, (b) => b.writeUInt16LE(align, 32))] as const,
  ),
  ...SIZES.map(
    (size) =>
      [`WAVE with ${size} bytes of sound`, patched(wav, (b) => b.writeUInt32LE(size, 40))] as const,
  ),
  ...SIZES.map(
    (size) =>
      [
        `WAVE with a format of ${size} bytes`,
        patched(wav, (b) => b.writeUInt32LE(size, 16)),
      ] as const,
  ),
  ...[0, 2, 6, 7, 17, 85, 0xfffe, 0xffff].map(
    (code) => [`WAVE of codec ${code}`, patched(wav, (b) => b.writeUInt16LE(code, 20))] as const,
  ),
  [
    'RF64 of 2^64 bytes',
    Buffer.concat([
      Buffer.from('RF64'),
      words(0xffffffff),
      Buffer.from('WAVE'),
      riffChunk('ds64', Buffer.alloc(28, 0xff)),
      wav.subarray(12),
    ]),
  ] as const,
  [
    'RF64 without ds64',
    Buffer.concat([Buffer.from('RF64'), words(0xffffffff), wav.subarray(8)]),
  ] as const,
  [
    'RF64 of a table of 2^32 sizes',
    Buffer.concat([
      Buffer.from('RF64'),
      words(0xffffffff),
      Buffer.from('WAVE'),
      riffChunk('ds64', Buffer.concat([Buffer.alloc(24), Buffer.alloc(4, 0xff)])),
      wav.subarray(12),
    ]),
  ] as const,
];

/** Ten bytes of an AIFF rate: exponent and mantissa of 80 bits. */
const EXTENDED: readonly (readonly [string, string])[] = [
  ['0', '00000000000000000000'],
  ['infinite', '7fff8000000000000000'],
  ['no number', '7fffc000000000000000'],
  ['negative', 'c00eac44000000000000'],
  ['2^16000', '7e808000000000000000'],
  ['2^-16000', '01008000000000000000'],
];
const COMM = Buffer.from(aiff).indexOf('COMM') + 8;
const SSND = Buffer.from(aiff).indexOf('SSND') + 4;
const AIFFS = [
  ...COUNTS.map(
    (count) =>
      [`AIFF of ${count} channels`, patched(aiff, (b) => b.writeUInt16BE(count, COMM))] as const,
  ),
  ...SIZES.map(
    (size) =>
      [`AIFF of ${size} samples`, patched(aiff, (b) => b.writeUInt32BE(size, COMM + 2))] as const,
  ),
  ...COUNTS.map(
    (bits) =>
      [`AIFF of ${bits} bits`, patched(aiff, (b) => b.writeUInt16BE(bits, COMM + 6))] as const,
  ),
  ...EXTENDED.map(
    ([name, hex]) =>
      [
        `AIFF of a rate that is ${name}`,
        patched(aiff, (b) => b.write(hex, COMM + 8, 'hex')),
      ] as const,
  ),
  ...SIZES.map(
    (size) =>
      [
        `AIFF with ${size} bytes of sound`,
        patched(aiff, (b) => b.writeUInt32BE(size, SSND)),
      ] as const,
  ),
  ...SIZES.map(
    (size) =>
      [
        `AIFF with an offset of ${size}`,
        patched(aiff, (b) => b.writeUInt32BE(size, SSND + 4)),
      ] as const,
  ),
];

/** STREAMINFO: block sizes u16 at 8, frame sizes u24, then rate 20 bits, channels 3, depth 5, samples 36 at 18. */
const FLACS = [
  ...[0, 1, 15, 65_535].map(
    (size) =>
      [
        `FLAC of blocks of ${size}`,
        patched(flac, (b) => {
          b.writeUInt16BE(size, 8);
          b.writeUInt16BE(size, 10);
        }),
      ] as const,
  ),
  ...[0, 1, 0xfffff].map(
    (rate) =>
      [
        `FLAC of ${rate} Hz`,
        patched(flac, (b) => b.writeUIntBE((rate << 4) | (b[20]! & 15), 18, 3)),
      ] as const,
  ),
  [
    'FLAC of 8 channels stated, 2 there',
    patched(flac, (b) => {
      b[20] = b[20]! | 0x0e;
    }),
  ] as const,
  [
    'FLAC of 1 bit',
    patched(flac, (b) => {
      b[20] = b[20]! & 0xfe;
      b[21] = b[21]! & 0x0f;
    }),
  ] as const,
  [
    'FLAC of 32 bits stated, 16 there',
    patched(flac, (b) => {
      b[20] = b[20]! | 1;
      b[21] = b[21]! | 0xf0;
    }),
  ] as const,
  [
    'FLAC of 2^36 - 1 samples',
    patched(flac, (b) => {
      b[21] = b[21]! | 15;
      b.writeUInt32BE(0xffffffff, 22);
    }),
  ] as const,
  [
    'FLAC of no samples',
    patched(flac, (b) => {
      b[21] = b[21]! & 0xf0;
      b.writeUInt32BE(0, 22);
    }),
  ] as const,
  ['FLAC with frames of 16 MB', patched(flac, (b) => b.fill(0xff, 12, 18))] as const,
  [
    'FLAC whose STREAMINFO is 33 bytes',
    patched(flac, (b) => {
      b[7] = 33;
    }),
  ] as const,
  ['FLAC whose STREAMINFO is 16 MB', patched(flac, (b) => b.fill(0xff, 5, 8))] as const,
  [
    'FLAC whose first block is a picture',
    patched(flac, (b) => {
      b[4] = (b[4]! & 0x80) | 6;
    }),
  ] as const,
  [
    'FLAC whose first block is invalid',
    patched(flac, (b) => {
      b[4] = (b[4]! & 0x80) | 127;
    }),
  ] as const,
];

/** Boxes within boxes, `depth` deep. */
function nested(type: string, depth: number): Buffer {
  const head = Buffer.alloc(depth * 8);
  for (let at = 0; at < depth; at++) {
    head.writeUInt32BE((depth - at) * 8, at * 8);
    head.write(type, at * 8 + 4, 'latin1');
  }
  return head;
}
const FTYP = box('ftyp', Buffer.from('M4A \0\0\0\0M4A '));
const MP4S = [
  ...['moov', 'trak', 'mdia', 'minf', 'stbl', 'udta', 'meta', 'ilst', 'free'].map(
    (type) =>
      [`M4A of 10,000 nested ${type}`, () => Buffer.concat([FTYP, nested(type, 10_000)])] as const,
  ),
  ...SIZES.map(
    (size) =>
      [
        `M4A with a box of ${size}`,
        Buffer.concat([FTYP, box('moov', Buffer.alloc(64), size)]),
      ] as const,
  ),
  ...[
    [0, 0],
    [0, 15],
    [0, 16],
    [0x7fffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
  ].map(
    ([high, low]) =>
      [
        `M4A with a long box of ${high}:${low}`,
        Buffer.concat([FTYP, words(1), Buffer.from('mdat'), words(high!, low!), Buffer.alloc(64)]),
      ] as const,
  ),
  ...['stsz', 'stco', 'co64', 'stts', 'stsc', 'stsd'].map(
    (type) =>
      [
        `M4A with 2^32 - 1 rows of ${type}`,
        Buffer.concat([
          FTYP,
          box(
            'moov',
            box(
              'trak',
              box('mdia', box('minf', box('stbl', box(type, words(0, 0, 0xffffffff, 0xffffffff))))),
            ),
          ),
        ]),
      ] as const,
  ),
];

/** Header packets lie whole in the first page, so its checksum is made anew by writing over the packet and the CRC. */
const OPUS_HEAD = Buffer.from(opus).indexOf('OpusHead');
const VORBIS_HEAD = Buffer.from(vorbis).indexOf('vorbis') - 1;
const OPUSES = [
  ...[0, 3, 8, 255].map(
    (count) =>
      [
        `Opus of ${count} channels`,
        withCrc(opus, (b) => b.writeUInt8(count, OPUS_HEAD + 9)),
      ] as const,
  ),
  ...[0xffff, 48_000].map(
    (skip) =>
      [
        `Opus with a pre-skip of ${skip}`,
        withCrc(opus, (b) => b.writeUInt16LE(skip, OPUS_HEAD + 10)),
      ] as const,
  ),
  ...[0, 0xffffffff].map(
    (rate) =>
      [`Opus of ${rate} Hz`, withCrc(opus, (b) => b.writeUInt32LE(rate, OPUS_HEAD + 12))] as const,
  ),
  ...[0x7fff, 0x8000].map(
    (gain) =>
      [
        `Opus with a gain of ${gain}`,
        withCrc(opus, (b) => b.writeUInt16LE(gain, OPUS_HEAD + 16)),
      ] as const,
  ),
  ...[1, 2, 3, 255].map(
    (family) =>
      [
        `Opus of mapping family ${family}`,
        withCrc(opus, (b) => b.writeUInt8(family, OPUS_HEAD + 18)),
      ] as const,
  ),
  ...[0, 2, 15, 16, 255].map(
    (version) =>
      [
        `Opus of version ${version}`,
        withCrc(opus, (b) => b.writeUInt8(version, OPUS_HEAD + 8)),
      ] as const,
  ),
];
const VORBISES = [
  ...[0, 9, 255].map(
    (count) =>
      [
        `Vorbis of ${count} channels`,
        withCrc(vorbis, (b) => b.writeUInt8(count, VORBIS_HEAD + 11)),
      ] as const,
  ),
  ...[0, 1, 0xffffffff].map(
    (rate) =>
      [
        `Vorbis of ${rate} Hz`,
        withCrc(vorbis, (b) => b.writeUInt32LE(rate, VORBIS_HEAD + 12)),
      ] as const,
  ),
  ...[0x00, 0x55, 0xff, 0x8b].map(
    (sizes) =>
      [
        `Vorbis of blocks ${sizes.toString(16)}`,
        withCrc(vorbis, (b) => b.writeUInt8(sizes, VORBIS_HEAD + 28)),
      ] as const,
  ),
  ...[1, 0xffffffff].map(
    (version) =>
      [
        `Vorbis of version ${version}`,
        withCrc(vorbis, (b) => b.writeUInt32LE(version, VORBIS_HEAD + 7)),
      ] as const,
  ),
  [
    'Vorbis without a framing bit',
    withCrc(vorbis, (b) => b.writeUInt8(0, VORBIS_HEAD + 29)),
  ] as const,
];
const INFO = Math.max(Buffer.from(mp3).indexOf('Xing'), Buffer.from(mp3).indexOf('Info'));
const MP3S = [
  ...[0, 1, 0xffffffff].map(
    (count) =>
      [
        `MP3 that states ${count} frames`,
        patched(mp3, (b) => b.writeUInt32BE(count, INFO + 8)),
      ] as const,
  ),
  ...[0, 0xffffffff].map(
    (size) =>
      [
        `MP3 that states ${size} bytes`,
        patched(mp3, (b) => b.writeUInt32BE(size, INFO + 12)),
      ] as const,
  ),
  ['MP3 with an index of 255', patched(mp3, (b) => b.fill(0xff, INFO + 16, INFO + 116))] as const,
];

/** `bytes` of Ogg with its first page changed and its checksum right again. */
function withCrc(bytes: Uint8Array, write: (view: Buffer) => void): Uint8Array {
  return patched(bytes, (view) => {
    write(view);
    const end =
      27 + view[26]! + view.subarray(27, 27 + view[26]!).reduce((sum, value) => sum + value, 0);
    view.writeUInt32LE(0, 22);
    view.writeUInt32LE(oggCrc(0, view, 0, end) >>> 0, 22);
  });
}

/** The items of the number. */
export const HEADERS: readonly HostileItem[] = itemsOf(5, [
  ...WAVES,
  ...AIFFS,
  ...FLACS,
  ...MP4S,
  ...OPUSES,
  ...VORBISES,
  ...MP3S,
]);
