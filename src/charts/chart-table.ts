/** The numbers of a chart as a table: what the picture shows, for whoever reads rather than sees it. */
import type { Chart, Measure } from './chart.ts';
import { exactNumber } from './number-text.ts';

/** Words in rows; the first column names the row. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table of `chart`: every number exactly once, in the order of the chart; a missing one is a dash. */
export function chartTable(chart: Chart): ChartTable {
  switch (chart.kind) {
    case 'histogram':
      return {
        columns: [`${chart.x.title}, from`, 'to', chart.y.title],
        rows: chart.values.map((value, at) => [
          text(chart.x, chart.from[at]!),
          text(chart.x, chart.to[at]!),
          text(chart.y, value),
        ]),
      };
    case 'columns':
      return {
        columns: [chart.x || 'Name', ...seriesTitles(chart.series, chart.y)],
        rows: chart.labels.map((label, at) => [
          label,
          ...chart.series.map(({ values }) => text(chart.y, values[at]!)),
        ]),
      };
    case 'curve':
      return curveTable(chart);
    case 'ranked':
      return {
        columns: ['Name', chart.value.title],
        rows: chart.labels.map((label, at) => [label, text(chart.value, chart.values[at]!)]),
      };
    case 'nested':
      return {
        columns: ['Name', 'Part of', chart.value.title],
        rows: chart.labels.map((label, at) => [
          label,
          chart.parents[at] ?? '\u2013',
          text(chart.value, chart.values[at]!),
        ]),
      };
    case 'grid':
      return matrix(chart.y || 'Name', chart.rows, chart.columns, chart);
    case 'shares':
      return matrix('Of', chart.rows, chart.parts, chart);
  }
}

function curveTable({ lines, x, y }: Extract<Chart, { kind: 'curve' }>): ChartTable {
  const several = lines.length > 1;
  const bounded = lines.some(({ low, high }) => low && high);
  return {
    columns: [
      ...(several ? ['Line'] : []),
      x.title,
      y.title,
      ...(bounded ? ['at least', 'at most'] : []),
    ],
    rows: lines.flatMap((line) =>
      line.x.map((place, at) => [
        ...(several ? [line.label] : []),
        text(x, place),
        text(y, line.y[at]!),
        ...(bounded ? [text(y, line.low?.[at] ?? null), text(y, line.high?.[at] ?? null)] : []),
      ]),
    ),
  };
}

function seriesTitles(series: readonly { readonly label: string }[], { title }: Measure): string[] {
  return series.length === 1 ? [title] : series.map(({ label }) => label);
}

function matrix(
  corner: string,
  names: readonly string[],
  columns: readonly string[],
  { value, values }: { value: Measure; values: readonly (number | null)[] },
): ChartTable {
  return {
    columns: [corner, ...columns],
    rows: names.map((name, row) => [
      name,
      ...columns.map((_, column) => text(value, values[row * columns.length + column]!)),
    ]),
  };
}

function text({ unit }: Measure, value: number | null): string {
  return exactNumber(value, unit);
}
