import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatSize, parseSize } from './sizes.ts';

test('sizes are read in decimal and binary units, and nonsense is refused', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['1500000', 1_500_000],
    ['300TB', 3e14],
    ['16MiB', 16_777_216],
    ['1.5 gib', 1_610_612_736],
    [' 2 kB ', 2000],
    ['0', 0],
    ['7b', 7],
  ];
  for (const [text, bytes] of rows) assert.equal(parseSize(text), bytes, text);
  for (const text of ['', 'MB', '5XB', '-1MB', '1e9', 'NaN', '99999PB', '1.2.3', '1,5GB'])
    assert.throws(() => parseSize(text), { code: 'SIZE_UNREADABLE' }, text);
});

test('sizes are written with three figures, durations as people say them', () => {
  const sizes: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_499, '999 kB'],
    [999_501, '1.00 MB'],
    [3.14e14, '314 TB'],
  ];
  for (const [bytes, text] of sizes) assert.equal(formatSize(bytes), text);
  const durations: readonly (readonly [number, string])[] = [
    [0, '0:00'],
    [59_400, '0:59'],
    [59_600, '1:00'],
    [3_599_600, '1:00:00'],
    [36_061_000, '10:01:01'],
  ];
  for (const [durationMs, text] of durations) assert.equal(formatDuration(durationMs), text);
});
