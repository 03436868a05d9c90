import assert from 'node:assert/strict';
import test from 'node:test';
import { canonicalJson } from '../base/canonical-json.ts';
import { seededRandom } from '../base/seeded-random.ts';
import type { Chart } from './chart.ts';
import { CHART_SAMPLES } from './chart-samples.ts';
import { vegaLiteSpec } from './vega-lite-spec.ts';

test('a specification is plain JSON that names the version of its language and no address to load', () => {
  for (const [name, chart] of Object.entries(CHART_SAMPLES)) {
    const text = canonicalJson(vegaLiteSpec(chart));
    assert.match(
      text,
      /"\$schema":"https:\/\/vega\.github\.io\/schema\/vega-lite\/v6\.json"/,
      name,
    );
    assert.doesNotMatch(text, /"url"|"href"|"signal"|"loader"|"params"/, name);
  }
});

test('the only expressions of a specification are those of its axes, whatever the data say', () => {
  const known = new Set<string>();
  for (const [name, chart] of Object.entries(CHART_SAMPLES)) {
    const found: string[] = [];
    walk(vegaLiteSpec(chart), (key, value) => {
      if (/expr|calculate|^test$/i.test(key)) found.push(key === 'labelExpr' ? String(value) : key);
    });
    if (name.startsWith('hostile'))
      for (const one of found) assert.ok(known.has(one), `${name}: ${one}`);
    else for (const one of found) known.add(one);
  }
  assert.ok(known.size >= 5);
});

test('every number of a chart is in its specification', () => {
  const random = seededRandom(60);
  const numbers = Array.from({ length: 60 }, () => random.below(1e9) / 7);
  const labels = numbers.map((_, at) => `name ${at}`);
  const words = { title: 'T', description: 'D' };
  const value = { title: 'V', unit: 'number' } as const;
  const charts: Chart[] = [
    {
      kind: 'histogram',
      ...words,
      x: value,
      y: value,
      from: labels.map((_, at) => at),
      to: labels.map((_, at) => at + 1),
      values: numbers,
    },
    {
      kind: 'columns',
      ...words,
      x: 'X',
      y: value,
      labels,
      series: [{ label: 'one', values: numbers }],
    },
    {
      kind: 'curve',
      ...words,
      x: value,
      y: value,
      lines: [{ label: 'one', x: labels.map((_, at) => at), y: numbers }],
    },
    { kind: 'ranked', ...words, value, labels, values: numbers },
    {
      kind: 'nested',
      ...words,
      value,
      labels,
      values: numbers,
      parents: labels.map((_, at) => (at % 3 === 0 ? null : labels[at - (at % 3)]!)),
    },
    {
      kind: 'grid',
      ...words,
      value,
      tint: 'sequential',
      x: '',
      y: '',
      columns: labels.slice(0, 6),
      rows: labels.slice(0, 10),
      values: numbers,
    },
    {
      kind: 'shares',
      ...words,
      value,
      rows: labels.slice(0, 10),
      parts: labels.slice(0, 6),
      values: numbers,
    },
  ];
  for (const chart of charts) {
    const found = new Set<unknown>();
    walk(vegaLiteSpec(chart), (_, one) => found.add(one));
    assert.deepEqual(
      numbers.filter((one) => !found.has(one)),
      [],
      chart.kind,
    );
  }
});

function walk(value: unknown, visit: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    visit(key, inner);
    walk(inner, visit);
  }
}
