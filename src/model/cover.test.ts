import assert from 'node:assert/strict';
import test from 'node:test';
import type { Digest } from '../base/digest.ts';
import { COVER_SIZES, coverOriginSchema, type HeldPicture, heldPictureSchema } from './cover.ts';

const digest = '0'.repeat(64) as Digest;
const picture: HeldPicture = {
  digest,
  mimeType: 'image/png',
  widthPx: 1,
  heightPx: 1,
  sizeBytes: 70,
  shows: '',
};

test('a cover is made in the enumerated sizes and in no other', () => {
  const origin = (sizePx: unknown) =>
    coverOriginSchema.safeParse({ fileDigest: digest, pictureDigest: digest, sizePx, build: 'x' });
  for (const size of COVER_SIZES) assert.ok(origin(size).success);
  for (const size of [0, -1, 65, 1e9, Number.NaN, '64', null]) assert.ok(!origin(size).success);
});

test('a picture of no width, of another type or without end is no picture of a file', () => {
  assert.ok(heldPictureSchema.safeParse(picture).success);
  for (const wrong of [{ widthPx: 0 }, { mimeType: 'image/svg+xml' }, { sizeBytes: Infinity }])
    assert.ok(!heldPictureSchema.safeParse({ ...picture, ...wrong }).success);
});
