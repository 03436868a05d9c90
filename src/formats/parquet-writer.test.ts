import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { createParquetWriter, type ParquetField } from './parquet-writer.ts';

const KINDS: readonly ParquetField[] = [
  { name: 'id', kind: 'text' },
  { name: 'whole', kind: 'whole' },
  { name: 'number', kind: 'number' },
  { name: 'flag', kind: 'flag' },
  { name: 'names', kind: 'texts' },
];

for (const isRepetitive of [false, true])
  describe(`Parquet ${isRepetitive ? 'with dictionaries ' : ''}written by us and read by DuckDB`, () => {
    const FIELDS = KINDS.map((field) => ({ ...field, isRepetitive }));
    const readBack = (rows: readonly (readonly unknown[])[]) => readBackAs(FIELDS, rows);
    const written = (rows: readonly (readonly unknown[])[]) => writtenAs(FIELDS, rows);

    test('gives back every kind of value, absent ones and empty lists included', async () => {
      const rows = [
        ['a', 1, 0.5, true, ['x', 'ÿ', '音楽']],
        [null, null, null, null, null],
        ['', 0, -0.25, false, []],
        ['Zażółć 👀', Number.MAX_SAFE_INTEGER, 1e-300, true, ['']],
        ['b', 2 ** 32, 2 ** 60, false, ['one']],
      ];
      assert.deepEqual(await readBack(rows), rows);
    });

    test('keeps rows in order over pages and groups of rows', async () => {
      const rows = Array.from({ length: 130_000 }, (_, index) => [
        `row ${index}`,
        index % 7 === 0 ? null : index,
        index / 3,
        index % 2 === 0,
        index % 5 === 0
          ? null
          : Array.from({ length: index % 4 }, (_unused, item) => `${index}.${item}`),
      ]);
      const read = await readBack(rows);
      assert.equal(read.length, rows.length);
      assert.equal(digestOf(read), digestOf(rows));
    });

    test('keeps few values that come often', async () => {
      const rows = Array.from({ length: 70_000 }, (_, index) => [
        index % 11 === 0 ? null : `text ${index % 300}`,
        index % 500,
        (index % 1001) / 1000,
        null,
        null,
      ]);
      assert.equal(digestOf(await readBack(rows)), digestOf(rows));
    });

    test('writes a file without rows that is one', async () => {
      assert.deepEqual(await readBack([]), []);
    });

    test('writes the same bytes for the same rows', () => {
      const rows = [['a', 1, 2, true, ['b']]];
      assert.equal(
        digestOf(written(rows).toString('hex')),
        digestOf(written(rows).toString('hex')),
      );
    });
  });

test('numbers given in units of their column are read as numbers, few or many of them, small or large', async () => {
  const fields = [
    { name: 'id', kind: 'text' },
    { name: 'whole', kind: 'whole', isRepetitive: true },
    { name: 'share', kind: 'number', isRepetitive: true, units: 10_000 },
    { name: 'many', kind: 'number', isRepetitive: true, units: 100 },
  ] as const;
  const large = [-20_000, -16_384, 49_151, 49_152, 2 ** 31 - 1, -(2 ** 31)];
  const rows = Array.from({ length: 80_000 }, (_, index) => [
    null,
    large[index % large.length]! * (index % 2 === 0 ? 1 : 2 ** 20),
    index % 9 === 0 ? null : index % 10_001,
    (index % 40_000) - 20_000,
  ]);
  const wanted = rows.map(([id, whole, share, many]) => [
    ...[id, whole],
    ...[share === null ? null : share! / 10_000, many! / 100],
  ]);
  assert.equal(digestOf(await readBackAs(fields, rows)), digestOf(wanted));
});

function writtenAs(fields: readonly ParquetField[], rows: readonly (readonly unknown[])[]): Buffer {
  const parts: Uint8Array[] = [];
  const writer = createParquetWriter(fields, (bytes) => parts.push(Buffer.from(bytes)));
  for (const row of rows) writer.add(row);
  writer.finish();
  assert.equal(writer.rows, rows.length);
  return Buffer.concat(parts);
}

async function readBackAs(
  fields: readonly ParquetField[],
  rows: readonly (readonly unknown[])[],
): Promise<unknown[][]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-parquet-'));
  try {
    const file = path.join(folder, 'rows.parquet');
    fs.writeFileSync(file, writtenAs(fields, rows));
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`FROM '${file}'`);
    assert.deepEqual(
      reader.columnNames(),
      fields.map(({ name }) => name),
    );
    return reader
      .getRowsJson()
      .map(([id, whole, ...rest]) => [id, whole === null ? null : Number(whole), ...rest]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
