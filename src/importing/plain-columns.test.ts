/** The short way of Parquet gives what the long way gives, and the same files however often and in how many threads. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { importColumns } from '../model/import-columns.ts';
import type { ImportTable } from '../model/import-record.ts';
import { quoted } from '../tables/tables.ts';
import type { ImportReport } from './import-request.ts';
import { compilePlainColumns } from './plain-columns.ts';
import type { Cell, Preset, TableRule } from './preset.ts';
import { filesIn, folderOf, importInto, rowsOf, songMapping, writeParquet } from './test-import.ts';

const ROWS = 10_000;
/** Rows of a row group and of a piece: as few as DuckDB writes. */
const GROUP_ROWS = 2048;
const PIECE_ROWS = 4 * GROUP_ROWS;
const TEXTS = [
  ...['', ' ', 'a', ' a', 'a ', '\u00a0a', 'a\u3000', 'a\u2003', '\ufeffa', 'a\u1680', 'a\u200bb'],
  ...['a\u2028b', 'a\u0085b', 'a\u007fb', 'a\tb', 'a\nb', '\n', 'a\\nb', '"', "'", 'NA', 'null'],
  ...['caf\u00e9', 'cafe\u0301', '\u{1f3b5}', '\u540d\u524d', '\u202fa', 'a\u205f', 'x\u0000y'],
  ...['x'.repeat(4096), 'x'.repeat(4097), '\u00e9'.repeat(4096), `${'x'.repeat(4095)}\u00e9`],
  ...[
    '1999',
    '0000',
    '0001',
    '1999-07',
    '1999-7',
    '1999-00',
    '1999-13',
    '1999-07-31',
    '1999-06-31',
  ],
  ...['2023-02-28', '2023-02-29', '2024-02-29', '1999-07-13T00:00:00', ' 1999', '1999-07-00'],
  ...['major', 'Minor', 'minor', '1', '0', 'DE', 'de', 'DEU', 'deu', 'DE FR', 'DE  FR', 'FR DE DE'],
  ...['US0002300000', 'us0002300000', 'US-000-23-00000', 'ZZ00023000001', 'US00023O0000'],
  ...['4006381333931', '4006381333932', '96385074', '96385075', '036000291452', '14006381333938'],
  ...['a/b', 'a b', 'a~b', '-', 'a:b', '\u00e4', 'x'.repeat(128), 'x'.repeat(129), '.', 'A_b-c.9'],
];
const WHOLES = [
  'NULL',
  '0',
  '1',
  '-1',
  '-2',
  '11',
  '12',
  '100',
  '101',
  '15552000000',
  '15552000001',
];
const LONGS = [...WHOLES, '9007199254740991', '9007199254740992', '-9007199254740993'];
const DOUBLES = [
  ...[...WHOLES, '0.5', '1.5', '-0.0', '99.99', '1e300', '5e-324', "'nan'", "'inf'", "'-inf'"],
  ...['9007199254740993', '0.1', '0.30000000000000004', '123456789.123456789'],
].map((value) => `${value}::DOUBLE`);

const UNREAD = 'CASE WHEN i % 1000 = 7';

/** An SQL expression that is one of `odd` in one of fifty rows, and else `usual`. */
function sometimes(column: string, odd: readonly string[], usual: string): string {
  const place = `hash(i, ${quoted(column)})`;
  return `CASE WHEN ${place} % 97 < 2 THEN ([${odd.join(', ')}])[(${place} // 97 % ${odd.length} + 1)::BIGINT] ELSE ${usual} END AS "${column}"`;
}

/** As an SQL literal; a NUL has none. */
function literal(text: string): string {
  return text.split('\u0000').map(quoted).join(' || chr(0) || ');
}

/** What usually stands in a column, plain. */
function usualOf(name: string): string {
  if (name === 'isrcs') return "['US0002300000', 'GBAYE0601498'][:(i % 3)::BIGINT]";
  if (name === 'markets') return "['DE', 'FR', 'AT'][:(i % 4)::BIGINT]";
  if (name.endsWith('_ids') || name === 'genres') return "['x' || i, 'y', 'z'][:(i % 4)::BIGINT]";
  if (name === 'release_date') return "strftime(DATE '1970-01-01' + i::INTEGER, '%Y-%m-%d')";
  // One in ten has a check digit that fits by chance.
  if (name === 'upc')
    return "CASE WHEN i % 10 = 3 THEN (hash(i) % 10000000000000)::VARCHAR ELSE '4006381333931' END";
  if (name === 'mode') return "['major', 'minor', NULL][(i % 3 + 1)::BIGINT]";
  if (name === 'language') return "'deu'";
  if (name === 'place') return "'DE'";
  if (name === 'key') return 'i % 12';
  if (name === 'id') return `${UNREAD} THEN 'i/' ELSE 'i-' END || i`;
  if (name.endsWith('_id')) return `'${name[0]}-' || i`;
  return `'${name} ' || i`;
}

