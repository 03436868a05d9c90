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

for (const kind of ['singles', 'doubles'] as const)
  for (const length of [8, 16, 32, 64, 512, 1024])
    test(`the spectrum of ${length} ${kind} under a window is that of the definition in every bin`, () => {
      const random = seededRandom(length);
      const someOf = () => Math.fround(random.below(2001) / 1000 - 1);
      const window = Float64Array.from({ length }, someOf);
      const spectrum = createPowerSpectrum(kind, window);
      for (let at = 0; at < length; at += 1) spectrum.samples[at] = someOf();
      const weighed = window.map((factor, at) => factor * spectrum.samples[at]!);
      spectrum.measure(0, length / 2 + 1);
      for (const [bin, value] of spectrum.power.entries()) {
        const wanted = directPower(weighed, bin);
        assert.ok(Math.abs(value - wanted) < 1e-9 * length * length, `bin ${bin}: ${value}`);
      }
    });

test('any range of bins tells the same as all of them', () => {
  const random = seededRandom(7);
  const spectrum = createPowerSpectrum('doubles', new Float64Array(64).fill(1));
  for (let at = 0; at < 64; at += 1) spectrum.samples[at] = random.below(100);
  spectrum.measure(0, 33);
  const all = spectrum.power.slice();
  for (const [first, end] of [
    [0, 1],
    [1, 2],
    [3, 8],
    [8, 33],
    [31, 32],
    [32, 33],
  ] as const) {
    spectrum.measure(first, end);
    assert.deepEqual(spectrum.power.slice(first, end), all.slice(first, end), `${first}–${end}`);
  }
});
