/**
 * Fuzz targets for pictures: what is written reads back, pixel by pixel by a reader that knows only the specification, and
 * in the block that carries a cover.
 */
import assert from 'node:assert/strict';
import { crc32, inflateSync } from 'node:zlib';
import { decodePicture, encodePicture } from '../../src/formats/flac-picture.ts';
import { encodePng, type Picture } from '../../src/formats/png-encode.ts';
import { assertSameBytes, type FuzzTarget } from './fuzz-target.ts';
import { mutateBytes } from './mutations.ts';

const png: FuzzTarget = {
  name: 'png-encode',
  run(random) {
    const width = 1 + random.below(24);
    const height = 1 + random.below(24);
    const rgb = random.bytes(width * height * 3);
    if (random.below(2) === 0) rgb.fill(random.below(256), 0, random.below(rgb.length));
    const picture = { width, height, rgb };
    const bytes = encodePng(picture);
    assertSameBytes(encodePng(picture), bytes, 'written again');
    const read = readPng(Buffer.from(bytes));
    assert.equal(read.width, width);
    assert.equal(read.height, height);
    assertSameBytes(read.rgb, rgb, 'pixels');
    return 'written';
  },
};

/** PNG specification, third edition, for 8-bit RGB without interlace and the filters None and Up. */
function readPng(bytes: Buffer): Picture {
  assert.equal(bytes.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n');
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    assert.equal(bytes.readUInt32BE(end), crc32(bytes.subarray(at + 4, end)), 'the checksum');
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      data: bytes.subarray(at + 8, end),
    });
    at = end + 4;
  }
  assert.deepEqual(
    chunks.map(({ type }) => type),
    ['IHDR', 'IDAT', 'IEND'],
  );
  const [header, body] = chunks.map(({ data }) => data);
  assert.equal(header!.toString('hex', 8), '0802000000');
  const width = header!.readUInt32BE(0);
  const height = header!.readUInt32BE(4);
  const rows = inflateSync(body!);
  const stride = width * 3;
  assert.equal(rows.length, height * (stride + 1));
  const rgb = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)]!;
    assert(filter === 0 || filter === 2, `filter ${filter}`);
    for (let x = 0; x < stride; x += 1) {
      const above = filter === 2 && y > 0 ? rgb[(y - 1) * stride + x]! : 0;
      rgb[y * stride + x] = rows[y * (stride + 1) + 1 + x]! + above;
    }
  }
  return { width, height, rgb };
}

const flacPicture: FuzzTarget = {
  name: 'flac-picture',
  run(random) {
    const picture = {
      mimeType: random.pick(['image/jpeg', 'image/png', '']),
      widthPx: random.below(2 ** 16),
      heightPx: random.below(2 ** 16),
      bytes: random.bytes(random.below(300)),
    };
    const text = encodePicture(picture);
    assert.deepEqual(decodePicture(text), { ...picture, bytes: Buffer.from(picture.bytes) });
    if (random.below(4) === 0) return 'written';
    const mutant = mutateBytes(Buffer.from(text, 'base64'), random);
    const read = decodePicture(Buffer.from(mutant).toString('base64'));
    if (read === null) return 'refused';
    // What is read lay in the block: nothing is made up and nothing is longer than what was there.
    assert(Buffer.from(mutant).includes(Buffer.from(read.bytes)), 'bytes of the block');
    assert(read.bytes.length + read.mimeType.length + 32 <= mutant.length, 'no longer than it');
    const again = decodePicture(encodePicture(read));
    assert.deepEqual(again, { ...read, bytes: Buffer.from(read.bytes) });
    return 'read';
  },
};

/** The targets for pictures. */
export const PICTURE_TARGETS: readonly FuzzTarget[] = [png, flacPicture];
