/** Numbers 10, 11 and 15: tags without end, tags that speak to terminals and browsers, and pictures no screen could show. */
import zlib from 'node:zlib';
import { pngHeader } from '../../../src/audio/test-sounds.ts';
import { writeFlacTags } from '../../../src/formats/flac-metadata.ts';
import { retagOggVorbis } from '../../../src/formats/test-ogg-retag.ts';
import { encodeId3v2 } from '../../../src/formats/test-tag-frames.ts';
import { type HostileItem, itemsOf, riffChunk, words } from './item.ts';
import { SOUNDS } from './sounds.ts';

const { flac, mp3, vorbis, wav } = SOUNDS;

/** An ID3v2 tag of frames as they are, with a size that may lie. */
function id3(
  body: Uint8Array,
  options: { version?: number; flags?: number; statedBytes?: number } = {},
): Buffer {
  const { version = 4, flags = 0, statedBytes = body.length } = options;
  const size = [21, 14, 7, 0].map((shift) => (statedBytes >>> shift) & 127);
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, version, 0, flags, ...size]), body]);
}

/** A frame of ID3v2.4 with a size and flags that may lie. */
function frame(
  id: string,
  body: Uint8Array,
  options: { statedBytes?: number; flags?: number } = {},
): Buffer {
  const { statedBytes = body.length, flags = 0 } = options;
  const size = [21, 14, 7, 0].map((shift) => (statedBytes >>> shift) & 127);
  return Buffer.concat([Buffer.from(id), Buffer.from([...size, flags >> 8, flags & 255]), body]);
}

const text = (value: string) => Buffer.concat([Uint8Array.of(3), Buffer.from(value)]);
const times = (count: number, bytes: Uint8Array) =>
  Buffer.concat(Array.from({ length: count }, () => bytes));
const many = (count: number, value = '') =>
  Array.from({ length: count }, (_, at) => [`F${at}`, value] as const);

/** Chapters within chapters. */
function chapters(depth: number): Buffer {
  let inner: Buffer = frame('TIT2', text('deep'));
  for (let at = 0; at < depth; at++)
    inner = frame('CHAP', Buffer.concat([Buffer.from('a\0'), words(0, 1, 0, 0), inner]));
  return inner;
}

