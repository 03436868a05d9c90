import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Chart } from './chart.ts';
import { CHART_SAMPLES } from './chart-samples.ts';
import { drawChart } from './draw-chart.ts';
import { darkRules, GROUND, SERIES, TINTS } from './palette.ts';

const SAMPLES = Object.entries(CHART_SAMPLES);
/** Larger pictures would make a page of sixty of them slow to open. */
const MOST_BYTES = 200_000;
const LIGHT_COLOURS = new Set(
  [...Object.values(GROUND), ...SERIES, ...TINTS].map(({ light }) => light),
);

describe('the picture of a chart', () => {
  test('is the same bytes at every drawing, alone or among others', async () => {
    const first = await Promise.all(SAMPLES.map(([name, chart]) => drawChart(chart, name)));
    for (const [at, [name, chart]] of SAMPLES.entries()) {
      const again = await drawChart(structuredClone(chart), name);
      assert.equal(again.svg, first[at]!.svg, name);
      assert.deepEqual(again.spec, first[at]!.spec, name);
    }
  });

  test('is the same bytes in another language and time zone', async () => {
    const here = createHash('sha256');
    for (const [name, chart] of SAMPLES) here.update((await drawChart(chart, name)).svg);
    const script = `
      const { createHash } = await import('node:crypto');
      const { CHART_SAMPLES } = await import('./chart-samples.ts');
      const { drawChart } = await import('./draw-chart.ts');
      const there = createHash('sha256');
      for (const [name, chart] of Object.entries(CHART_SAMPLES)) there.update((await drawChart(chart, name)).svg);
      process.stdout.write(there.digest('hex'));`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: import.meta.dirname,
      env: {
        PATH: path.dirname(process.execPath),
        LC_ALL: 'ar_EG.UTF-8',
        LANG: 'de_DE.UTF-8',
        TZ: 'Asia/Kathmandu',
      },
      encoding: 'utf8',
    });
    assert.equal(run.stdout, here.digest('hex'), run.stderr);
  });

  for (const [name, chart] of SAMPLES)
    test(`${name}: is one small image with a name, without script, address or foreign colour`, async () => {
      const { svg, width, height } = await drawChart(chart, name);
      assert.ok(Buffer.byteLength(svg) < MOST_BYTES, `${svg.length} bytes`);
      assert.ok(width <= 640 && height < 2000, `${width} by ${height}`);
      assert.match(
        svg,
        new RegExp(
          `^<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"\\s+aria-labelledby="${name}-title ${name}-desc"`,
        ),
      );
      const text = svg.replaceAll(/>[^<]*</g, '><');
      assert.doesNotMatch(text, /<script|<foreignObject|<image|\son\w+=|href|url\(|data:/i);
      assert.deepEqual(svg.match(/https?:\/\/(?!www\.w3\.org\/2000\/svg")/g), null);
      for (const [, colour] of text.matchAll(/\b(?:fill|stroke)="(?!none|transparent)([^"]*)"/g))
        assert.ok(LIGHT_COLOURS.has(colour!) || /^#(?:00000[01]|fffff[ef])$/.test(colour!), colour);
      assert.ok(svg.includes(`{${darkRules('.chart')}}`));
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
      assert.ok(svg.isWellFormed() && !/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u.test(svg));
    });

  test('shows every number that can stand on its axes', async () => {
    const marks: Readonly<Record<Chart['kind'], (chart: Chart & { values?: unknown }) => number>> =
      {
        histogram: (chart) => shown(chart, chart.kind === 'histogram' && chart.y.scale === 'log'),
        columns: (chart) =>
          chart.kind === 'columns' ? chart.series.length * chart.labels.length : 0,
        curve: () => 0,
        ranked: (chart) => all(chart).length,
        nested: (chart) => all(chart).length,
        grid: (chart) => all(chart).length,
        shares: (chart) => all(chart).filter((value) => (value ?? 0) > 0).length,
      };
    for (const [name, chart] of SAMPLES) {
      if (chart.kind === 'curve' || all(chart).length === 0) continue;
      const { svg } = await drawChart(chart, name);
      const group =
        /<g class="mark-rect role-mark[^"]*"[^>]*>((?:<path [^>]*>(?:<\/path>)?)*)/.exec(svg);
      assert.equal(group?.[1]?.match(/<path /g)?.length, marks[chart.kind](chart), name);
    }
  });

  test('draws a line through every point of a curve, broken where a number is missing', async () => {
    const chart = CHART_SAMPLES['curve-years']!;
    const { svg } = await drawChart(chart, 'years');
    const line = /<g class="mark-line role-mark[^"]*"[^>]*>[\s\S]*?<path [^>]*d="([^"]*)"/.exec(
      svg,
    )![1]!;
    assert.equal(line.match(/[ML]/g)!.length, 23);
    assert.equal(line.match(/M/g)!.length, 3);
  });

  test('takes words of data as words', async () => {
    const { svg } = await drawChart(CHART_SAMPLES['hostile-ranked']!, 'words');
    for (const words of [
      '&lt;script&gt;alert(1)&lt;/script&gt;',
      '{"expr":"1+1"}',
      "datum['x'] + signal(window)",
      '&amp;amp; ]]&gt; &lt;![CDATA[',
    ])
      assert.ok(svg.includes(`>${words}<`), words);
  });
});

function all(chart: Chart): readonly (number | null)[] {
  if (chart.kind === 'columns') return chart.series.flatMap(({ values }) => values);
  return chart.kind === 'curve' ? [] : chart.values;
}

function shown(chart: Chart, log: boolean): number {
  return all(chart).filter((value) => value !== null && (!log || value > 0)).length;
}
