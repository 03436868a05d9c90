/** Half words and typing errors against a look at every word. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { termsOf } from '../model/search-terms.ts';
import { writeSampleIndex } from './index-samples.ts';
import { openIndex } from './open-index.ts';
import { startPageCache } from './page-cache.ts';
import { sampleRows } from './search-samples.ts';

const rows = [...sampleRows(5000, 3)];
const sample = writeSampleIndex(rows, { segmentDocuments: 2000 });
const { directory } = sample;
const index = openIndex(realDisk, { directory, group: 'tracks' }, startPageCache(512));
after(() => {
  index[Symbol.dispose]();
  sample[Symbol.dispose]();
});

/** How many documents have each word; pairs of characters are left out. */
const counts = new Map<string, number>();
for (const { title, artist, album } of rows)
  for (const word of new Set([title, artist, album].flatMap((name) => termsOf(name))))
    counts.set(word, (counts.get(word) ?? 0) + 1);
const words = [...counts.keys()];
const random = seededRandom(8);

test('every word is known with the number of documents that have it', () => {
  for (const [word, documents] of counts)
    assert.equal(index.vocabulary.documentsWith(word), documents, word);
  assert.equal(index.vocabulary.documentsWith('nosuchword'), 0);
});

test('the word itself and the most frequent with a beginning are exactly those', () => {
  for (let round = 0; round < 400; round += 1) {
    const prefix = [...random.pick(words)].slice(0, 1 + random.below(4)).join('');
    if (!/^[a-zа-я0-9]+$/.test(prefix)) continue;
    const all = words
      .filter((word) => word.startsWith(prefix))
      .map((word) => ({ word, documents: counts.get(word)! }))
      .sort(
        (a, b) =>
          Number(b.word === prefix) - Number(a.word === prefix) ||
          b.documents - a.documents ||
          (a.word < b.word ? -1 : 1),
      );
    const found = index.vocabulary.startingWith(prefix, 16);
    assert.deepEqual(found.words, all.slice(0, 16), prefix);
    if (all.length > 16) assert.equal(found.isCut, true, prefix);
  }
  assert.deepEqual(index.vocabulary.startingWith('qqqq', 16).words, []);
});

describe('a word is found from', () => {
  const letters = { latin: 'abcdefghijklmnopqrstuvwxyz', cyrillic: 'абвгдежз' };
  const edits: Record<string, (own: readonly string[], at: number, letter: string) => string[]> = {
    'one letter more': (own, at, letter) => own.toSpliced(at, 0, letter),
    'one letter less': (own, at) => own.toSpliced(at, 1),
    'another letter': (own, at, letter) => own.toSpliced(at, 1, letter),
    'two letters swapped': (own, at) => own.toSpliced(at, 2, ...own.slice(at, at + 2).reverse()),
  };
  for (const [name, edit] of Object.entries(edits))
    test(name, () => {
      for (let round = 0; round < 300; round += 1) {
        const word = random.pick(words.filter((each) => /^(?:[a-z]{4,}|[а-я]{4,})$/.test(each)));
        const alphabet = /[a-z]/.test(word) ? letters.latin : letters.cyrillic;
        const typed = edit([...word], random.below(word.length), random.pick([...alphabet])).join(
          '',
        );
        if (typed === word) continue;
        const found = index.vocabulary.oneErrorFrom(typed, 1000).map((known) => known.word);
        assert.ok(found.includes(word), `${typed} for ${word}`);
      }
    });
});
