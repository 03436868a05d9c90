import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePicture, encodePicture, type PictureBlock } from './flac-picture.ts';

const picture: PictureBlock = {
  mimeType: 'image/jpeg',
  widthPx: 300,
  heightPx: 200,
  bytes: Uint8Array.of(0xff, 0xd8, 0xff),
};

test('bytes of a picture block: front cover, MIME type, no description, size, 24 bits, picture', () => {
  assert.equal(
    Buffer.from(encodePicture(picture), 'base64').toString('hex'),
    `00000003${'0000000a'}${Buffer.from('image/jpeg').toString('hex')}${'00000000'}` +
      `0000012c000000c80000001800000000${'00000003'}ffd8ff`,
  );
});

test('a block reads as it was written', () => {
  const read = decodePicture(encodePicture(picture))!;
  assert.deepEqual({ ...read, bytes: [...read.bytes] }, { ...picture, bytes: [0xff, 0xd8, 0xff] });
});

test('a block that is cut anywhere, or states lengths beyond its end, is none', () => {
  const whole = Buffer.from(encodePicture(picture), 'base64');
  for (let length = 0; length < whole.length; length += 1)
    assert.equal(decodePicture(whole.subarray(0, length).toString('base64')), null, `${length}`);
  for (const at of [4, 18, 38]) {
    const lying = Buffer.from(whole);
    lying.writeUInt32BE(0xffff_ffff, at);
    assert.equal(decodePicture(lying.toString('base64')), null, `${at}`);
  }
});
