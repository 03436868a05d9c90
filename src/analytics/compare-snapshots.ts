/**
 * Two snapshots side by side: of each statistic of which that tells something, the rows of both by their names or classes,
 * and the difference, as a table and as pictures. Lists of tracks, draws and what the ledger tells are not compared.
 */
import { type Axis, classesOf, columnBars, curve, titled } from './pictures.ts';
import type { Cell, Column, NamedChart, StatisticResult } from './result.ts';
import type { Draw } from './statistic.ts';
import { numbersOf, type Table } from './table.ts';

/** What is compared of a statistic: its values, by the columns that name a row. */
interface Comparison {
  readonly by: readonly string[];
  readonly values: readonly string[];
}

function by(columns: string, values: string): Comparison {
  return { by: columns.split(' '), values: values.split(' ') };
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  counters: by('what', 'count'),
  'tracks-by-popularity': by('from_popularity to_popularity', 'tracks'),
  'albums-by-popularity': by('from_popularity to_popularity', 'albums'),
  'artists-by-popularity': by('from_popularity to_popularity', 'artists'),
  'listens-by-popularity': by('popularity', 'listens_counted model_total'),
  coverage: by('share_of_tracks', 'share_of_counted_listens share_of_modelled_listens'),
  'top-against-bottom': by('measure', 'bottom_tracks'),
  payment: by('what', 'listens'),
  durations: by('from_s to_s', 'tracks'),
  'whole-minutes': by('minute', 'times'),
  'long-durations': by('from_s to_s', 'tracks'),
  'mean-duration-by-year': by('from_year to_year', 'mean_s'),
  'tracks-by-year': by('from_year to_year', 'tracks'),
  'albums-by-year': by('from_year to_year', 'albums'),
  explicit: by('mark', 'percent'),
  'explicit-by-year': by('from_year to_year', 'percent'),
  'tracks-per-isrc': by('from_n to_n', 'isrcs'),
  'albums-per-upc': by('from_n to_n', 'upcs'),
  'tracks-per-album': by('from_n to_n', 'albums'),
  'album-types': by('type', 'albums'),
  'artists-per-track': by('from_artists to_artists', 'tracks'),
  'tracks-per-artist': by('from_n to_n', 'artists'),
  'artists-by-place': by('place', 'artists'),
  labels: by('label', 'albums'),
  'genres-by-artists': by('genre', 'artists'),
  'genre-tree': by('family genre', 'artists'),
  'genre-pairs': by('genre with_genre', 'artists'),
  'key-and-mode': by('key', 'percent_major percent_minor'),
  tempo: by('from_bpm to_bpm', 'tracks'),
  loudness: by('from_db to_db', 'tracks'),
  likelihoods: by('feature from_value to_value', 'share'),
  'feature-grid': by('feature with_feature', 'correlation'),
  'loudness-and-energy': by('from_db to_db from_energy to_energy', 'tracks'),
  'tracks-per-market-heard': by('market', 'tracks'),
  'tracks-per-market': by('market', 'tracks'),
  licences: by('licence', 'tracks'),
  flags: by('flag', 'tracks'),
  'repeated-titles': by('title', 'tracks'),
};

/** The statistics of another snapshot that a report is compared by. */
export const COMPARED: ReadonlySet<string> = new Set(Object.keys(COMPARISONS));

/** More names cannot stand side by side; classes become lines. */
const MOST_NAMES = 24;

/**
 * The statistics of `results` that `others` has too, side by side: for each value that of the other snapshot, of this one,
 * and the difference. What one of them does not have is null there.
 */
export function compareResults(
  { results, others }: { results: readonly StatisticResult[]; others: readonly StatisticResult[] },
  otherSnapshot: string,
): StatisticResult[] {
  return results.flatMap((own) => {
    const other = others.find(({ name }) => name === own.name);
    const comparison = COMPARISONS[own.name];
    if (!other || !comparison) return [];
    const [ours, theirs] = own.name === 'coverage' ? [own, other].map(atHundredths) : [own, other];
    return [sideBySide(ours!, theirs!, comparison, otherSnapshot)];
  });
}

function sideBySide(
  own: StatisticResult,
  other: StatisticResult,
  comparison: Comparison,
  snapshot: string,
): StatisticResult {
  const name = `compared-${own.name}`;
  const title = `${own.title}: two snapshots`;
  const keys = comparison.by.map((key) => columnOf(own, key));
  const values = comparison.values.map((value) => columnOf(own, value));
  const columns = [
    ...keys,
    ...values.flatMap((value) => comparedColumns(value, values.length > 1)),
  ];
  const rows = joined(own, other, comparison);
  const accounts = [
    ...own.accounts,
    ...other.accounts.map((account) => ({ ...account, of: `${account.of} of ${snapshot}` })),
  ];
  const table: Table = { title, columns, rows, accounts };
  return {
    ...{ name, title, columns, rows, accounts },
    section: 'Two snapshots compared',
    meaning: `This snapshot against ${snapshot}: the same query over both, by the same classes. A difference is that from the other to this one; what stands in no row of the other, or is not among its first, has none.`,
    notes: own.notes,
    usesPopularity: own.usesPopularity,
    charts: rows.length === 0 ? [] : chartsOf(name, table, keys, values),
  };
}

