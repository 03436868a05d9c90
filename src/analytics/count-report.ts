/**
 * Counts the statistics of a snapshot: sets up the small tables, makes those that several queries take from in one pass each over the large,
 * asks every query, and checks that what was counted and what was missing add up to the rows there are.
 */
import assert from 'node:assert/strict';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { Tables } from '../tables/tables.ts';
import { type Query, readQuery, tablesFor } from './queries.ts';
import type { ReportInput } from './report-input.ts';
import type { Account, Cell, NamedChart, StatisticResult } from './result.ts';
import { drawStatement, type Statement, setupStatements } from './setup.ts';
import type { Statistic } from './statistic.ts';
import type { Table } from './table.ts';

/** What counting works with. `tables` is new: nothing was made in it. */
export interface CountDeps {
  readonly disk: Disk;
  readonly tables: Tables;
  readonly watch: Watch;
}

/** Counted statistics with the text of their queries by name, and the statements that came before. */
export interface Counted {
  readonly results: readonly StatisticResult[];
  readonly queries: ReadonlyMap<string, string>;
  readonly setup: readonly string[];
}

/**
 * The statistics of `list`, counted. Null when it was asked to stop. `REPORT_EMPTY` when there is no track, `TABLES_SQL`.
 */
export async function countReport(
  input: ReportInput,
  list: readonly Statistic[],
  { disk, tables, watch }: CountDeps,
): Promise<Counted | null> {
  if (input.head.rows.tracks === 0)
    throw new FonotecaError('REPORT_EMPTY', `snapshot ${input.head.snapshot}`);
  const queries = list.map(({ name }) => readQuery(disk, name));
  const common = tablesFor(disk, queries);
  const total = common.length + list.length;
  let done = 0;
  const step = (item: string) => {
    watch.progress({ stage: 'report', doneItems: done, totalItems: total, item });
    done += 1;
    return !watch.stop.aborted;
  };
  const setup: Statement[] = [];
  const run = async (statement: Statement) => {
    setup.push(statement);
    await tables.run(statement.sql);
  };
  for (const statement of setupStatements(input)) await run(statement);
  for (const { name, sql } of common) {
    if (!step(name)) return null;
    if (/\bdrawn\b/.test(sql)) await run(await draw(input, tables));
    await run({ sql, shown: sql });
  }
  const results: StatisticResult[] = [];
  for (const [at, statistic] of list.entries()) {
    if (!step(statistic.name)) return null;
    results.push(await countOne(statistic, queries[at]!, input, tables));
  }
  return {
    results,
    queries: new Map(list.map(({ name }, at) => [name, queries[at]!.text])),
    setup: setup.map(({ shown }) => shown),
  };
}

async function draw({ head }: ReportInput, tables: Tables): Promise<Statement> {
  const heard = `SELECT coalesce(sum(tracks), 0)::BIGINT FROM track_counts WHERE key = 'popularity' AND popularity >= 10`;
  const [row] = await tables.rows(heard);
  return drawStatement(head.snapshot, { tracks: head.rows.tracks, heard: Number(row![0]) });
}

async function countOne(
  statistic: Statistic,
  query: Query,
  input: ReportInput,
  tables: Tables,
): Promise<StatisticResult> {
  const { name, title, section, meaning, columns, notes = [], usesPopularity = false } = statistic;
  const accounts = accountsOf(await tables.rows(query.account));
  for (const account of accounts) checkAccount(name, account, input);
  const plain = (await tables.rows(query.rows)) as Cell[][];
  const rows = statistic.named === undefined ? plain : withNames(statistic, plain, input);
  const table: Table = { title, columns, rows, accounts };
  return {
    ...{ name, title, section, meaning, columns, rows, accounts, notes, usesPopularity },
    charts: rows.length === 0 ? [] : chartsOf(statistic, table),
  };
}

function chartsOf({ name, pictures = {} }: Statistic, table: Table): NamedChart[] {
  return Object.entries(pictures).map(([suffix, drawn]) => ({
    name: suffix === '' ? name : `${name}-${suffix}`,
    chart: drawn(table),
  }));
}

/** The lines of an account statement by what they count; `counted` is there even where it is nothing. */
function accountsOf(lines: readonly (readonly unknown[])[]): Account[] {
  const kinds = [...new Set(lines.map(([of]) => String(of)))].sort(compareBytes);
  return kinds.map((of) => {
    const own = lines
      .filter((line) => line[0] === of)
      .map(([, what, count]) => ({ what: String(what), count: Number(count) }));
    const counted = own
      .filter(({ what }) => what === 'counted')
      .reduce((sum, { count }) => sum + count, 0);
    const missing = own
      .filter(({ what }) => what !== 'counted')
      .sort((a, b) => compareBytes(a.what, b.what));
    return { of, counted, missing };
  });
}

/** Tracks, albums and artists are all accounted for, or the query is wrong. */
function checkAccount(name: string, { of, counted, missing }: Account, { head }: ReportInput) {
  const kind = of.replace(/ \(.*\)$/, '');
  const all = head.rows[kind as keyof ReportInput['head']['rows']];
  const sum = missing.reduce((total, { count }) => total + count, counted);
  assert.ok(all === undefined || sum === all, `${name}: ${sum} of ${all} ${of} are accounted for`);
}

/** Most ranks that are looked up at once. */
const LOOK_UP_RANKS = 1000;

function withNames(
  { columns, named }: Statistic,
  rows: Cell[][],
  { names }: ReportInput,
): Cell[][] {
  const at = columns.findIndex(({ name }) => name === 'rank');
  const out: Cell[][] = [];
  for (let first = 0; first < rows.length; first += LOOK_UP_RANKS) {
    const part = rows.slice(first, first + LOOK_UP_RANKS);
    const ranks = part.map((row) => Number(row[at]));
    const told: Cell[][] =
      named === 'artists'
        ? names.artists(ranks).map(({ name, id }) => [name, id])
        : names
            .tracks(ranks)
            .map(({ title, artist, id, pays }) => [title, artist, id, pays.join(' ')]);
    part.forEach((row, each) => {
      out.push([...row.slice(0, at + 1), ...told[each]!, ...row.slice(at + 1)]);
    });
  }
  return out;
}
