/**
 * What a report consists of once everything is counted: a list of finished statistics, each with its numbers, what it
 * was counted over, what was missing and its pictures. Input of the page and of the files. Spec: docs/report.md.
 */
import type { Chart } from '../charts/chart.ts';

/** A value of a statistic; null where there is none. Whole numbers beyond 2^53 do not occur. */
export type Cell = string | number | null;

/** A column of a statistic. */
export interface Column {
  /** As the CSV and the query call it: lower case with underscores. */
  readonly name: string;
  /** As a person reads it. */
  readonly title: string;
  /** `tracks`, `ms`, `%` …; null for what has none. */
  readonly unit: string | null;
  readonly kind: 'text' | 'whole' | 'number';
}

/** One line of the account: `counted` or a reason why something was not, and of how many that was so. */
export interface AccountLine {
  readonly what: string;
  readonly count: number;
}

/** What a statistic was counted over: `counted` and all of `missing` add up to all there are. */
export interface Account {
  /** What is counted: `tracks`, `albums`, `artists`, `ISRCs` …, never one for another. */
  readonly of: string;
  /** The sample size. */
  readonly counted: number;
  readonly missing: readonly AccountLine[];
}

/** A picture of a statistic: `NAME.svg` and `NAME.vl.json` in the folder of the report. */
export interface NamedChart {
  /** The stem of its files: the statistic's name, or that and `-log` or another word. */
  readonly name: string;
  readonly chart: Chart;
}

/** One finished statistic. */
export interface StatisticResult {
  /** The stem of its files: kebab-case. */
  readonly name: string;
  readonly title: string;
  /** The heading it stands under; results of one section follow one another. */
  readonly section: string;
  /** What it says and how it is to be read, in a sentence or two. */
  readonly meaning: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly accounts: readonly Account[];
  /** What holds for these numbers beside `meaning`; may be empty. */
  readonly notes: readonly string[];
  /** Whether the origin and date of popularity are to be told beside it. */
  readonly usesPopularity: boolean;
  readonly charts: readonly NamedChart[];
}

/** What a report is made of; the same input gives the same bytes, so there is no clock in it. */
export interface ReportHead {
  /** The id of the snapshot. */
  readonly snapshot: string;
  readonly rows: { readonly tracks: number; readonly albums: number; readonly artists: number };
  readonly sources: readonly {
    readonly source: string;
    readonly licence: string | null;
    /** The day of the dump; null where the source does not say. */
    readonly date: string | null;
  }[];
  /** Where popularity comes from; null when all of it is unknown. */
  readonly popularity: {
    readonly origin: string;
    readonly method: string;
    readonly date: string | null;
  } | null;
}

/** A whole report. */
export interface Report {
  readonly head: ReportHead;
  readonly statistics: readonly StatisticResult[];
}
