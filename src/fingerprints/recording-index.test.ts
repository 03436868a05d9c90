/** The search among some thousand made fingerprints: what is found at what share of wrong bits, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { KEY_COUNT, startPostings } from './postings.ts';
import { findCandidates, partInMemory } from './recording-index.ts';

const RECORDINGS = 2000;
const random = seededRandom(11);

function randomWords(length: number): Uint32Array {
  return Uint32Array.from(
    { length },
    () => random.below(2 ** 16) * 2 ** 16 + random.below(2 ** 16),
  );
}

function withErrors(words: Uint32Array, share: number, chance: SeededRandom): Uint32Array {
  return words.map((word) => {
    let flips = 0;
    for (let bit = 0; bit < 32; bit += 1)
      if (chance.below(10_000) < share * 10_000) flips |= 1 << bit;
    return word ^ flips;
  });
}

const songs = Array.from({ length: RECORDINGS }, () => randomWords(948));
const builder = startPostings();
for (const words of songs) builder.add(words);
const postings = builder.build();
const part = partInMemory(
  postings,
  Array.from(songs, (_, at) => `song ${at}`),
);

for (const [share, cut] of [
  [0, 0],
  [0, 301],
  [0.05, 41],
  [0.1, 3],
  [0.12, 0],
] as const)
  test(`with ${share * 100} % wrong bits and ${cut} words cut away, 40 of 40 come first`, () => {
    for (let number = 0; number < RECORDINGS; number += RECORDINGS / 40) {
      const query = withErrors(songs[number]!.subarray(cut), share, random);
      const [first] = findCandidates([part], query);
      assert.equal(first?.name, `song ${number}`);
      assert.equal(first.offsetWords + cut, 0);
    }
  });

test('a recording that begins later than the query is found at its offset', () => {
  const query = Uint32Array.of(...randomWords(50), ...songs[7]!.subarray(0, 800));
  assert.deepEqual(findCandidates([part], query)[0]?.name, 'song 7');
  assert.equal(findCandidates([part], query)[0]?.offsetWords, 50);
});

test('other music, silence and nothing have no candidates', () => {
  const silence = new Uint32Array(948).fill(627_964_279);
  for (const words of [silence, new Uint32Array(0)])
    assert.deepEqual(findCandidates([part], words), []);
  assert.ok(findCandidates([part], randomWords(948)).every(({ votes }) => votes <= 3));
});

test('candidates come from every part, the most votes first', () => {
  const other = startPostings();
  other.add(songs[3]!.subarray(0, 400));
  const parts = [part, partInMemory(other.build(), ['half of song 3'])];
  const names = findCandidates(parts, songs[3]!).map(({ name }) => name);
  assert.deepEqual(names.slice(0, 2), ['song 3', 'half of song 3']);
});

test('postings are by key, each recording once for every eighth word', () => {
  assert.equal(postings.recordings, RECORDINGS);
  assert.equal(postings.entries.length, RECORDINGS * 119);
  assert.equal(postings.starts[KEY_COUNT], postings.entries.length);
});
