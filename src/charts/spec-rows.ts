/** The specifications of lying bars: ranked, nested, and shares of a whole. Names stand left, numbers at the end. */
import type { JsonObject } from '../base/canonical-json.ts';
import type { NestedChart, RankedChart, SharesChart } from './chart.ts';
import { shortNumber } from './number-text.ts';
import { GROUND, SERIES, wordsUpon } from './palette.ts';
import { distinctTexts, pictureText } from './picture-text.ts';
import { domainOf, FONT_SIZE, frameOf, legendOf, MARGIN, positionOf, WIDTH } from './spec-frame.ts';
import { shortened, textWidth } from './text-width.ts';

const PLOT_WIDTH = WIDTH - 2 * MARGIN;
/** Names take at most this much of the width; longer ones are cut, and whole in the table. */
const MOST_NAME_WIDTH = 190;
const ROW_HEIGHT = 22;
const INDENT = 14;
const ROW_SCALE = { paddingInner: 0.2, paddingOuter: 0.2 };
/** The least width of a part that its share is printed in. */
const LEAST_PRINTED_WIDTH = 40;

/** A bar with its words. */
interface Row {
  readonly label: string;
  readonly value: number | null;
  readonly child: boolean;
}

/** The specification of `chart`. */
export function rankedSpec(chart: RankedChart): JsonObject {
  return rowsSpec(
    chart,
    chart.labels.map((label, at) => ({ label, value: chart.values[at]!, child: false })),
  );
}

/** The specification of `chart`. */
export function nestedSpec(chart: NestedChart): JsonObject {
  return rowsSpec(
    chart,
    chart.labels.map((label, at) => ({
      label,
      value: chart.values[at]!,
      child: chart.parents[at] !== null,
    })),
  );
}

function rowsSpec(chart: RankedChart | NestedChart, rows: readonly Row[]): JsonObject {
  const numbers = rows.map(({ value }) =>
    value === null ? 'unknown' : shortNumber(value, chart.value.unit),
  );
  const nameWidth = nameWidthOf(rows);
  const numberWidth = Math.max(0, ...numbers.map((text) => textWidth(text, FONT_SIZE))) + 8;
  const { value } = chart;
  const [low, high] = domainOf(
    value,
    rows.map((row) => row.value),
    true,
  );
  // The shortest bar of a log axis must be seen as well.
  const domain = value.scale === 'log' ? ([low / 2, high] as const) : ([low, high] as const);
  const position = positionOf(value, domain, 'x');
  const range = [nameWidth, PLOT_WIDTH - numberWidth];
  const y = { field: 'row', type: 'ordinal', axis: null, scale: ROW_SCALE };
  const x = {
    field: 'bar',
    ...position,
    scale: { ...(position.scale as JsonObject), range },
    axis: { ...(position.axis as JsonObject), grid: true, domain: false, tickCount: 4 },
  };
  const words = (data: JsonObject) => ({ type: 'text', baseline: 'middle', ...data });
  return {
    ...frameOf(chart, { plotHeight: Math.max(1, rows.length) * ROW_HEIGHT, plotWidth: PLOT_WIDTH }),
    data: {
      values: rows.map((row, at) => ({
        row: at,
        label: shortened(pictureText(row.label), nameWidth - 6 - indent(row), FONT_SIZE, false),
        value: row.value,
        bar: barEnd(row.value, domain, value.scale === 'log'),
        number: numbers[at]!,
        thickness: row.child ? 8 : 15,
        colour: (row.child ? SERIES[1]! : SERIES[0]!).light,
        indent: indent(row),
      })),
    },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          y,
          x,
          x2: { datum: value.scale === 'log' ? domain[0] : 0 },
          size: { field: 'thickness', type: 'quantitative', scale: null },
          color: { field: 'colour', type: 'nominal', scale: null },
        },
      },
      {
        mark: words({ align: 'left' }),
        encoding: {
          y,
          x: { field: 'indent', type: 'quantitative', scale: null },
          text: { field: 'label', type: 'nominal' },
        },
      },
      {
        mark: words({ align: 'left', dx: 6, color: GROUND.soft.light }),
        encoding: { y, x, text: { field: 'number', type: 'nominal' } },
      },
    ],
  };
}

