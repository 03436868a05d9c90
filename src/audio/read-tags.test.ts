import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeMp3 } from './encoders.ts';
import { readImageHeader } from './image-header.ts';
import { readTags } from './read-tags.ts';
import { startSourceWindow } from './source-window.ts';
import { id3v2, noise, pngHeader } from './test-sounds.ts';

const mp3 = await encodeMp3(noise(44_100, 44_100, 1), { bitrateKbps: 64 });

function text(value: string): Uint8Array {
  return Buffer.concat([Buffer.of(3), Buffer.from(value)]);
}

function picture(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), bytes]);
}

async function read(bytes: Uint8Array) {
  const window = startSourceWindow(bytes.length);
  for (let at = 0; at < bytes.length; at += 10_000) window.push(bytes.subarray(at, at + 10_000));
  return readTags(window);
}

test('tags get the common names in the order of the table, and the native values are kept', async () => {
  const tag = id3v2([
    ['TPE1', text('Näme')],
    ['TIT2', text('A title')],
    ['TRCK', text('3/9')],
    ['TSRC', text('GBAYE0000351')],
    ['TXXX', text('MusicBrainz Album Id\0c0ffee00-0000-4000-8000-000000000000')],
  ]);
  const { common, native, notes } = await read(Buffer.concat([tag, mp3]));
  assert.deepEqual(common, [
    ['TITLE', 'A title'],
    ['ARTIST', 'Näme'],
    ['TRACKNUMBER', '3'],
    ['TRACKTOTAL', '9'],
    ['ISRC', 'GBAYE0000351'],
    ['MUSICBRAINZ_ALBUMID', 'c0ffee00-0000-4000-8000-000000000000'],
  ]);
  assert.deepEqual(
    native.map(({ kind }) => kind),
    ['ID3v2.3'],
  );
  assert.deepEqual(native[0]!.fields[0], ['TPE1', 'Näme']);
  assert.deepEqual(notes, []);
});

test('a picture is told by its own header, whatever the tag calls it', async () => {
  const tag = id3v2([['APIC', picture(pngHeader(640, 480))]]);
  const { art } = await read(Buffer.concat([tag, mp3]));
  assert.deepEqual(
    art.map(({ mime, widthPx, heightPx, shows }) => ({ mime, widthPx, heightPx, shows })),
    [{ mime: 'image/png', widthPx: 640, heightPx: 480, shows: 'Cover (front)' }],
  );
  assert.deepEqual(Buffer.from(art[0]!.bytes), pngHeader(640, 480));
});

test('tags beyond the caps are left out with a note', async () => {
  const long = await read(
    Buffer.concat([
      id3v2([
        ['TIT2', text('x')],
        ['COMM', text(`eng\0${'y'.repeat(100_000)}`)],
      ]),
      mp3,
    ]),
  );
  assert.deepEqual(long.common, [['TITLE', 'x']]);
  assert.ok(long.notes.includes('tags-capped'));
  const many = Array.from({ length: 2000 }, (_, index) => ['TXXX', text(`k${index}\0v`)] as const);
  const counted = await read(Buffer.concat([id3v2(many), mp3]));
  assert.ok(counted.native[0]!.fields.length <= 500);
  assert.deepEqual(counted.notes, ['tags-capped']);
  const large = await read(
    Buffer.concat([
      id3v2([['APIC', picture(Buffer.concat([pngHeader(9, 9), Buffer.alloc(17 << 20)]))]]),
      mp3,
    ]),
  );
  assert.deepEqual([large.art.length, large.notes], [0, ['art-capped']]);
});

test('a picture of no known kind is left out with a note', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
  const { art, notes } = await read(Buffer.concat([id3v2([['APIC', picture(svg)]]), mp3]));
  assert.deepEqual([art.length, notes], [0, ['art-unreadable']]);
});

test('bytes that are no audio file are a note, not an error', async () => {
  for (const bytes of [
    new Uint8Array(0),
    Buffer.from('no sound at all'),
    Buffer.alloc(5000, 0xff),
  ]) {
    const { common, native, art } = await read(bytes);
    assert.deepEqual([common, native, art], [[], [], []]);
  }
});

test('of a large file only the two ends are kept, and its tags are still read', async () => {
  const tag = id3v2([['TIT2', text('Long')]]);
  const bytes = Buffer.concat([tag, mp3, Buffer.alloc(30 << 20, 0x55)]);
  const window = startSourceWindow(bytes.length);
  window.push(bytes);
  assert.equal(window.whole(), null);
  assert.deepEqual((await readTags(window)).common, [['TITLE', 'Long']]);
});

test('a file that is longer than it was said to be keeps what was said', () => {
  const window = startSourceWindow(10);
  window.push(new Uint8Array(25));
  assert.equal(window.whole(), null);
});

const IMAGES: [name: string, bytes: Uint8Array, seen: unknown][] = [
  ['PNG', pngHeader(3, 4), { mime: 'image/png', widthPx: 3, heightPx: 4 }],
  [
    'JPEG behind an EXIF segment',
    Buffer.from(
      'ffd8ffe1000400000000ffc00011080020001003011100021100031100'.replace('0000ffc0', 'ffc0'),
      'hex',
    ),
    { mime: 'image/jpeg', widthPx: 16, heightPx: 32 },
  ],
  [
    'GIF',
    Buffer.from('474946383961050006000000', 'hex'),
    { mime: 'image/gif', widthPx: 5, heightPx: 6 },
  ],
  [
    'WebP, extended',
    Buffer.from(
      `52494646000000005745425056503858${'0a000000'}${'00000000'}${'070000'}${'080000'}`,
      'hex',
    ),
    { mime: 'image/webp', widthPx: 8, heightPx: 9 },
  ],
  ['a PNG of no width', pngHeader(0, 4), null],
  ['a cut JPEG', Buffer.from('ffd8ffe1', 'hex'), null],
  ['text', Buffer.from('<svg/>'), null],
  ['nothing', new Uint8Array(0), null],
];
for (const [name, bytes, wanted] of IMAGES)
  test(`the header of ${name} is read as it is`, () => {
    assert.deepEqual(readImageHeader(bytes), wanted);
  });
