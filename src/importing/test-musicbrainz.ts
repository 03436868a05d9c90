/**
 * Real rows of MusicBrainz as its dumps have them, for tests: the INSERT statements of its own test data written as COPY
 * does, each row in the order that CREATE TABLE gives its columns.
 */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

type Row = ReadonlyMap<string, string | null>;

/** The tables of the SQL files in `folder` as texts by name, a line a row, each row once by its first column. */
export function dumpTables(folder: string, files: readonly string[]): Map<string, string> {
  const create = zlib
    .gunzipSync(fs.readFileSync(path.join(folder, 'CreateTables.sql.gz')))
    .toString();
  const rows = new Map<string, Row[]>();
  for (const file of files) {
    const bytes = fs.readFileSync(path.join(folder, file));
    const sql = file.endsWith('.gz') ? zlib.gunzipSync(bytes).toString() : bytes.toString();
    for (const { table, row } of insertedRows(sql, create)) {
      const before = rows.get(table) ?? [];
      const isSeen = before.some((each) => JSON.stringify([...each]) === JSON.stringify([...row]));
      if (!isSeen) rows.set(table, [...before, row]);
    }
  }
  const texts = [...rows].map(
    ([table, each]) => [table, copied(each, columnsOf(create, table), table)] as const,
  );
  return new Map(texts);
}

/** The names of the columns of `table` in their order. */
export function columnsOf(create: string, table: string): string[] {
  const body = new RegExp(`CREATE TABLE ${table} \\(([\\s\\S]*?)\\n\\);`).exec(create)?.[1] ?? '';
  let depth = 0;
  const names: string[] = [];
  for (const line of body.split('\n').map((text) => text.replace(/--.*/, '').trim())) {
    const name = /^([a-z_0-9]+)\s+[A-Za-z]/.exec(line)?.[1];
    if (depth === 0 && name !== undefined && !/^(?:CHECK|CONSTRAINT)/.test(line)) names.push(name);
    depth += (line.match(/\(/g)?.length ?? 0) - (line.match(/\)/g)?.length ?? 0);
  }
  return names;
}

function copied(rows: readonly Row[], columns: readonly string[], table: string): string {
  const defaults: Record<string, string> = {
    ended: 'f',
    is_data_track: 'f',
    edits_pending: '0',
    join_phrase: '',
  };
  const cell = (row: Row, column: string): string => {
    const value = row.has(column) ? row.get(column)! : (defaults[column] ?? null);
    if (value === null) return '\\N';
    const flag = column === 'ended' || column === 'is_data_track' ? flagOf(value) : value;
    return flag.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  };
  // The test data leaves the number of tracks to a trigger.
  const whole =
    table === 'medium' ? rows.map((row) => new Map([['track_count', '0'], ...row])) : rows;
  return whole.map((row) => `${columns.map((column) => cell(row, column)).join('\t')}\n`).join('');
}

function flagOf(value: string): string {
  return /^(?:1|t|true)$/i.test(value) ? 't' : 'f';
}

function* insertedRows(sql: string, create: string): Generator<{ table: string; row: Row }> {
  const statement = /INSERT INTO ([a-z_0-9]+)(?:\s*\(([^)]*)\))?\s+VALUES\s*/gi;
  for (let match = statement.exec(sql); match; match = statement.exec(sql)) {
    const table = match[1]!;
    const columns = match[2]?.split(',').map((name) => name.trim()) ?? columnsOf(create, table);
    let at = statement.lastIndex;
    while (sql[at] === '(') {
      const { values, end } = tuple(sql, at + 1);
      yield { table, row: new Map(columns.map((name, index) => [name, values[index] ?? null])) };
      at = end;
      while (/[\s,]/.test(sql[at] ?? '')) at += 1;
    }
    statement.lastIndex = at;
  }
}

/** The values up to the closing bracket: texts in quotes, NULL, numbers and words as they stand. */
function tuple(sql: string, from: number): { values: (string | null)[]; end: number } {
  const token = /\s*(?:E?'((?:[^'\\]|\\[\s\S]|'')*)'|([^,()']+(?:\([^)]*\))?))\s*([,)])/y;
  const values: (string | null)[] = [];
  for (token.lastIndex = from; ; ) {
    const match = token.exec(sql);
    if (!match) throw new Error(`no value at ${sql.slice(from, from + 80)}`);
    const bare = match[2]?.trim();
    values.push(
      match[1] === undefined
        ? bare === 'NULL'
          ? null
          : bare!
        : match[1].replaceAll(/''|\\'/g, "'").replaceAll('\\n', '\n'),
    );
    if (match[3] === ')') return { values, end: token.lastIndex };
  }
}
