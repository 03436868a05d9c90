import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mutate, type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { importColumns } from '../model/import-columns.ts';
import type { ImportTable } from '../model/import-record.ts';
import type { InputRule } from './compile-input.ts';
import { compilePlainLines } from './plain-lines.ts';
import { NOT_PLAIN } from './plain-texts.ts';
import type { Cell, TableRule } from './preset.ts';
import { createBlockReader } from './read-block.ts';

const CONTEXT = { namespace: 'table-test', personKey: new Uint8Array(32) };
const TRACKS = ruleOf('tracks', 'features');
const ALBUMS = ruleOf('albums');
const ARTISTS = ruleOf('artists');
/** The mark that a text of UTF-8 may begin with. */
const MARK = Buffer.from('\ufeff');

const TRACK = {
  id: 'qK082ogRfL2hVfQV46eEiv',
  recording_id: 'a-b_c.d',
  title: '名前 Tú ﬁ 🎵',
  artist: 'A, B & C',
  artist_ids: ['zz', 'aa', 'mm'],
  album_id: '5l7g1ov6BPP2NWzcBGntOB',
  album: 'Wickstan',
  disc_number: 1,
  track_number: 12,
  release_date: '2023-10-21',
  label: 'L',
  licence: 'CC0-1.0',
  duration_ms: 167555,
  isrcs: ['US0002300000', 'GBAYE0601498'],
  explicit: false,
  popularity: 12.5,
  listens: 9007199254740,
  listeners: 0,
  key: 11,
  mode: 'minor',
  tempo_bpm: 101.048,
  loudness_db: -11.78,
  energy: 0.688,
  danceability: 1,
  liveness: 0,
};
const ALBUM = {
  id: 'x1',
  title: 'T',
  artist: 'A',
  artist_ids: ['b', 'a'],
  release_date: '1999',
  type: 'album',
  upc: '4006381333931',
  markets: 'AT AU BE BR CA CH CZ DE DK ES FI FR GB IE IT JP MX NL NO PL PT SE US',
  language: 'deu',
  track_count: 3,
  popularity: 100,
};
const ARTIST = { id: 'x2', name: 'N', place: 'DE', followers: 7, genres: ['rock', 'jazz', 'dub'] };
const SAMPLES = [
  { rule: TRACKS, line: TRACK },
  { rule: ALBUMS, line: ALBUM },
  { rule: ARTISTS, line: ARTIST },
  { rule: TRACKS, line: { id: 'x3', title: 'T', artist: 'A', key: null } },
];

/** Numbers of as many digits as a double has, about, and more. */
const NUMBERS = Array.from(
  { length: 40 },
  (_, index) =>
    `${((index % 7) - 3) * 123_457}.${`${9007199254740993n + 7919n ** 4n * BigInt(index)}`.slice(0, 12 + (index % 6))}`,
);
/** Values as they may stand in a line, well and badly. */
const VALUES = [
  ...NUMBERS,
  ...['null', 'true', 'false', '"true"', '0', '-0', '1', '"1"', '-1', '1.5', '5.0', '"5.0"', '01'],
  ...['9007199254740991', '9007199254740992', '9007199254740990.6', '-9007199254740993', '-0.0'],
  ...['1e3', '1E21', '5.00', '1.5e1', '17.000000000000000001', '1e-7', '-5', '{"#":"a"}'],
  ...['1.', '.5', '-', '1e2', '12E-1', '123456789012345', '1234567890123456', '9007199254740993'],
  ...['0.1', '0.30000000000000004', '123456789.123456', '11', '12', '100', '100.5', '1e400'],
  ...['""', '" "', '" a"', '"a "', '"\u00a0a"', '"a\u3000"', '"a\u2003"', '"\ufeffa"', '"a\u1680"'],
  ...[
    '"a\u2028b"',
    '"a\u0085b"',
    '"a\u007fb"',
    '"a\u00c2\u00e2b"',
    '"\\u0041"',
    '"a\\nb"',
    '"\\\\"',
  ],
  ...['"a\tb"', '"caf\u00e9"', '"\u{1f3b5}"', '"2024-02-29"', '"2023-02-29"', '"2023-12-31"'],
  ...['"2023-13-01"', '"2023-00"', '"0000"', '"0001"', '"1999-1"', '"1999-01-01T00:00:00"'],
  ...['"DE"', '"de"', '"DE DE"', '"DE  FR"', '"DE FR "', '"FR DE"', '"deu"', '"DEU"', '"major"'],
  ...[
    '"Minor"',
    '"majors"',
    '"US0002300000"',
    '"us0002300000"',
    '"US-000-23-00000"',
    '"ZZ0002300000"',
  ],
  ...[
    '"4006381333931"',
    '"4006381333932"',
    '"96385074"',
    '"a b"',
    '"a~b"',
    '"\u00e4"',
    '"A\\u0041"',
  ],
  ...[
    '[]',
    '[ ]',
    '["a"]',
    '["a","a"]',
    '["b","a","b"]',
    '[ "a" , "b" ]',
    '["a",]',
    '["a"',
    '["a" "b"]',
  ],
  ...[
    '[["a"]]',
    '["a",1,"b"]',
    '["a",true]',
    '["a",9007199254740993,"b",1e3,{"a":1}]',
    '["a","a b","b","","c d"]',
    '["US0002300000","nonsense","GBAYE0601498"]',
    '[1]',
    '[null]',
    '[""]',
    '["a",null]',
    '{"a":1}',
    '{}',
    '"x',
    'nul',
    'nulls',
    'truely',
  ],
  `"${'x'.repeat(128)}"`,
  `"${'x'.repeat(129)}"`,
  `"${'x'.repeat(4096)}"`,
  `"${'\u00e9'.repeat(4096)}"`,
  `"${'x'.repeat(4097)}"`,
  `[${Array.from({ length: 40 }, (_, index) => `"i${100 + index}"`)}]`,
  `[${Array.from({ length: 40 }, (_, index) => `"i${200 - index}"`)}]`,
  `[${Array.from({ length: 600 }, (_, index) => `"i${1000 + index}"`)}]`,
  `[${Array.from({ length: 1200 }, (_, index) => `"i${1000 + index}"`)}]`,
];

