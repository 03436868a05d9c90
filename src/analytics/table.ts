/** The rows of a counted statistic by the names of its columns, for what draws them. */
import type { Account, Cell, Column } from './result.ts';

/** A counted statistic, before it has pictures. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly accounts: readonly Account[];
}

/** The column `name` as numbers; null where there is none. */
export function numbersOf(table: Table, name: string): (number | null)[] {
  const at = indexOf(table, name);
  return table.rows.map((row) => (typeof row[at] === 'number' ? row[at] : null));
}

/** The column `name` as words, numbers written out; empty where there is none. */
export function textsOf(table: Table, name: string): string[] {
  const at = indexOf(table, name);
  return table.rows.map((row) => String(row[at] ?? ''));
}

/** What was counted and what was missing, as a line under a picture: `99,811 tracks; 189 without: key unknown`. */
export function accountLine({ accounts }: Pick<Table, 'accounts'>): string {
  const lines = accounts.map(({ of, counted, missing }) => {
    const gaps = missing
      .filter(({ count }) => count > 0)
      .map(({ what, count }) => `${grouped(count)} not (${what})`);
    // `tracks (energy)` and its like mostly have the same account.
    return [`${grouped(counted)} ${of.replace(/ \(.*\)$/, '')} counted`, ...gaps].join(', ');
  });
  return [...new Set(lines)].join('; ');
}

/** A whole number with commas between its thousands. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function indexOf({ columns }: Table, name: string): number {
  const at = columns.findIndex((column) => column.name === name);
  if (at < 0) throw new RangeError(`no column ${name}`);
  return at;
}
