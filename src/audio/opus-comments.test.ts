import assert from 'node:assert/strict';
import test from 'node:test';
import { sha256 } from '../base/digest.ts';
import { encodePicture, PICTURE_FIELD } from '../formats/flac-picture.ts';
import { commentBlock, gainQ8, recordedBlock } from './opus-comments.ts';

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
    assert.equal(gainQ8(lufs), gain);
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

test('a picture is written whole and recorded by its digest; what is no picture is left out', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const value = encodePicture({ mimeType: 'image/jpeg', widthPx: 1, heightPx: 1, bytes });
  const block = commentBlock(
    [
      [PICTURE_FIELD, value],
      [PICTURE_FIELD, 'AAAA'],
    ],
    null,
  );
  assert.deepEqual(block, [[PICTURE_FIELD, value]]);
  assert.deepEqual(recordedBlock(block), [[PICTURE_FIELD, `sha256:${sha256(bytes)}`]]);
});
