import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import type { FonotecaError } from '../base/errors.ts';
import { listImports } from '../catalogue/imports.ts';
import {
  folderOf,
  importInto,
  songMapping as mapping,
  rowsOf,
  writeParquet,
} from './test-import.ts';

const NAMES = { id: 'id', title: 'title', artist: 'artist' };

describe('Parquet of others', () => {
  test('that unfolds to a million times its size is refused by its name, and leaves no import', async () => {
    using folder = folderOf();
    const file = path.join(folder.path, 'bomb.parquet');
    await writeParquet(
      "SELECT repeat('x', 4000000) AS title, i::VARCHAR AS id, 'a' AS artist FROM range(600) r(i)",
      file,
      ', COMPRESSION zstd, ROW_GROUP_SIZE 100',
    );
    assert.ok(fs.statSync(file).size < 20_000);
    const songs = { kind: 'songs', match: ['*.parquet'], format: 'parquet' as const };
    const { rows } = mapping().files[0]!;
    const preset = mapping({ files: [{ ...songs, rows: [{ ...rows![0]!, columns: NAMES }] }] });
    await assert.rejects(importInto(folder.path, preset, [file]), (error: FonotecaError) => {
      assert.equal(error.code, 'SOURCE_PARQUET');
      assert.match(error.seen, /^bomb\.parquet: /);
      assert.match(error.next, /checksum/);
      return true;
    });
    assert.deepEqual(listImports(realDisk, folder.path), []);
  });

  test('keeps every digit of an id that is a number', async () => {
    using folder = folderOf();
    const file = path.join(folder.path, 'songs.parquet');
    await writeParquet(
      `SELECT 9007199254740992 + i AS id, 'T' AS title, 'A' AS artist, [9007199254740992 + i] AS artist_ids,
        i::BIGINT AS s FROM range(3) r(i)`,
      file,
    );
    const [rule] = mapping().files[0]!.rows!;
    const columns = { ...rule!.columns, artist_ids: 'artist_ids', isrcs: { from: ['none'] } };
    const songs = { kind: 'songs', match: ['*.parquet'], format: 'parquet' as const };
    const files = [{ ...songs, rows: [{ ...rule!, columns }] }];
    const { directory } = await importInto(folder.path, mapping({ files }), [file]);
    assert.deepEqual(
      (await rowsOf(directory, 'tracks')).map(({ id, artist_ids, duration_ms }) => [
        ...[id, ...(artist_ids as string[])],
        duration_ms,
      ]),
      ['9007199254740992', '9007199254740993', '9007199254740994'].map((digits, at) => [
        ...[`table-songs:${digits}`, `table-songs:${digits}`],
        at === 0 ? null : String(at * 1000),
      ]),
    );
  });

  test('has no value where NaN stands, and infinity costs that value alone', async () => {
    using folder = folderOf();
    const file = path.join(folder.path, 'songs.parquet');
    await writeParquet(
      `SELECT 's' || i AS id, 'T' AS title, 'A' AS artist, ['7.5', 'nan', 'inf', '-inf'][i + 1]::FLOAT AS s,
        ['nan'::DOUBLE, 1] AS other FROM range(4) r(i)`,
      file,
    );
    const columns = { ...NAMES, duration_ms: { from: 's', as: 'seconds' as const } };
    const songs = { kind: 'songs', match: ['*.parquet'], format: 'parquet' as const };
    const files = [{ ...songs, rows: [{ table: 'tracks' as const, columns }] }];
    const { directory, record, findings } = await importInto(folder.path, mapping({ files }), [
      file,
    ]);
    assert.deepEqual(record!.tables, { tracks: { read: 4, kept: 4, merged: 0, refused: 0 } });
    const rows = await rowsOf(directory, 'tracks');
    assert.deepEqual(
      rows.map(({ duration_ms }) => duration_ms),
      ['7500', null, null, null],
    );
    assert.deepEqual(
      findings.map(({ code, subject, seen }) => [code, subject, seen]),
      [
        ['IMPORT_VALUE_REFUSED', 'songs.parquet:3', 'tracks.duration_ms: inf'],
        ['IMPORT_VALUE_REFUSED', 'songs.parquet:4', 'tracks.duration_ms: -inf'],
      ],
    );
  });

  test('may have a name that would be a pattern', async () => {
    using folder = folderOf();
    const columns = NAMES;
    const songs = { kind: 'songs', match: ['*.parquet'], format: 'parquet' as const };
    const rows = [{ table: 'tracks' as const, unique: true as const, columns }];
    const preset = mapping({ files: [{ ...songs, rows }] });
    const names = ['[ab].parquet', 'a.parquet', '*.parquet'];
    for (const [at, name] of names.entries())
      await writeParquet(
        `SELECT '${at}-' || i AS id, 'T' AS title, 'A' AS artist FROM range(4) r(i)`,
        path.join(folder.path, name),
      );
    for (const pieceRows of [undefined, 8])
      for (const [at, name] of names.entries()) {
        const catalogue = path.join(folder.path, `${at} [*] ${pieceRows}`);
        const { directory } = await importInto(catalogue, preset, [path.join(folder.path, name)], {
          pieceRows,
        });
        const ids = (await rowsOf(directory, 'tracks')).map(({ id }) => id);
        assert.deepEqual(
          ids,
          [0, 1, 2, 3].map((i) => `table-songs:${at}-${i}`),
        );
      }
  });
});
