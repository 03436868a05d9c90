import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as readings from './readings.ts';
import { type ReadValue, type Scalar, UNREADABLE, WrittenNumber } from './readings.ts';

/** A number of JSON as it stands there. */
const written = (text: string) => new WrittenNumber(Number(text), text);

/** Readings with what they make of what stands in a source. */
const CASES: readonly (readonly [
  string,
  (value: Scalar) => ReadValue,
  readonly (readonly [Scalar, ReadValue])[],
])[] = [
  [
    'dates',
    readings.readDate,
    [
      ['1999', '1999'],
      ['1999-07', '1999-07'],
      ['1999-07-13', '1999-07-13'],
      ['1999-7-3', '1999-07-03'],
      ['1999-03-00', '1999-03'],
      ['1999-00-00', '1999'],
      ['2020-02-29', '2020-02-29'],
      ['2021-02-29', UNREADABLE],
      ['2005-05-02T00:00:00Z', '2005-05-02'],
      [1999, '1999'],
      [written('1999.0'), '1999'],
      ['0000', null],
      ['1999-13', UNREADABLE],
      ['May 1999', UNREADABLE],
    ],
  ],
  [
    'counts',
    readings.readCount,
    [
      ['82', 82],
      [82, 82],
      ['82.0', 82],
      ['1e3', 1000],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['9007199254740993', UNREADABLE],
      ['-1', UNREADABLE],
      ['1e400', UNREADABLE],
      [Number.POSITIVE_INFINITY, UNREADABLE],
      ['0x10', UNREADABLE],
      [written('5.0'), 5],
      [written('9007199254740993'), UNREADABLE],
      [true, UNREADABLE],
      ['many', UNREADABLE],
    ],
  ],
  [
    'shares',
    readings.readShare,
    [
      ['2.33e-5', 2.33e-5],
      [0, 0],
      ['1', 1],
      ['1.01', UNREADABLE],
      [Number.NaN, UNREADABLE],
    ],
  ],
  [
    'popularities',
    readings.readPopularity,
    [
      ['0', 0],
      [100, 100],
      ['101', UNREADABLE],
    ],
  ],
  [
    'minutes',
    readings.readMinutes,
    [
      ['4:45', 285_000],
      ['1:02:03', 3_723_000],
      ['107.57', 107_570],
      ['0:00', null],
      ['4:4:', UNREADABLE],
      ['99999999999', UNREADABLE],
    ],
  ],
  [
    'flags',
    readings.readFlag,
    [
      ['t', true],
      ['False', false],
      [1, true],
      [written('1.0'), true],
      ['maybe', UNREADABLE],
    ],
  ],
  [
    'ISRCs',
    readings.readIsrc,
    [
      ['US-AB1-20-12345', 'USAB12012345'],
      ['usab12012345', 'USAB12012345'],
      ['US1', UNREADABLE],
      [true, UNREADABLE],
    ],
  ],
  [
    'UPCs',
    readings.readUpc,
    [
      ['0 9362-47555-2 4', '093624755524'],
      ['7 961220 922684 >', '7961220922684'],
      [7961220922684, '7961220922684'],
      [written('7.961220922684e12'), UNREADABLE],
      ['093624755525', UNREADABLE],
      ['372581', UNREADABLE],
    ],
  ],
  [
    'languages',
    readings.readLanguage,
    [
      ['ENG ', 'eng'],
      ['en', UNREADABLE],
      ['English', UNREADABLE],
    ],
  ],
  [
    'addresses',
    readings.readUrl,
    [
      ['https://example.org/a b', 'https://example.org/a%20b'],
      ['javascript:alert(1)', UNREADABLE],
      ['www.example.org', UNREADABLE],
    ],
  ],
  [
    'keys',
    readings.readKey,
    [
      ['F#', 6],
      ['Bb', 10],
      ['11', 11],
      [-1, null],
      ['12', UNREADABLE],
      ['toString', UNREADABLE],
    ],
  ],
  [
    'modes',
    readings.readMode,
    [
      ['1', 'major'],
      [0, 'minor'],
      ['Minor', 'minor'],
      ['lydian', UNREADABLE],
    ],
  ],
  [
    'places',
    readings.readCountry,
    [
      ['se', 'SE'],
      ['Sweden', UNREADABLE],
    ],
  ],
  [
    'ids',
    readings.readId,
    [
      ['a.b_c-d', 'a.b_c-d'],
      ['a/b:ñ~', 'a~2Fb~3A~C3~B1~7E'],
      ['ñ'.repeat(22), UNREADABLE],
      [17, '17'],
      [9007199254740991, '9007199254740991'],
      [9007199254740992, UNREADABLE],
      [written('9007199254740993'), UNREADABLE],
      ['9007199254740993', '9007199254740993'],
      [written('9007199254740990.6'), UNREADABLE],
      [written('17.0'), UNREADABLE],
      [1e21, UNREADABLE],
      [written('1e3'), UNREADABLE],
      [-0, UNREADABLE],
      [-5, '-5'],
      [1.5, UNREADABLE],
      [true, UNREADABLE],
      ['a b', UNREADABLE],
      ['x'.repeat(128), 'x'.repeat(128)],
      ['x'.repeat(129), UNREADABLE],
      ['', null],
    ],
  ],
  [
    'text',
    readings.readText,
    [
      ['  a\r\nb\u0007  ', 'a b'],
      ['\ud800', '\ufffd'],
      ['x'.repeat(4096), 'x'.repeat(4096)],
      ['x'.repeat(4097), UNREADABLE],
      ['   ', null],
      [5, '5'],
      [1e21, UNREADABLE],
      [written('5.0'), UNREADABLE],
      [false, UNREADABLE],
    ],
  ],
];

describe('values of sources', () => {
  for (const [name, read, cases] of CASES)
    test(`${name} are read as what they mean, or not at all`, () => {
      for (const [value, wanted] of cases)
        assert.equal(read(value), wanted, `${name}: ${JSON.stringify(value).slice(0, 60)}`);
    });

  test('a name alone gives an id that does not depend on its spelling', () => {
    assert.equal(readings.nameId(['Beyoncé', 'Halo']), readings.nameId(['beyonce', 'HALO!']));
    assert.notEqual(readings.nameId(['a', 'b']), readings.nameId(['ab', '']));
  });
});
