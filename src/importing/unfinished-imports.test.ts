import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { realDisk } from '../base/disk.ts';
import type { ProgressEvent } from '../base/progress.ts';
import { importsDirectory } from '../catalogue/imports.ts';
import { parseMapping } from './mapping-file.ts';
import { runImport } from './run-import.ts';
import { depsOf, filesIn, folderOf, importInto } from './test-import.ts';

const ROWS = 'id,title,artist\n1,One,A\n2,Two,B\n';
const MAPPING = {
  ...{ format: 'fonoteca-mapping/1', name: 'songs', namespace: 'table-songs', licence: null },
  files: [
    {
      ...{ kind: 'songs', match: ['*.csv'], format: 'csv' },
      rows: [{ table: 'tracks', columns: { id: 'id', title: 'title', artist: 'artist' } }],
    },
  ],
};

function mapping(more: object = {}) {
  return parseMapping(JSON.stringify({ ...MAPPING, ...more }), 'the mapping of a test');
}

describe('an import that did not come to its end', () => {
  test('leaves no folder when nothing was kept', async () => {
    using folder = folderOf({ 'songs.csv': 'a,b\n1,2\n' });
    const run = importInto(folder.path, mapping(), [path.join(folder.path, 'songs.csv')]);
    await assert.rejects(run, { code: 'MAPPING_COLUMN_MISSING' });
    assert.deepEqual(fs.readdirSync(importsDirectory(folder.path)), []);
  });

  test('of Parquet tells how far it is, and stops between two blocks of rows', async () => {
    using folder = folderOf();
    const file = path.join(folder.path, 'songs.parquet');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const select = `SELECT i AS id, 'Song ' || i AS title, 'A' AS artist FROM range(400000) AS r(i)`;
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    const [songs] = MAPPING.files;
    const preset = mapping({ files: [{ ...songs, match: ['*.parquet'], format: 'parquet' }] });
    const stop = new AbortController();
    const events: ProgressEvent[] = [];
    const progress = (event: ProgressEvent) => {
      events.push(event);
      if (event.stage === 'import' && event.doneItems > 0) stop.abort();
    };
    const watch = { progress, stop: stop.signal };
    const stopped = await importInto(folder.path, preset, [file], { watch, threads: 1 });
    assert.equal(stopped.record, null);
    const { doneItems, doneBytes, totalBytes } = events.at(-1)!;
    assert.ok(doneItems < 400_000, `${doneItems} rows`);
    assert.ok(doneBytes! > 0 && doneBytes! < totalBytes!, `${doneBytes} of ${totalBytes} bytes`);
    const whole = await importInto(folder.path, preset, [file]);
    assert.equal(whole.record?.tables.tracks?.kept, 400_000);
  });

  test('is cleaned by the same call when it was killed behind its record', async () => {
    using folder = folderOf({ 'songs.csv': ROWS });
    const paths = [path.join(folder.path, 'songs.csv')];
    const unlink = (file: string) => {
      if (path.basename(file) === 'state.json') throw new Error('killed');
      realDisk.unlink(file);
    };
    const disk = { ...realDisk, unlink };
    await assert.rejects(importInto(folder.path, mapping(), paths, { disk }), /killed/);
    const { fresh, directory } = await importInto(folder.path, mapping(), paths);
    assert.equal(fresh, false);
    assert.deepEqual(
      [...filesIn(directory).keys()],
      ['import.json', 'refused.jsonl', 'tracks-00000.parquet'],
    );
  });
});

describe('the day of a dump', () => {
  test('is looked at before anything is read', async () => {
    using folder = folderOf({ 'songs.csv': ROWS });
    const paths = [path.join(folder.path, 'songs.csv')];
    for (const dumpDate of ['2026-02-31', '2026-2-3', 'today']) {
      const run = runImport({ preset: mapping(), paths, dumpDate }, depsOf(folder.path));
      await assert.rejects(run, { code: 'IMPORT_DATE_INVALID', seen: dumpDate });
    }
    assert.equal(fs.existsSync(importsDirectory(folder.path)), false);
  });

  test('is the first one in the names of the files that there is', async () => {
    using folder = folderOf({ '20129999-a.csv': ROWS, '20120229-b.csv': ROWS });
    const preset = mapping({ dated: '(\\d{4})(\\d{2})(\\d{2})' });
    const only = await importInto(folder.path, preset, [path.join(folder.path, '20129999-a.csv')]);
    assert.equal(only.record?.dump.date, null);
    const both = await importInto(folder.path, preset, [folder.path]);
    assert.equal(both.record?.dump.date, '2012-02-29');
  });

  test('needs three groups in the pattern that tells it', () => {
    for (const dated of ['(\\d{4})-(\\d{2})', '\\d{8}', '(\\d{4})(\\d\\d)(\\d\\d)(x)?y(z)'])
      if (dated.includes('z')) assert.ok(mapping({ dated }));
      else
        assert.throws(() => mapping({ dated }), {
          code: 'MAPPING_INVALID',
          message: /dated.*three groups/,
        });
  });
});
