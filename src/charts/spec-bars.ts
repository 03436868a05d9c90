/** The specifications of upright bars: histograms over numbers, columns over names. */
import type { JsonObject } from '../base/canonical-json.ts';
import type { ColumnsChart, HistogramChart } from './chart.ts';
import { shortNumber } from './number-text.ts';
import { GROUND } from './palette.ts';
import { distinctTexts, pictureText } from './picture-text.ts';
import {
  domainOf,
  FONT_SIZE,
  frameOf,
  legendOf,
  partOf,
  positionOf,
  roomy,
  seriesColours,
  WIDTH,
} from './spec-frame.ts';
import { placesOf } from './spec-places.ts';
import { textWidth } from './text-width.ts';

/** Bars narrower than this have no gap between them. */
const NARROW_BAR = 5;
/** With more bars than this, their numbers would touch each other. */
const MOST_PRINTED = 12;
const PLOT_WIDTH = WIDTH - 90;
/** Names are written a little smaller rather than aslant. */
const SMALLEST_NAME = 11;
/** More names than this cannot stand side by side, not even upright. */
const MOST_NAMES = 24;

/** The specification of `chart`. */
export function histogramSpec(chart: HistogramChart): JsonObject {
  const { x, y } = chart;
  const left = chart.from.map((from, at) => drawnFrom(from, chart.to[at]!, x.scale === 'log'));
  const across = domainOf(x, [...left, ...chart.to], false);
  const up = roomy(domainOf(y, chart.values, true), y);
  const places = placesOf(chart.marks, (value) => partOf(value, across, x.scale === 'log'));
  const narrow = PLOT_WIDTH / Math.max(1, chart.values.length) < NARROW_BAR;
  return {
    ...frameOf(chart, { titleGap: 10 + places.heightAbove }),
    data: {
      values: chart.values.map((value, at) => ({ from: left[at]!, to: chart.to[at]!, value })),
    },
    layer: [
      {
        ...(y.scale === 'log' && { transform: [{ filter: { field: 'value', gt: 0 } }] }),
        mark: {
          type: 'rect',
          ...(!narrow && { stroke: GROUND.sheet.light, strokeWidth: 0.75 }),
        },
        encoding: {
          x: { field: 'from', ...positionOf(x, across, 'x') },
          x2: { field: 'to' },
          y: { field: 'value', ...positionOf(y, up, 'y') },
          y2: { datum: y.scale === 'log' ? up[0] : 0 },
        },
      },
      ...places.layers,
    ],
  };
}

/** The specification of `chart`. */
export function columnsSpec(chart: ColumnsChart): JsonObject {
  const labels = distinctTexts(chart.labels);
  const series = distinctTexts(chart.series.map(({ label }) => label));
  const several = series.length > 1;
  const legend = legendOf(series);
  const up = roomy(
    domainOf(
      chart.y,
      chart.series.flatMap(({ values }) => values),
      true,
    ),
    chart.y,
  );
  const values = chart.series.flatMap((one, index) =>
    one.values.map((value, at) => ({ name: labels[at]!, series: series[index]!, value })),
  );
  const x = {
    field: 'name',
    type: 'nominal',
    sort: labels,
    // A name stays where its bar cannot stand on a log axis.
    scale: { domain: labels },
    axis: nameAxis(chart.x, labels),
  };
  const y = { field: 'value', ...positionOf(chart.y, up, 'y') };
  const beside = several && { xOffset: { field: 'series', type: 'nominal', sort: series } };
  const filter = chart.y.scale === 'log' && { transform: [{ filter: { field: 'value', gt: 0 } }] };
  const printed = values.length <= MOST_PRINTED && values.length > 0;
  return {
    ...frameOf(chart, several ? { extraHeight: legend.height } : {}),
    data: {
      values: values.map((row) => ({
        ...row,
        ...(printed && { text: row.value === null ? '' : shortNumber(row.value, chart.y.unit) }),
      })),
    },
    layer: [
      {
        ...filter,
        mark: { type: 'bar' },
        encoding: {
          x,
          ...beside,
          y: { ...y, stack: null },
          y2: { datum: chart.y.scale === 'log' ? up[0] : 0 },
          ...(several && {
            color: {
              field: 'series',
              type: 'nominal',
              sort: series,
              scale: { domain: series, range: seriesColours(series.length) },
              legend: { columns: legend.columns },
            },
          }),
        },
      },
      ...(printed
        ? [
            {
              ...filter,
              mark: { type: 'text', dy: -8, fontSize: FONT_SIZE - 1 },
              encoding: { x, ...beside, y, text: { field: 'text', type: 'nominal' } },
            },
          ]
        : []),
    ],
  };
}

/** Nothing can stand at zero of a log axis: the first bar is drawn from half its right end. */
function drawnFrom(from: number, to: number, log: boolean): number {
  return log && from <= 0 ? to / 2 : from;
}

function nameAxis(title: string, labels: readonly string[]): JsonObject {
  const band = PLOT_WIDTH / Math.max(1, labels.length);
  const widest = Math.max(0, ...labels.map((label) => textWidth(label, FONT_SIZE)));
  const smaller = Math.max(SMALLEST_NAME, Math.min(FONT_SIZE, (band - 4) / (widest / FONT_SIZE)));
  const level = (widest / FONT_SIZE) * smaller + 4 <= band + 0.01;
  return {
    title: title === '' ? null : pictureText(title),
    labelOverlap: labels.length > MOST_NAMES ? 'greedy' : false,
    labelLimit: 130,
    ...(level
      ? { labelAngle: 0, labelFontSize: smaller }
      : { labelAngle: labels.length > 12 ? -90 : -45 }),
  };
}
