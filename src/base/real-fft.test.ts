import assert from 'node:assert/strict';
import test from 'node:test';
import { createPowerSpectrum } from './real-fft.ts';
import { seededRandom } from './seeded-random.ts';

/** The definition itself. */
function directPower(samples: Float64Array, bin: number): number {
  let [x, y] = [0, 0];
  for (const [at, sample] of samples.entries()) {
    const turn = (2 * Math.PI * bin * at) / samples.length;
    x += sample * Math.cos(turn);
    y -= sample * Math.sin(turn);
  }
  return x * x + y * y;
}

for (const length of [8, 16, 32, 64, 512, 1024])
  test(`the spectrum of ${length} samples is that of the definition in every bin`, () => {
    const random = seededRandom(length);
    const samples = Float64Array.from({ length }, () => random.below(2001) / 1000 - 1);
    const power = new Float64Array(length / 2 + 1);
    createPowerSpectrum(length).measure(samples, power, 0, power.length);
    for (const [bin, value] of power.entries()) {
      const wanted = directPower(samples, bin);
      assert.ok(Math.abs(value - wanted) < 1e-9 * length * length, `bin ${bin}: ${value}`);
    }
  });

test('bins outside the range are left as they were', () => {
  const power = new Float64Array(9).fill(7);
  createPowerSpectrum(16).measure(new Float64Array(16), power, 2, 5);
  assert.deepEqual([...power], [7, 7, 0, 0, 0, 7, 7, 7, 7]);
});
