import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-older-dump-'));
const archive = path.join(folder, 'archive');
after(() => fs.rmSync(folder, { recursive: true }));

const MAPPING = {
  ...{ format: 'fonoteca-mapping/1', name: 'songs', namespace: 'table-songs', licence: null },
  files: [
    {
      ...{ kind: 'songs', match: ['*.jsonl'], format: 'jsonl' },
      rows: [{ table: 'tracks', columns: { id: 'id', title: 'title', artist: 'artist' } }],
    },
  ],
};

test('a dump older than the snapshot in use is refused, also when its import was consumed, and one without a day is asked for it', async () => {
  const mapping = path.join(folder, 'songs.json');
  fs.writeFileSync(mapping, JSON.stringify(MAPPING));
  const importOf = (id: string, ...more: string[]) => {
    const file = path.join(folder, `${id}.jsonl`);
    fs.writeFileSync(file, `${JSON.stringify({ id, title: 'T', artist: 'A' })}\n`);
    const args = ['catalogue', 'import', 'table', file, '--mapping', mapping];
    return runFonoteca([...args, '--archive', archive, ...more]);
  };
  const init = ['init', archive, '--name', 'A', '--contact', 'a@example.org'];
  assert.equal((await runFonoteca(init)).code, 0);
  assert.equal((await importOf('new', '--date', '2026-02-01')).code, 0);
  const built = await runFonoteca(['catalogue', 'build', '--consume', '--archive', archive]);
  assert.equal(built.code, 0, built.stderr);
  assert.deepEqual(fs.readdirSync(path.join(archive, 'catalogue/imports')), []);
  const older = await importOf('old', '--date', '2025-01-01');
  assert.equal(older.code, 1);
  assert.match(older.stderr, /IMPORT_OLDER[\s\S]*2025-01-01, and 2026-02-01 is imported/);
  const undated = await importOf('undated');
  assert.equal(undated.code, 2);
  assert.match(undated.stderr, /IMPORT_UNDATED[\s\S]*no date, and 2026-02-01[\s\S]*--date/);
  assert.deepEqual(fs.readdirSync(path.join(archive, 'catalogue/imports')), []);
  assert.equal((await importOf('newer', '--date', '2026-03-01')).code, 0);
});
