import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTables } from './open-tables.ts';
import { quoted, type Tables } from './tables.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-tables-'));
const [work, inside, outside] = ['work', 'inside', 'outside'].map((name) =>
  path.join(root, name),
) as [string, string, string];
let tables: Tables;

before(async () => {
  for (const folder of [work, inside, outside]) fs.mkdirSync(folder);
  fs.writeFileSync(path.join(outside, 'secret.csv'), 'a\n1\n');
  tables = await openTables({ work, folders: [inside], memoryBytes: 2 ** 28, threads: 1 });
});
after(async () => {
  await tables[Symbol.asyncDispose]();
  assert.deepEqual(fs.readdirSync(work), [], 'leaves something behind');
  fs.rmSync(root, { recursive: true });
});

async function collect(sql: string): Promise<unknown[]> {
  let text = '';
  for await (const chunk of tables.lines(sql)) text += chunk.toString('utf8');
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
}

describe('the door to tables', () => {
  test('gives rows with bound values', async () => {
    const rows = await tables.rows('SELECT $1 || $2 AS a, $3::BIGINT + 1 AS b, NULL AS c', [
      'x',
      "'",
      41,
    ]);
    assert.deepEqual(rows, [["x'", 42, null]]);
  });

  test('gives lines in order, whatever the text holds', async () => {
    const odd = 'line\nbreak "quoted" \\ tab\t \u0001 😀 ظ';
    const rows = await collect(
      `SELECT i, ${quoted(odd)} AS t, [i, NULL] AS l FROM range(100000) r(i) ORDER BY i DESC`,
    );
    assert.equal(rows.length, 100_000);
    assert.deepEqual(rows[0], [99_999, odd, [99_999, null]]);
    assert.deepEqual(rows.at(-1), [0, odd, [0, null]]);
  });

  test('gives texts as they stand', async () => {
    let text = '';
    for await (const chunk of tables.texts(
      `SELECT '["a,' || i || ' \\ ظ' FROM range(3) r(i) ORDER BY i`,
    ))
      text += chunk.toString('utf8');
    assert.equal(text, '["a,0 \\ ظ\n["a,1 \\ ظ\n["a,2 \\ ظ\n');
  });

  test('gives whole numbers in order, and goes on after they were left early', async () => {
    const sql = `SELECT i::UINTEGER, (4294967295 - i)::UINTEGER FROM range(100000) r(i)`;
    let at = 0;
    for await (const { rows, columns } of tables.numbers(sql, 2))
      for (let row = 0; row < rows; row += 1, at += 1)
        if (columns[0]![row] !== at || columns[1]![row] !== 4_294_967_295 - at)
          assert.fail(`${at}`);
    assert.equal(at, 100_000);
    for await (const { rows } of tables.numbers(sql, 2)) {
      assert.ok(rows > 0);
      break;
    }
    for (const wrong of [
      'SELECT nothing FROM nowhere',
      'SELECT 1::BIGINT',
      `SELECT error('late')::UINTEGER`,
    ])
      await assert.rejects(tables.numbers(wrong, 1)[Symbol.asyncIterator]().next(), {
        code: 'TABLES_SQL',
      });
    assert.deepEqual(await tables.rows('SELECT 3'), [[3]]);
  });

  test('goes on after an answer was left early', async () => {
    for await (const chunk of tables.lines('SELECT i FROM range(10000000) r(i)')) {
      assert.ok(chunk.length > 0);
      break;
    }
    assert.deepEqual(await tables.rows('SELECT 1'), [[1]]);
  });

  test('tells a statement that fails, before and after its first row', async () => {
    await assert.rejects(collect('SELECT nothing FROM nowhere'), { code: 'TABLES_SQL' });
    await assert.rejects(
      collect(`SELECT CASE WHEN i < 500000 THEN i ELSE error('late') END FROM range(600000) r(i)`),
      { code: 'TABLES_SQL' },
    );
    assert.deepEqual(await tables.rows('SELECT 2'), [[2]]);
  });

  for (const sql of [
    `SELECT * FROM read_csv('${outside}/secret.csv')`,
    `SELECT * FROM read_text('${inside}/../outside/secret.csv')`,
    `SELECT * FROM glob('${outside}/*')`,
    `COPY (SELECT 1) TO '${outside}/new.csv'`,
    `ATTACH '${outside}/new.db'`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `SET threads = 8`,
    `SET enable_external_access = true`,
    `SELECT * FROM read_csv('/etc/passwd')`,
  ])
    test(`refuses ${sql.replaceAll(root, '')}`, async () => {
      await assert.rejects(tables.run(sql), { code: 'TABLES_SQL' });
      assert.deepEqual(fs.readdirSync(outside), ['secret.csv']);
    });

  test('reads and writes the folders it was given', async () => {
    const file = path.join(inside, 'a.parquet');
    await tables.run(`COPY (SELECT 7 AS a) TO ${quoted(file)} (FORMAT parquet)`);
    assert.deepEqual(await tables.rows(`SELECT a FROM ${quoted(file)}`), [[7]]);
  });

  test('says so when the process has gone', async () => {
    const other = await openTables({ work, folders: [], memoryBytes: 2 ** 26, threads: 1 });
    await other.run('SELECT 1');
    await other[Symbol.asyncDispose]();
    await assert.rejects(other.rows('SELECT 1'), { code: 'TABLES_ENDED' });
  });
});
