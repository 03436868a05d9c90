import assert from 'node:assert/strict';
import test from 'node:test';
import { commentBlock, trackGainQ8 } from './opus-comments.ts';

for (const [lufs, gain] of [
  [-23, 0],
  [-18.9, -1050],
  [-33, 2560],
  [0, -5888],
  [-70, 12_032],
  [-500, 32_767],
  [300, -32_768],
] as const)
  test(`sound of ${lufs} LUFS gets a gain of ${gain}/256 dB`, () => {
    assert.equal(trackGainQ8(lufs), gain);
  });

test('fields are carried over in their order with names in capitals, and the gain comes last', () => {
  const fields = [
    ['Title', 'One'],
    ['ARTIST', 'A'],
    ['artist', 'B'],
  ] as const;
  assert.deepEqual(commentBlock(fields, -20), [
    ['TITLE', 'One'],
    ['ARTIST', 'A'],
    ['ARTIST', 'B'],
    ['R128_TRACK_GAIN', '-768'],
  ]);
});

test('gains and encoders of the source stay behind, an album gain passes, and silence has no gain', () => {
  const fields = [
    ['replaygain_track_gain', '-3 dB'],
    ['REPLAYGAIN_ALBUM_PEAK', '1'],
    ['R128_TRACK_GAIN', '99'],
    ['R128_ALBUM_GAIN', '-256'],
    ['ENCODER', 'Lavf'],
    ['bad=name', 'x'],
    ['TITLE', 'lone \ud800 half'],
  ] as const;
  assert.deepEqual(commentBlock(fields, null), [
    ['R128_ALBUM_GAIN', '-256'],
    ['TITLE', 'lone \ufffd half'],
  ]);
});
