import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { BitSet, createRecordingSlots, NO_SLOT } from './recording-slots.ts';

/** `count` hashes, of which every fifth is one that was before. */
function hashes(count: number) {
  const { below } = seededRandom(3);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) {
    const before = at % 5 === 4 ? below(at) : at;
    low[at] = before === at ? below(2 ** 32) : low[before]!;
    high[at] = before === at ? below(2 ** 32) : high[before]!;
  }
  return { low, high };
}

test('each hash has a slot of its own, the same whenever it is asked for, in a table that is nearly full', () => {
  const count = 200_000;
  const slots = createRecordingSlots(count * 0.85);
  const { low, high } = hashes(count);
  const [first, again] = [new Uint32Array(count), new Uint32Array(count)];
  slots.slotsOf(low, high, first);
  slots.slotsOf(low, high, again);
  assert.deepEqual(again, first);
  const distinct = new Set(Array.from(low, (least, at) => `${least} ${high[at]}`));
  assert.equal(new Set(first).size, distinct.size);
});

test('more hashes than there is room for are told, and never looked for without end', () => {
  const { low, high } = hashes(5000);
  const slots = createRecordingSlots(10);
  assert.throws(() => slots.slotsOf(low, high, new Uint32Array(5000)), /more ISRCs/);
});

test('no hash has no slot, the lowest and highest have one within the table', () => {
  const slots = createRecordingSlots(10);
  const low = Uint32Array.of(0, 1, 0, 0xffff_ffff);
  const high = Uint32Array.of(0, 0, 1, 0xffff_ffff);
  const found = new Uint32Array(4);
  slots.slotsOf(low, high, found);
  assert.deepEqual([...found], [NO_SLOT, 0, 0, 1023]);
});

test('tracks of a recording are counted, up to 127, and are marked as planned beside', () => {
  const slots = createRecordingSlots(10);
  assert.equal(slots.copies(7), 0);
  assert.deepEqual([slots.count(7), slots.count(7)], [true, false]);
  assert.deepEqual([slots.isPlanned(7), slots.plan(7), slots.plan(7)], [false, true, false]);
  assert.deepEqual([slots.isPlanned(7), slots.copies(7), slots.count(7)], [true, 2, false]);
  for (let tracks = 0; tracks < 300; tracks += 1) slots.count(7);
  assert.deepEqual([slots.copies(7), slots.isPlanned(7)], [127, true]);
  assert.equal(slots.copies(NO_SLOT), 1);
});

test('a set of bits knows its members and tells who is new', () => {
  const set = new BitSet(100);
  assert.deepEqual(
    [set.add(31), set.add(31), set.add(99), set.has(99), set.has(98)],
    [true, false, true, true, false],
  );
});
