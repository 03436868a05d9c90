import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { deflateSync } from 'node:zlib';
import { openAudioDoor } from './door.ts';
import { encodeFlac, encodeMp3, encodeVorbis } from './encoders.ts';
import { id3v2, noise, sourceOf } from './test-sounds.ts';

const sound = noise(44_100, 22_050, 1);
const mp3 = await encodeMp3(sound, { bitrateKbps: 64 });
const flac = await encodeFlac(sound, { bitsPerSample: 16 });
const vorbis = await encodeVorbis(sound, { quality: 1 });

function text(value: string): Uint8Array {
  return Buffer.concat([Buffer.of(3), Buffer.from(value)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A block of Vorbis comments that says it has `stated`. */
function comments(fields: readonly string[], stated = fields.length): Buffer {
  const parts = fields.map((field) => Buffer.concat([number(field.length), Buffer.from(field)]));
  return Buffer.concat([number(0), number(stated), ...parts]);
}

/** The FLAC file with one more block behind its first. */
function withFlacBlock(type: number, body: Uint8Array, statedBytes = body.length): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(statedBytes);
  head[0] = type;
  return Buffer.concat([flac.subarray(0, 42), head, body, flac.subarray(42)]);
}

function id3Frame(
  name: string,
  body: Uint8Array,
  options: { stated?: number; flags?: number } = {},
) {
  const { stated = body.length, flags = 0 } = options;
  const head = Buffer.alloc(10);
  head.write(name, 'latin1');
  head.writeUInt32BE(stated, 4);
  head.writeUInt16BE(flags, 8);
  return Buffer.concat([head, body]);
}

function id3Tag(body: Uint8Array, stated = body.length): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (stated >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), Buffer.from(size), body, mp3]);
}

function chapters(depth: number): Buffer {
  let inner = id3Frame('TIT2', text('deep'));
  for (let at = 0; at < depth; at += 1)
    inner = id3Frame('CHAP', Buffer.concat([Buffer.from('c\0'), Buffer.alloc(16), inner]));
  return inner;
}

function atoms(depth: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let at = 0; at < depth; at += 1) {
    const head = Buffer.from('\0\0\0\0moov', 'latin1');
    head.writeUInt32BE(inner.length + 8);
    inner = Buffer.concat([head, inner]);
  }
  return Buffer.concat([
    Buffer.from('0000001866747970', 'hex'),
    Buffer.from('M4A \0\0\0\0M4A isom'),
    inner,
  ]);
}

function numbered(start: string): string[] {
  return Array.from({ length: 50_000 }, (_, at) => `${start}${1e6 + at}`);
}

const title = ['TIT2', text('Kept')] as const;
const BOMBS: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ['a frame said to be of 256 MB', () => id3Tag(id3Frame('TIT2', text('x'), { stated: 2 ** 28 }))],
  ['a tag said to be of 256 MB', () => id3Tag(id3Frame('TIT2', text('x')), 2 ** 28 - 1)],
  [
    'a frame of 20 MB',
    () => Buffer.concat([id3v2([title, ['COMM', text(`eng\0${'y'.repeat(20e6)}`)]]), mp3]),
  ],
  [
    'a compressed frame of 200 MB',
    () => {
      const packed = deflateSync(Buffer.alloc(200e6, 'y'));
      const size = Buffer.alloc(4);
      size.writeUInt32BE(200e6);
      return id3Tag(id3Frame('TIT2', Buffer.concat([size, packed]), { flags: 0x80 }));
    },
  ],
  ['30,000 frames', () => Buffer.concat([id3v2(Array.from({ length: 30_000 }, () => title)), mp3])],
  ['chapters a thousand deep', () => id3Tag(chapters(1000))],
  [
    'a million comments',
    () => withFlacBlock(4, comments(Array.from({ length: 1_000_000 }, () => 'A=b')), 0xffffff),
  ],
  [
    '50,000 numbers of recordings, each another',
    () => withFlacBlock(4, comments(numbered('ISRC=GBAAA'))),
  ],
  ['50,000 genres, each another', () => withFlacBlock(4, comments(numbered('GENRE=')))],
  [
    '50,000 comments',
    () => withFlacBlock(4, comments(Array.from({ length: 50_000 }, () => 'A=b'))),
  ],
  [
    '4,294,967,295 comments, of which one is there',
    () => withFlacBlock(4, comments(['A=b'], 0xffffffff)),
  ],
  [
    'a picture said to be of 4 GB',
    () => withFlacBlock(6, Buffer.concat([Buffer.alloc(28), Buffer.alloc(4, 0xff)])),
  ],
  ['atoms ten thousand deep', () => atoms(10_000)],
  [
    'a title of a megabyte',
    () => Buffer.concat([id3v2([['TIT2', text('t'.repeat(2 ** 20))]]), mp3]),
  ],
  [
    'a tag inside a tag inside a tag',
    () => Buffer.concat([...Array.from({ length: 500 }, () => id3v2([title])), mp3]),
  ],
  ['an Ogg cut in its comments', () => vorbis.subarray(0, 120)],
];

const door = await openAudioDoor({ workers: 1 });
after(() => door.close());

/** Through the real worker, whose limit is a minute of its core. */
for (const [name, make] of BOMBS)
  test(`${name}: read to its end in the worker, within the caps`, async () => {
    const attempt = await door.inspect(sourceOf(make(), 256 * 1024), { subject: name });
    assert.ok(attempt.ok, attempt.ok ? '' : `${attempt.finding.code}: ${attempt.finding.seen}`);
    const { tags, art } = attempt.value;
    const fields = [...tags.common, ...tags.native.flatMap(({ fields: told }) => told)];
    const sizeBytes = fields.reduce((sum, [field, value]) => sum + field.length + value.length, 0);
    assert.ok(sizeBytes <= 2 * 64 * 1024 && fields.length <= 1000, `${sizeBytes} bytes`);
    assert.ok(art.length <= 8);
  });