const BOMBS: readonly (readonly [string, () => Uint8Array])[] = [
  [
    'ID3 frame that states 256 MB',
    () => Buffer.concat([id3(frame('TIT2', text('x'), { statedBytes: 2 ** 28 - 1 })), mp3]),
  ],
  [
    'ID3 tag that states 256 MB',
    () => Buffer.concat([id3(frame('TIT2', text('x')), { statedBytes: 2 ** 28 - 1 }), mp3]),
  ],
  ['ID3 frame of 8 MB', () => Buffer.concat([id3(frame('TIT2', text('x'.repeat(8e6)))), mp3])],
  [
    'ID3 frame that unfolds to 200 MB',
    () =>
      Buffer.concat([
        id3(
          frame(
            'TIT2',
            Buffer.concat([words(200e6), zlib.deflateSync(Buffer.alloc(200e6, 0x41))]),
            { flags: 0x0009 },
          ),
        ),
        mp3,
      ]),
  ],
  [
    'ID3 frame said to be encrypted',
    () => Buffer.concat([id3(frame('TIT2', text('x'), { flags: 0x0004 })), mp3]),
  ],
  [
    'ID3 frame of size 0 a hundred thousand times',
    () => Buffer.concat([id3(times(100_000, frame('TIT2', new Uint8Array(0)))), mp3]),
  ],
  [
    'ID3 of a hundred thousand frames',
    () => Buffer.concat([id3(times(100_000, frame('TXXX', text('a\0b')))), mp3]),
  ],
  ['ID3 chapters a thousand deep', () => Buffer.concat([id3(chapters(1000)), mp3])],
  [
    'ID3 unsynchronised to its end',
    () => Buffer.concat([id3(Buffer.alloc(500_000, 0xff), { version: 3, flags: 0x80 }), mp3]),
  ],
  [
    'ID3 with an extended header of 256 MB',
    () =>
      Buffer.concat([
        id3(Buffer.concat([Buffer.from([127, 127, 127, 127]), frame('TIT2', text('x'))]), {
          flags: 0x40,
        }),
        mp3,
      ]),
  ],
  ['ID3 of version 9', () => Buffer.concat([id3(frame('TIT2', text('x')), { version: 9 }), mp3])],
  [
    'ID3 text in an encoding of 200',
    () =>
      Buffer.concat([
        id3(frame('TIT2', Buffer.concat([Uint8Array.of(200), Buffer.from('x')]))),
        mp3,
      ]),
  ],
  [
    'ID3 text cut inside a character',
    () => Buffer.concat([id3(frame('TIT2', Uint8Array.of(1, 0xff, 0xfe, 0x00, 0xd8, 0x41))), mp3]),
  ],
  [
    'Vorbis of 100,000 comments',
    () => retagOggVorbis(vorbis, { serial: 1, vendor: 'v', comments: many(100_000) }),
  ],
  [
    'Vorbis of a comment of 8 MB',
    () =>
      retagOggVorbis(vorbis, { serial: 1, vendor: 'v', comments: [['TITLE', 'x'.repeat(8e6)]] }),
  ],
  [
    'Vorbis of a vendor of 1 MB',
    () => retagOggVorbis(vorbis, { serial: 1, vendor: 'v'.repeat(1e6), comments: [] }),
  ],
  ['FLAC of 100,000 comments', () => writeFlacTags(flac, { vendor: 'v', comments: many(100_000) })],
  [
    'FLAC of a comment of 8 MB',
    () => writeFlacTags(flac, { vendor: 'v', comments: [['TITLE', 'x'.repeat(8e6)]] }),
  ],
  [
    'FLAC that states 2^32 - 1 comments',
    () => flacBlock(4, Buffer.concat([le(1), Buffer.from('v'), le(0xffffffff)])),
  ],
  [
    'FLAC with a comment of 2^32 - 1 bytes',
    () =>
      flacBlock(
        4,
        Buffer.concat([le(1), Buffer.from('v'), le(1), le(0xffffffff), Buffer.from('A=b')]),
      ),
  ],
  [
    'FLAC with a vendor of 2^32 - 1 bytes',
    () => flacBlock(4, Buffer.concat([le(0xffffffff), Buffer.from('v')])),
  ],
  [
    'FLAC with a picture of 2^32 - 1 bytes',
    () => flacBlock(6, Buffer.concat([words(3, 0xffffffff), Buffer.from('image/png')])),
  ],
  ['FLAC with a seek table of 16 MB', () => flacBlock(3, Buffer.alloc(18 * 100_000, 0xff))],
  [
    'FLAC with a cue sheet of 255 tracks of 255 indices',
    () => flacBlock(5, Buffer.alloc(396 + 36 * 255, 0xff)),
  ],
  ['APE tag of 2^32 - 1 items', () => Buffer.concat([mp3, ape(0xffffffff, 500)])],
  ['APE tag of 2^32 - 1 bytes', () => Buffer.concat([mp3, ape(1, 500, 0xffffffff)])],
  [
    'WAVE of 50,000 INFO fields',
    () =>
      withChunk(
        riffChunk(
          'LIST',
          Buffer.concat([
            Buffer.from('INFO'),
            times(50_000, riffChunk('INAM', Buffer.from('x\0'))),
          ]),
        ),
      ),
  ],
  [
    'WAVE of an INFO field that states 4 GB',
    () =>
      withChunk(
        riffChunk(
          'LIST',
          Buffer.concat([Buffer.from('INFO'), riffChunk('INAM', Buffer.from('x\0'), 0xfffffff0)]),
        ),
      ),
  ],
  [
    'WAVE of an iXML of 8 MB',
    () => withChunk(riffChunk('iXML', Buffer.from(`<BWFXML>${'<a>'.repeat(2e6)}`))),
  ],
  [
    'WAVE of an iXML with entities',
    () =>
      withChunk(
        riffChunk(
          'iXML',
          Buffer.from(
            '<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b SYSTEM "file:///etc/passwd">]><BWFXML>&a;</BWFXML>',
          ),
        ),
      ),
  ],
  ['WAVE of 2^32 - 1 cues', () => withChunk(riffChunk('cue ', Buffer.from('ffffffff', 'hex')))],
  ['WAVE of a bext of nothing', () => withChunk(riffChunk('bext', new Uint8Array(0)))],
];

