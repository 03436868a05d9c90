import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { folderOf, importInto, songMapping as mapping, rowsOf } from './test-import.ts';

describe('Parquet of others', () => {
  test('keeps every digit of an id that is a number', async () => {
    using folder = folderOf();
    const file = path.join(folder.path, 'songs.parquet');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT 9007199254740992 + i AS id, 'T' AS title, 'A' AS artist, [9007199254740992 + i] AS artist_ids,
        i::BIGINT AS s FROM range(3) r(i)) TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
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
});
