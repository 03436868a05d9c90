import assert from 'node:assert/strict';
import test from 'node:test';
import { fitWithin, type Pixels, startScaling } from './image-scale.ts';
import { gradient } from './test-pictures.ts';

function scaled(picture: Pixels, sidePx: number): Pixels {
  const scaling = startScaling(picture, sidePx);
  const stride = picture.widthPx * 4;
  for (let at = 0; at < picture.data.length; at += stride)
    scaling.push(picture.data.subarray(at, at + stride));
  return scaling.finish();
}

function flat(widthPx: number, heightPx: number, pixel: readonly number[]): Pixels {
  const data = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let at = 0; at < data.length; at += 4) data.set(pixel, at);
  return { widthPx, heightPx, data };
}

const SIZES: readonly (readonly [w: number, h: number, side: number, w2: number, h2: number])[] = [
  [1000, 1000, 300, 300, 300],
  [1000, 500, 300, 300, 150],
  [500, 1000, 300, 150, 300],
  [20, 10, 300, 20, 10],
  [5000, 1, 64, 64, 1],
  [1, 5000, 64, 1, 64],
  [1, 1, 64, 1, 1],
  [301, 299, 300, 300, 298],
];
for (const [widthPx, heightPx, side, toWidth, toHeight] of SIZES)
  test(`${widthPx}×${heightPx} within ${side} is ${toWidth}×${toHeight}, and a flat colour stays what it is`, () => {
    assert.deepEqual(fitWithin({ widthPx, heightPx }, side), {
      widthPx: toWidth,
      heightPx: toHeight,
    });
    const { data, ...size } = scaled(flat(widthPx, heightPx, [200, 100, 7, 255]), side);
    assert.deepEqual(size, { widthPx: toWidth, heightPx: toHeight });
    assert.deepEqual(data, flat(toWidth, toHeight, [200, 100, 7, 255]).data);
  });

test('a picture of the wanted size comes out as it is', () => {
  const picture = gradient(64, 48);
  assert.deepEqual(scaled(picture, 64).data, picture.data);
});

test('what is transparent lies on white', () => {
  assert.deepEqual(
    [...scaled(flat(8, 8, [10, 20, 30, 0]), 8).data.subarray(0, 4)],
    [255, 255, 255, 255],
  );
  assert.deepEqual(
    [...scaled(flat(8, 8, [0, 0, 0, 51]), 8).data.subarray(0, 4)],
    [204, 204, 204, 255],
  );
});

for (const side of [300, 160, 64])
  test(`a gradient within ${side} is the gradient of that size`, () => {
    const small = scaled(gradient(1000, 1000), side);
    const wanted = gradient(side, side);
    const worst = small.data.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - wanted.data[at]!)),
      0,
    );
    assert.ok(worst <= 3, `${worst} steps off`);
  });

test('a pattern too fine to be shown becomes its mean, not another pattern', () => {
  const stripes = flat(900, 900, [0, 0, 0, 255]);
  for (let at = 0; at < stripes.data.length; at += 8) stripes.data.set([255, 255, 255], at);
  const small = scaled(stripes, 160);
  // At the edges the filter has one side only.
  for (let x = 3; x < 157; x += 1)
    assert.ok(
      Math.abs(small.data[(80 * 160 + x) * 4]! - 127) <= 12,
      `${small.data[(80 * 160 + x) * 4]}`,
    );
});
