import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTrailer } from './audio-trailer.ts';
import type { ForeignData } from './audio-verdict.ts';

function read(bytes: Uint8Array, chunkBytes: number): ForeignData[] {
  const trailer = startTrailer(1000);
  for (let at = 0; at < bytes.length; at += chunkBytes)
    trailer.push(bytes.subarray(at, at + chunkBytes));
  return trailer.finish();
}

function ape(itemBytes: number): Buffer {
  const header = Buffer.alloc(32);
  header.write('APETAGEX', 0, 'latin1');
  header.writeUInt32LE(itemBytes + 32, 12);
  header.writeUInt32LE(0xa0000000, 20);
  const footer = Buffer.from(header);
  footer.writeUInt32LE(0x80000000, 20);
  return Buffer.concat([header, Buffer.alloc(itemBytes, 1), footer]);
}

test('what stands behind the sound is named, in chunks of any size', () => {
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  const lyrics = Buffer.from('LYRICSBEGININD0000200000023LYRICS200');
  const junk = Buffer.alloc(300, 'junk');
  const rows: [bytes: Buffer, expected: [kind: string, sizeBytes: number][]][] = [
    [
      Buffer.concat([ape(50), id3v1]),
      [
        ['ape', 114],
        ['id3v1', 128],
      ],
    ],
    [
      Buffer.concat([lyrics, id3v1]),
      [
        ['lyrics3', 36],
        ['id3v1', 128],
      ],
    ],
    [
      Buffer.concat([junk, id3v1]),
      [
        ['junk', 300],
        ['id3v1', 128],
      ],
    ],
    [
      Buffer.concat([junk, ape(7), junk]),
      [
        ['junk', 300],
        ['ape', 71],
        ['junk', 300],
      ],
    ],
    [
      Buffer.concat([Buffer.alloc(99), id3v1]),
      [
        ['zeros', 99],
        ['id3v1', 128],
      ],
    ],
    [Buffer.from('TAG cut'), [['id3v1', 7]]],
    [Buffer.from('APETAGEX cut'), [['junk', 12]]],
    [Buffer.from('LYRICSBEGIN cut'), [['lyrics3', 15]]],
    [Buffer.alloc(0), []],
  ];
  for (const [bytes, expected] of rows)
    for (const chunkBytes of [1, 50, 1000]) {
      const parts = read(bytes, chunkBytes);
      assert.deepEqual(
        parts.map((part) => [part.kind, part.sizeBytes]),
        expected,
      );
      assert.equal(parts[0]?.atByte, bytes.length > 0 ? 1000 : undefined);
    }
});

test('a million empty tags are a few parts and the rest', () => {
  const empty = Buffer.alloc(32);
  empty.write('APETAGEX', 0, 'latin1');
  const parts = read(Buffer.concat(Array.from({ length: 30_000 }, () => empty)), 65_536);
  assert.equal(parts.length, 65);
  assert.equal(
    parts.reduce((sum, part) => sum + part.sizeBytes, 0),
    960_000,
  );
});

test('beyond the most parts all is one piece of junk, wherever the chunks are cut', () => {
  const tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  const endings = [Buffer.concat([Buffer.alloc(300), Buffer.from('end\0\0ing'), tag])];
  endings.push(
    Buffer.concat([Buffer.from('LYRICSBEGIN'), Buffer.alloc(90), Buffer.from('LYRICS200x')]),
  );
  for (const ending of endings)
    for (const tags of [62, 63, 64]) {
      const bytes = Buffer.concat([...Array.from({ length: tags }, () => tag), ending]);
      const whole = read(bytes, bytes.length);
      assert.equal(
        whole.reduce((sum, part) => sum + part.sizeBytes, 0),
        bytes.length,
      );
      for (const chunkBytes of [1, 3, 50]) assert.deepEqual(read(bytes, chunkBytes), whole);
    }
});
