/** How counted tables become charts: one function for each way of drawing, told which columns to take. */
import type { Chart, Measure, Unit } from '../charts/chart.ts';
import type { Draw } from './statistic.ts';
import { accountLine, grouped, numbersOf, type Table, textsOf } from './table.ts';

/** A column that is drawn, and what its axis says. */
export interface Axis {
  readonly column: string;
  readonly title: string;
  readonly unit: Unit;
}

/** Bars over classes of numbers. */
export interface Histogram {
  readonly from: string;
  readonly to: string;
  /** What is added to `from` and to `to`, where both are within the class. */
  readonly edges?: readonly [number, number];
  readonly x: { readonly title: string; readonly unit: Unit };
  readonly y: Axis;
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
}

/** Bars from class to class. */
export function histogram({ from, to, edges = [0, 0], x, y, marks }: Histogram): Draw {
  return (table) => {
    const [starts, ends] = [numbersOf(table, from), numbersOf(table, to)];
    return {
      kind: 'histogram',
      ...wordsOf(
        table,
        peakOf(
          table,
          starts.map((value) => shownAt(value!, x.unit)),
          y,
        ),
      ),
      x,
      y: measureOf(y),
      from: starts.map((value) => value! + edges[0]),
      to: ends.map((value, at) => (value ?? starts[at]!) + edges[1]),
      values: numbersOf(table, y.column),
      ...(marks ? { marks } : {}),
    };
  };
}

/** Upright bars under names; the name of a class is made of two columns where `to` is given. */
export function columnBars({
  label,
  to,
  x,
  y,
  series,
}: {
  readonly label: string;
  readonly to?: string;
  readonly x: string;
  readonly y: Axis;
  readonly series?: readonly Axis[];
}): Draw {
  return (table) => {
    const labels = to === undefined ? textsOf(table, label) : classesOf(table, label, to);
    return {
      kind: 'columns',
      ...wordsOf(table, peakOf(table, labels, series?.[0] ?? y)),
      x,
      y: measureOf(y),
      labels,
      series: (series ?? [y]).map(({ column, title }) => ({
        label: title,
        values: numbersOf(table, column),
      })),
    };
  };
}

/** Lying bars, the first `most` rows. */
export function ranked(label: string, value: Axis, most = 30): Draw {
  return (table) => {
    const labels = textsOf(table, label).slice(0, most);
    return {
      kind: 'ranked',
      ...wordsOf(table, peakOf(table, labels, value)),
      value: measureOf(value),
      labels,
      values: numbersOf(table, value.column).slice(0, most),
    };
  };
}

/** A line over a column of numbers, with bounds where they are given. */
export interface Line {
  readonly y: string;
  readonly label: string;
  readonly low?: string;
  readonly high?: string;
}

/** Lines over one column. Rows without an x are left out, and lines without any number. */
export function curve(
  x: Axis,
  y: Omit<Axis, 'column'>,
  lines: readonly Line[],
  said: string,
): Draw {
  return (table) => {
    const places = numbersOf(table, x.column);
    const kept = places.flatMap((place, at) => (place === null ? [] : [at]));
    const take = (column: string) => {
      const all = numbersOf(table, column);
      return kept.map((at) => all[at]!);
    };
    return {
      kind: 'curve',
      ...wordsOf(table, said),
      x: measureOf(x),
      y,
      lines: lines
        .filter(({ y: column }) => take(column).some((value) => value !== null))
        .map(({ y: column, label, low, high }) => ({
          label,
          x: kept.map((at) => places[at]!),
          y: take(column),
          ...(low === undefined || high === undefined ? {} : { low: take(low), high: take(high) }),
        })),
    };
  };
}

/** A table of tinted cells; a cell without a row is empty. */
export function cells(
  {
    column,
    row,
    value,
    tint,
  }: {
    readonly column: string;
    readonly row: string;
    readonly value: Axis;
    readonly tint: 'sequential' | 'diverging';
  },
  { x = '', y = '' }: { x?: string; y?: string },
  said: string,
): Draw {
  return (table) => {
    const [columnOf, rowOf] = [textsOf(table, column), textsOf(table, row)];
    const [columns, rows] = [[...new Set(columnOf)], [...new Set(rowOf)]];
    const values: (number | null)[] = new Array(columns.length * rows.length).fill(null);
    numbersOf(table, value.column).forEach((each, at) => {
      values[rows.indexOf(rowOf[at]!) * columns.length + columns.indexOf(columnOf[at]!)] = each;
    });
    return {
      kind: 'grid',
      ...wordsOf(table, said),
      value: measureOf(value),
      tint,
      x,
      y,
      columns,
      rows,
      values,
    };
  };
}

/** The same as `draw` under another title. */
export function titled(title: string, draw: Draw): Draw {
  return (table) => ({ ...draw(table), title });
}

/** The same as `draw` on a logarithmic axis. */
export function logarithmic(draw: Draw): Draw {
  return (table) => {
    const chart = draw(table);
    const title = `${chart.title}, logarithmic`;
    if (chart.kind === 'histogram' || chart.kind === 'columns' || chart.kind === 'curve')
      return { ...chart, title, y: { ...chart.y, scale: 'log' } };
    if (chart.kind === 'ranked')
      return { ...chart, title, value: { ...chart.value, scale: 'log' } };
    return chart;
  };
}

/** `draw` as it is, and its logarithmic twin under `log`. */
export function withLog(draw: Draw): Readonly<Record<string, Draw>> {
  return { '': draw, log: logarithmic(draw) };
}

/** What every chart of `table` says of itself. */
export function wordsOf(
  table: Table,
  description: string,
): Pick<Chart, 'title' | 'description'> & { subtitle: string } {
  return { title: table.title, subtitle: accountLine(table), description };
}

/** The names of classes from `from` to `to`: `1`, `2–4`, `1,000 and more`. */
export function classesOf(table: Table, from: string, to: string): string[] {
  const ends = numbersOf(table, to);
  return numbersOf(table, from).map((start, at) => {
    const end = ends[at];
    if (end === null || end === undefined) return `${grouped(start!)} and more`;
    return end === start ? grouped(start) : `${grouped(start!)}–${grouped(end)}`;
  });
}

function measureOf({ title, unit }: Omit<Axis, 'column'>): Measure {
  return { title, unit };
}

/** The start of a class: seconds as minutes and seconds. */
function shownAt(value: number, unit: Unit): string {
  if (unit !== 'duration') return String(value);
  return `${Math.floor(value / 60)}:${String(value % 60).padStart(2, '0')}`;
}

/** Which row has the most. */
function peakOf(table: Table, labels: readonly string[], { column, title }: Axis): string {
  const values = numbersOf(table, column);
  const most = values.reduce<number>((best, value) => Math.max(best, value ?? 0), 0);
  const at = values.indexOf(most);
  const shown = Number.isInteger(most) ? grouped(most) : String(most);
  return at < 0 ? 'Nothing to show.' : `${title}: most at ${labels[at]}, ${shown}.`;
}
