/** Pages of an answer one after another: whatever their size, what is found is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SampleIndex, writeSampleIndex } from './index-samples.ts';
import type { SearchHit } from './search-answer.ts';
import type { SampleRow } from './search-samples.ts';

const LIMITS = [1, 2, 3, 5, 20, 349, 350, 400, 500];
const titled = (titles: readonly string[]): SampleRow[] =>
  titles.map((title, number) => ({
    ...{ title, artist: `singer${number}`, album: 'x', label: '', year: 2000 },
    ...{ genres: [], licence: null, explicit: null },
  }));

test('more whole names than rows are looked at for a page are told on the pages behind it', () => {
  using index = writeSampleIndex(titled(Array.from({ length: 900 }, () => 'Intro')));
  for (const limit of LIMITS.slice(4))
    assert.equal(everyHit(index, 'intro', limit).length, 900, `${limit}`);
});

test('in quotes, many that are named so do not hide what has the phrase in a longer name', () => {
  const names = Array.from({ length: 400 }, () => 'Night Song');
  const longer = Array.from({ length: 100 }, (_, number) => `Night Song Remix ${number}`);
  using index = writeSampleIndex(titled([...names, ...longer]));
  for (const text of ['night song', '"night song"'])
    assert.equal(everyHit(index, text, 25).length, 500, text);
});

test('typing errors come behind less than three exact hits, wherever pages end', () => {
  const exact = ['the beatle song', 'another beatle tune'];
  const meant = Array.from({ length: 10 }, (_, number) => `beatles number ${number}`);
  using index = writeSampleIndex(titled([...exact, ...meant]));
  for (const limit of LIMITS)
    assert.deepEqual(
      everyHit(index, 'beatle', limit).map(({ reason }) => reason),
      [...exact.map(() => 'words'), ...meant.map(() => 'typo')],
      `${limit}`,
    );
});

test('behind three exact hits or one named so nothing is a typing error, wherever pages end', () => {
  const three = ['the beatle song', 'another beatle tune', 'beatle day', 'beatles'];
  const named = ['Beatle', 'beatles'];
  for (const titles of [three, named]) {
    using index = writeSampleIndex(titled(titles));
    for (const limit of LIMITS) {
      const found = everyHit(index, 'beatle', limit);
      assert.equal(found.length, titles.length - 1, `${limit}`);
    }
  }
});

test('a page without a typing error names no correction', () => {
  using index = writeSampleIndex(titled(['the beatle song', 'beatles']));
  using search = index.open();
  const ask = (cursor: string | null) =>
    search.search({ text: 'beatle', group: 'tracks', limit: 1, cursor });
  const first = ask(null);
  assert.deepEqual(first.corrections, []);
  assert.deepEqual(ask(first.next).corrections, [{ word: 'beatle', taken: ['beatles'] }]);
});

/** The hits of all pages; each once. */
function everyHit(index: SampleIndex, text: string, limit: number): SearchHit[] {
  using search = index.open();
  const hits: SearchHit[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = search.search({ text, group: 'tracks', limit, cursor });
    hits.push(...page.hits);
    cursor = page.next;
    if (cursor === null) break;
  }
  assert.equal(new Set(hits.map(({ rank }) => rank)).size, hits.length, text);
  return hits;
}
