import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BESIDE,
  codeOf,
  lengthOf,
  lengthOfTenths,
  lengthTable,
  popularityOf,
  RECORDING_FIRST,
  UNKNOWN_POPULARITY,
  withCode,
  wordOf,
} from './track-words.ts';

test('a word gives back its parts, and another code changes nothing else', () => {
  for (const popularity of [0, 1, 100])
    for (const code of [0, 0x80, 0xff]) {
      const word = withCode(wordOf(2000, popularity) | RECORDING_FIRST, code) >>> 0;
      assert.deepEqual(
        [lengthOf(word), popularityOf(word), codeOf(word), (word & RECORDING_FIRST) !== 0],
        [2000, popularity, code, true],
      );
    }
  assert.equal(popularityOf(wordOf(BESIDE, -1)), UNKNOWN_POPULARITY);
});

test('lengths are exact to 27 minutes, then never shorter and at most a thousandth longer, to 116 hours', () => {
  const table = lengthTable((tenths) => tenths);
  for (const tenths of [0, 1, 2070, 16_383]) assert.equal(table[lengthOfTenths(tenths)], tenths);
  let before = 0;
  for (let tenths = 16_384; tenths < 2 ** 22 - 2048; tenths += 997) {
    const kept = table[lengthOfTenths(tenths)]!;
    assert.ok(kept >= tenths && kept <= tenths * 1.001 && kept >= before, `${tenths} as ${kept}`);
    before = kept;
  }
  for (const tenths of [2 ** 22, 2 ** 32, 2 ** 45])
    assert.equal(lengthOfTenths(tenths), BESIDE - 1);
});
