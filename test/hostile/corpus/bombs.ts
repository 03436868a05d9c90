/** Numbers 4 and 6: little files that unfold into days of sound, and such as never get on. */

import { flacCrc8, flacCrc16 } from '../../../src/formats/flac-crc.ts';
import { encodeOggPages, muxOpus } from '../../../src/formats/ogg-muxer.ts';
import { box, type HostileItem, itemsOf, riffChunk, words } from './item.ts';
import { SOUNDS } from './sounds.ts';

const RATE_CODES: Readonly<Record<number, number>> = { 8000: 4, 44100: 9, 192000: 3 };
const BLOCK_SAMPLES = 65_535;

/** FLAC of silence: frames of one constant a channel, a dozen bytes for 65,535 samples. */
function silentFlac(hours: number, rateHz: number, channels: number): Uint8Array {
  const frames = Math.ceil((hours * 3600 * rateHz) / BLOCK_SAMPLES);
  const info = Buffer.alloc(34);
  info.writeUInt16BE(BLOCK_SAMPLES, 0);
  info.writeUInt16BE(BLOCK_SAMPLES, 2);
  const total = frames * BLOCK_SAMPLES;
  info.writeUInt32BE(
    ((rateHz << 12) | ((channels - 1) << 9) | (15 << 4) | Math.floor(total / 2 ** 32)) >>> 0,
    10,
  );
  info.writeUInt32BE(total >>> 0, 14);
  const parts: Uint8Array[] = [Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), info];
  for (let number = 0; number < frames; number++) {
    const head = [
      0xff,
      0xf8,
      (7 << 4) | RATE_CODES[rateHz]!,
      ((channels - 1) << 4) | (4 << 1),
      ...utf8Number(number),
      (BLOCK_SAMPLES - 1) >> 8,
      (BLOCK_SAMPLES - 1) & 0xff,
    ];
    const frame = Buffer.alloc(head.length + 1 + channels * 3 + 2);
    frame.set(head);
    frame[head.length] = flacCrc8(frame, 0, head.length);
    frame.writeUInt16BE(flacCrc16(frame, 0, frame.length - 2), frame.length - 2);
    parts.push(frame);
  }
  return Buffer.concat(parts);
}

/** A frame's number in the manner of UTF-8 (RFC 9639 section 9.1.5). */
function utf8Number(value: number): number[] {
  return [...Buffer.from(String.fromCodePoint(value < 0xd800 ? value : value + 0x800))];
}

/** Opus of packets that hold nothing: two bytes for 120 ms, so that a page is half a minute. */
export function silentOpus(hours: number): Uint8Array {
  const head = Buffer.from('OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0', 'latin1');
  const tags = Buffer.from('OpusTags\x01\0\0\0x\0\0\0\0', 'latin1');
  const count = Math.ceil((hours * 3600) / 0.12);
  const packets = Array.from({ length: count }, (_, at) => ({
    bytes: Uint8Array.of(0xff, 0x06),
    granule: (at + 1) * 5760,
    endsPage: at % 200 === 199,
  }));
  const headers = [head, tags].map((bytes) => ({ bytes, granule: 0, endsPage: true }));
  return Buffer.concat(encodeOggPages([...headers, ...packets], { serial: 3, endsStream: true }));
}

const FLACS = [
  [2, 8000, 1],
  [10, 44_100, 2],
  [40, 192_000, 8],
].map(
  ([hours, rateHz, channels]) =>
    [
      `silence: FLAC of ${hours} h, ${rateHz} Hz, ${channels} channels`,
      () => silentFlac(hours!, rateHz!, channels!),
    ] as const,
);
/** Ogg links of nothing but headers, one after another. */
function chained(count: number): Uint8Array {
  const link = (serial: number) =>
    muxOpus({
      serial,
      channels: 1,
      preSkip: 0,
      inputSampleRateHz: 48_000,
      samples48k: 1,
      packets: [Uint8Array.of(0xf8)],
      comments: [],
      vendor: '',
    });
  return Buffer.concat(Array.from({ length: count }, (_, serial) => link(serial)));
}

const times = (count: number, bytes: Uint8Array) =>
  Buffer.concat(Array.from({ length: count }, () => bytes));
const ASF = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex');
const riff = (content: Uint8Array) =>
  riffChunk('RIFF', Buffer.concat([Buffer.from('WAVE'), content]));
const emptyPage = (): Buffer => Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(21)]);

