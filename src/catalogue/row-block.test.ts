import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importColumns } from '../model/import-columns.ts';
import { BlockError } from './block-bytes.ts';
import { creditOf, markCredit, markSame, markSortName, sortNameOf } from './credit-marks.ts';
import {
  BLOCK_ROWS,
  encodeRowBlock,
  openRowBlock,
  ROW_TABLES,
  type RowTable,
} from './row-block.ts';

/** Numbers in a fixed order that looks like none. */
function drawing(seed: number) {
  let state = seed;
  const below = (end: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  return { below, pick: <Value>(of: readonly Value[]): Value => of[below(of.length)]! };
}
type Drawing = ReturnType<typeof drawing>;

const HEX = '0123456789abcdef';
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const lettersOf = ({ pick }: Drawing, of: string, count: number) =>
  Array.from({ length: count }, () => pick([...of])).join('');
const uuidOf = (draws: Drawing) =>
  [8, 4, 4, 4, 12].map((count) => lettersOf(draws, HEX, count)).join('-');
const TEXTS = [
  '',
  'a',
  'Łódź',
  '夢の中',
  'emoji 👀🎵',
  '\u0001',
  '\u0002x',
  '\u001f',
  '\u001e[]',
  'a\nb',
  '\u0000',
];
const WHOLES = [0, 1, 2, 127, 128, 65_535, 2 ** 31, 2 ** 32 + 5, 2 ** 51, 2 ** 53 - 3, 2 ** 53 - 1];
const NUMBERS = [...WHOLES, 0.5, 33.3, -1, -0, 1e300, 5e-324, -(2 ** 53), Number.MAX_VALUE];

const IDS: readonly ((draws: Drawing) => string)[] = [
  (draws) => `mbid:${uuidOf(draws)}`,
  (draws) => `mbid:${uuidOf(draws).toUpperCase()}`,
  (draws) => `discogs:r${draws.below(1e9)}`,
  (draws) => `discogs:${draws.below(2 ** 31)}`,
  (draws) => `discogs:0${draws.below(99)}`,
  (draws) => `table-x:${lettersOf(draws, LETTERS, 22)}`,
  (draws) => `table-${draws.below(90)}:${lettersOf(draws, LETTERS, 16 + draws.below(60))}`,
  (draws) => `ärchiv:${draws.pick(TEXTS)}`,
  (draws) => `${draws.below(10)}`,
  () => 'fma:999999999999999',
  () => 'fma:9999999999999999999',
  () => '',
];
const DATES = [
  '2024',
  '2024-05',
  '2024-05-31',
  '0000',
  '9999-12-31',
  '2024-13',
  '2024-00',
  '24',
  '2024-5-1',
  '2024-05-31T',
  '２０２４',
];
const ISRCS = [
  'USQZG2500001',
  'ZZZZZ9999999',
  'AA0000000000',
  'usqzg2500001',
  'US-QZG-25-00001',
  'USQZG250000',
  '',
];
const UPCS = [
  '137138626366',
  '0137138626366',
  '00000000000000',
  '4006381333931',
  '4006381333932',
  '1',
  '0',
  '12345678901234567',
  'x',
  '１２',
];

const VALUES: Record<string, (draws: Drawing) => unknown> = {
  id: (draws) => draws.pick(IDS)(draws),
  text: ({ pick }) => pick([null, null, ...TEXTS]),
  texts: (draws) =>
    draws.pick([null, [], Array.from({ length: draws.below(21) }, () => draws.pick(TEXTS))]),
  flag: ({ pick }) => pick([true, false, null]),
  number: ({ pick }) => pick([null, ...WHOLES]),
  reference: (draws) =>
    draws.pick([null, draws.below(2 ** 28), draws.below(9), `mbid:${uuidOf(draws)}`]),
  references: (draws) =>
    Array.from({ length: draws.pick([0, 1, 1, 1, 2, 20]) }, () =>
      draws.pick([draws.below(2 ** 24), 'fma:1']),
    ),
  date: ({ pick }) => pick([null, ...DATES]),
  upc: ({ pick }) => pick([null, ...UPCS]),
  isrcs: (draws) => Array.from({ length: draws.pick([0, 1, 1, 3, 20]) }, () => draws.pick(ISRCS)),
};

function drawRows(table: RowTable, count: number, seed: number): unknown[][] {
  const draws = drawing(seed);
  const row = () => ROW_TABLES[table].map(([, kind]) => VALUES[kind]!(draws));
  const rows = Array.from({ length: count }, row);
  // Rows of one source and one album are what most blocks are made of.
  if (seed % 3 === 0)
    return rows.map((own) => own.map((value, at) => (at === 0 ? value : rows[0]![at])));
  if (seed % 3 === 1)
    return rows.map((own) => own.map((value, at) => (draws.below(4) > 0 ? rows[0]![at] : value)));
  return rows;
}

function readRows(table: RowTable, bytes: Uint8Array): unknown[][] {
  const block = openRowBlock(ROW_TABLES[table], bytes);
  return Array.from({ length: block.rows }, (_, row) =>
    ROW_TABLES[table].map((_column, column) => block.value(column, row)),
  );
}

const TABLES = Object.keys(ROW_TABLES) as RowTable[];

describe('a block of rows', () => {
  for (const table of TABLES)
    test(`gives back every value of ${table}, odd ones included`, () => {
      for (const count of [1, 2, 3, 17, BLOCK_ROWS])
        for (let seed = 0; seed < 12; seed += 1) {
          const rows = drawRows(table, count, seed);
          assert.deepEqual(readRows(table, encodeRowBlock(table, rows)), rows, `seed ${seed}`);
        }
    });

  test('keeps numbers that are not whole, below zero or too large', () => {
    const at = ROW_TABLES.artists.findIndex(([name]) => name === 'popularity');
    const [plain] = drawRows('artists', 1, 2);
    const rows = [...NUMBERS, null].map((number) => plain!.with(at, number));
    assert.deepEqual(readRows('artists', encodeRowBlock('artists', rows)), rows);
  });

  test('has the columns of an import in their order', () => {
    for (const table of ['tracks', 'albums', 'artists', 'links', 'redirects'] as const) {
      const wanted = importColumns(table).map(({ name }) => name);
      const own: string[] = ROW_TABLES[table].map(([name]) => name);
      assert.deepEqual(own.slice(0, wanted.length), wanted);
    }
  });

  test('that was changed gives other values or an error of its own, and reads nothing beyond itself', () => {
    const draws = drawing(7);
    for (const table of TABLES) {
      const good = Uint8Array.from(encodeRowBlock(table, drawRows(table, 40, 4)));
      for (let round = 0; round < 150; round += 1) {
        const bad = round % 5 === 0 ? good.slice(0, draws.below(good.length)) : good.slice();
        if (bad.length > 0) bad[draws.below(bad.length)] = draws.below(256);
        try {
          readRows(table, bad);
        } catch (error) {
          assert.ok(error instanceof BlockError, String(error));
        }
      }
    }
  });
});

describe('a credit', () => {
  const rows: readonly [string, (string | null)[]][] = [
    ['A', ['A']],
    ['A feat. B', ['A', 'B']],
    ['A feat. B', ['B', 'A']],
    ['A feat. C', ['A', 'B']],
    ['Various', ['A']],
    ['A & A', ['A', 'A']],
    ['', ['']],
    ['A', [null]],
    ['A', []],
    ['\u0001', ['A']],
    ['\u0002 and A', ['A']],
    ['A\u0001', ['A\u0001']],
    ['ab', ['a', 'b', 'c']],
  ];
  for (const [credit, names] of rows)
    test(`${JSON.stringify(credit)} of ${JSON.stringify(names)} is read as it was written`, () => {
      assert.equal(
        creditOf(markCredit(credit, names), (place) => names[place] ?? 'another name'),
        credit,
      );
    });

  test('that is the name of the artist is one mark', () => {
    assert.equal(markCredit('A feat. B', ['A', 'B']), '\u0001 feat. \u0001');
    assert.equal(markSame('Label', 'Label'), '\u0001');
  });

  for (const [sortName, name] of [
    ['Last, First', 'First Last'],
    ['One', 'One'],
    ['other', 'First Last'],
    [null, 'One'],
    ['\u0001', 'x'],
    ['', ''],
  ] as const)
    test(`sorted as ${sortName} is read as it was written`, () =>
      assert.equal(sortNameOf(markSortName(sortName, name), name), sortName));
});
