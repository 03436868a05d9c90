/**
 * What a picture shows: numbers in columns, what they measure, and words. A closed union of plain values that knows
 * nothing of colours, pixels or music. Input of the specification (`vega-lite-spec.ts`), of the picture and of its
 * table. All columns of a chart are as long as each other; null is a number that is missing, drawn as a gap.
 */

/**
 * How the numbers of a measure are written. `count`: whole things, `3 M`. `share`: a part of one, `0.25` as `25 %`.
 * `bytes`: `300 TB`. `duration`: seconds, `3:20`. `year`: `1987`, never `1,987`. `number`: as it is; its unit, such as
 * dB, belongs in the title of the measure. `money`: US dollars.
 */
export type Unit = 'count' | 'share' | 'bytes' | 'duration' | 'year' | 'number' | 'money';

/** What an axis or a printed number means. */
export interface Measure {
  /** The axis title, as `Popularity` or `Loudness (LUFS)`. */
  readonly title: string;
  readonly unit: Unit;
  /** `linear` when absent. On a log axis zero and less cannot stand: they are left without a mark. */
  readonly scale?: 'linear' | 'log';
}

/** What every chart says of itself. */
interface Words {
  /** What is shown, as the heading of the picture. */
  readonly title: string;
  /** A line under the title: what was counted and how many; absent when there is nothing to add. */
  readonly subtitle?: string;
  /** What is to be seen in it, in a sentence or two, for whoever does not see it. */
  readonly description: string;
}

/** A vertical line with a word at a place of the horizontal axis. */
export interface PlaceMark {
  readonly at: number;
  readonly label: string;
}

/** Bars side by side over a numeric axis, each from `from` to `to`. Unequal widths are allowed; heights are as given. */
export interface HistogramChart extends Words {
  readonly kind: 'histogram';
  readonly x: Measure;
  readonly y: Measure;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly values: readonly (number | null)[];
  readonly marks?: readonly PlaceMark[];
}

/** Upright bars over names in a given order, such as `1`, `2`, `3 to 5`; one for each series where there are several. */
export interface ColumnsChart extends Words {
  readonly kind: 'columns';
  /** The title under the names. */
  readonly x: string;
  readonly y: Measure;
  readonly labels: readonly string[];
  /** One or more; each has a value for every label. */
  readonly series: readonly {
    readonly label: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** One line of a curve chart. */
export interface CurveLine {
  readonly label: string;
  /** In ascending order. */
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Bounds of the uncertainty, drawn as a band; both or neither. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** Lines over a numeric axis, straight between the points, with bands of uncertainty where they are given. */
export interface CurveChart extends Words {
  readonly kind: 'curve';
  readonly x: Measure;
  readonly y: Measure;
  readonly lines: readonly CurveLine[];
  readonly marks?: readonly PlaceMark[];
}

/** Lying bars, each under its name, in the order given; the number stands at the end of each. */
export interface RankedChart extends Words {
  readonly kind: 'ranked';
  readonly value: Measure;
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
}

/** A tree of two levels as lying bars: each parent followed by its children. */
export interface NestedChart extends Words {
  readonly kind: 'nested';
  readonly value: Measure;
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
  /** By row: null for a parent; else the label of the parent, which stands before it. */
  readonly parents: readonly (string | null)[];
}

/** A table of tinted cells with the number printed in each. */
export interface GridChart extends Words {
  readonly kind: 'grid';
  readonly value: Measure;
  /** `sequential` from nothing to the largest; `diverging` from -1 by 0 to 1, such as a correlation. */
  readonly tint: 'sequential' | 'diverging';
  /** Titles of the two sides; empty where the names speak for themselves. */
  readonly x: string;
  readonly y: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** Row after row, `rows.length` times `columns.length`. */
  readonly values: readonly (number | null)[];
}

/** Lying bars of equal length, each divided into the shares of its parts. */
export interface SharesChart extends Words {
  readonly kind: 'shares';
  /** What is divided, with its unit: the table gives these numbers, the picture their shares. */
  readonly value: Measure;
  readonly rows: readonly string[];
  /** At most eight. */
  readonly parts: readonly string[];
  /** Row after row, `rows.length` times `parts.length`. */
  readonly values: readonly (number | null)[];
}

/** A picture to be drawn. */
export type Chart =
  | HistogramChart
  | ColumnsChart
  | CurveChart
  | RankedChart
  | NestedChart
  | GridChart
  | SharesChart;
