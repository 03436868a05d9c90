/** Lists of postings: what is written is read again, one by one and by leaps, with and without fields. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { openChecked, startChecked } from './checked-file.ts';
import { NO_DOCUMENT } from './document-cursor.ts';
import { ListCursor } from './list-cursor.ts';
import { startPageCache } from './page-cache.ts';
import { BLOCK_POSTINGS, startPostingLists } from './posting-list.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-postings-'));
after(() => fs.rmSync(folder, { recursive: true }));
const MOST_DOCUMENTS = 2 ** 28;

interface List {
  readonly documents: number;
  readonly withFields: boolean;
  /** Document × 8 + fields, rising. */
  readonly postings: readonly number[];
}

/** Lists of one and of thousands of postings, sparse and dense, in runs and alone, up to the last document there may be. */
function* lists(random: SeededRandom): Generator<List> {
  const last = MOST_DOCUMENTS - 1;
  yield { documents: 1, withFields: true, postings: [1] };
  yield { documents: MOST_DOCUMENTS, withFields: true, postings: [last * 8 + 7] };
  yield { documents: MOST_DOCUMENTS, withFields: false, postings: [0, last * 8] };
  // A list whose gaps are nothing like its average: a thousand documents side by side, then the very last.
  const start = Array.from({ length: 1000 }, (_, document) => document * 8 + 4);
  yield { documents: MOST_DOCUMENTS, withFields: true, postings: [...start, last * 8 + 3] };
  for (let round = 0; round < 120; round += 1) {
    const withFields = round % 3 > 0;
    const most = 2 ** random.below(17);
    const runs = 1 + random.below(2 ** random.below(11));
    const postings: number[] = [];
    let document = -1;
    for (let run = 0; run < runs; run += 1) {
      document += random.below(most) + 1;
      const fields = withFields ? 1 + random.below(7) : 0;
      const length = random.below(4) > 0 ? 1 : 1 + random.below(300);
      for (let at = 0; at < length; at += 1, document += 1) postings.push(document * 8 + fields);
    }
    yield { documents: document + 1 + random.below(most), withFields, postings };
  }
}

const all = [...lists(seededRandom(6))];
const temporary = path.join(folder, 'temporary');
const file = path.join(folder, 'postings');
const places = write(all);

test('a cursor gives the postings of its list, and those in one field', () => {
  using opened = openChecked(realDisk, file, { kind: 'postings', cache: startPageCache(256) });
  for (const [number, { postings, documents, withFields }] of all.entries()) {
    const place = { ...places[number]!, documents, fields: withFields ? 0 : 7 };
    for (const wanted of withFields ? [7, 1, 2, 4] : [7]) {
      const cursor = new ListCursor(opened, place, wanted, { left: 0 });
      const seen: number[] = [];
      for (let at = cursor.document; at < NO_DOCUMENT; at = cursor.seek(at + 1))
        seen.push(at * 8 + (withFields ? cursor.fields : 0));
      const expected = postings.filter((posting) => !withFields || (posting & wanted) !== 0);
      assert.deepEqual(seen, expected, `list ${number}, fields ${wanted}`);
    }
  }
});

test('a leap goes to the first document that is not before', () => {
  using opened = openChecked(realDisk, file, { kind: 'postings', cache: startPageCache(256) });
  const random = seededRandom(7);
  for (const [number, { postings, documents, withFields }] of all.entries()) {
    const place = { ...places[number]!, documents, fields: withFields ? 0 : 7 };
    const cursor = new ListCursor(opened, place, 7, { left: 0 });
    let at = 0;
    for (
      let target = 0;
      target < documents;
      target += 1 + random.below(Math.ceil(documents / 20))
    ) {
      while (at < postings.length && postings[at]! >>> 3 < target) at += 1;
      const expected = at < postings.length ? postings[at]! >>> 3 : NO_DOCUMENT;
      assert.equal(cursor.seek(target), expected, `list ${number} to ${target}`);
    }
  }
});

test('a list that is said to go beyond its file is damage', () => {
  using opened = openChecked(realDisk, file, { kind: 'postings', cache: startPageCache(256) });
  const place = { position: opened.sizeBytes - 4, sizeBytes: 8, count: 3, documents: 9, fields: 0 };
  assert.throws(() => new ListCursor(opened, place, 7, { left: 0 }), {
    code: 'SEARCH_INDEX_DAMAGED',
  });
});

test('a list of fewer documents than are said is damage', () => {
  using opened = openChecked(realDisk, file, { kind: 'postings', cache: startPageCache(256) });
  for (const [number, { postings, documents, withFields }] of all.entries()) {
    if (postings.length > BLOCK_POSTINGS / 2 || documents > MOST_DOCUMENTS / 2) continue;
    // Twice as many of twice as many, so that codes of gaps are read as they were written.
    const count = postings.length * 2;
    const place = {
      ...places[number]!,
      count,
      documents: documents * 2,
      fields: withFields ? 0 : 7,
    };
    assert.throws(
      () => {
        const cursor = new ListCursor(opened, place, 7, { left: 0 });
        for (let at = cursor.document; at < NO_DOCUMENT; ) at = cursor.seek(at + 1);
      },
      { code: 'SEARCH_INDEX_DAMAGED' },
      `list ${number}`,
    );
  }
});

function write(written: readonly List[]) {
  const checked = startChecked(realDisk, temporary, 'postings');
  const found = written.map(({ postings, documents, withFields }) => {
    const writer = startPostingLists({
      documents,
      write: (bytes) => checked.write(bytes),
      position: () => checked.position,
    });
    const { position } = checked;
    writer.begin(postings.length, withFields);
    for (const posting of postings) writer.add(posting);
    return { position, sizeBytes: writer.end(), count: postings.length };
  });
  checked.finish(file);
  return found;
}
