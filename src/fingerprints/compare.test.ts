/** What is taken for one recording and what is not, on words made for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { compareFingerprints } from './compare.ts';

function randomWords(random: SeededRandom, length: number): Uint32Array {
  return Uint32Array.from(
    { length },
    () => random.below(2 ** 16) * 2 ** 16 + random.below(2 ** 16),
  );
}

/** `words` with each bit turned over at a chance of `share`. */
function withErrors(words: Uint32Array, share: number, random: SeededRandom): Uint32Array {
  return words.map((word) => {
    let flips = 0;
    for (let bit = 0; bit < 32; bit += 1)
      if (random.below(10_000) < share * 10_000) flips |= 1 << bit;
    return word ^ flips;
  });
}

const random = seededRandom(7);
const song = randomWords(random, 948);

for (const [share, same] of [
  [0, true],
  [0.05, true],
  [0.15, true],
  [0.2, false],
  [0.5, false],
] as const)
  test(`${share * 100} % wrong bits are ${same ? 'the same recording' : 'not the same recording'}`, () => {
    const likeness = compareFingerprints(song, withErrors(song, share, random));
    assert.equal(likeness?.same, same);
    if (same) assert.ok(Math.abs(likeness!.bitError - share) < 0.01);
  });

test('a copy cut at the front is found at its offset, from either side, with the evidence in words', () => {
  const cut = withErrors(song.subarray(40), 0.02, random);
  const likeness = compareFingerprints(song, cut)!;
  assert.deepEqual([likeness.same, likeness.offsetWords, likeness.overlapWords], [true, 40, 908]);
  assert.match(
    likeness.evidence,
    /^[12]\.\d % of the bits differ over 112\.4 s, the first beginning 5\.0 s earlier$/,
  );
  assert.equal(likeness.confidence, 0.99);
  assert.equal(compareFingerprints(cut, song)?.offsetWords, -40);
  for (const near of [39, 40, 41])
    assert.equal(compareFingerprints(song, cut, near)?.offsetWords, 40);
  assert.equal(compareFingerprints(song, cut, 38)?.same, false);
});

test('other music is not the same at any offset', () => {
  for (let index = 0; index < 20; index += 1)
    assert.equal(compareFingerprints(song, randomWords(random, 948))?.same, false);
});

test('sound that is silent or one held tone is never the same as other such sound', () => {
  const silence = new Uint32Array(948).fill(627_964_279);
  const likeness = compareFingerprints(silence, silence)!;
  assert.deepEqual([likeness.bitError, likeness.same], [0, false]);
});

test('of less than ten seconds nothing is said', () => {
  assert.equal(compareFingerprints(song.subarray(0, 80), song), undefined);
  assert.equal(compareFingerprints(song, new Uint32Array(0)), undefined);
  assert.equal(compareFingerprints(song, song, 900), undefined);
});
