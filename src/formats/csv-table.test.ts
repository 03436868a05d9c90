import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type CsvTable,
  MAX_CELL_BYTES,
  MAX_TABLE_BYTES,
  MAX_TABLE_COLUMNS,
  readCsvTable,
} from './csv-table.ts';

function read(text: string | Uint8Array): CsvTable {
  const table = readCsvTable(typeof text === 'string' ? Buffer.from(text) : text);
  assert.ok(!('reason' in table), 'a table');
  return table;
}

const rows: readonly {
  behaviour: string;
  text: string | Uint8Array;
  cells: readonly (readonly string[])[];
}[] = [
  { behaviour: 'commas', text: 'a,b\n1,2\n', cells: [['1', '2']] },
  { behaviour: 'semicolons', text: 'a;b\n1,5;2\n', cells: [['1,5', '2']] },
  { behaviour: 'tabs', text: 'a\tb\n1;x\t2', cells: [['1;x', '2']] },
  { behaviour: 'a byte order mark', text: '\ufeffa,b\n1,2\n', cells: [['1', '2']] },
  {
    behaviour: 'UTF-16 with its mark',
    text: Buffer.from('\ufeffa\tb\r\n1\té\r\n', 'utf16le'),
    cells: [['1', 'é']],
  },
  { behaviour: 'Windows line ends', text: 'a,b\r\n1,2\r\n', cells: [['1', '2']] },
  { behaviour: 'line ends of old Macs', text: 'a,b\r1,2\r', cells: [['1', '2']] },
  { behaviour: 'rows of delimiters alone', text: 'a,b\n,\n1,2\n"",\n', cells: [['1', '2']] },
  { behaviour: 'blank lines', text: 'a,b\n\n1,2\n\n', cells: [['1', '2']] },
  {
    behaviour: 'quotes with delimiters, quotes and lines inside',
    text: 'a,b\n"x, ""y""","one\ntwo"\n3,4\n',
    cells: [
      ['x, "y"', 'one\ntwo'],
      ['3', '4'],
    ],
  },
  {
    behaviour: 'inches in a bare cell',
    text: 'a,b\n12" mix,x\n7" edit,y\n',
    cells: [
      ['12" mix', 'x'],
      ['7" edit', 'y'],
    ],
  },
  {
    behaviour: 'a single stray quote',
    text: 'a,b\n12" mix,x\n1,2\n',
    cells: [
      ['12" mix', 'x'],
      ['1', '2'],
    ],
  },
  {
    behaviour: 'empty cells beyond the header',
    text: 'a,b\n1,2,,\n',
    cells: [['1', '2', '', '']],
  },
];
for (const { behaviour, text, cells } of rows)
  test(`a table with ${behaviour} is read`, () => {
    const table = read(text);
    assert.deepEqual(table.header, ['a', 'b']);
    assert.deepEqual(
      table.rows.map((row) => row.cells),
      cells,
    );
    assert.deepEqual(table.refused, []);
  });

const bad: readonly { behaviour: string; row: string | Buffer; reason: RegExp }[] = [
  { behaviour: 'a quote that is never closed', row: '"open,2', reason: /Quote Not Closed/ },
  { behaviour: 'a NUL', row: 'x\0,2', reason: /NUL/ },
  { behaviour: 'more cells than columns', row: '1,2,3', reason: /3 cells under 2 columns/ },
  {
    behaviour: 'bytes that are no UTF-8',
    row: Buffer.from([0x61, 0xe9, 0x2c, 0x62]),
    reason: /no UTF-8/,
  },
  {
    behaviour: 'a cell beyond the limit',
    row: `${'x'.repeat(MAX_CELL_BYTES + 1)},2`,
    reason: /longer than 65536/,
  },
];
for (const { behaviour, row, reason } of bad)
  test(`a row with ${behaviour} is told by its line and the rest is read`, () => {
    const table = read(
      Buffer.concat([Buffer.from('a,b\n1,2\n'), Buffer.from(row), Buffer.from('\n3,4\n5,6\n')]),
    );
    assert.deepEqual(
      table.rows.map(({ line, cells }) => [line, ...cells]),
      [
        [2, '1', '2'],
        [4, '3', '4'],
        [5, '5', '6'],
      ],
    );
    assert.equal(table.refused.length, 1);
    assert.equal(table.refused[0]!.line, 3);
    assert.match(table.refused[0]!.reason, reason);
  });

test('line numbers count the lines inside quoted cells', () => {
  const table = read('a,b\n"1\n1",2\n3,4\n');
  assert.deepEqual(
    table.rows.map((row) => row.line),
    [2, 4],
  );
});

test('a cell of the longest length and a header of the most columns are read', () => {
  assert.equal(read(`a,b\n${'x'.repeat(MAX_CELL_BYTES)},2\n`).rows.length, 1);
  assert.equal(read(`a${','.repeat(MAX_TABLE_COLUMNS - 1)}\n1\n`).header.length, MAX_TABLE_COLUMNS);
});

test('what is no table is told as a whole', () => {
  const cases: readonly [Uint8Array, RegExp][] = [
    [Buffer.from(''), /no header/],
    [Buffer.from('\n \n'), /no header/],
    [Buffer.from('a,'.repeat(MAX_TABLE_COLUMNS)), /1001 columns/],
    [Buffer.from('a'.repeat(200_000)), /first line of 200000/],
    [new Uint8Array(MAX_TABLE_BYTES + 1), /at most/],
  ];
  for (const [bytes, reason] of cases) {
    const table = readCsvTable(bytes);
    assert.ok('reason' in table);
    assert.match(table.reason, reason);
  }
});