function le(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The sample with one more metadata block behind STREAMINFO. */
function flacBlock(type: number, content: Uint8Array): Buffer {
  const size = Buffer.alloc(3);
  size.writeUIntBE(content.length, 0, 3);
  const rest = flac.subarray(42);
  return Buffer.concat([
    flac.subarray(0, 4),
    Uint8Array.of(0),
    flac.subarray(5, 42),
    Uint8Array.of(type),
    size,
    content,
    rest,
  ]);
}

function ape(items: number, bodyBytes: number, statedBytes = bodyBytes + 32): Buffer {
  const part = (flags: number) =>
    Buffer.concat([
      Buffer.from('APETAGEX'),
      le(2000),
      le(statedBytes),
      le(items),
      le(flags),
      Buffer.alloc(8),
    ]);
  return Buffer.concat([part(0xa0000000), Buffer.alloc(bodyBytes, 0x61), part(0x80000000)]);
}

/** The sample with a chunk between format and sound, and sizes to match. */
function withChunk(chunk: Buffer): Buffer {
  const bytes = Buffer.concat([wav.subarray(0, 36), chunk, wav.subarray(36)]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  return bytes;
}

/** Texts that mean something to where they are shown. */
export const SPOKEN_TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['direction marks', '\u202egnos\u202c'],
  ['isolates', '\u2066a\u2069\u200f'],
  ['terminal escapes', '\x1b[2J\x1b]0;owned\x07\x1b[31m'],
  ['C1 controls', '\x9b31m\x85'],
  ['a script', '<script>alert(1)</script>'],
  ['an image with a handler', '"><img src=x onerror=alert(1)>'],
  ['an XML end', ']]>&x;'],
  ['a formula', '=HYPERLINK("http://127.0.0.1")'],
  ['a path', '../../etc/passwd'],
  ['an address', 'javascript:alert(1)'],
  ['a pattern', '%s%n%d'],
  ['line ends', 'a\r\nSet-Cookie: x\n\u2028b'],
  ['no character', '\uffff\ufffe\ufdd0'],
  ['many marks', `a${'\u0300'.repeat(500)}`],
  ['a word of objects', '__proto__'],
  ['a shell', '$(touch /tmp/fonoteca-canary)'],
];
const SPOKEN = SPOKEN_TEXTS.flatMap(([name, value]) => [
  [`${name} in ID3`, Buffer.concat([encodeId3v2([{ id: 'TIT2', text: value }]), mp3])] as const,
  [`${name} in FLAC`, writeFlacTags(flac, { vendor: 'v', comments: [['TITLE', value]] })] as const,
  [
    `${name} in Vorbis`,
    retagOggVorbis(vorbis, { serial: 1, vendor: 'v', comments: [['TITLE', value]] }),
  ] as const,
]);

const gif = (frames: number) =>
  Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from('01000100800000000000ffffff', 'hex'),
    times(frames, Buffer.from('2c000000000100010000024401003b', 'hex').subarray(0, 14)),
    Uint8Array.of(0x3b),
  ]);