/** A file with `tables`, whose columns are members of their names; the markets are one text. */
function ruleOf(...tables: readonly ImportTable[]): InputRule {
  const rows = tables.map((table): TableRule => {
    const columns = importColumns(table).map(({ name }): [string, string | Cell] => [
      name,
      name === 'markets' ? { from: name, split: ' ' } : name,
    ]);
    return { table, unique: true, columns: Object.fromEntries(columns) };
  });
  return { kind: 'test', rows };
}

/** `rule` such that no line of it is plain, and all else the same: it also asks what always holds. */
function withoutPlain(rule: InputRule): InputRule {
  const when = [{ path: 'nowhere', not: true as const }];
  return { ...rule, rows: rule.rows!.map((row): TableRule => ({ ...row, when })) };
}

/** What comes of a block, its pages as text. */
function read(rule: InputRule, bytes: Uint8Array, isFirst: boolean): unknown {
  const reader = createBlockReader(CONTEXT, (table) => importColumns(table as ImportTable));
  const source = { number: 0, rule, fileName: 'test.jsonl', format: 'jsonl' as const };
  const block = reader({ source, isFirst, bytes: new Uint8Array(bytes) });
  const tables = block.encode({}).map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      bytes: Buffer.from(column.bytes).toString('base64'),
    })),
  }));
  return { read: block.read, hasKeys: block.hasKeys, tables };
}

/** Whether the one line `text` is plain. */
function isPlain(rule: InputRule, text: string): boolean {
  const bytes = Buffer.from(`${text}\n`);
  const end = compilePlainLines(rule, CONTEXT)!.read(bytes, 0);
  assert.ok(end === NOT_PLAIN || end === bytes.length, text);
  return end !== NOT_PLAIN;
}

/** A line of `sample`, some of whose members, spaces and bytes are others. */
function mangledLine(sample: object, random: SeededRandom): Buffer {
  let members: (readonly [string, string])[] = Object.entries(sample).map(([key, value]) => [
    JSON.stringify(key),
    JSON.stringify(value),
  ]);
  for (let edits = random.below(3); edits > 0; edits -= 1) {
    const at = random.below(members.length);
    const [key] = members[at]!;
    const value = random.pick(VALUES);
    const kind = random.below(6);
    if (kind < 3) members[at] = [key, value];
    else if (kind === 3) members.splice(at, 1);
    else if (kind === 4) members.push([key, value]);
    else members.push([random.pick(['"new"', '"i\\u0064"', '"__proto__"', '""', '"idx"']), value]);
  }
  if (random.below(8) === 0) members = members.toReversed();
  const gap = random.below(5) === 0 ? random.pick([' ', '\t', '  ']) : '';
  const inner = members.map(([key, value]) => `${gap}${key}${gap}:${gap}${value}${gap}`).join(',');
  const line = Buffer.from(`{${inner}}${gap}${random.below(10) === 0 ? '\r' : ''}`);
  if (random.below(8) === 0) return Buffer.from(mutate(line, random));
  return random.below(15) === 0 ? Buffer.concat([MARK, line]) : line;
}

