import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { realDisk } from '../base/disk.ts';
import { GENERATED_COLUMNS, GENERATED_KINDS } from './generated-columns.ts';
import { writeParquetShard } from './parquet-shard.ts';
import { BLOCK_TRACKS } from './shape.ts';
import { writeShard } from './write-shard.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-parquet-shard-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('says what the lines of the shard say, in columns of their names', async () => {
  const catalogue = { seed: 1, rows: 2 * BLOCK_TRACKS, revision: 2 };
  const shard = { number: 3, from: 100, to: 2 * BLOCK_TRACKS };
  const [lines, columns] = [path.join(folder, 'lines'), path.join(folder, 'columns')];
  for (const directory of [lines, columns]) fs.mkdirSync(directory);
  await writeShard(realDisk, lines, catalogue, shard);
  const files = await writeParquetShard(realDisk, columns, catalogue, shard);
  assert.deepEqual(
    fs.readdirSync(columns).sort(),
    GENERATED_KINDS.map((kind) => `${kind}-00003.parquet`).sort(),
  );
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const [at, kind] of GENERATED_KINDS.entries()) {
    const { path: file, sizeBytes } = files[at]!;
    assert.equal(fs.statSync(file).size, sizeBytes);
    const names = GENERATED_COLUMNS[kind].map(({ column }) => `"${column}"`).join(', ');
    const others = `SELECT ${names} FROM read_json('${lines}/${kind}-*.jsonl.gz', sample_size = -1)`;
    const own = `SELECT ${names} FROM '${file}'`;
    for (const sql of [
      `${own} EXCEPT ALL ${others}`,
      `${others} EXCEPT ALL ${own}`,
      `SELECT 'no rows' WHERE NOT EXISTS (${own})`,
    ]) {
      const reader = await connection.runAndReadAll(`SELECT * FROM (${sql}) LIMIT 3`);
      assert.deepEqual(reader.getRowsJson(), [], `${kind}: ${sql}`);
    }
  }
});
