import assert from 'node:assert/strict';
import test from 'node:test';
import { joinStreams, opusMapping } from './opus-mapping.ts';

test('each channel has a place of its own, and the places are those of the streams', () => {
  for (let channels = 1; channels <= 8; channels += 1) {
    const { streams, coupled, table } = opusMapping(channels)!;
    assert.deepEqual(
      table.toSorted((a, b) => a - b),
      Array.from({ length: channels }, (_, place) => place),
    );
    assert.equal(streams + coupled, channels);
  }
  for (const channels of [0, -1, 9, 255, 1.5]) assert.equal(opusMapping(channels), null);
});

for (const [length, lengthBytes] of [
  [0, '00'],
  [1, '01'],
  [251, 'fb'],
  [252, 'fc00'],
  [253, 'fd00'],
  [256, 'fc01'],
  [1275, 'ffff'],
] as const)
  test(`a frame of ${length} bytes is told by ${lengthBytes} behind its first byte`, () => {
    const frame = new Uint8Array(length + 1).fill(7);
    frame[0] = 0xfc;
    const joined = Buffer.from(joinStreams([frame, Uint8Array.of(0xfc, 9)])).toString('hex');
    assert.equal(joined, `fc${lengthBytes}${'07'.repeat(length)}fc09`);
  });

test('the packet of a single stream stays as it is, and one of several frames is refused', () => {
  const packet = Uint8Array.of(0xff, 1, 2);
  assert.equal(joinStreams([packet]), packet);
  assert.throws(() => joinStreams([packet, packet]), /one frame/);
});
