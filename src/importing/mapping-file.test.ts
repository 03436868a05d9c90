import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseMapping } from './mapping-file.ts';
import type { Preset } from './preset.ts';
import { PRESETS } from './presets.ts';
import { folderOf, importInto, rowsOf } from './test-import.ts';

const NEEDED = { id: 'id', title: 'title', artist: 'artist' };

/** A mapping of `a*.csv` to tracks, with `columns` besides those that a track needs. */
function tracks(columns: object, more: object = {}): Preset {
  return mapping({ rows: [{ table: 'tracks', columns: { ...NEEDED, ...columns } }], ...more });
}

function mapping(file: object, more: object = {}): Preset {
  const preset = {
    ...{ format: 'fonoteca-mapping/1', name: 'a', namespace: 'a', licence: null },
    files: [{ kind: 'a', match: ['a*.csv'], format: 'csv', ...file }],
    ...more,
  };
  return parseMapping(JSON.stringify(preset), 'm.json');
}

function isRefused(make: () => Preset, seen: RegExp): void {
  assert.throws(make, (error: Error & { code?: string; seen?: string }) => {
    assert.equal(error.code, 'MAPPING_INVALID');
    assert.match(error.seen ?? '', seen);
    return true;
  });
}

describe('a mapping', () => {
  test('is refused when a column cannot hold what it is read as, with what it can', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [
        { title: { from: 'year', as: 'count' } },
        /^m\.json: tracks\.title: read as count, where the column holds text: as text, id, name-id, /,
      ],
      [
        { duration_ms: { from: 'x', as: 'number' } },
        /duration_ms: read as number.*whole number: as count, milli/,
      ],
      [{ listens: { from: 'x', as: 'text' } }, /listens: read as text/],
      [
        { popularity: { from: 'x', as: 'text' } },
        /popularity: read as text.*a number: as count, number/,
      ],
      [
        { explicit: { from: 'x', as: 'count' } },
        /explicit: read as count.*true or false: as flag$/,
      ],
      [{ artist_ids: { from: 'x', as: 'credit' } }, /artist_ids: read as credit.*a list of texts/],
      [{ genres: { from: 'x', as: 'count' } }, /genres: read as count/],
      [{ label: {} }, /label: neither from nor value/],
    ];
    for (const [columns, seen] of cases) isRefused(() => tracks(columns), seen);
  });

  test('is refused when a value is none of its column', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [
        { popularity: { value: 'high' } },
        /popularity: the value "high".*a number, read as popularity/,
      ],
      [{ popularity: { value: 500 } }, /popularity: the value 500/],
      [{ explicit: { value: 'yes' } }, /explicit: the value "yes".*true or false$/],
      [{ listens: { value: -1 } }, /listens: the value -1/],
      [{ listens: { value: 0.5 } }, /listens: the value 0\.5/],
      [{ licence: { value: 1 } }, /licence: the value 1, where the column holds text/],
      [{ genres: { value: true } }, /genres: the value true, where the column holds a list/],
      [{ isrcs: { value: 'none' } }, /isrcs: the value "none".*a list of texts, read as isrc/],
      [{ release_date: { value: 'May' } }, /release_date: the value "May"/],
    ];
    for (const [columns, seen] of cases) isRefused(() => tracks(columns), seen);
  });

  test('of COPY is refused without the names of its columns', () => {
    isRefused(() => tracks({}, { format: 'copy' }), /files\.0\.names: the columns of copy/);
    assert.ok(tracks({}, { format: 'copy', names: ['id', 'title', 'artist'] }));
  });

  test('is refused when two kinds of file fill a staged table with other columns', () => {
    const staged = (columns: object) => ({ staged: { table: 's', columns } });
    const other = { kind: 'b', match: ['b*.csv'], format: 'csv' };
    const file = { kind: 'a', match: ['a*.csv'], format: 'csv' };
    const both = (a: object, b: object) =>
      mapping(
        {},
        {
          files: [
            { ...file, ...staged(a) },
            { ...other, ...staged(b) },
          ],
        },
      );
    assert.ok(both({ n: { from: 'n', as: 'count' } }, { n: { from: 'm', as: 'seconds' } }));
    isRefused(
      () => both({ n: 'n' }, { n: { from: 'm', as: 'count' } }),
      /b fills s with n \(whole\), others with n \(text\)/,
    );
  });

  test('that comes with the program keeps to all this', () => {
    for (const preset of PRESETS)
      assert.deepEqual(parseMapping(JSON.stringify(preset), preset.name), preset);
  });

  test('may give the same value to every row, a list of one where the column is a list', async () => {
    using folder = folderOf({ 'a.csv': 'id,title,artist\n1,One,A\n' });
    const values = {
      ...{ genres: { value: 'rock' }, popularity: { value: 7.5 }, explicit: { value: false } },
      ...{ listens: { value: 3 }, label: { value: 'L' } },
    };
    const { directory } = await importInto(folder.path, tracks(values), [
      path.join(folder.path, 'a.csv'),
    ]);
    const [row] = await rowsOf(directory, 'tracks');
    const { genres, popularity, explicit, listens, label } = row!;
    assert.deepEqual(
      [genres, popularity, explicit, listens, label],
      [['rock'], 7.5, false, '3', 'L'],
    );
  });

  test('stages what its columns are read as: durations, shares and values too', async () => {
    using folder = folderOf({ 'a.csv': 'id,len,pop\nx,1000,50\ny,2000,7.5\n' });
    const preset = mapping(
      {
        staged: {
          table: 's',
          columns: {
            ...{ song: 'id', ms: { from: 'len', as: 'milliseconds' }, duration_ms: 'len' },
            ...{ popularity: 'pop', one: { value: 1 } },
          },
        },
      },
      {
        queries: [
          {
            kind: 'sums',
            sql: 'SELECT song, ms + duration_ms + popularity * 2 + one AS listens FROM s ORDER BY song',
            rows: [{ table: 'counts', columns: { id: 'song', listens: 'listens' } }],
          },
        ],
      },
    );
    const { directory } = await importInto(folder.path, preset, [path.join(folder.path, 'a.csv')]);
    const rows = await rowsOf(directory, 'counts');
    assert.deepEqual(
      rows.map(({ id, listens }) => [id, listens]),
      [
        ['a:x', '2101'],
        ['a:y', '4016'],
      ],
    );
  });
});