describe('lines whose bytes are copied', () => {
  test('a line that stands there as it is kept is plain, whatever the order of its members and the spaces between', () => {
    for (const { rule, line } of SAMPLES) {
      assert.ok(isPlain(rule, JSON.stringify(line)), JSON.stringify(line));
      assert.ok(isPlain(rule, `${JSON.stringify(line)} \r`));
      const turned = Object.fromEntries(Object.entries(line).toReversed());
      assert.ok(isPlain(rule, JSON.stringify(turned).replaceAll('":', '" :\t')));
      assert.ok(isPlain(rule, JSON.stringify({ ...line, more: 'ü', number: -1.5, no: null })));
    }
  });

  test('a line is not where anything in it is read as something else, or has another form', () => {
    const track = (more: object) => JSON.stringify({ ...TRACK, ...more });
    const lines = [
      ...['', '{}', '[]', 'null', '{"id":"a"}', `${track({})}x`, track({}).slice(0, -1)],
      track({ title: 'a\nb' }),
      track({ title: ' a' }),
      track({ title: 1 }),
      track({ id: 'a b' }),
      track({ id: null }),
      track({ isrcs: ['us0002300000'] }),
      track({ artist_ids: ['a', 'a'] }),
      track({ artist_ids: 'a' }),
      track({ release_date: '2023-1-1' }),
      track({ disc_number: 1.5 }),
      track({ popularity: 101 }),
      track({ more: { a: 1 } }),
      track({ more: [] }),
      track({}).replace('{', '{"id":"a",'),
      track({}).replace('"key":11', '"key":1e1'),
    ];
    for (const line of lines) assert.ok(!isPlain(TRACKS, line), line);
  });

  test('both ways give the same pages, counts and refusals', () => {
    const random = seededRandom(20261122);
    let plain = 0;
    let lines = 0;
    for (let round = 0; round < 300; round += 1) {
      const { rule, line } = random.pick(SAMPLES);
      const parts: Buffer[] = round % 9 === 0 ? [MARK] : [];
      for (let count = 1 + random.below(12); count > 0; count -= 1) {
        const made = mangledLine(line, random);
        parts.push(made, Buffer.from('\n'));
        lines += 1;
        if (!made.includes(10) && isPlain(rule, made.toString('utf8'))) plain += 1;
      }
      if (random.below(4) === 0) parts.pop();
      const bytes = Buffer.concat(parts);
      const isFirst = random.below(2) === 0;
      const seen = bytes.toString('utf8').slice(0, 2000);
      assert.deepEqual(read(rule, bytes, isFirst), read(withoutPlain(rule), bytes, isFirst), seen);
    }
    assert.ok(plain > lines / 4 && plain < (lines * 3) / 4, `${plain} of ${lines} are plain`);
  });

  test('every value in the place of every member gives the same both ways', () => {
    for (const { rule, line } of SAMPLES) {
      const others = Object.keys(line);
      for (const key of others) {
        const block = VALUES.map((value) => {
          const rest = Object.entries(line).filter(([name]) => name !== key);
          return `${JSON.stringify(Object.fromEntries(rest)).slice(0, -1)},"${key}":${value}}\n`;
        });
        const bytes = Buffer.from(block.join(''));
        assert.deepEqual(read(rule, bytes, true), read(withoutPlain(rule), bytes, true), key);
      }
    }
  });

  test('a line that cannot be read is told by its number among the others', () => {
    const good = JSON.stringify(ARTIST);
    const bytes = Buffer.from(
      [good, good, '{"id"', good, '', '{"id":"a b","name":"N"}', good].join('\n'),
    );
    const { read: found } = read(ARTISTS, bytes, true) as {
      read: { lines: number; taken: number; refused: number; refusals: { line: number }[] };
    };
    assert.deepEqual(
      [found.lines, found.taken, found.refused, found.refusals.map(({ line }) => line)],
      [7, 5, 1, [3, 6]],
    );
  });

  test('a file that says more of its lines than names and readings has no plain ones', () => {
    const [row] = ARTISTS.rows!;
    const columns = row!.columns;
    const { unique: _, ...several } = row!;
    const others: InputRule[] = [
      { ...ARTISTS, missing: ['', 'NA'] },
      { ...ARTISTS, rows: [several] },
      { ...ARTISTS, rows: [{ ...row!, each: 'more' }] },
      {
        ...ARTISTS,
        rows: [{ ...row!, columns: { ...columns, name: { from: 'name', pattern: '(.)' } } }],
      },
      {
        ...ARTISTS,
        rows: [{ ...row!, columns: { ...columns, name: { from: ['name', 'title'] } } }],
      },
      { ...ARTISTS, rows: [{ ...row!, columns: { ...columns, name: 'a.b' } }] },
      { ...ARTISTS, rows: [{ ...row!, columns: { ...columns, name: { value: 'N' } } }] },
      {
        ...ARTISTS,
        rows: [{ ...row!, columns: { ...columns, name: { from: 'id', as: 'name-id' } } }],
      },
      { ...ARTISTS, rows: [{ ...row!, columns: { ...columns, sort_name: 'id' } }] },
      { ...ARTISTS, staged: { table: 'kept', columns: { id: 'id' } } },
    ];
    for (const rule of others) assert.equal(compilePlainLines(rule, CONTEXT), undefined);
    assert.ok(compilePlainLines({ ...ARTISTS, missing: [''] }, CONTEXT));
  });

  test('ids begin with what their cells say', () => {
    const [row] = ALBUMS.rows!;
    const artistIds = { from: 'artist_ids', namespace: 'other', prefix: 'artist-' };
    const rule = {
      ...ALBUMS,
      rows: [{ ...row!, columns: { ...row!.columns, artist_ids: artistIds } }],
    };
    const bytes = Buffer.from(`${JSON.stringify(ALBUM)}\n`);
    assert.ok(isPlain(rule, JSON.stringify(ALBUM)));
    assert.deepEqual(read(rule, bytes, true), read(withoutPlain(rule), bytes, true));
  });
});
