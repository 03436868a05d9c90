/** The files of an index: the same whatever their making was cut into, and never used when a byte of them changed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { openChecked, PAGE_BYTES } from './checked-file.ts';
import { batchOf, type SampleIndex, writeSampleIndex } from './index-samples.ts';
import { startPageCache } from './page-cache.ts';
import { sampleRows } from './search-samples.ts';
import { startSearchWriter } from './search-writer.ts';

const rows = [...sampleRows(3000, 5)];

test('the same rows give the same bytes, however many runs they were gathered in', () => {
  using small = writeSampleIndex(rows, { segmentDocuments: 1500, runPostings: 4000 });
  using large = writeSampleIndex(rows, { segmentDocuments: 1500 });
  assert.deepEqual(digests(small), digests(large));
  assert.deepEqual(
    filesOf(small),
    fs
      .readdirSync(small.directory)
      .filter((name) => name !== 'work')
      .sort(),
  );
  assert.deepEqual(fs.readdirSync(path.join(small.directory, 'work')), []);
});

test('an index of no rows is open and finds nothing', () => {
  using empty = writeSampleIndex([]);
  using search = empty.open();
  assert.deepEqual(
    search.search({ text: 'love', group: 'tracks', limit: 5, cursor: null }).hits,
    [],
  );
});

test('an abandoned index leaves nothing', () => {
  using index = writeSampleIndex([]);
  const directory = path.join(index.directory, 'work');
  const options = {
    directory,
    temporary: directory,
    group: 'tracks',
    segmentDocuments: 1000,
  } as const;
  const writer = startSearchWriter(realDisk, options);
  writer.add(batchOf('tracks', rows));
  assert.notDeepEqual(fs.readdirSync(directory), []);
  writer.abort();
  assert.deepEqual(fs.readdirSync(directory), []);
});

test('a changed byte anywhere in a file is found when its page is read, or when it is opened', () => {
  using index = writeSampleIndex(rows);
  for (const name of filesOf(index)) {
    const file = path.join(index.directory, name);
    const whole = fs.readFileSync(file);
    assert.equal(damageSeen(file), undefined);
    const places = [
      0,
      7,
      whole.length >> 1,
      whole.length - 100,
      whole.length - 33,
      whole.length - 1,
    ];
    for (const place of new Set(places.filter((at) => at >= 0))) {
      const changed = Buffer.from(whole);
      changed[place]! ^= 0x10;
      fs.writeFileSync(file, changed);
      assert.equal(damageSeen(file), 'SEARCH_INDEX_DAMAGED', `${name} at ${place}`);
    }
    for (const shorter of [0, 63, whole.length - 1]) {
      fs.writeFileSync(file, whole.subarray(0, shorter));
      assert.equal(damageSeen(file), 'SEARCH_INDEX_DAMAGED', `${name} of ${shorter} bytes`);
    }
    fs.writeFileSync(file, whole);
  }
});

test('a question that needs a damaged page is refused, and the file is named', () => {
  using index = writeSampleIndex(rows);
  const name = filesOf(index).find(
    (each) => each.endsWith('00.postings') && each.includes('tracks'),
  )!;
  const file = path.join(index.directory, name);
  const bytes = fs.readFileSync(file);
  for (let page = 0; page * PAGE_BYTES < bytes.length - 5000; page += 1)
    bytes[page * PAGE_BYTES]! ^= 1;
  fs.writeFileSync(file, bytes);
  using search = index.open();
  assert.throws(
    () => search.search({ text: 'love', group: 'tracks', limit: 500, cursor: null }),
    (error) =>
      error instanceof FonotecaError &&
      error.code === 'SEARCH_INDEX_DAMAGED' &&
      error.seen.includes(name),
  );
});

test('pages that have no more room are read again, and are the same', () => {
  using index = writeSampleIndex(rows);
  const name = filesOf(index).find((each) => each.endsWith('whole') && each.includes('tracks'))!;
  const file = path.join(index.directory, name);
  const bytes = fs.readFileSync(file);
  using checked = openChecked(realDisk, file, { kind: 'whole', cache: startPageCache(1) });
  for (let round = 0; round < 3; round += 1)
    for (let at = 0; at < checked.sizeBytes; at += 1111) {
      const length = Math.min(5000, checked.sizeBytes - at);
      assert.ok(checked.read(at, length).equals(bytes.subarray(at, at + length)));
    }
});

function filesOf({ written }: SampleIndex): string[] {
  return written.flatMap(({ files }) => files).sort();
}

function digests(index: SampleIndex): Record<string, string> {
  const files = filesOf(index);
  return Object.fromEntries(
    files.map((name) => [name, sha256(fs.readFileSync(path.join(index.directory, name)))]),
  );
}

/** The code of the error that reading all of `file` ends with. */
function damageSeen(file: string): string | undefined {
  const kind = path.extname(file).slice(1);
  try {
    using checked = openChecked(realDisk, file, { kind, cache: startPageCache(256) });
    for (let page = 0; page * PAGE_BYTES < checked.sizeBytes; page += 1) checked.page(page);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof FonotecaError);
    return error.code;
  }
}