/** A SELECT of rows with a column for each of `tables`, each of its type. */
function manyRows(tables: readonly ImportTable[]): string {
  const columns = new Map(tables.flatMap((table) => importColumns(table)).map((c) => [c.name, c]));
  const texts = ['NULL', ...TEXTS.map(literal)];
  const lists = [
    'NULL',
    '[]',
    '[NULL]',
    "['a', NULL]",
    "['b', 'a', 'b']",
    'range(1200)::VARCHAR[]',
  ];
  const selected = [...columns.values()].map(({ name, kind }) => {
    if (kind === 'text') return sometimes(name, texts, usualOf(name));
    if (kind === 'texts')
      return sometimes(
        name,
        [...lists, ...TEXTS.map((text) => `[${literal(text)}]`)],
        usualOf(name),
      );
    if (kind === 'flag') return sometimes(name, ['NULL', 'true'], 'false');
    if (kind === 'whole') return sometimes(name, LONGS, 'i % 12');
    return sometimes(name, DOUBLES, '(i % 12 / 12.0)::DOUBLE');
  });
  // JSON cannot hold what is deep inside: these rows, which are not plain, are refused by their places.
  const unread = `${UNREAD} THEN [['nan'::DOUBLE]] END AS unread`;
  return `SELECT ${selected.join(', ')}, ${unread} FROM range(${ROWS}) r(i)`;
}

const TABLES: readonly (readonly ImportTable[])[] = [
  ['tracks', 'features'],
  ['albums'],
  ['artists'],
];

/** A mapping of Parquet whose columns have the names of their columns; with a `when` that always holds no row is plain. */
function mappingOf(tables: readonly ImportTable[], isPlain: boolean, more: object = {}): Preset {
  const rows = tables.map((table): TableRule => {
    const columns = importColumns(table).map(({ name }): [string, string | Cell] => [name, name]);
    const when = [{ path: '@file', matches: '.' }];
    return {
      ...{ table, unique: true, columns: { ...Object.fromEntries(columns), ...more } },
      ...(isPlain ? {} : { when }),
    };
  });
  return songMapping({ files: [{ kind: 'songs', match: ['*.parquet'], format: 'parquet', rows }] });
}

async function sourceOf(folder: string, sql: string): Promise<string> {
  const file = path.join(folder, 'songs.parquet');
  await writeParquet(sql, file, `, ROW_GROUP_SIZE ${GROUP_ROWS}`);
  return file;
}

/** What came of an import, whatever the order of its rows. */
async function outcomeOf({ record, directory }: ImportReport): Promise<unknown> {
  const { inputs, tables, refusedValues } = record!;
  const rows = await Promise.all(Object.keys(tables).map((table) => rowsOf(directory, table)));
  const refused = fs
    .readFileSync(path.join(directory, 'refused.jsonl'), 'utf8')
    .split('\n')
    // Of what is no JSON it is told what stands beside it, the place of the row among it.
    .map((line) => line.replace(/(UNREADABLE.*)"seen".*/, '$1'));
  return {
    ...{ inputs, tables, refusedValues, refused: refused.sort() },
    rows: rows.map((all) => all.map((row) => JSON.stringify(row)).sort()),
  };
}