/** A JPEG header of that size, and no picture. */
function jpegHeader(widthPx: number, heightPx: number): Buffer {
  const head = Buffer.from('ffd8ffc00011080000000003012200021101031101ffd9', 'hex');
  head.writeUInt16BE(heightPx, 7);
  head.writeUInt16BE(widthPx, 9);
  return head;
}
function webpHeader(widthPx: number, heightPx: number): Buffer {
  const body = Buffer.alloc(10);
  body.writeUIntLE(widthPx - 1, 4, 3);
  body.writeUIntLE(heightPx - 1, 7, 3);
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), riffChunk('VP8X', body)]));
}

/** Pictures, with the type they are said to have. */
const PICTURES: readonly (readonly [name: string, mime: string, bytes: () => Uint8Array])[] = [
  ['PNG of 65,535 x 65,535', 'image/png', () => pngHeader(65_535, 65_535)],
  ['PNG of 2^32 - 1', 'image/png', () => pngHeader(2 ** 32 - 1, 2 ** 32 - 1)],
  ['PNG of 1 x 2^31', 'image/png', () => pngHeader(1, 2 ** 31)],
  ['PNG without pixels', 'image/png', () => pngHeader(10, 10)],
  ['PNG of nothing', 'image/png', () => pngHeader(0, 0)],
  ['JPEG of 65,535 x 65,535', 'image/jpeg', () => jpegHeader(65_535, 65_535)],
  ['JPEG without pixels', 'image/jpeg', () => jpegHeader(16, 16)],
  [
    'JPEG of segments without end',
    'image/jpeg',
    () =>
      Buffer.concat([Buffer.from('ffd8', 'hex'), times(20_000, Buffer.from('ffe00002', 'hex'))]),
  ],
  ['WebP of 2^24 x 2^24', 'image/webp', () => webpHeader(2 ** 24, 2 ** 24)],
  ['WebP without pixels', 'image/webp', () => webpHeader(16, 16)],
  ['GIF of 100,000 frames', 'image/gif', () => gif(100_000)],
  ['GIF of 65,535 x 65,535', 'image/gif', () => Buffer.from('474946383961ffffffff800000', 'hex')],
  [
    'SVG with a script',
    'image/svg+xml',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  ],
  [
    'SVG with entities',
    'image/svg+xml',
    () =>
      Buffer.from(
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
      ),
  ],
  [
    'SVG said to be a PNG',
    'image/png',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  ],
  [
    'an address in place of a picture',
    '-->',
    () => Buffer.from('http://127.0.0.1:CANARY/cover.png'),
  ],
  [
    'a page said to be a JPEG',
    'image/jpeg',
    () => Buffer.from('<!doctype html><script>alert(1)</script>'),
  ],
  ['a TIFF', 'image/tiff', () => Buffer.from('49492a0008000000ffff', 'hex')],
  ['a BMP', 'image/bmp', () => Buffer.concat([Buffer.from('BM'), Buffer.alloc(60, 0xff)])],
  ['an empty picture', 'image/png', () => new Uint8Array(0)],
];
const IN_SOUND = PICTURES.flatMap(([name, mime, bytes]) => [
  [
    `${name} in ID3`,
    () =>
      Buffer.concat([
        encodeId3v2([
          { id: 'APIC', mimeType: mime, pictureType: 3, description: '', data: bytes() },
        ]),
        mp3,
      ]),
  ] as const,
  [
    `${name} in FLAC`,
    () =>
      flacBlock(
        6,
        Buffer.concat([
          words(3, mime.length),
          Buffer.from(mime),
          words(0, 1, 1, 24, 0, bytes().length),
          bytes(),
        ]),
      ),
  ] as const,
]);

/** The items of these numbers. */
export const TAGS: readonly HostileItem[] = [
  ...itemsOf(10, BOMBS),
  ...itemsOf(11, SPOKEN),
  ...itemsOf(15, IN_SOUND),
];
