import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { startFirKernel } from './fir-kernel.ts';

const random = seededRandom(7);
const numbers = (count: number) =>
  Float32Array.from({ length: count }, () => random.below(2_000_001) / 1e6 - 1);

for (const [width, phases, step] of [
  [8, 1, 1],
  [16, 3, 2],
  [40, 160, 147],
  [128, 147, 320],
] as const)
  test(`${width} taps of ${phases} phases in steps of ${step} are summed as they stand`, () => {
    const taps = numbers(width * phases);
    const kernel = startFirKernel({ taps, width, phases, step });
    const input = numbers(5000);
    for (const [firstPhase, count] of [
      [0, 900],
      [phases - 1, 500],
      [0, 0],
    ] as const) {
      const seen = kernel.run(input, firstPhase, count);
      assert.equal(seen.length, count);
      for (const [index, value] of seen.entries()) {
        const phase = firstPhase + index * step;
        const [at, row] = [Math.floor(phase / phases), (phase % phases) * width];
        let wanted = 0;
        for (let tap = 0; tap < width; tap += 1) wanted += taps[row + tap]! * input[at + tap]!;
        assert.ok(Math.abs(value - wanted) < 1e-4, `${index}: ${value}, wanted ${wanted}`);
      }
    }
  });
