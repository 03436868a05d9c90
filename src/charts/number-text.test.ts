import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Unit } from './chart.ts';
import { exactNumber, shortNumber } from './number-text.ts';

const SHORT: readonly (readonly [number, Unit, string])[] = [
  [0, 'count', '0'],
  [7, 'count', '7'],
  [1999, 'count', '1,999'],
  [9999, 'count', '9,999'],
  [10_000, 'count', '10 k'],
  [22_849, 'count', '22.8 k'],
  [999_999, 'count', '1 M'],
  [256_039_007, 'count', '256 M'],
  [3_100_000_000, 'count', '3.1 bn'],
  [2.5e12, 'count', '2.5 tn'],
  [0.25, 'share', '25 %'],
  [0.996, 'share', '99.6 %'],
  [0.99996, 'share', '99.996 %'],
  [0.999999, 'share', '99.9999 %'],
  [1, 'share', '100 %'],
  [0.00042, 'share', '0.04 %'],
  [0, 'share', '0 %'],
  [3e14, 'bytes', '300 TB'],
  [12, 'bytes', '12 B'],
  [200, 'duration', '3:20'],
  [3725, 'duration', '1:02:05'],
  [1.25, 'duration', '1.25 s'],
  [1987, 'year', '1987'],
  [-0.826, 'number', '−0.826'],
  [0.000012, 'number', '0.000012'],
  [123.456, 'number', '123'],
  [0.5, 'money', '$0.50'],
  [4370, 'money', '$4,370'],
];

const EXACT: readonly (readonly [number | null, Unit, string])[] = [
  [256_039_007, 'count', '256,039,007'],
  [null, 'count', '–'],
  [0.3359, 'share', '33.59 %'],
  [300e12, 'bytes', '300,000,000,000,000 B'],
  [-12.345678, 'number', '−12.3457'],
  [1_234_567.891, 'number', '1,234,570'],
  [1e-12, 'number', '1.00e-12'],
  [0.0000000123, 'number', '0.0000000123'],
  [4370.5, 'money', '$4,370.50'],
  [2023, 'year', '2023'],
];

describe('numbers as people read them', () => {
  for (const [value, unit, text] of SHORT)
    test(`beside a mark, ${value} as ${unit} is ${text}`, () =>
      assert.equal(shortNumber(value, unit).replaceAll('\u00a0', ' '), text));
  for (const [value, unit, text] of EXACT)
    test(`in a table, ${value} as ${unit} is ${text}`, () =>
      assert.equal(exactNumber(value, unit).replaceAll('\u00a0', ' '), text));
});
