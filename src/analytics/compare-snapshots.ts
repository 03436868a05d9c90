/** Two snapshots side by side: the counters of both, and their tracks by popularity and by release year. */
import { type Axis, columnBars } from './pictures.ts';
import type { Cell, Column, StatisticResult } from './result.ts';
import { whole } from './statistic.ts';
import type { Table } from './table.ts';

/** The statistics of another snapshot that a report is compared by. */
export const COMPARED = ['counters', 'tracks-by-popularity', 'tracks-by-year'] as const;

const TITLES: Readonly<Record<(typeof COMPARED)[number], string>> = {
  counters: 'Counters of two snapshots',
  'tracks-by-popularity': 'Tracks by popularity of two snapshots',
  'tracks-by-year': 'Tracks by release year of two snapshots',
};

/**
 * The statistics of `results` that `others` has too, side by side: the rows of both by their first column, with the
 * number of this snapshot, that of the other, and the difference. What one of them does not have is null there.
 */
export function compareResults(
  { results, others }: { results: readonly StatisticResult[]; others: readonly StatisticResult[] },
  otherSnapshot: string,
): StatisticResult[] {
  return COMPARED.flatMap((name) => {
    const [own, other] = [results, others].map((list) => list.find((each) => each.name === name));
    return own && other ? [sideBySide(name, own, other, otherSnapshot)] : [];
  });
}

function sideBySide(
  name: (typeof COMPARED)[number],
  own: StatisticResult,
  other: StatisticResult,
  snapshot: string,
): StatisticResult {
  const [key, value] = [own.columns[0]!, own.columns.at(-1)!];
  const [ours, theirs] = [own, other].map(
    ({ rows }) => new Map(rows.map((row) => [row[0]!, row.at(-1)!])),
  ) as [Map<Cell, Cell>, Map<Cell, Cell>];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
  if (key.kind === 'whole') keys.sort((a, b) => Number(a) - Number(b));
  const rows = keys.map((each): Cell[] => {
    const [here, there] = [ours.get(each) ?? null, theirs.get(each) ?? null];
    const isKnown = typeof here === 'number' && typeof there === 'number';
    return [each, there, here, isKnown ? here - there : null];
  });
  const columns: Column[] = [
    key,
    whole('before', `Snapshot ${snapshot}`, value.unit),
    whole('now', 'This snapshot', value.unit),
    whole('difference', 'Difference', value.unit),
  ];
  const accounts = [
    ...own.accounts,
    ...other.accounts.map((account) => ({ ...account, of: `${account.of} of ${snapshot}` })),
  ];
  const title = TITLES[name];
  const table: Table = { title, columns, rows, accounts };
  return {
    ...{ name: `compared-${name}`, title, columns, rows, accounts },
    section: 'Two snapshots compared',
    meaning: `This snapshot against ${snapshot}: the same query over both.`,
    notes: [],
    usesPopularity: own.usesPopularity,
    charts:
      name === 'counters' ? [] : [{ name: `compared-${name}`, chart: bothBars(key, value)(table) }],
  };
}

function bothBars(key: Column, value: Column) {
  const axis = (column: string, title: string): Axis => ({ column, title, unit: 'count' });
  return columnBars({
    label: key.name,
    x: key.title,
    y: axis('now', value.title),
    series: [axis('before', 'Other snapshot'), axis('now', 'This snapshot')],
  });
}