describe('plain columns of Parquet', () => {
  for (const tables of TABLES)
    test(`${tables.join(' and ')} are the same as the long way gives them`, async () => {
      using folder = folderOf();
      const file = await sourceOf(folder.path, manyRows(tables));
      const [short, long] = [path.join(folder.path, 'short'), path.join(folder.path, 'long')];
      const options = { pieceRows: PIECE_ROWS, threads: 2 };
      const copied = await importInto(short, mappingOf(tables, true), [file], options);
      const read = await importInto(long, mappingOf(tables, false), [file], options);
      assert.deepEqual(await outcomeOf(copied), await outcomeOf(read));
      // Not all could be copied, and most could: the pieces of those come first, and the others behind them.
      const shards = copied.record!.shards.filter(({ table }) => table === tables[0]);
      assert.equal(shards.length, Math.ceil(ROWS / GROUP_ROWS) + 1);
      const rest = shards.at(-1)!.rows;
      assert.ok(rest > ROWS / 20 && rest < ROWS / 2, `${rest} the long way`);
    });

  test('gives the same files in any number of threads, and when it was stopped on its way', async () => {
    using folder = folderOf();
    const file = await sourceOf(folder.path, manyRows(TABLES[0]!));
    const mapping = mappingOf(TABLES[0]!, true);
    const into = (name: string) => path.join(folder.path, name);
    const deps = { pieceRows: PIECE_ROWS, threads: 1 };
    const { directory } = await importInto(into('one'), mapping, [file], deps);
    const three = await importInto(into('three'), mapping, [file], { ...deps, threads: 3 });
    assert.deepEqual(filesIn(three.directory), filesIn(directory));
    const stop = new AbortController();
    let steps = 0;
    const watch = {
      stop: stop.signal,
      progress({ stage }: { stage: string }) {
        if (stage === 'import') steps += 1;
        if (steps === 3) stop.abort();
      },
    };
    const stopped = await importInto(into('two'), mapping, [file], { ...deps, threads: 2, watch });
    assert.equal(stopped.record, null);
    const left = fs.readdirSync(stopped.directory);
    const done = left.filter((each) => /^tracks-.*\.parquet$/.test(each));
    assert.ok(done.length > 0 && done.length < Math.ceil(ROWS / GROUP_ROWS), left.join(' '));
    const first = fs.statSync(path.join(stopped.directory, done[0]!)).mtimeMs;
    const again = await importInto(into('two'), mapping, [file], { ...deps, threads: 2 });
    assert.deepEqual(filesIn(again.directory), filesIn(directory));
    assert.equal(fs.statSync(path.join(again.directory, done[0]!)).mtimeMs, first);
  });

  test('takes one text for a list, parts of a text, names with spaces, and columns that may be missing', async () => {
    using folder = folderOf();
    const file = await sourceOf(
      folder.path,
      `SELECT 't' || i AS "Track ""Id""", 'T' AS title, 'A' AS artist, 'US0002300000' AS isrc, 'rock;jazz' AS genre, i::UTINYINT AS seconds FROM range(5) r(i)`,
    );
    const columns = {
      ...{
        id: 'Track "Id"',
        title: 'title',
        artist: 'artist',
        label: { from: ['label', 'maker'] },
      },
      ...{ isrcs: { from: ['isrc'] }, genres: { from: 'genre', split: ';' } },
      duration_ms: { from: 'seconds', as: 'milliseconds' as const },
    };
    const rows = [{ table: 'tracks' as const, unique: true as const, columns }];
    const files = [{ kind: 'songs', match: ['*.parquet'], format: 'parquet' as const, rows }];
    const types = { 'Track "Id"': 'VARCHAR', title: 'VARCHAR', artist: 'VARCHAR', isrc: 'VARCHAR' };
    const all = new Map(Object.entries({ ...types, genre: 'VARCHAR', seconds: 'UTINYINT' }));
    assert.ok(compilePlainColumns(files[0]!, { namespace: 'x' }, all));
    const { directory, record } = await importInto(folder.path, songMapping({ files }), [file], {
      pieceRows: 8,
    });
    assert.deepEqual(record!.tables, { tracks: { read: 5, kept: 5, merged: 0, refused: 0 } });
    const [first, second] = await rowsOf(directory, 'tracks');
    assert.deepEqual(
      [first!.id, first!.isrcs, first!.genres, first!.label, first!.duration_ms],
      ['table-songs:t0', ['US0002300000'], ['rock', 'jazz'], null, null],
    );
    assert.equal(second!.duration_ms, '1');
  });

  test('are none where a rule says more of them, or a type is not copied', () => {
    const types = new Map(importColumns('artists').map(({ name }) => [name, 'VARCHAR']));
    types.set('genres', 'VARCHAR[]').set('followers', 'BIGINT').set('popularity', 'DOUBLE');
    const isPlain = (preset: Preset, known = types) =>
      compilePlainColumns(preset.files[0]!, preset, known) !== undefined;
    const artists = (more: object = {}) => mappingOf(['artists'], true, more);
    assert.ok(isPlain(artists()));
    assert.ok(!isPlain(mappingOf(['artists'], false)));
    for (const cell of [
      { from: 'name', pattern: '(.)' },
      { from: 'name', words: { a: 'b' } },
      { from: 'a.b' },
      { from: '@file' },
      { from: ['name', 'place'] },
      { value: 'x' },
    ])
      assert.ok(!isPlain(artists({ sort_name: cell })), JSON.stringify(cell));
    assert.ok(isPlain(artists({ sort_name: { from: ['nowhere', 'none'] } })));
    assert.ok(!isPlain(artists({ name: { from: ['nowhere', 'none'] } })), 'a name is needed');
    for (const type of ['BLOB', 'BIGINT', 'ENUM(1)', 'VARCHAR[]'])
      assert.ok(!isPlain(artists(), new Map([...types, ['name', type]])), type);
    for (const type of ['HUGEINT', 'UBIGINT', 'DECIMAL(9,0)', 'VARCHAR', 'DOUBLE'])
      assert.ok(!isPlain(artists(), new Map([...types, ['followers', type]])), type);
    assert.ok(!isPlain(artists(), new Map([...types, ['file_row_number', 'BIGINT']])));
  });
});
