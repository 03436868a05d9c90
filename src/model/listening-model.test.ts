import assert from 'node:assert/strict';
import test from 'node:test';
import { modelledListens } from './listening-model.ts';

test('a higher popularity is never listened to less, and the bounds enclose the middle', () => {
  let before = 0;
  for (let popularity = 0; popularity <= 100; popularity += 1) {
    const { listens, low, high } = modelledListens(popularity);
    assert.ok(listens > before, `${popularity}`);
    assert.ok(low < listens && listens < high, `${popularity}`);
    assert.ok([listens, low, high].every(Number.isSafeInteger));
    before = listens;
  }
});

test('popularity 0 stays under a thousand, 100 is three billion', () => {
  assert.deepEqual(modelledListens(0), { listens: 500, low: 50, high: 1000 });
  assert.equal(modelledListens(1).listens, 1000);
  assert.equal(modelledListens(100).listens, 3_000_000_000);
});

test('unknown is not 0: nothing in the middle, popularity 0 at most', () => {
  assert.deepEqual(modelledListens(null), { listens: 0, low: 0, high: 1000 });
});
