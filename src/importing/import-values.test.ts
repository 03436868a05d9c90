import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folderOf, importInto, songMapping as mapping, rowsOf } from './test-import.ts';

describe('the values of an import', () => {
  test('that are lists lose the items that cannot be read and no other, each told and counted', async () => {
    const [file] = mapping().files;
    const [tracks] = file!.rows!;
    const lists = {
      isrcs: { from: ['isrc', 'codes'], split: ',' },
      artist_ids: 'artists',
      genres: { from: ['genres'] },
    };
    const preset = mapping({
      files: [
        { ...file!, rows: [{ ...tracks!, columns: { ...tracks!.columns, ...lists } }] },
        {
          ...{ kind: 'table', match: ['*.csv'], format: 'csv' as const },
          rows: [
            {
              table: 'tracks',
              columns: {
                ...{ id: 'id', title: 'id', artist: 'id' },
                isrcs: { from: 'isrc', split: ', ' },
                artist_ids: { from: 'artists', pattern: '([^;]+)' },
              },
            },
          ],
        },
      ],
    });
    const of = (id: string, more: object) =>
      JSON.stringify({ id, title: 'T', artist: 'A', ...more });
    const many = Array.from({ length: 1001 }, (_, index) => `g${index}`);
    const lines = [
      of('1', {
        isrc: 'USAB12012345,USAB12012346,bad,,worse',
        artists: ['a', true, 'b c', 'd', 1.5],
      }),
      of('2', { isrc: ['bad', 'bad'], codes: ['USAB12012347'], artists: ['a b'] }),
      of('3', { artists: 'a', genres: many.slice(1) }),
      of('4', { genres: many }),
    ];
    using folder = folderOf({
      'in/1.jsonl': lines.join('\n'),
      'in/2.csv': 'id,isrc,artists\n5,"USAB12012345, USAB12012346, bad",x;y z;w\n',
    });
    const { record, directory, findings } = await importInto(folder.path, preset, [
      path.join(folder.path, 'in'),
    ]);
    assert.deepEqual(record?.tables.tracks, { read: 5, kept: 5, merged: 0, refused: 0 });
    const ids = (...names: string[]) => names.map((name) => `table-songs:${name}`);
    assert.deepEqual(
      (await rowsOf(directory, 'tracks')).map(({ isrcs, artist_ids, genres }) => [
        ...[isrcs, artist_ids, (genres as string[]).length],
      ]),
      [
        [['USAB12012345', 'USAB12012346'], ids('a', 'd'), 0],
        [['USAB12012347'], [], 0],
        [[], ids('a'), 1000],
        [[], [], 0],
        [['USAB12012345', 'USAB12012346'], ids('x', 'w'), 0],
      ],
    );
    assert.deepEqual(
      findings.map(({ subject, seen }) => `${subject} ${seen}`.slice(0, 40)),
      [
        ...[
          'artist_ids: true',
          'artist_ids: b c',
          'artist_ids: 1.5',
          'isrcs: bad',
          'isrcs: worse',
        ].map((seen) => `1.jsonl:1 tracks.${seen}`),
        ...['artist_ids: a b', 'isrcs: bad', 'isrcs: bad'].map(
          (seen) => `1.jsonl:2 tracks.${seen}`,
        ),
        '1.jsonl:4 tracks.genres: g0, g1, g2, g3, g4'.slice(0, 40),
        ...['artist_ids: y z', 'isrcs: bad'].map((seen) => `2.csv:2 tracks.${seen}`),
      ],
    );
    assert.equal(record.refusedValues, findings.length);
  });

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
