import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type Disk, realDisk } from '../base/disk.ts';
import { openHashIndex, startHashIndex } from './hash-index.ts';
import { startPageCache } from './page-cache.ts';
import { BLOCK_ROWS, ROW_COLUMNS } from './row-block.ts';
import { openRowFile, startRowFile } from './row-file.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-files-'));
after(() => fs.rmSync(root, { recursive: true }));

function writeRows(name: string, count: number): string {
  const file = path.join(root, name);
  const writer = startRowFile(realDisk, `${file}.tmp`, 'redirects');
  for (let row = 0; row < count; row++) writer.add([`a:${row}`, `títle ${row} 夢`]);
  assert.equal(writer.rows, count);
  writer.finish(file);
  return file;
}

function openRows(file: string, disk: Disk = realDisk) {
  return openRowFile(disk, file, { table: 'redirects', cache: startPageCache(256) });
}

function writeIndex(name: string, keys: readonly string[], expected = keys.length): string {
  const file = path.join(root, name);
  const writer = startHashIndex(realDisk, path.join(root, `${name}-work`), expected);
  for (const [row, key] of keys.entries()) writer.add(key, row);
  writer.finish(file);
  return file;
}

/** One album as it was written when albums had eleven columns. */
const ALBUMS_OF_VERSION_1 =
  'AQkAAwYDAQYAAgAEAAMFBgADAAMAAwMBAAECeDoDAAEAAAcAAAIAAQACAAAAAADi4DIAAAYBAAAAAAAAAA0AAAgAAAQQKLUv/SAQgQAATWHDsWFuYQFh' +
  'bGJ1bUVTHwAAAAAAAAAAXgAAAAAAAAABAAAAAAAAAAEAAAABAAAAHjwA+WZvbm9jaGsxcm93Y29scyB+AAAAAAAAAAAQAAAAAAAA/VFKx7cO90uRDk1B' +
  '5Wk6d+IltsVStd3+dtiPV6vcyxE=';

describe('a row file', () => {
  for (const count of [0, 1, 2, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 1000])
    test(`gives back each of ${count} rows, by number and in order`, () => {
      using file = openRows(writeRows('a.rows', count));
      assert.equal(file.rows, count);
      for (const row of [0, count - 1, BLOCK_ROWS - 1, BLOCK_ROWS])
        if (row >= 0 && row < count)
          assert.deepEqual(
            [file.value(0, row), file.value(1, row)],
            [`a:${row}`, `títle ${row} 夢`],
          );
      for (let row = 0; row < count; row += 1) assert.equal(file.value(0, row), `a:${row}`);
      for (const row of [count, -1, Number.NaN])
        assert.throws(() => file.value(0, row), { code: 'SEARCH_INDEX_DAMAGED' });
    });

  test('of another table is refused', () => {
    const file = writeRows('other.rows', 3);
    assert.throws(() => openRowFile(realDisk, file, { table: 'links', cache: startPageCache(1) }), {
      code: 'SEARCH_INDEX_DAMAGED',
      message: /another table/,
    });
  });

  test('of albums of version 1 is read, and of language it knows nothing', () => {
    const file = path.join(root, 'version-1.rows');
    fs.writeFileSync(file, Buffer.from(ALBUMS_OF_VERSION_1, 'base64'));
    using rows = openRowFile(realDisk, file, { table: 'albums', cache: startPageCache(1) });
    const { id, title, markets, language } = ROW_COLUMNS.albums;
    assert.deepEqual(
      [id, title, markets, language].map((column) => rows.value(column, 0)),
      ['x:1', 'Mañana', ['ES'], null],
    );
  });

  test('is the same file for the same rows', () => {
    const [a, b] = ['b.rows', 'c.rows'].map((name) => fs.readFileSync(writeRows(name, 500)));
    assert.deepEqual(a, b);
  });
});

describe('a hash index', () => {
  const keys = Array.from({ length: 50_000 }, (_, row) => `table:${row % 40_000}`);

  for (const expected of [0, 50_000, 100_000_000])
    test(`finds all rows of a key when ${expected} were expected`, () => {
      const file = writeIndex('a.index', keys, expected);
      using index = openHashIndex(realDisk, file, startPageCache(256));
      assert.equal(index.entries, keys.length);
      let others = 0;
      for (let row = 0; row < 40_000; row += 7) {
        const key = `table:${row}`;
        const found = [...index.rows(key, 0)];
        const right = row < 10_000 ? [row, row + 40_000] : [row];
        assert.deepEqual(
          found.filter((number) => keys[number] === key),
          right,
        );
        assert.deepEqual(
          found,
          found.toSorted((a, b) => a - b),
        );
        others += found.length - right.length;
        assert.deepEqual(
          [...index.rows(key, row + 1)].filter((n) => keys[n] === key),
          right.slice(1),
        );
      }
      assert.ok(others < 20, `${others} of other keys`);
      assert.deepEqual(
        fs.readdirSync(root).filter((name) => name.includes('-work')),
        [],
      );
    });

  test('of nothing finds nothing', () => {
    using index = openHashIndex(realDisk, writeIndex('b.index', []), startPageCache(256));
    assert.deepEqual([...index.rows('x', 0)], []);
  });

  test('holds a key that a hundred thousand rows carry', () => {
    const many = Array.from({ length: 100_000 }, (_, row) =>
      row % 10 === 0 ? `k${row}` : 'various',
    );
    using index = openHashIndex(realDisk, writeIndex('c.index', many), startPageCache(256));
    const found = [...index.rows('various', 0)];
    assert.equal(found.filter((row) => many[row] === 'various').length, 90_000);
    assert.equal(index.rows('various', 99_000).next().value, 99_001);
  });
});

describe('rot', () => {
  test('of any byte is found by the one who reads it, who leaves no file open', () => {
    const descriptors = new Set<number>();
    const disk: Disk = {
      ...realDisk,
      openForReading(file) {
        const descriptor = realDisk.openForReading(file);
        descriptors.add(descriptor);
        return descriptor;
      },
      close(descriptor) {
        descriptors.delete(descriptor);
        realDisk.close(descriptor);
      },
    };
    const rows = writeRows('rot.rows', 300);
    const index = writeIndex(
      'rot.index',
      Array.from({ length: 300 }, (_, row) => `k${row}`),
    );
    for (const file of [rows, index]) {
      const good = fs.readFileSync(file);
      for (let at = 3; at < good.length; at += 97) {
        const bad = Buffer.from(good);
        bad[at]! ^= 1 << (at % 8);
        fs.writeFileSync(file, bad);
        assert.throws(
          () => {
            if (file === rows) {
              using opened = openRows(file, disk);
              for (let row = 0; row < 300; row++) for (const at of [0, 1]) opened.value(at, row);
            } else {
              using opened = openHashIndex(disk, file, startPageCache(256));
              for (let row = 0; row < 300; row++) for (const _ of opened.rows(`k${row}`, 0));
            }
          },
          { code: 'SEARCH_INDEX_DAMAGED' },
          `${path.basename(file)} byte ${at}`,
        );
        assert.equal(descriptors.size, 0, `${path.basename(file)} byte ${at}`);
      }
    }
  });
});
