/** The example of docs/formats/search-index.md and that of docs/formats/checked-file.md are what the writer writes. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { openChecked, startChecked } from './checked-file.ts';
import { startPageCache } from './page-cache.ts';
import { readSummary } from './search-files.ts';
import { startSearchWriter } from './search-writer.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-search-format-'));
after(() => fs.rmSync(folder, { recursive: true }));
const docs = path.resolve(import.meta.dirname, '../../docs/formats');
const page = fs.readFileSync(path.join(docs, 'search-index.md'), 'utf8');

const options = { directory: folder, temporary: folder, group: 'tracks' } as const;
const writer = startSearchWriter(realDisk, options);
writer.add({
  count: 3,
  title: ['Été', '東京', 'Love'],
  artist: ['Ana', 'Ana', 'Bo'],
  album: ['Été', null, 'Love & Ana'],
  year: [1999, null, null],
});
writer.finish();

for (const [part, file] of [
  ['postings', 'search-tracks-00.postings'],
  ['terms', 'search-tracks-00.terms'],
  ['marks', 'search-tracks.marks'],
  ['whole', 'search-tracks.whole'],
] as const)
  test(`the bytes shown of ${file} are its first`, () => {
    const shown = Buffer.from(blockOf(page, `hex ${part}`).replaceAll(/\s/g, ''), 'hex');
    assert.notEqual(shown.length, 0);
    assert.deepEqual(fs.readFileSync(path.join(folder, file)).subarray(0, shown.length), shown);
  });

test('the summary shown is that of the example', () => {
  const shown = Buffer.from(blockOf(page, 'json index').trim());
  const file = fs.readFileSync(path.join(folder, 'search-tracks.index'));
  assert.deepEqual(file.subarray(0, shown.length), shown);
});

test('an index whose names were folded by an earlier rule is refused by its version', () => {
  const name = path.join(folder, 'earlier.index');
  const earlier = blockOf(page, 'json index').trim().replace('search-3', 'search-2');
  assert.match(earlier, /fonoteca-search-2/);
  const file = startChecked(realDisk, `${name}.part`, 'index');
  file.write(Buffer.from(earlier));
  file.finish(name);
  using opened = openChecked(realDisk, name, { kind: 'index', cache: startPageCache(1) });
  assert.throws(() => readSummary(opened, name), {
    code: 'SEARCH_INDEX_DAMAGED',
    message: /of version fonoteca-search-2, not fonoteca-search-3/,
  });
});

test('the whole file shown is a checked file', () => {
  const shown = blockOf(fs.readFileSync(path.join(docs, 'checked-file.md'), 'utf8'), '');
  const bytes = Buffer.from(shown.replaceAll(/\s/g, ''), 'hex');
  assert.deepEqual(fs.readFileSync(path.join(folder, 'search-tracks-00.postings')), bytes);
});

/** What stands in the first block of `text` that is marked so. */
function blockOf(text: string, mark: string): string {
  return text.split(`\`\`\`${mark}\n`)[1]?.split('```')[0] ?? '';
}
