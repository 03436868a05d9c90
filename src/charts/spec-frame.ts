/**
 * What the specifications of all kinds of picture share: sheet, words, faces, axes, legend. Vega-Lite 6.
 * https://vega.github.io/vega-lite/docs/
 */
import type { JsonObject } from '../base/canonical-json.ts';
import type { Chart, Measure } from './chart.ts';
import { AXIS_LABELS } from './number-text.ts';
import { GROUND, SERIES } from './palette.ts';
import { pictureText } from './picture-text.ts';
import { textWidth, wrapped } from './text-width.ts';
import { ticksOf } from './ticks.ts';

/** The width of a picture in pixels: words of 13 pixels stay legible when a telephone shows it at four fifths. */
export const WIDTH = 440;
/** Free space around everything. */
export const MARGIN = 12;
/** The size of most words, in pixels. */
export const FONT_SIZE = 13;

/** Faces that systems bring along: none is loaded. */
export const FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const TITLE_SIZE = 16;
/** Height of the plot, its axes and titles, where the kind of chart does not say otherwise. */
const HEIGHT = 300;
const INNER_WIDTH = WIDTH - 2 * MARGIN;

/** The space between title and plot, and how the height comes about. */
interface FrameOptions {
  readonly titleGap?: number;
  /** What stands between title and plot, such as a legend: a plot of the usual height does not pay for it. */
  readonly extraHeight?: number;
  /** Where given, the plot itself is `plotWidth` by `plotHeight`, and axes and titles come on top of that. */
  readonly plotHeight?: number;
  readonly plotWidth?: number;
}

/** The specification of `chart` without data and marks. */
export function frameOf(chart: Chart, options: FrameOptions = {}): JsonObject {
  const { plotHeight, plotWidth = INNER_WIDTH, titleGap = 10, extraHeight = 0 } = options;
  const fitted = plotHeight === undefined;
  const title = wrapped(pictureText(chart.title), INNER_WIDTH, {
    fontSize: TITLE_SIZE,
    bold: true,
  });
  const subtitle = wrapped(pictureText(chart.subtitle ?? ''), INNER_WIDTH, { fontSize: FONT_SIZE });
  const wordsHeight = title.length * 20 + subtitle.length * 18 + titleGap + extraHeight;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: pictureText(chart.description),
    title: { text: title, ...(subtitle.length > 0 && { subtitle }), offset: titleGap },
    width: fitted ? WIDTH : plotWidth,
    height: fitted ? HEIGHT + wordsHeight : plotHeight,
    autosize: { type: fitted ? 'fit' : 'pad', contains: fitted ? 'padding' : 'content' },
    padding: MARGIN,
    background: GROUND.sheet.light,
    config: CONFIG,
  };
}

const CONFIG: JsonObject = {
  // The picture as a whole is described; its hundreds of marks are not, the table beside it has them.
  aria: false,
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'bounds',
    color: GROUND.ink.light,
    fontSize: TITLE_SIZE,
    fontWeight: 'bold',
    lineHeight: 20,
    subtitleColor: GROUND.soft.light,
    subtitleFontSize: FONT_SIZE,
    subtitleLineHeight: 18,
    subtitlePadding: 4,
  },
  axis: {
    labelColor: GROUND.soft.light,
    labelFontSize: FONT_SIZE,
    labelLimit: 200,
    labelPadding: 6,
    titleColor: GROUND.ink.light,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 'normal',
    titlePadding: 8,
    titleLimit: INNER_WIDTH,
    gridColor: GROUND.line.light,
    domainColor: GROUND.soft.light,
    ticks: false,
  },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    title: null,
    labelColor: GROUND.ink.light,
    labelFontSize: FONT_SIZE,
    labelLimit: INNER_WIDTH - 130,
    symbolSize: 120,
    // A band is faint, and its lines are not.
    symbolOpacity: 1,
    columnPadding: 14,
    offset: 8,
  },
  range: { category: SERIES.map(({ light }) => light) },
  bar: { color: SERIES[0]!.light },
  rect: { color: SERIES[0]!.light },
  line: { color: SERIES[0]!.light, strokeWidth: 2 },
  area: { color: SERIES[0]!.light },
  point: { color: SERIES[0]!.light },
  text: { color: GROUND.ink.light, fontSize: FONT_SIZE },
};

/** From the lowest to the highest value that an axis shows. */
export type Domain = readonly [number, number];

/** A horizontal or vertical axis with its scale: what stands in an encoding beside the field. */
export function positionOf(measure: Measure, domain: Domain, side: 'x' | 'y'): JsonObject {
  const log = measure.scale === 'log';
  const ticks = ticksOf(measure, ...domain);
  return {
    type: 'quantitative',
    scale: {
      type: log ? 'log' : 'linear',
      domain: [...domain],
      nice: false,
      ...(!log && { zero: false }),
    },
    axis: {
      title: pictureText(measure.title),
      labelExpr: AXIS_LABELS[measure.unit],
      grid: side === 'y',
      domain: side === 'x',
      labelOverlap: 'greedy',
      ...(side === 'x' && { labelFlush: true }),
      ...(ticks ? { values: ticks } : { tickCount: side === 'y' ? 5 : 6 }),
      ...(isWhole(measure, domain) && { tickMinStep: 1 }),
    },
  };
}

function isWhole({ unit }: Measure, [low, high]: Domain): boolean {
  return unit === 'year' || (unit === 'count' && high - low > 1);
}

/** A domain for bars and curves that holds all of `values`; with `fromZero` a linear one begins or ends at zero. */
export function domainOf(
  measure: Measure,
  values: Iterable<number | null>,
  fromZero: boolean,
): Domain {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || (measure.scale === 'log' && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return measure.scale === 'log' ? [1, 10] : [0, 1];
  if (measure.scale === 'log') return [low, high > low ? high : low * 10];
  if (fromZero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  return low === high ? [low, low + 1] : [low, high];
}

/** `domain` with room above its highest value, and on a log axis below its lowest so that the lowest bar is seen. */
export function roomy([low, high]: Domain, measure: Measure): Domain {
  if (measure.scale !== 'log') return [low < 0 ? low * 1.05 : low, high > 0 ? high * 1.05 : high];
  const decade = Number(`1e${Math.floor(Math.log10(low) + 1e-9)}`);
  return [low < decade * 1.5 ? decade / 2 : decade, high * 1.3];
}

/** What the labels of a vertical axis and its title take of the width at most: a legend begins behind them. */
const AXIS_WIDTH = 84;

/** The legend of `labels` above a plot of `width` pixels, in as many columns as fit, and how high that is. */
export function legendOf(
  labels: readonly string[],
  width: number = INNER_WIDTH - AXIS_WIDTH,
): { columns: number; height: number } {
  const widest = Math.max(...labels.map((label) => textWidth(label, FONT_SIZE) + 44));
  const columns = Math.max(1, Math.min(labels.length, Math.floor(width / widest)));
  return { columns, height: Math.ceil(labels.length / columns) * 19 };
}

/** The colours of the first `count` series. */
export function seriesColours(count: number): string[] {
  return Array.from({ length: count }, (_, at) => SERIES[at % SERIES.length]!.light);
}

/** Where `value` stands between the ends of `domain`, as a part of its length. */
export function partOf(value: number, [low, high]: Domain, log: boolean): number {
  if (!log) return (value - low) / (high - low);
  return value > 0 ? Math.log(value / low) / Math.log(high / low) : -1;
}
