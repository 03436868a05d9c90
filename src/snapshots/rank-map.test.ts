import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyedHash, hashKeyOf } from './keyed-hash.ts';
import { createRanks, openRankMap } from './rank-map.ts';
import { openTexts, shareTexts } from './thread-texts.ts';

test('ids lead to their ranks in memory that another map reads, and ids that are not there to none', () => {
  const ranks = createRanks(1000, hashKeyOf('0123456789abcdef'));
  const written = openRankMap(ranks);
  for (let rank = 0; rank < 1000; rank += 1) written.set(`x:id-${rank}`, rank);
  const read = openRankMap(ranks);
  for (let rank = 0; rank < 1000; rank += 1) assert.equal(read.get(`x:id-${rank}`), rank);
  for (const id of ['x:id-1000', 'x:id-', '', 'x:id-1\0', 'y:id-1'])
    assert.equal(read.get(id), null);
});

test('an id that came twice has no rank', () => {
  const map = openRankMap(createRanks(3, hashKeyOf('00000000ffffffff')));
  map.set('x:a', 0);
  map.set('x:b', 1);
  map.set('x:a', 2);
  assert.deepEqual(['x:a', 'x:b', 'x:c'].map(map.get), [null, 1, null]);
});

test('the hash of a text follows from all of its units, its length and the key', () => {
  const texts = ['', '\0', '\0\0', '\0\0\0', 'a', 'a\0', 'ab', 'ba', 'abc', 'abd', 'é', '\u00e9a'];
  const seen = new Set<string>();
  for (const digest of ['0123456789abcdef', '0123456789abcdee', '1123456789abcdef']) {
    const hashOf = createKeyedHash(hashKeyOf(digest));
    const hash = new Uint32Array(2);
    for (const text of texts) {
      hashOf(text, hash);
      seen.add(hash.join(' '));
    }
  }
  assert.equal(seen.size, texts.length * 3);
});

test('texts come back as they were, over groups and beyond the first room', () => {
  const text = (number: number) => (number % 300 === 0 ? '' : `ñ ${number} `.repeat(number % 40));
  const shared = shareTexts(5000, text);
  const read = openTexts(shared);
  for (let number = 0; number < 5000; number += 1) assert.equal(read(number), text(number));
  assert.equal(read(7), text(7));
});
