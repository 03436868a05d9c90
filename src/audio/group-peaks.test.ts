import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { groupPeaks } from './group-peaks.ts';

const random = seededRandom(11);
const samples = Float32Array.from({ length: 10_007 }, () => random.below(2_000_001) / 1e6 - 1);
samples[5] = Number.NaN;
samples[37] = -3;
samples[100] = Number.NEGATIVE_INFINITY;

for (const groupSamples of [4, 16, 64, 4096, 16_384])
  test(`the peaks of stretches of ${groupSamples} samples are their largest magnitudes`, () => {
    const seen = groupPeaks(samples, groupSamples);
    assert.equal(seen.length, Math.floor(samples.length / groupSamples));
    for (const [group, peak] of seen.entries()) {
      const stretch = samples.subarray(group * groupSamples, (group + 1) * groupSamples);
      const numbers = [...stretch].filter((value) => !Number.isNaN(value)).map(Math.abs);
      assert.equal(peak, Math.max(...numbers), `group ${group}`);
    }
  });