const LOOPS: readonly (readonly [string, () => Uint8Array])[] = [
  [
    'ASF objects of size 0',
    () =>
      Buffer.concat([
        ASF,
        Buffer.alloc(8),
        words(1000),
        times(50_000, Buffer.concat([ASF, Buffer.alloc(8)])),
      ]),
  ],
  [
    'ASF object larger than 2^63',
    () => Buffer.concat([ASF, Buffer.alloc(8, 0xff), times(1000, ASF)]),
  ],
  [
    'M4A boxes of size 0',
    () =>
      Buffer.concat([
        box('ftyp', Buffer.from('M4A \0\0\0\0')),
        times(10_000, box('moov', new Uint8Array(0), 0)),
      ]),
  ],
  [
    'M4A boxes of size 1 and a long size 0',
    () =>
      Buffer.concat([
        box('ftyp', Buffer.from('M4A \0\0\0\0')),
        times(10_000, Buffer.concat([box('moov', new Uint8Array(0), 1), words(0, 0)])),
      ]),
  ],
  [
    'M4A boxes of size 7',
    () =>
      Buffer.concat([
        box('ftyp', Buffer.from('M4A \0\0\0\0')),
        times(10_000, box('free', new Uint8Array(0), 7)),
      ]),
  ],
  [
    'M4A with 300,000 empty boxes',
    () =>
      Buffer.concat([
        box('ftyp', Buffer.from('M4A \0\0\0\0')),
        times(300_000, box('free', new Uint8Array(0))),
      ]),
  ],
  ['Ogg of 200 chained streams', () => chained(200)],
  ['Ogg of 100,000 pages with nothing in them', () => times(100_000, emptyPage())],
  ['Ogg page marks and nothing else', () => times(500_000, Buffer.from('OggS'))],
  [
    'Ogg page marks at every length of page',
    () =>
      times(
        4000,
        Buffer.concat([
          Buffer.from('OggS\0\0'),
          Buffer.alloc(20),
          Buffer.from([255]),
          Buffer.alloc(255, 255),
        ]),
      ),
  ],
  [
    'FLAC of 200,000 empty metadata blocks',
    () =>
      Buffer.concat([
        SOUNDS.flac.subarray(0, 4),
        Uint8Array.of(0),
        SOUNDS.flac.subarray(5, 42),
        times(200_000, Uint8Array.of(1, 0, 0, 0)),
      ]),
  ],
  [
    'FLAC frame marks and nothing else',
    () =>
      Buffer.concat([
        SOUNDS.flac.subarray(0, 42),
        times(400_000, Uint8Array.of(0xff, 0xf8, 0x19, 0x18)),
      ]),
  ],
  [
    'FLAC with a metadata block to the end of the world',
    () => Buffer.concat([SOUNDS.flac.subarray(0, 42), Uint8Array.of(2, 0xff, 0xff, 0xff)]),
  ],
  [
    'WAVE of 200,000 empty chunks',
    () => riff(times(200_000, riffChunk('junk', new Uint8Array(0)))),
  ],
  [
    'WAVE of odd chunks without padding',
    () => riff(times(50_000, riffChunk('junk', Uint8Array.of(1)))),
  ],
  [
    'AIFF of 200,000 empty chunks',
    () =>
      box(
        'FORM',
        Buffer.concat([Buffer.from('AIFF'), times(200_000, box('APPL', new Uint8Array(0), 0))]),
      ),
  ],
  ['100,000 empty ID3 tags', () => times(100_000, Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'))],
  [
    'MPEG frames of free format that never end',
    () => times(30_000, Uint8Array.of(0xff, 0xfb, 0x00, 0x00)),
  ],
  ['MPEG frame marks and nothing else', () => Buffer.alloc(1_000_000, 0xff)],
  [
    'MPEG frames of alternate kinds',
    () => times(100_000, Uint8Array.of(0xff, 0xfb, 0x90, 0, 0xff, 0xf3, 0x90, 0)),
  ],
  [
    'APE tags one behind the other',
    () =>
      Buffer.concat([
        SOUNDS.mp3,
        times(
          50_000,
          Buffer.concat([
            Buffer.from('APETAGEX'),
            Buffer.from('d0070000200000000000000000000080', 'hex'),
            Buffer.alloc(8),
          ]),
        ),
      ]),
  ],
  [
    'Matroska of endless elements',
    () =>
      Buffer.concat([
        Buffer.from('1a45dfa3', 'hex'),
        times(100_000, Buffer.from('18538067ff', 'hex')),
      ]),
  ],
  ['zeros', () => Buffer.alloc(4_000_000)],
];

/** The items of both numbers. */
export const BOMBS: readonly HostileItem[] = [...itemsOf(4, FLACS), ...itemsOf(6, LOOPS)];
