import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoudness } from '../audio/loudness.ts';
import { sampleCount } from '../audio/pcm.ts';
import { composePiece } from './compose.ts';
import { ALBUMS } from './label.ts';
import { CEILING } from './mix.ts';
import type { StyleName } from './recipe.ts';

/** LUFS each style is mastered to; bending the peaks costs it a little. */
const LOUDNESS: Readonly<Record<StyleName, number>> = {
  tide: -19,
  arcade: -16,
  hearth: -17,
  laundry: -17,
  kitchen: -19,
};

for (const [style, lufs] of Object.entries(LOUDNESS)) {
  const piece = ALBUMS.flatMap(({ pieces }) => pieces).find(
    ({ recipe }) => recipe.style === style,
  )!;
  const recipe = { ...piece.recipe, form: 'Ao' };
  test(`a piece of the style ${style} is whole, steady in level and quiet at its edges`, () => {
    const pcm = composePiece(recipe, 'test');
    const seconds = sampleCount(pcm) / pcm.sampleRateHz;
    assert.ok(seconds > 8 && seconds < 30, `${seconds} s`);
    const meter = startLoudness(pcm.sampleRateHz, 2);
    meter.push(pcm.channels);
    const { integratedLufs, truePeakDbtp } = meter.finish();
    assert.ok(Math.abs(integratedLufs! - lufs) < 1.5, `${integratedLufs} LUFS`);
    assert.ok(truePeakDbtp! < -0.3, `${truePeakDbtp} dBTP`);
    for (const channel of pcm.channels) {
      let largest = 0;
      let sum = 0;
      for (const sample of channel) {
        largest = Math.max(largest, Math.abs(sample));
        sum += sample;
      }
      // A sample that is no number would make the sum none either.
      assert.ok(Math.abs(sum / channel.length) < 1e-3, 'no constant offset');
      assert.ok(largest <= CEILING && largest > 0.1, `peak ${largest}`);
      assert.ok(
        Math.abs(channel[0]!) < 1e-3 && Math.abs(channel.at(-1)!) < 1e-3,
        'no click at an edge',
      );
    }
    const [left, right] = pcm.channels;
    assert.ok(
      left!.some((sample, i) => sample !== right![i]),
      'the channels differ',
    );
  });
}
