/** What people type finds what they mean, in fifteen tongues and twelve scripts. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sampleTracks, TITLE_SAMPLES } from '../model/title-samples.ts';
import { writeSampleIndex } from './index-samples.ts';
import type { SearchHit } from './search-answer.ts';

const rows = sampleTracks().map(({ title, artist, album }) => ({
  ...{ title, artist, album, label: '', year: 0, genres: [], licence: null, explicit: null },
}));
const index = writeSampleIndex(rows);
const search = index.open();
after(() => {
  search[Symbol.dispose]();
  index[Symbol.dispose]();
});

/** The first results, as they come while someone types. */
const FIRST_HITS = 10;

for (const { tongue, titles, artists, asked } of TITLE_SAMPLES)
  describe(tongue, () => {
    test('what is typed is among the first results', () => {
      for (const [query, title] of asked)
        assert.ok(titlesOf(find(query)).includes(title), `${query}: ${titlesOf(find(query))}`);
    });
    test('a whole title leads', () => {
      for (const title of titles) assert.equal(titlesOf(find(title))[0], title);
    });
    test('a whole title in capitals leads', () => {
      for (const title of titles) assert.equal(titlesOf(find(title.toUpperCase()))[0], title);
    });
    test('an artist is found as an artist', () => {
      for (const artist of artists)
        assert.equal(index.names('artists', find(artist, 'artists')[0]!.rank).artist, artist);
    });
  });

test('half of a name written without spaces is found', () => {
  const parts = TITLE_SAMPLES.filter(({ tongue }) => /Chinese|Japanese|Thai/.test(tongue));
  assert.notEqual(parts.length, 0);
  for (const { titles } of parts)
    for (const title of titles.filter((each) => /^[\p{L}\p{M}]{4,}$/u.test(each))) {
      const half = title.slice(0, Math.ceil(title.length / 2));
      assert.ok(titlesOf(find(half)).includes(title), `${half} of ${title}`);
    }
});

test('letters that are typed as others find each other', () => {
  const pairs = [
    ['Røyksopp', 'royksopp'],
    ['Łódź', 'lodz'],
    ['Straße', 'STRASSE'],
    ['Cœur', 'coeur'],
    ['ΟΔΟΣ', 'οδος'],
    ['すし', 'スシ'],
    ['ＦＵＬＬ ｗｉｄｔｈ', 'full width'],
    ['شارعة', 'شارعه'],
    ['한국', '한국'],
  ];
  const own = pairs.map(([title]) => ({ ...rows[0]!, title: title!, artist: 'x', album: 'y' }));
  using other = writeSampleIndex(own);
  using finder = other.open();
  for (const [title, typed] of pairs) {
    const { hits } = finder.search({ text: typed!, group: 'tracks', limit: 3, cursor: null });
    assert.equal(own[hits[0]?.rank ?? -1]?.title, title, typed);
  }
});

function find(text: string, group: 'tracks' | 'artists' = 'tracks'): readonly SearchHit[] {
  return search.search({ text, group, limit: FIRST_HITS, cursor: null, typing: true }).hits;
}

function titlesOf(hits: readonly SearchHit[]): string[] {
  return hits.map(({ rank }) => rows[rank]!.title);
}
