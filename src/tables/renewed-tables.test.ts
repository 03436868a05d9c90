/** A door that is renewed: nothing is lost between its processes, and nothing is carried over. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { openRenewedTables } from './renewed-tables.ts';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-renewed-'));
after(() => fs.rmSync(work, { recursive: true }));

test('every second answer is of another process, also where one was not read to its end', async () => {
  const options = { work, folders: [], memoryBytes: 2 ** 28, threads: 1 };
  await using tables = await openRenewedTables(options, 2);
  const linesOf = async (sql: string) => {
    const chunks: Buffer[] = [];
    for await (const chunk of tables.texts(sql)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8').trimEnd().split('\n');
  };
  await tables.run('CREATE TEMP TABLE seen AS SELECT 1 AS one');
  assert.deepEqual(await linesOf("SELECT 'a' || i FROM range(3) AS t(i)"), ['a0', 'a1', 'a2']);
  assert.deepEqual(await linesOf('SELECT one::VARCHAR FROM seen'), ['1']);
  for await (const chunk of tables.texts("SELECT repeat('b', 1000) FROM range(100000)")) {
    assert.ok(chunk.length > 0);
    break;
  }
  await assert.rejects(tables.rows('SELECT one FROM seen'), { code: 'TABLES_SQL' });
  assert.deepEqual(await linesOf("SELECT 'c'"), ['c']);
  assert.deepEqual(await linesOf("SELECT 'd'"), ['d']);
  const folders = fs.readdirSync(work).filter((name) => name.startsWith('door-'));
  assert.deepEqual(folders.length, 1, 'one process is there');
});
