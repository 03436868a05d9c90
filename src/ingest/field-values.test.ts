import assert from 'node:assert/strict';
import test from 'node:test';
import { descriptionSchema } from '../model/description.ts';
import { describeFile } from './describe.ts';
import {
  readCount,
  readDate,
  readIsrc,
  readMbid,
  readPopularity,
  readPosition,
  readText,
} from './field-values.ts';

function check<T>(name: string, read: (text: string) => T, rows: readonly [string, T][]): void {
  test(`${name}: ${rows.length} ways of writing it`, () => {
    for (const [text, expected] of rows)
      assert.deepEqual(read(text), expected, JSON.stringify(text));
  });
}

check('a date', readDate, [
  ['2019', '2019'],
  ['2019-05', '2019-05'],
  ['2019-5-1', '2019-05-01'],
  ['2019.05.01', '2019-05-01'],
  ['20190501', '2019-05-01'],
  ['2019-05-01T10:00:00Z', '2019-05-01'],
  ['2019-00-00', '2019'],
  ['2019-05-00', '2019-05'],
  ['2020-02-29', '2020-02-29'],
  ['2019-02-29', undefined],
  ['1900-02-29', undefined],
  ['2019-04-31', undefined],
  ['2019-13', undefined],
  ['0000', undefined],
  ['19', undefined],
  ['1 May 2019', undefined],
]);
check('a position', (text) => readPosition(text, 999), [
  ['3', 3],
  ['03', 3],
  ['3/12', 3],
  [' 3 / 12 ', 3],
  ['0', undefined],
  ['1000', undefined],
  ['A1', undefined],
  ['-1', undefined],
]);
check('a count', readCount, [
  ['0', 0],
  ['1234', 1234],
  ['1,234,567', 1_234_567],
  ['1.234', 1234],
  ['1 234', 1234],
  ['1,23', undefined],
  ['12e3', undefined],
  ['-5', undefined],
  ['9'.repeat(16), undefined],
]);
check('a popularity', readPopularity, [
  ['0', 0],
  ['100', 100],
  ['41,5', 41.5],
  ['100.1', undefined],
  ['NaN', undefined],
  ['1e1', undefined],
]);
check('an ISRC', readIsrc, [
  ['es-a01-19-00001', 'ESA011900001'],
  ['bad; ESA011900001', 'ESA011900001'],
  ['ESA0119', undefined],
]);
check('a MusicBrainz id', readMbid, [
  ['F27EC8DB-AF05-4F36-916E-3D57F91ECF5E', 'f27ec8db-af05-4f36-916e-3d57f91ecf5e'],
  [
    'https://musicbrainz.org/recording/f27ec8db-af05-4f36-916e-3d57f91ecf5e',
    'f27ec8db-af05-4f36-916e-3d57f91ecf5e',
  ],
  ['f27ec8db-af05-0f36-916e-3d57f91ecf5e', undefined],
  ['12', undefined],
]);
check('a text', (text) => readText(text, 5), [
  ['  a\nb\0 ', 'a b'],
  ['abcdefg', 'abcde'],
  ['abcd🎵', 'abcd'],
  ['\ud800', '\ufffd'],
  [' \t', undefined],
]);

test('a file without tags is named by its name and its folders', () => {
  const rows: readonly [path: string, title: string, artist: string, number?: number][] = [
    ['03 - Rain.ogg', 'Rain', 'Unknown artist', 3],
    ['03. Rain.flac', 'Rain', 'Unknown artist', 3],
    ['1-03 Rain.flac', 'Rain', 'Unknown artist', 3],
    ['03_Rain.mp3', 'Rain', 'Unknown artist', 3],
    ['03 Rain.mp3', 'Rain', 'Unknown artist', 3],
    ['03.mp3', '03', 'Unknown artist'],
    ['2001.mp3', '2001', 'Unknown artist'],
    ['7 Seconds.mp3', '7 Seconds', 'Unknown artist'],
    ['machine_wars.mp3', 'machine_wars', 'Unknown artist'],
    ['Ana/Rain.ogg', 'Rain', 'Ana'],
    ['Ana/Water/Rain.ogg', 'Rain', 'Ana'],
    ['Ana/Water/CD 2/Rain.ogg', 'Rain', 'Ana'],
    ['caf\ufffde9.ogg', 'caf\ufffd', 'Unknown artist'],
    ['.ogg', '.ogg', 'Unknown artist'],
  ];
  for (const [path, title, artist, number] of rows) {
    const description = describeFile(path, new Map());
    assert.deepEqual(
      [description.title, description.artist, description.trackNumber],
      [title, artist, number],
      path,
    );
    assert.equal(description.from, 'name');
  }
});

test('whatever tags hold, a description fits the model', () => {
  const texts = [
    '',
    '\0',
    'x'.repeat(1_000_000),
    '\ud800',
    '\u202eevil',
    '-1',
    '1e99',
    '99999/0',
    '<script>',
    '2019-99-99',
  ];
  const fields = [
    'TITLE',
    'ARTIST',
    'ALBUM',
    'ALBUMARTIST',
    'TRACKNUMBER',
    'DISCNUMBER',
    'DATE',
    'GENRE',
    'ISRC',
    'MUSICBRAINZ_TRACKID',
  ];
  for (const text of texts) {
    const tags = new Map(fields.map((field) => [field, [text]]));
    for (const path of ['a.ogg', `${'\n'.repeat(50)}.ogg`, ' .ogg'])
      assert.ok(
        descriptionSchema.safeParse(describeFile(path, tags)).success,
        JSON.stringify([text.slice(0, 20), path]),
      );
  }
});
