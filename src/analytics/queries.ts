/**
 * The queries of the report, text files in `queries/`: one for each statistic, and those that begin with `table-`, which
 * make a table that several statistics take from, so that the large tables are read once for all of them.
 */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';

/** A query file: the statement of the rows, and that of the account. */
export interface Query {
  /** The whole file, as it is published. */
  readonly text: string;
  readonly rows: string;
  readonly account: string;
}

const FOLDER = path.join(import.meta.dirname, 'queries');
/** These tables in an order in which each stands on earlier ones alone. */
const TABLES = [
  'track-counts',
  'album-tracks',
  'artist-tracks',
  'flagged',
  'isrc-sizes',
  'market-sets',
  'artist-genres',
  'genre-families',
  'sound-counts',
  'feature-sums',
  'rank-parts',
  'shown-tracks',
  'source-tracks',
] as const;

/** The query of the statistic `name`. */
export function readQuery(disk: Disk, name: string): Query {
  const text = readText(disk, name);
  const [rows, account, ...more] = text.trimEnd().split(/;\n/);
  if (rows === undefined || account === undefined || more.length > 0)
    throw new SyntaxError(`${name}.sql: wanted two statements`);
  return { text, rows, account };
}

/** The statements that make the tables which `queries` name, in order, by name. */
export function tablesFor(
  disk: Disk,
  queries: readonly Query[],
): { readonly name: string; readonly sql: string }[] {
  const texts = queries.map(({ text }) => text);
  const needed: { name: string; sql: string }[] = [];
  for (const name of [...TABLES].reverse()) {
    const table = new RegExp(`\\b${name.replaceAll('-', '_')}\\b`);
    if (!texts.some((text) => table.test(text))) continue;
    const sql = readText(disk, `table-${name}`).trimEnd();
    texts.push(sql);
    needed.unshift({ name, sql });
  }
  return needed;
}

function readText(disk: Disk, name: string): string {
  return readWhole(disk, path.join(FOLDER, `${name}.sql`)).toString('utf8');
}
