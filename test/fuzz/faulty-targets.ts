/** Targets that break their promise, each in its own way: what the runner must notice. */
import assert from 'node:assert/strict';
import { type FuzzTarget, valueOrRefusal } from './fuzz-target.ts';

/** One that throws what no codec may, one that says another value, one that never ends, one that takes all memory. */
export const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'throws',
    run(random) {
      const bytes = random.bytes(1);
      valueOrRefusal(/./, () => JSON.parse(bytes[0]! < 5 ? '{' : '{}'));
      return 'read';
    },
  },
  {
    name: 'lies',
    run(random) {
      const number = random.below(1000);
      assert.equal(Number(number.toString(7).replace('666', '0')), Number(number.toString(7)));
      return 'written';
    },
  },
  {
    name: 'endless',
    run(random) {
      const odd = random.below(50);
      for (let at = 0; odd === 3; at = (at + 2) % 10) if (at === odd) break;
      return 'read';
    },
  },
  {
    name: 'hungry',
    run(random) {
      const kept: number[][] = [];
      while (random.below(1000) !== 3 || kept.length > 5) kept.push(new Array(10_000).fill(0.5));
      return 'read';
    },
  },
];
