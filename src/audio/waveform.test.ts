import assert from 'node:assert/strict';
import test from 'node:test';
import { startWaveform, WAVEFORM_BUCKETS } from './waveform.ts';

/** The outline of a ramp from 0 to 1 over `samples`, fed in blocks. */
function rampOutline(samples: number, blockSamples: number): Uint8Array {
  const waveform = startWaveform();
  for (let at = 0; at < samples; at += blockSamples) {
    const length = Math.min(blockSamples, samples - at);
    waveform.push([Float32Array.from({ length }, (_, index) => -(at + index + 1) / samples)]);
  }
  return waveform.finish();
}

for (const samples of [800, 8000, 123_457, 1_000_000])
  test(`an outline of ${samples} samples has the largest magnitude of each of its 800 stretches`, () => {
    const seen = rampOutline(samples, 4096);
    for (const [bucket, value] of seen.entries()) {
      const wanted = Math.round(((bucket + 1) / WAVEFORM_BUCKETS) * 255);
      assert.ok(Math.abs(value - wanted) <= 1, `bucket ${bucket}: ${value}, wanted ${wanted}`);
    }
  });

test('the cut of the blocks does not show', () => {
  const whole = rampOutline(200_000, 200_000);
  for (const block of [1, 7, 4999]) assert.deepEqual(rampOutline(200_000, block), whole);
});

test('every channel counts, and sound beyond full scale is full', () => {
  const waveform = startWaveform();
  waveform.push([new Float32Array(8000), new Float32Array(8000).fill(1.5)]);
  assert.deepEqual([...new Set(waveform.finish())], [255]);
});

test('sound shorter than the outline repeats its samples, and no sound is flat', () => {
  const waveform = startWaveform();
  waveform.push([Float32Array.of(1, 0)]);
  const seen = waveform.finish();
  assert.equal(
    seen.subarray(0, 400).every((value) => value === 255),
    true,
  );
  assert.equal(
    seen.subarray(400).every((value) => value === 0),
    true,
  );
  assert.deepEqual([...new Set(startWaveform().finish())], [0]);
});
