import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { mapBounded } from './bounded-queue.ts';

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** Waits for `turns` turns of the event loop. */
async function wait(turns: number): Promise<void> {
  for (let index = 0; index < turns; index += 1) await turn();
}

test('results keep the order of the items when asked to, whatever finishes first', async () => {
  const work = async (item: number) => {
    await wait(20 - item * 2);
    return item * 10;
  };
  const results = await collect(
    mapBounded([1, 2, 3, 4, 5], { concurrency: 3, ordered: true }, work),
  );
  assert.deepEqual(results, [10, 20, 30, 40, 50]);
});

test('results come as they are done when order does not matter', async () => {
  const work = async (item: number) => {
    await wait(item);
    return item;
  };
  const results = await collect(mapBounded([30, 1], { concurrency: 2 }, work));
  assert.deepEqual(results, [1, 30]);
});

test('no more items are in hand than allowed, and an endless source is only pulled as far as it is read', async () => {
  let pulled = 0;
  let running = 0;
  let most = 0;
  async function* endless(): AsyncGenerator<number> {
    while (true) yield pulled++;
  }
  const results: number[] = [];
  for await (const value of mapBounded(endless(), { concurrency: 4 }, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await wait(3);
    running -= 1;
    return item;
  })) {
    results.push(value);
    if (results.length === 12) break;
  }
  assert.equal(most, 4);
  assert.ok(pulled <= 12 + 4, `${pulled} pulled`);
  assert.equal(running, 0, 'what was in hand has been waited for');
});

test('the first error stops the feeding, waits for what is in hand and is thrown on', async () => {
  const started: number[] = [];
  const finished: number[] = [];
  const run = collect(
    mapBounded([0, 1, 2, 3, 4, 5, 6, 7], { concurrency: 2 }, async (item) => {
      started.push(item);
      await wait(2 + item);
      if (item === 1) throw new Error('item 1');
      finished.push(item);
      return item;
    }),
  );
  await assert.rejects(run, /item 1/);
  assert.deepEqual(
    finished,
    started.filter((item) => item !== 1),
  );
  assert.ok(started.length <= 4, `${started.length} started`);
});

test('an error of the source itself is thrown on', async () => {
  function* broken(): Generator<number> {
    yield 1;
    throw new Error('source');
  }
  await assert.rejects(
    collect(mapBounded(broken(), { concurrency: 2 }, async (item) => item)),
    /source/,
  );
});

test('a concurrency that is no positive whole number is refused', async () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN])
    await assert.rejects(
      collect(mapBounded([1], { concurrency }, async (item) => item)),
      RangeError,
    );
});
