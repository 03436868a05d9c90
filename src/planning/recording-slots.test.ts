import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitSet, createRecordingSlots, NO_SLOT } from './recording-slots.ts';

function isrc(number: number): Buffer {
  const year = String(number % 100).padStart(2, '0');
  return Buffer.from(
    `GBAY${number % 7}${year}${String(Math.floor(number / 700)).padStart(5, '0')}`,
  );
}

test('each ISRC has a slot of its own, the same whenever it is asked for', () => {
  const count = 200_000;
  const slots = createRecordingSlots(count);
  const seen = new BitSet(slots.size);
  const first = Array.from({ length: count }, (_, number) => {
    const bytes = isrc(number);
    return slots.slotOf(bytes, 0, bytes.length);
  });
  const distinct = new Set(Array.from({ length: count }, (_, number) => isrc(number).toString()));
  assert.equal(first.filter((slot) => seen.add(slot)).length, distinct.size);
  assert.equal(slots.slotOf(isrc(5), 0, 12), first[5]);
  assert.equal(slots.slotOf(isrc(5), 3, 3), NO_SLOT);
});

test('tracks of a recording are counted, up to 255', () => {
  const slots = createRecordingSlots(10);
  const slot = slots.slotOf(isrc(1), 0, 12);
  assert.equal(slots.copies(slot), 0);
  assert.deepEqual([slots.count(slot), slots.count(slot)], [true, false]);
  assert.equal(slots.copies(slot), 2);
  for (let tracks = 0; tracks < 300; tracks += 1) slots.count(slot);
  assert.equal(slots.copies(slot), 255);
  assert.equal(slots.copies(NO_SLOT), 1);
});

test('a set of bits knows its members and tells who is new', () => {
  const set = new BitSet(100);
  assert.deepEqual(
    [set.add(31), set.add(31), set.add(99), set.has(99), set.has(98)],
    [true, false, true, true, false],
  );
});
