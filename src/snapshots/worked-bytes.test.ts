import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { digestFile } from '../catalogue/block-digests.ts';
import { startHashIndex } from '../catalogue/hash-index.ts';
import { hashKey } from '../catalogue/key-hash.ts';
import { startRowFile } from '../catalogue/row-file.ts';

const DOCS = path.resolve(import.meta.dirname, '../../docs/formats');
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-worked-'));
after(() => fs.rmSync(root, { recursive: true }));
const page = fs.readFileSync(path.join(DOCS, 'catalogue-files.md'), 'utf8');

/** The bytes of the n-th dump of the page: hex pairs between an address and words. */
function dumpOf(heading: string): Buffer {
  const part = page.split(/^## /m).find((one) => one.startsWith(heading))!;
  const dump = [...part.matchAll(/```\n(0000 [\s\S]*?)```/g)].at(-1)![1]!;
  const pairs = dump
    .split('\n')
    .map((line) => /^[0-9a-f]{4}((?: {1,2}[0-9a-f]{2}\b)+)/.exec(line)?.[1] ?? '');
  return Buffer.from(pairs.join('').replaceAll(' ', ''), 'hex');
}

function startsWith(file: string, bytes: Buffer): void {
  assert.ok(bytes.length > 30);
  assert.equal(
    fs.readFileSync(file).subarray(0, bytes.length).toString('hex'),
    bytes.toString('hex'),
  );
}

describe('the bytes that the documents show', () => {
  test('of a row file are those that are written', () => {
    const file = path.join(root, 'a.rows');
    const writer = startRowFile(realDisk, `${file}.tmp`, 'artists');
    writer.add(['discogs:7', 'Ada Byron', '\u0001', null, 40, ['pop'], 'GB']);
    writer.add(['discogs:9', 'Zoë', '\u0001', 300, 40, ['pop'], null]);
    writer.finish(file);
    startsWith(file, dumpOf('Row file'));
  });

  test('of a hash index are those that are written', () => {
    const file = path.join(root, 'a.index');
    const writer = startHashIndex(realDisk, path.join(root, 'work'), 3);
    for (const [key, row] of [
      ['mbid:a', 0],
      ['mbid:c', 1],
      ['mbid:a', 7],
    ] as const)
      writer.add(key, row);
    writer.finish(file);
    startsWith(file, dumpOf('Hash index'));
  });

  test('of hashes are those that are computed', () => {
    const rows = [
      ...page.matchAll(/^\| (\(empty\)|`[^`]+`) \| `([0-9a-f]{8})` \| `([0-9a-f]{8})` \|$/gm),
    ];
    assert.equal(rows.length, 3);
    for (const [, key, high, low] of rows) {
      const hash = new Uint32Array(2);
      hashKey(key === '(empty)' ? '' : key!.slice(1, -1), hash);
      assert.deepEqual(
        [...hash].map((lane) => lane.toString(16).padStart(8, '0')),
        [high, low],
      );
    }
  });

  test('of an entry of the manifest are those of an empty index', () => {
    const text = fs.readFileSync(path.join(DOCS, 'catalogue-snapshot.md'), 'utf8');
    const { path: name, ...told } = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)![1]!);
    assert.equal(name, 'redirects.index');
    const file = path.join(root, name);
    startHashIndex(realDisk, path.join(root, 'empty'), 0).finish(file);
    assert.deepEqual({ ...digestFile(realDisk, file) }, told);
  });
});
