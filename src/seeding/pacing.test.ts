import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { type Guest, openSlots, startUploadLimit } from './pacing.ts';

/** A clock that goes when told, and guests that write down what they hear. */
function stage(count: number) {
  let nowMs = 0;
  const heard: string[] = [];
  const slots = openSlots(count, { nowIso: systemClock.nowIso, elapsedMs: () => nowMs });
  const guest = (name: string): Guest => ({
    unchoke: () => heard.push(`+${name}`),
    choke: () => heard.push(`-${name}`),
  });
  const pass = (ms: number) => {
    nowMs += ms;
    slots.rotate();
  };
  return { slots, heard, guest, pass };
}

describe('upload slots', () => {
  test('go to who asks first, and on to the next when somebody leaves', () => {
    const { slots, heard, guest } = stage(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(guest) as [Guest, Guest, Guest, Guest];
    for (const one of [a, b, c, d, a]) slots.want(one);
    slots.leave(c);
    slots.leave(a);
    assert.deepEqual(heard, ['+a', '+b', '+d']);
  });

  test('are kept as long as nobody waits, and given on after a turn when somebody does', () => {
    const { slots, heard, guest, pass } = stage(1);
    slots.want(guest('a'));
    pass(1_000_000);
    assert.deepEqual(heard, ['+a']);
    slots.want(guest('b'));
    pass(1);
    assert.deepEqual(heard, ['+a', '-a', '+b']);
    pass(29_000);
    assert.equal(heard.length, 3);
    pass(2000);
    assert.deepEqual(heard.slice(3), ['-b', '+a']);
  });
});

describe('the upload limit', () => {
  test('holds bytes back beyond a short burst, and nothing without a limit', async () => {
    const startMs = systemClock.elapsedMs();
    const free = startUploadLimit(undefined, systemClock);
    await free(1e12);
    const limited = startUploadLimit(1_000_000, systemClock);
    for (let block = 0; block < 20; block += 1) await limited(16_384);
    // 328 kB at 1 MB/s, the first 250 kB of them at once.
    assert.ok(systemClock.elapsedMs() - startMs >= 70);
  });
});
