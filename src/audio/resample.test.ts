import assert from 'node:assert/strict';
import test from 'node:test';
import { canResample, startResampling } from './resample.ts';
import { noise, tone } from './test-sounds.ts';

/** `channels` at `rateHz` brought to 48 kHz in blocks of `blockSamples`. */
function resampled(
  channels: readonly Float32Array[],
  rateHz: number,
  blockSamples = 4096,
): Float32Array[] {
  const resampling = startResampling(rateHz, channels.length);
  const blocks: Float32Array[][] = [];
  for (let at = 0; at < channels[0]!.length; at += blockSamples)
    blocks.push(resampling.push(channels.map((each) => each.subarray(at, at + blockSamples))));
  blocks.push(resampling.finish());
  return channels.map((_, index) =>
    Float32Array.from(blocks.flatMap((block) => [...block[index]!])),
  );
}

for (const rateHz of [
  8000, 11_025, 22_050, 32_000, 44_100, 44_056, 48_000, 88_200, 96_000, 192_000,
])
  test(`a tone at ${rateHz} Hz comes out as the same tone at 48 kHz, exact in length`, () => {
    const samples = Math.floor(rateHz / 2) + 7;
    const [seen] = resampled(tone({ rateHz, samples, channels: 1 }).channels, rateHz);
    const wanted = tone({ rateHz: 48_000, samples: seen!.length, channels: 1 }).channels[0]!;
    assert.equal(seen!.length, Math.round((samples * 48_000) / rateHz));
    let worst = 0;
    // The ends are left out: there the tone begins and stops, which no band-limited sound does.
    for (let at = 1000; at < seen!.length - 1000; at += 1)
      worst = Math.max(worst, Math.abs(seen![at]! - wanted[at]!));
    assert.ok(worst < 2e-5, `differs by ${worst}`);
  });

test('what lies above the new band is removed and not folded back', () => {
  const { channels } = tone({ rateHz: 96_000, samples: 48_000, channels: 1, frequencyHz: 30_000 });
  const [seen] = resampled(channels, 96_000);
  const peak = seen!
    .subarray(500, -500)
    .reduce((best, value) => Math.max(best, Math.abs(value)), 0);
  assert.ok(peak < 1e-4, `${peak} of 0.5 left`);
});

/** What comes out of a tone of full scale, less `share` of the tone as it should be, in decibels of the tone. */
function restDb(rateHz: number, frequencyHz: number, share: 0 | 1): number {
  const samples = Math.floor(rateHz / 4);
  const { channels } = tone({ rateHz, samples, channels: 1, frequencyHz, amplitude: 1 });
  const [seen] = resampled(channels, rateHz);
  const asIs = { rateHz: 48_000, samples: 12_000, channels: 1, frequencyHz, amplitude: 1 };
  const [wanted] = tone(asIs).channels;
  let energy = 0;
  for (let at = 2000; at < 10_000; at += 1) energy += (seen![at]! - share * wanted![at]!) ** 2;
  return 10 * Math.log10(energy / 8000 / 0.5);
}

for (const rateHz of [32_000, 44_100, 96_000, 192_000])
  test(`${rateHz} Hz: 90 % of the lower band passes as it is, images and all below -95 dB`, () => {
    for (const share of [0.01, 0.3, 0.5, 0.7, 0.85, 0.9]) {
      const seen = restDb(rateHz, (share * Math.min(rateHz, 48_000)) / 2, 1);
      assert.ok(seen < -95, `${share} of the band: ${seen} dB`);
    }
  });

for (const rateHz of [88_200, 96_000, 192_000])
  test(`${rateHz} Hz: of what lies above 24.3 kHz nothing is left above -95 dB`, () => {
    for (const frequencyHz of [24_300, 26_000, 31_000, 43_000]) {
      const seen = restDb(rateHz, frequencyHz, 0);
      assert.ok(seen < -95, `${frequencyHz} Hz: ${seen} dB`);
    }
  });

test('the cut of the blocks does not show in the samples', () => {
  const { channels } = noise(44_100, 20_000, 2);
  const whole = resampled(channels, 44_100, 20_000);
  for (const blockSamples of [1, 13, 997])
    assert.deepEqual(resampled(channels, 44_100, blockSamples), whole);
});

test('no sound and one sample are kept in length', () => {
  assert.equal(resampled([new Float32Array(0)], 44_100)[0]!.length, 0);
  assert.equal(resampled([new Float32Array(1)], 44_100)[0]!.length, 1);
});

test('rates that are no rates are refused', () => {
  for (const rateHz of [0, -1, 44_100.5, Number.NaN, 999, 4e9, 383_999])
    assert.equal(canResample(rateHz), false, String(rateHz));
  assert.throws(() => startResampling(4e9, 2), RangeError);
});
