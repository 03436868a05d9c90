/**
 * The Vega-Lite specification of a chart: plain JSON with its data inside, which any Vega-Lite 6 draws. Nothing of the
 * data becomes a field name or an expression. https://vega.github.io/vega-lite/
 */
import type { JsonObject } from '../base/canonical-json.ts';
import type { Chart } from './chart.ts';
import { columnsSpec, histogramSpec } from './spec-bars.ts';
import { curveSpec } from './spec-curve.ts';
import { frameOf } from './spec-frame.ts';
import { gridSpec } from './spec-grid.ts';
import { nestedSpec, rankedSpec, sharesSpec } from './spec-rows.ts';

/** The specification of `chart`, the same at every call. A chart without any number says so in its place. */
export function vegaLiteSpec(chart: Chart): JsonObject {
  if (!numbersOf(chart).some((value) => value !== null)) return emptySpec(chart);
  switch (chart.kind) {
    case 'histogram':
      return histogramSpec(chart);
    case 'columns':
      return columnsSpec(chart);
    case 'curve':
      return curveSpec(chart);
    case 'ranked':
      return rankedSpec(chart);
    case 'nested':
      return nestedSpec(chart);
    case 'grid':
      return gridSpec(chart);
    case 'shares':
      return sharesSpec(chart);
  }
}

function numbersOf(chart: Chart): readonly (number | null)[] {
  if (chart.kind === 'columns') return chart.series.flatMap(({ values }) => values);
  if (chart.kind === 'curve') return chart.lines.flatMap(({ y }) => y);
  return chart.values;
}

function emptySpec(chart: Chart): JsonObject {
  return {
    ...frameOf(chart, { plotHeight: 60 }),
    data: { values: [{ words: 'Nothing is known of this.' }] },
    mark: { type: 'text', align: 'left' },
    encoding: { x: { value: 0 }, text: { field: 'words', type: 'nominal' } },
  };
}
