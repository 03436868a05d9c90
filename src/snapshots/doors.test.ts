/** The doors of a build: one process of DuckDB until very many rows went through it, then another. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createDoors } from './doors.ts';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-doors-'));
after(() => fs.rmSync(work, { recursive: true }));

test('behind very many rows another process takes over, and knows nothing of what was in the one before', async () => {
  const options = { work, folders: [], memoryBytes: 2 ** 28, threads: 1 };
  await using doors = createDoors(options, 100);
  const first = await doors.one();
  await first.run('CREATE TEMP TABLE seen AS SELECT 1 AS one');
  await doors.passed(60);
  assert.equal(await doors.one(), first);
  assert.deepEqual(await first.rows('SELECT one FROM seen'), [[1]]);
  await doors.passed(40);
  const second = await doors.one();
  assert.notEqual(second, first);
  await assert.rejects(second.rows('SELECT one FROM seen'), { code: 'TABLES_SQL' });
  await doors.passed(60);
  assert.equal(await doors.one(), second, 'it is counted anew');
});