function nameWidthOf(rows: readonly Row[]): number {
  const widths = rows.map((row) => textWidth(pictureText(row.label), FONT_SIZE) + indent(row));
  return Math.min(MOST_NAME_WIDTH, Math.max(0, ...widths) + 12);
}

function indent({ child }: Row): number {
  return child ? INDENT : 0;
}

function barEnd(value: number | null, [low]: readonly [number, number], log: boolean): number {
  if (value === null) return log ? low : Math.max(low, 0);
  return log ? Math.max(value, low) : value;
}

/** The specification of `chart`. */
export function sharesSpec(chart: SharesChart): JsonObject {
  const parts = distinctTexts(chart.parts);
  const names = chart.rows.map((name) => pictureText(name));
  const nameWidth =
    Math.min(
      MOST_NAME_WIDTH - 50,
      Math.max(0, ...names.map((name) => textWidth(name, FONT_SIZE))),
    ) + (names.some((name) => name !== '') ? 8 : 0);
  const pieces = names.flatMap((_, row) => piecesOf(chart, row, PLOT_WIDTH - nameWidth - 4));
  const y = {
    field: 'row',
    type: 'ordinal',
    axis: null,
    scale: { paddingInner: 0.25, paddingOuter: 0.15 },
  };
  const position = positionOf({ title: chart.value.title, unit: 'share' }, [0, 1], 'x');
  const x = {
    ...position,
    scale: { ...(position.scale as JsonObject), range: [nameWidth, PLOT_WIDTH - 4] },
  };
  return {
    ...frameOf(chart, { plotHeight: Math.max(1, names.length) * 40, plotWidth: PLOT_WIDTH }),
    data: { values: pieces.map((piece) => ({ ...piece, part: parts[piece.index]! })) },
    layer: [
      {
        mark: { type: 'bar', stroke: GROUND.sheet.light, strokeWidth: 1 },
        encoding: {
          y,
          x: { field: 'start', ...x },
          x2: { field: 'end' },
          color: {
            field: 'part',
            type: 'nominal',
            sort: parts,
            scale: { domain: parts, range: parts.map((_, at) => SERIES[at % 8]!.light) },
            legend: { columns: legendOf(parts, PLOT_WIDTH).columns },
          },
        },
      },
      {
        mark: { type: 'text', baseline: 'middle', fontSize: FONT_SIZE - 1 },
        encoding: {
          y,
          x: { field: 'middle', ...x },
          text: { field: 'text', type: 'nominal' },
          color: { field: 'words', type: 'nominal', scale: null },
        },
      },
      {
        data: {
          values: names.map((name, row) => ({
            row,
            label: shortened(name, nameWidth - 6, FONT_SIZE),
          })),
        },
        mark: { type: 'text', baseline: 'middle', align: 'left' },
        encoding: { y, x: { value: 0 }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

interface Piece extends JsonObject {
  readonly index: number;
}

function piecesOf({ parts, values }: SharesChart, row: number, width: number): Piece[] {
  const own = values.slice(row * parts.length, (row + 1) * parts.length);
  const whole = own.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  let before = 0;
  return own.flatMap((value, index) => {
    if (value === null || value <= 0) return [];
    const start = before / whole;
    before += value;
    const end = before / whole;
    const text = shortNumber(value / whole, 'share');
    const fits = (end - start) * width >= Math.max(LEAST_PRINTED_WIDTH, textWidth(text, FONT_SIZE));
    return {
      row,
      index,
      value,
      start,
      end,
      middle: (start + end) / 2,
      text: fits ? text : '',
      words: wordsUpon(SERIES[index % SERIES.length]!).light,
    };
  });
}
