import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folderOf, importInto, songMapping as mapping, rowsOf } from './test-import.ts';

describe('the values of an import', () => {
  test('are no id, code or name where they may stand for another: each is told as it stands there', async () => {
    const track = (id: string, more = '') => `{"id":${id},"title":"T","artist":"A"${more}}`;
    const lines = [
      ...['9007199254740993', '9007199254740992', '9007199254740991', '"9007199254740993"'],
      ...['1e21', '1e3', '5.0', '-0', 'true', '["a","b"]', '["c"]', '{"d":1}', '7'],
    ].map((id) => track(id));
    lines.push('{"id":"x","title":1e21,"artist":"A"}', '{"id":"y","title":"T","artist":true}');
    lines.push(track('"z"', ',"isrc":["USAB12012345"],"album":9007199254740993'));
    using folder = folderOf({ 'songs.jsonl': lines.join('\n') });
    const { record, directory, findings } = await importInto(folder.path, mapping(), [
      path.join(folder.path, 'songs.jsonl'),
    ]);
    assert.deepEqual(record?.tables.tracks, { read: 16, kept: 4, merged: 0, refused: 12 });
    assert.deepEqual(record.tables.albums, { read: 1, kept: 0, merged: 0, refused: 1 });
    assert.deepEqual(
      (await rowsOf(directory, 'tracks')).map(({ id }) => id),
      ['9007199254740991', '9007199254740993', '7', 'z'].map((id) => `table-songs:${id}`),
    );
    assert.deepEqual(
      findings.map(({ seen }) => seen),
      [
        ...['9007199254740993', '9007199254740992', '1e21', '1e3', '5.0'].map(
          (seen) => `tracks.id: ${seen}`,
        ),
        ...[
          'tracks.id: -0',
          'tracks.id: true',
          'tracks.id: a, b',
          'tracks.id: c',
          'tracks.id: {…}',
        ],
        ...['tracks.title: 1e21', 'tracks.artist: true', 'albums.id: 9007199254740993'],
      ],
    );
  });
});
