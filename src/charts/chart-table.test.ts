import assert from 'node:assert/strict';
import test from 'node:test';
import { CHART_SAMPLES } from './chart-samples.ts';
import { chartTable } from './chart-table.ts';

test('every row of a table has a cell for every column', () => {
  for (const [name, chart] of Object.entries(CHART_SAMPLES)) {
    const { columns, rows } = chartTable(chart);
    for (const row of rows) assert.equal(row.length, columns.length, name);
  }
});

test('a table gives the numbers of its picture exactly, and a dash for a missing one', () => {
  const years = chartTable(CHART_SAMPLES['curve-years']!);
  assert.deepEqual(years.columns, ['Year', 'Mean duration (minutes)']);
  assert.deepEqual(years.rows.slice(6, 9), [
    ['2006', '4:10'],
    ['2007', '–'],
    ['2008', '4:10'],
  ]);
  const nested = chartTable(CHART_SAMPLES.nested!);
  assert.deepEqual(nested.rows[1], ['house', 'Electronic/Dance', '120,000']);
  const keys = chartTable(CHART_SAMPLES['grid-keys']!);
  assert.deepEqual(keys.columns, ['Key', 'major', 'minor']);
  assert.deepEqual(keys.rows[0], ['C', '9.3\u00a0%', '2.8\u00a0%']);
  const band = chartTable(CHART_SAMPLES['curve-band']!);
  assert.deepEqual(band.rows[0], ['0', '50', '0', '5,000']);
});

test('a linear picture and its logarithmic twin have the same table', () => {
  const { 'histogram-linear': linear, 'histogram-log': log } = CHART_SAMPLES;
  assert.deepEqual(chartTable(linear!), chartTable(log!));
});
