import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { readImageHeader } from '../audio/image-header.ts';
import { encodePng } from '../formats/png-encode.ts';
import { COVER_SIZE, drawCover } from './cover-art.ts';
import { ALBUMS } from './label.ts';
import { startRandom } from './random.ts';

test('a picture survives its way through PNG', () => {
  const [width, height] = [5, 4];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
  const file = Buffer.from(encodePng({ width, height, rgb }));
  assert.equal(file.toString('latin1', 37, 41), 'IDAT');
  const rows = inflateSync(file.subarray(41, 41 + file.readUInt32BE(33)));
  const seen = new Uint8Array(rgb.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width * 3; x += 1) {
      const above = y > 0 ? seen[(y - 1) * width * 3 + x]! : 0;
      seen[y * width * 3 + x] = rows[y * (width * 3 + 1) + 1 + x]! + above;
    }
  assert.deepEqual(seen, rgb);
});

for (const album of ALBUMS)
  test(`the cover of ${album.title} is a small PNG and the same each time`, () => {
    const [one, two] = [1, 2].map(() => drawCover(album.cover, startRandom(album.title)));
    assert.deepEqual(one, two);
    const header = readImageHeader(one!);
    assert.deepEqual([header?.widthPx, header?.heightPx], [COVER_SIZE, COVER_SIZE]);
    assert.ok(one!.length < 100_000, `${one!.length} bytes`);
  });
