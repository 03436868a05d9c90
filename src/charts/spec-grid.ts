/** The specification of a grid of tinted cells, each with its number. */
import type { JsonObject } from '../base/canonical-json.ts';
import type { GridChart } from './chart.ts';
import { shortNumber } from './number-text.ts';
import { GROUND, TINT_STEPS, TINTS, wordsUpon } from './palette.ts';
import { distinctTexts, pictureText } from './picture-text.ts';
import { FONT_SIZE, frameOf, MARGIN, WIDTH } from './spec-frame.ts';
import { textWidth } from './text-width.ts';

const MOST_CELL_WIDTH = 200;
/** With more columns than this the picture is wider than others, so that the numbers stay legible. */
const MANY_COLUMNS = 8;
const WIDE = 620;
const MOST_NAME_WIDTH = 150;
const LEAST_FONT_SIZE = 8;

/** The specification of `chart`. */
export function gridSpec(chart: GridChart): JsonObject {
  const columns = distinctTexts(chart.columns);
  const rows = distinctTexts(chart.rows);
  const texts = chart.values.map((value) => cellText(chart, value));
  const nameWidth = Math.min(
    MOST_NAME_WIDTH,
    Math.max(0, ...rows.map((name) => textWidth(name, FONT_SIZE))),
  );
  const sideTitle = chart.y === '' ? 0 : 24;
  const cellWidth = Math.min(
    MOST_CELL_WIDTH,
    ((columns.length > MANY_COLUMNS ? WIDE : WIDTH) - 2 * MARGIN - nameWidth - sideTitle - 10) /
      Math.max(1, columns.length),
  );
  const cellHeight = Math.max(22, Math.min(30, cellWidth));
  const widest = Math.max(0, ...columns.map((name) => textWidth(name, FONT_SIZE)));
  const axis = (title: string) => ({
    title: title === '' ? null : pictureText(title),
    domain: false,
    labelLimit: MOST_NAME_WIDTH,
    labelOverlap: false,
  });
  const x = {
    field: 'column',
    type: 'nominal',
    sort: columns,
    scale: { domain: columns, padding: 0 },
    axis: { ...axis(chart.x), orient: 'top', labelAngle: widest + 4 <= cellWidth ? 0 : -90 },
  };
  const y = {
    field: 'row',
    type: 'nominal',
    sort: rows,
    scale: { domain: rows, padding: 0 },
    axis: axis(chart.y),
  };
  const tints = chart.values.map((value) => TINTS[TINT_STEPS + stepOf(chart, value)]!);
  return {
    ...frameOf(chart, {
      plotWidth: Math.max(1, columns.length) * cellWidth,
      plotHeight: Math.max(1, rows.length) * cellHeight,
    }),
    data: {
      values: chart.values.map((value, at) => ({
        column: columns[at % columns.length]!,
        row: rows[Math.floor(at / columns.length)]!,
        value,
        text: texts[at]!,
        tint: tints[at]!.light,
        words: value === null ? GROUND.soft.light : wordsUpon(tints[at]!).light,
      })),
    },
    encoding: { x, y },
    layer: [
      {
        mark: { type: 'rect', stroke: GROUND.sheet.light, strokeWidth: 1 },
        encoding: { color: { field: 'tint', type: 'nominal', scale: null } },
      },
      {
        mark: { type: 'text', baseline: 'middle', fontSize: fontSizeOf(texts, cellWidth) },
        encoding: {
          text: { field: 'text', type: 'nominal' },
          color: { field: 'words', type: 'nominal', scale: null },
        },
      },
    ],
  };
}

function cellText({ tint, value: { unit } }: GridChart, value: number | null): string {
  if (value === null) return '\u2013';
  if (tint === 'diverging')
    return value
      .toFixed(2)
      .replace(/^-0\.00$/, '0.00')
      .replace('-', '\u2212');
  // The title says that these are parts of a hundred; the sign in every cell would only make them small.
  return unit === 'share' ? (value * 100).toFixed(1) : shortNumber(value, unit);
}

/** The largest size at which every text fits its cell, within what is legible. */
function fontSizeOf(texts: readonly string[], cellWidth: number): number {
  const widest = Math.max(1, ...texts.map((text) => textWidth(text, 1)));
  return Math.max(LEAST_FONT_SIZE, Math.min(FONT_SIZE, Math.floor((cellWidth - 3) / widest)));
}

function stepOf({ tint, values }: GridChart, value: number | null): number {
  if (value === null) return 0;
  if (tint === 'diverging') return Math.round(Math.max(-1, Math.min(1, value)) * TINT_STEPS);
  const most = Math.max(...values.map((one) => one ?? 0));
  return most > 0 && value > 0 ? Math.max(1, Math.round((value / most) * TINT_STEPS)) : 0;
}
