import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import type { FonotecaError } from '../base/errors.ts';
import { mutate, type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { readImageHeader } from './image-header.ts';
import { readPngRows } from './image-png.ts';
import { type PngLayout, pngChunk, pngFile } from './test-pictures.ts';

async function pixelsOf(bytes: Uint8Array): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const row of readPngRows(bytes)) rows.push([...row]);
  return rows;
}

const SIZE = { widthPx: 11, heightPx: 9 };
const wave = (x: number, y: number, channel: number) => (x * 37 + y * 91 + channel * 53) % 256;
const palette = Uint8Array.from({ length: 48 }, (_, index) => index * 5);

/** Colour type, depth, and what a pixel's samples become in RGBA. */
const KINDS: readonly (Pick<PngLayout, 'colourType' | 'depth' | 'pixel'> & {
  readonly rgba: (x: number, y: number) => readonly number[];
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
})[] = [
  ...[1, 2, 4, 8].map((depth) => {
    const sample = (x: number, y: number) => wave(x, y, 0) % 2 ** depth;
    return {
      colourType: 0,
      depth,
      pixel: (x: number, y: number) => [sample(x, y)],
      rgba: (x: number, y: number) => {
        const grey = Math.round((sample(x, y) * 255) / (2 ** depth - 1));
        return [grey, grey, grey, 255];
      },
    };
  }),
  {
    colourType: 0,
    depth: 16,
    pixel: (x, y) => [wave(x, y, 0) * 256 + 7],
    rgba: (x, y) => [wave(x, y, 0), wave(x, y, 0), wave(x, y, 0), 255],
  },
  {
    colourType: 2,
    depth: 8,
    pixel: (x, y) => [0, 1, 2].map((channel) => wave(x, y, channel)),
    rgba: (x, y) => [...[0, 1, 2].map((channel) => wave(x, y, channel)), 255],
  },
  {
    colourType: 2,
    depth: 8,
    transparency: Uint8Array.of(0, wave(2, 3, 0), 0, wave(2, 3, 1), 0, wave(2, 3, 2)),
    pixel: (x, y) => [0, 1, 2].map((channel) => wave(x, y, channel)),
    rgba: (x, y) => [
      ...[0, 1, 2].map((channel) => wave(x, y, channel)),
      [0, 1, 2].every((channel) => wave(x, y, channel) === wave(2, 3, channel)) ? 0 : 255,
    ],
  },
  {
    colourType: 3,
    depth: 4,
    palette,
    transparency: Uint8Array.of(0, 128),
    pixel: (x, y) => [wave(x, y, 0) % 16],
    rgba: (x, y) => {
      const entry = wave(x, y, 0) % 16;
      return [entry * 15, entry * 15 + 5, entry * 15 + 10, [0, 128][entry] ?? 255];
    },
  },
  {
    colourType: 4,
    depth: 8,
    pixel: (x, y) => [wave(x, y, 0), wave(x, y, 3)],
    rgba: (x, y) => [wave(x, y, 0), wave(x, y, 0), wave(x, y, 0), wave(x, y, 3)],
  },
  {
    colourType: 6,
    depth: 16,
    pixel: (x, y) => [0, 1, 2, 3].map((channel) => wave(x, y, channel) * 256 + 255),
    rgba: (x, y) => [0, 1, 2, 3].map((channel) => wave(x, y, channel)),
  },
];

for (const { rgba, ...kind } of KINDS)
  for (const isInterlaced of [false, true])
    test(`colour type ${kind.colourType} of ${kind.depth} bits${isInterlaced ? ', interlaced' : ''}${kind.transparency ? ', with a clear colour' : ''} is read with every filter`, async () => {
      const wanted = Array.from({ length: SIZE.heightPx }, (_, y) =>
        Array.from({ length: SIZE.widthPx }, (_unused, x) => rgba(x, y)).flat(),
      );
      for (const filter of [0, 1, 2, 3, 4])
        assert.deepEqual(
          await pixelsOf(pngFile({ ...SIZE, ...kind, isInterlaced, filter })),
          wanted,
        );
    });

const whole = Buffer.from(
  pngFile({ ...SIZE, colourType: 2, depth: 8, pixel: (x, y) => [x, y, 0] }),
);
const header = (change: (bytes: Buffer) => void) => {
  const body = Buffer.from(whole.subarray(16, 29));
  change(body);
  return Buffer.concat([whole.subarray(0, 8), pngChunk('IHDR', body), whole.subarray(33)]);
};
const flipped = (at: number) => {
  const bytes = Buffer.from(whole);
  bytes[at]! ^= 1;
  return bytes;
};
const DAMAGED: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['a flipped bit in the header', flipped(17)],
  ['a flipped bit in the data', flipped(whole.length - 25)],
  ['a cut in the data', whole.subarray(0, whole.length - 30)],
  ['no data', Buffer.concat([whole.subarray(0, 33), whole.subarray(whole.length - 12)])],
  ['nothing behind the signature', whole.subarray(0, 8)],
  ['a depth that the colour type does not have', header((body) => body.set([4], 8))],
  ['an unknown colour type', header((body) => body.set([5], 9))],
  ['an unknown interlacing', header((body) => body.set([2], 12))],
  ['more rows than there is data for', header((body) => body.writeUInt32BE(1000, 4))],
  [
    'a colour that is not in its palette',
    pngFile({ ...SIZE, colourType: 3, depth: 8, palette, pixel: () => [200] }),
  ],
  ['an unknown filter', pngFile({ ...SIZE, colourType: 0, depth: 8, filter: 5, pixel: () => [0] })],
];
for (const [name, bytes] of DAMAGED)
  test(`${name} is a damaged picture`, async () => {
    await assert.rejects(pixelsOf(bytes), (error: FonotecaError) => {
      assert.equal(error.code, 'IMAGE_UNDECODABLE');
      return true;
    });
  });

test('a thousand mutations are pictures of the size in their header, or damaged pictures', async () => {
  const random = seededRandom(20_261_121);
  const pixel = (x: number, y: number) => [wave(x, y, 0), wave(x, y, 1), wave(x, y, 2)];
  const files = [false, true].map((isInterlaced) =>
    pngFile({ ...SIZE, colourType: 2, depth: 8, filter: 4, isInterlaced, pixel }),
  );
  const ends = { read: 0, refused: 0 };
  for (let index = 0; index < 1000; index += 1) {
    const file = Buffer.from(files[index % 2]!);
    const bytes = index % 4 < 2 ? mutate(file, random) : withMutatedData(file, random);
    const header = readImageHeader(bytes);
    if (!header || header.widthPx * header.heightPx > 100_000) continue;
    try {
      const rows = await pixelsOf(bytes);
      assert.equal(rows.length, header.heightPx);
      assert.ok(rows.every((row) => row.length === header.widthPx * 4));
      ends.read += 1;
    } catch (error) {
      assert.equal((error as FonotecaError).code, 'IMAGE_UNDECODABLE', String(error));
      ends.refused += 1;
    }
  }
  assert.ok(ends.read > 50 && ends.refused > 50, JSON.stringify(ends));
});

/** The file with other data whose checksum is right. */
function withMutatedData(file: Buffer, random: SeededRandom): Uint8Array {
  const start = file.indexOf('IDAT') + 4;
  const data = file.subarray(start, start + file.readUInt32BE(start - 8));
  const lines = mutate(inflateSync(data), random);
  return Buffer.concat([
    file.subarray(0, start - 8),
    pngChunk('IDAT', deflateSync(lines)),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}
