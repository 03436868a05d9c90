/**
 * What a statistic is before it is counted: its name, its words, its columns and how it is drawn. The query that counts
 * it stands in `queries/NAME.sql`: a SELECT of the columns and, after it, one of the account: what was counted, how
 * often, and why the rest was not. Spec: docs/report.md.
 */
import type { Chart } from '../charts/chart.ts';
import type { Column } from './result.ts';
import type { Table } from './table.ts';

/** Makes the chart of a counted table. */
export type Draw = (table: Table) => Chart;

/** A statistic as an entry of the list. */
export interface Statistic {
  /** The stem of its files and of its query. */
  readonly name: string;
  readonly title: string;
  readonly section: string;
  readonly meaning: string;
  readonly columns: readonly Column[];
  /** The rows have a column `rank` of this kind: names and ids are put beside them. */
  readonly named?: 'tracks' | 'artists';
  readonly usesPopularity?: boolean;
  readonly notes?: readonly string[];
  /** By what their names have after that of the statistic; the first is the main one, under `''`. */
  readonly pictures?: Readonly<Record<string, Draw>>;
}

/** A column of whole numbers. */
export function whole(name: string, title: string, unit: string | null = null): Column {
  return { name, title, unit, kind: 'whole' };
}

/** A column of numbers. */
export function number(name: string, title: string, unit: string | null = null): Column {
  return { name, title, unit, kind: 'number' };
}

/** A column of words. */
export function text(name: string, title: string): Column {
  return { name, title, unit: null, kind: 'text' };
}
