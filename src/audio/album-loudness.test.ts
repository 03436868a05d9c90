import assert from 'node:assert/strict';
import test from 'node:test';
import { albumLufs, encodeHistogram } from './album-loudness.ts';
import { startLoudness } from './loudness.ts';
import type { Pcm } from './pcm.ts';
import { noise, tone } from './test-sounds.ts';

/** A low rate, so that a minute of sound is quick. */
const RATE_HZ = 8000;

function measured(parts: readonly Pcm[]) {
  const meter = startLoudness(RATE_HZ, 1);
  for (const { channels } of parts) meter.push(channels);
  return meter.finish();
}

/** `pcm` at `gain` times its level. */
function at(gain: number, pcm: Pcm): Pcm {
  return { ...pcm, channels: pcm.channels.map((channel) => channel.map((value) => value * gain)) };
}

const loud = at(0.5, noise(RATE_HZ, 60 * RATE_HZ, 1));
const middle = tone({ rateHz: RATE_HZ, samples: 50 * RATE_HZ, channels: 1, amplitude: 0.2 });
const quiet = at(0.03, noise(RATE_HZ, 90 * RATE_HZ, 1));
const silence = at(0, noise(RATE_HZ, 40 * RATE_HZ, 1));

const ALBUMS: Record<string, readonly Pcm[]> = {
  'one track': [middle],
  'tracks of one level': [loud, loud, loud],
  'a loud and a middling track': [loud, middle],
  'a quiet track that the gate of the album leaves out': [loud, quiet, middle],
  'a silent track': [silence, middle],
};

for (const [name, tracks] of Object.entries(ALBUMS))
  test(`${name}: the loudness of the album is that of its sound in one piece, within 0.1 LU`, () => {
    const kept = tracks.map((track) => {
      const { integratedLufs, histogram } = measured([track]);
      return { integratedLufs, histogram };
    });
    const wanted = measured(tracks).integratedLufs!;
    const seen = albumLufs(kept)!;
    // In one piece there are blocks that reach from one track into the next.
    assert.ok(Math.abs(seen - wanted) <= 0.1, `${seen}, wanted ${wanted}`);
    assert.equal(albumLufs(kept.toReversed()), seen);
    if (tracks.length === 1) assert.equal(seen, kept[0]!.integratedLufs);
  });

test('silence alone has no loudness, and text that is no histogram has no blocks', () => {
  assert.equal(encodeHistogram([0, 1e-9]), '');
  assert.equal(albumLufs([{ integratedLufs: null, histogram: '' }]), null);
  assert.equal(albumLufs([]), null);
  assert.equal(albumLufs([{ integratedLufs: null, histogram: '//////////8=' }]), null);
});

test('bytes of a histogram: bins passed over and blocks, in pairs', () => {
  // Two blocks of -23 LUFS and one of -10: bins 470 and 600, of which the second lies 129 behind.
  const energy = (lufs: number) => 10 ** ((lufs + 0.05 + 0.691) / 10);
  const text = encodeHistogram([energy(-23), energy(-10), energy(-23)]);
  assert.equal(Buffer.from(text, 'base64').toString('hex'), 'd603028101' + '01');
});