/** The rows of both, in the order of this snapshot, then what the other one alone has; classes in theirs. */
function joined(
  own: StatisticResult,
  other: StatisticResult,
  { by, values }: Comparison,
): Cell[][] {
  const [ours, theirs] = [rowsByKey(own, { by, values }), rowsByKey(other, { by, values })];
  const order = [...ours.keys(), ...[...theirs.keys()].filter((key) => !ours.has(key))];
  const out = order.map((each): Cell[] => {
    const [here, there] = [ours.get(each), theirs.get(each)];
    const cells = values.flatMap((_, at): Cell[] => {
      const [now, before] = [here?.values[at] ?? null, there?.values[at] ?? null];
      const isKnown = typeof now === 'number' && typeof before === 'number';
      return [before, now, isKnown ? Number((now - before).toFixed(6)) : null];
    });
    return [...(here ?? there)!.key, ...cells];
  });
  if (typeof out[0]?.[0] !== 'number') return out;
  return out.sort((a, b) => Number(a[0] ?? Infinity) - Number(b[0] ?? Infinity));
}

function rowsByKey(result: StatisticResult, { by, values }: Comparison): RowsByKey {
  const take = (row: readonly Cell[], names: readonly string[]) =>
    names.map((name) => row[placeOf(result, name)]!);
  return new Map(
    result.rows.map((row) => {
      const key = take(row, by);
      return [JSON.stringify(key), { key, values: take(row, values) }];
    }),
  );
}

type RowsByKey = ReadonlyMap<string, { readonly key: Cell[]; readonly values: Cell[] }>;

function comparedColumns({ name, title, unit, kind }: Column, isOneOfSeveral: boolean): Column[] {
  const named = (word: string) => (isOneOfSeveral ? `${name}_${word}` : word);
  const words = (text: string) => (isOneOfSeveral ? `${title}: ${text}` : text);
  return [
    { name: named('before'), title: words('other snapshot'), unit, kind },
    { name: named('now'), title: words('this snapshot'), unit, kind },
    { name: named('difference'), title: words('difference'), unit, kind },
  ];
}

/** Both snapshots in one picture, and the difference in another. */
function chartsOf(
  name: string,
  table: Table,
  keys: readonly Column[],
  values: readonly Column[],
): NamedChart[] {
  return values.flatMap((value) => {
    const several = values.length > 1;
    const stem = several ? `${name}-${value.name.replaceAll('_', '-')}` : name;
    const column = (word: string) => (several ? `${value.name}_${word}` : word);
    if (numbersOf(table, column('difference')).every((each) => each === null)) return [];
    const draw = drawnBy(table, keys, value);
    const both = [
      { y: column('before'), label: 'Other snapshot' },
      { y: column('now'), label: 'This snapshot' },
    ];
    const title = several ? `${table.title}, ${value.title.toLowerCase()}` : table.title;
    return [
      { name: stem, chart: titled(title, draw(both))(table) },
      {
        name: `${stem}-difference`,
        chart: titled(
          `${title}, difference`,
          draw([{ y: column('difference'), label: 'Difference' }]),
        )(table),
      },
    ];
  });
}

/** Lines over classes where there are many, else bars under names. */
function drawnBy(
  table: Table,
  keys: readonly Column[],
  value: Column,
): (lines: readonly { y: string; label: string }[]) => Draw {
  const [first, second] = keys as [Column, Column | undefined];
  const unit = value.unit === 'listens' || value.kind === 'whole' ? 'count' : 'number';
  const isClass = first.kind === 'whole' || (first.kind === 'number' && keys.length < 3);
  if (isClass && keys.length < 3 && table.rows.length > MOST_NAMES) {
    const x: Axis = {
      column: first.name,
      title: first.title,
      unit: first.unit === 'year' ? 'year' : 'number',
    };
    return (lines) =>
      curve(
        x,
        { title: value.title, unit },
        lines,
        'One line for each snapshot, by the same classes.',
      );
  }
  const some = { ...table, rows: table.rows.slice(0, MOST_NAMES) };
  const isRange = second !== undefined && keys.length === 2 && second.kind === 'whole';
  const labels = isRange
    ? classesOf(some, first.name, second.name)
    : some.rows.map((row) =>
        row
          .slice(0, keys.length)
          .filter((cell) => cell !== null)
          .join(' · '),
      );
  return (lines) => (all) => {
    const axes = lines.map(({ y, label }) => ({ column: y, title: label, unit }) as const);
    const draw = columnBars({
      ...{ label: first.name, x: first.title },
      y: { column: axes[0]!.column, title: value.title, unit },
      series: axes,
    });
    const chart = draw({ ...all, rows: all.rows.slice(0, MOST_NAMES) });
    return chart.kind === 'columns' ? { ...chart, labels } : chart;
  };
}

function placeOf({ columns }: StatisticResult, name: string): number {
  return columns.findIndex((column) => column.name === name);
}

function columnOf(result: StatisticResult, name: string): Column {
  return result.columns[placeOf(result, name)]!;
}

/** The curve at each hundredth of the tracks: two of different lengths have no point in common else. */
function atHundredths(result: StatisticResult): StatisticResult {
  const at = placeOf(result, 'share_of_tracks');
  const rows = Array.from({ length: 101 }, (_, hundredth) => {
    const share = hundredth / 100;
    const row = result.rows.findLast((each) => Number(each[at]) <= share);
    return row?.with(at, share) ?? [];
  });
  return { ...result, rows: rows.filter(({ length }) => length > 0) };
}
