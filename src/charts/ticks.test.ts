import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Measure } from './chart.ts';
import { ticksOf } from './ticks.ts';

type Row = readonly [Omit<Measure, 'title'>, number, number, readonly number[] | undefined];

const ROWS: readonly Row[] = [
  [{ unit: 'count' }, 0, 1e6, undefined],
  [{ unit: 'year' }, 1900, 2025, undefined],
  [{ unit: 'duration' }, 0, 600, [0, 120, 240, 360, 480, 600]],
  [{ unit: 'duration' }, 195, 262, [200, 210, 220, 230, 240, 250, 260].filter((_, at) => at >= 0)],
  [{ unit: 'duration' }, 0, 1.5, undefined],
  [{ unit: 'count', scale: 'log' }, 0.5, 2e8, [1, 100, 1e4, 1e6, 1e8]],
  [{ unit: 'count', scale: 'log' }, 1, 1000, [1, 10, 100, 1000]],
  [{ unit: 'number', scale: 'log' }, 0.5, 13, [0.5, 1, 2, 5, 10]],
  [{ unit: 'bytes', scale: 'log' }, 1e9, 1e15, [1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]],
  [
    { unit: 'duration', scale: 'log' },
    600,
    100_000,
    [600, 1800, 3600, 7200, 18_000, 36_000, 86_400],
  ],
];

describe('labels of an axis', () => {
  for (const [measure, low, high, expected] of ROWS)
    test(`of ${measure.unit} (${measure.scale ?? 'linear'}) from ${low} to ${high}`, () =>
      assert.deepEqual(ticksOf({ title: 'x', ...measure }, low, high), expected));

  test('are at most seven where they are chosen here', () => {
    for (let power = 1; power < 15; power += 1)
      for (const unit of ['count', 'duration', 'bytes'] as const) {
        const ticks = ticksOf({ title: 'x', unit, scale: 'log' }, 0.5, 10 ** power)!;
        assert.ok(ticks.length >= 2 && ticks.length <= 7, `${unit} ${power}: ${ticks}`);
      }
  });
});
