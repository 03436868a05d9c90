import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCopyParser } from './parse-copy.ts';
import { createCsvParser } from './parse-csv.ts';
import { createJsonLinesParser, createJsonParser } from './parse-json.ts';
import type { Parser } from './parse-lines.ts';
import { createXmlParser } from './parse-xml.ts';
import { type Scalar, spelled, WrittenNumber } from './readings.ts';
import type { RecordSink } from './record-sink.ts';

interface Read {
  readonly header?: readonly string[] | undefined;
  readonly records: unknown[];
  readonly lines: number[];
  /** Line and reason of what was refused. */
  readonly refused: string[];
}

type Make = (sink: RecordSink) => Parser;

/** Read in chunks of `chunkBytes`. */
function read(make: Make, content: string | Buffer, chunkBytes: number): Read {
  const found: Read & { header?: readonly string[] } = { records: [], lines: [], refused: [] };
  const parser = make({
    header: (names) => {
      found.header = names;
    },
    record(value, line) {
      found.records.push(value);
      found.lines.push(line);
    },
    refused: (line, column, why) => found.refused.push(`${line}:${column} ${why}`),
  });
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += chunkBytes)
    parser.push(bytes.subarray(at, at + chunkBytes));
  parser.end();
  return found;
}

/** The same whatever the chunks are. */
function check(
  make: Make,
  content: string | Buffer,
  records: unknown[],
  refused: string[] = [],
): Read {
  const whole = read(make, content, Number.MAX_SAFE_INTEGER);
  for (const chunkBytes of [1, 7]) {
    if (content.length < 5000) assert.deepEqual(read(make, content, chunkBytes), whole);
  }
  assert.equal(JSON.stringify(whole.records), JSON.stringify(records));
  assert.deepEqual(whole.refused, refused);
  return whole;
}

const csv: Make = (sink) => createCsvParser({ delimiter: ',', names: undefined }, sink);
const copy: Make = (sink) => createCopyParser(['a', 'b'], sink);
const lines: Make = (sink) => createJsonLinesParser(undefined, sink);
const xml: Make = (sink) => createXmlParser('item', sink);

describe('CSV', () => {
  test('is read with quotes, line ends in cells, CRLF, a mark at the start and no end at the last line', () => {
    const { header, lines: at } = check(
      csv,
      '\ufeffa,b\r\n1,"x, ""y"""\r\n"two\nlines",2\n\n3,5" disc\n4,é',
      [
        ['1', 'x, "y"'],
        ['two\nlines', '2'],
        ['3', '5" disc'],
        ['4', 'é'],
      ],
    );
    assert.deepEqual(header, ['a', 'b']);
    assert.deepEqual(at, [2, 3, 6, 7]);
  });

  test('loses one row to one fault, which is told with its line', () => {
    check(
      csv,
      'a,b\n1,2\n3\n4,5,6\n7,8\n',
      [
        ['1', '2'],
        ['7', '8'],
      ],
      ['3:1 1 cells where the header has 2', '4:1 3 cells where the header has 2'],
    );
    check(csv, 'a,b\n"1"x,2\n3,4\n', [['3', '4']], ['2:4 text behind the closing quote of a cell']);
    check(
      csv,
      'a,b\n1,"open\n3,4\n5,6\n',
      [
        ['3', '4'],
        ['5', '6'],
      ],
      ['2:1 a quote without its end'],
    );
    check(
      csv,
      'a,b\n"open,2\n"3",4\n5,6\n',
      [
        ['3', '4'],
        ['5', '6'],
      ],
      ['2:1 a quote without its end'],
    );
    check(csv, 'a,b\n1,\u00002\n3,4\n', [['3', '4']], ['2:1 a NUL in it']);
    const mixed = Buffer.concat([
      Buffer.from('a,b\n1,'),
      Buffer.from([0xe9]),
      Buffer.from('\n3,4\n'),
    ]);
    check(csv, mixed, [['3', '4']], ['2:1 not UTF-8']);
  });

  test('does not go on with a row across a line that cannot be read', () => {
    const content = Buffer.concat([
      Buffer.from('a,b\nx","\ny","\n'),
      Buffer.from([0xe9, 0x0a]),
      Buffer.from('end",z\nok,row\n'),
    ]);
    const { lines: at } = check(
      csv,
      content,
      [
        ['end"', 'z'],
        ['ok', 'row'],
      ],
      ['2:1 a quote without its end', '3:1 a quote without its end', '4:1 not UTF-8'],
    );
    assert.deepEqual(at, [5, 6]);
  });

  test('takes no longer for quotes that never end than for others', () => {
    const rows = 200_000;
    const { records, refused } = read(csv, `a,b\n${'a","\n'.repeat(rows)}`, 65_536);
    assert.deepEqual(records, []);
    assert.equal(refused.length, rows);
    assert.equal(refused.at(-1), `${rows + 1}:1 a quote without its end`);
  });

  test('bounds what a row may be', () => {
    const wide = `a,b\n${','.repeat(1_000_000)}\n1,2\n`;
    check(csv, wide, [['1', '2']], ['2:1 too many cells']);
    const quoted = `a,b\n${'"x",'.repeat(5000)}\n1,2\n`;
    check(csv, quoted, [['1', '2']], ['2:1 too many cells']);
    const endless = `a,b\n1,"${'x\n'.repeat(5000)}`;
    assert.equal(read(csv, endless, 4096).refused[0], '2:1 a quote without its end');
    const long = `a,b\n${'x'.repeat(5 * 1024 * 1024)}\n1,2\n`;
    for (const chunkBytes of [65_536, long.length])
      assert.deepEqual(read(csv, long, chunkBytes), {
        header: ['a', 'b'],
        records: [['1', '2']],
        lines: [3],
        refused: ['2:1 longer than a line may be'],
      });
  });
});

describe('rows of COPY', () => {
  test('are read with their escapes, and as data whatever they say', () => {
    check(copy, 'x\\ty\\\\z\t\\N\nDROP TABLE a;\t\\055\\x2d\n\\.\n', [
      ['x\ty\\z', null],
      ['DROP TABLE a;', '--'],
    ]);
    check(
      copy,
      "COPY t FROM PROGRAM 'rm';\nok\t1\n",
      [['ok', '1']],
      ['1:1 1 cells where the table has 2'],
    );
  });
});

describe('JSON', () => {
  test('is read a value a line, and a broken line costs itself', () => {
    const { lines: at } = check(
      lines,
      '{"a":1}\n\n{"a":\n{"a":"é"}\n[1]\n5',
      [{ a: 1 }, { a: 'é' }],
      ['3:6 Unexpected end of JSON input', '5:1 not an object', '6:1 not an object'],
    );
    assert.deepEqual(at, [1, 4]);
  });

  test('tells the column at which a line stops being JSON', () => {
    const columns: readonly (readonly [string, number])[] = [
      ['{"id": x, "title": "a long title that goes on"}', 8],
      ['{"a":1,}', 8],
      ['{"a":1 "b":2}', 8],
      ['{"a":"x\ty"}', 8],
      ['{"a":"b"', 9],
      ['{"a":tru}', 9],
      ['{"a":-}', 7],
      ['{"a":1.e}', 8],
      [`{"a":"${'long '.repeat(1000)}","b":nope}`, 5014],
      ['x', 1],
    ];
    for (const [text, column] of columns) {
      const [told] = read(lines, text, 1e9).refused;
      assert.match(told ?? '', new RegExp(`^1:${column} `), text.slice(0, 50));
    }
  });

  test('keeps to 64 levels, and takes __proto__ for a key', () => {
    const nest = (depth: number) =>
      `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)},"b":"${'[{"'.replaceAll('"', '\\"').repeat(1000)}"}`;
    assert.equal(read(lines, nest(64), 1e9).records.length, 1);
    assert.deepEqual(read(lines, nest(65), 1e9).refused, ['1:1 nested deeper than 64']);
    assert.deepEqual(read(lines, `${'['.repeat(1_000_000)}`, 1e9).refused, [
      '1:1 nested deeper than 64',
    ]);
    const [record] = read(lines, '{"__proto__":{"id":"x"},"a":1e400}', 1e9).records as [
      Record<string, unknown>,
    ];
    assert.equal(record.id, undefined);
    assert.equal(spelled(record.a as Scalar), 'Infinity');
  });

  test('says how a number stood there that is not written as it would be again', () => {
    const numbers =
      '5, 5.0,\t1e3, 1E-1, 0.10, -0.0, 1234567890123456, 9007199254740993, 0.30000000000000004';
    const line = `{"é \\"1e5, 5.0\\"":[${numbers}],"twice":5.0,"twice":7,"deep":{"a":[[1e21]]}}`;
    const [record] = read(lines, line, 1e9).records as [Record<string, unknown>];
    const [texts] = Object.values(record) as [unknown[]];
    assert.deepEqual(
      texts.map((each) => (each instanceof WrittenNumber ? [String(each), each.valueOf()] : each)),
      [
        ...[5, ['5.0', 5], ['1e3', 1000], ['1E-1', 0.1], ['0.10', 0.1], ['-0.0', -0]],
        ...[1234567890123456, ['9007199254740993', 9007199254740992], 0.30000000000000004],
      ],
    );
    assert.equal(record.twice, 7);
    assert.equal(String(record.deep && JSON.stringify(record.deep)), '{"a":[[{}]]}');
  });

  test('is read as one document, itself or a list in it', () => {
    check((sink) => createJsonParser(undefined, sink), '\ufeff{"a":[1]}', [{ a: [1] }]);
    check(
      (sink) => createJsonParser('x.y', sink),
      '{"x":{"y":[{"a":1},2]}}',
      [{ a: 1 }],
      ['2:1 not an object'],
    );
    check(
      (sink) => createJsonParser(undefined, sink),
      '{"a"',
      [],
      ["1:5 Expected ':' after property name in JSON at position 4 (line 1 column 5)"],
    );
  });
});

describe('XML', () => {
  test('is read a record an element, with attributes, text, lists and the five entities', () => {
    const { lines: at } = check(
      xml,
      '<?xml version="1.0"?>\n<items>\n<item id="1"><name>A &amp; B&#13;</name><t x="y">z</t></item>\n' +
        '<item><g>a</g><g>b</g><item>inner</item><e/></item></items>',
      [
        { '@id': '1', name: 'A & B', t: { '@x': 'y', '#': 'z' } },
        { g: ['a', 'b'], item: 'inner', e: '' },
      ],
    );
    assert.deepEqual(at, [3, 4]);
  });

  test('loses one record to one fault and reads on at the next line that begins one', () => {
    check(
      xml,
      '<items>\n<item><a>1</b></item>\n<item><a>2</a></item>\n<item><a>&bomb;</a></item>\n<item><a>3</a></item>\n</items>\n',
      [{ a: '2' }, { a: '3' }],
      ['2:1 unexpected close tag.', '4:1 undefined entity.'],
    );
  });

  test('reads on behind a broken record, on the same line too, and keeps what only looks like one out', () => {
    const one = (id: string) => `<item><a>${id}</a></item>`;
    check(
      xml,
      `<items>${one('1')}<item><a>&bomb;</a></item>${one('2')}<item x=1><item>in</item></item>${one('3')}<item>4</b></item>${one('5')}</items>`,
      [{ a: '1' }, { a: '2' }, { a: '3' }, { a: '5' }],
      ['1:1 undefined entity.', '1:1 unquoted attribute value.', '1:1 unexpected close tag.'],
    );
    check(
      xml,
      '<x><items>\n<item><a>&bomb;</a>\n<item>in</item>\n</item><item>2</item>\n</items></x>\n',
      [{ '#': 'in' }, { '#': '2' }],
      ['2:1 undefined entity.'],
    );
  });

  test('tells that a file was cut between two records', () => {
    const told = 'the file ends before the end of its root element';
    check(xml, '<items>\n<item>1</item>\n', [{ '#': '1' }], [`2:1 ${told}`]);
    check(xml, '', [], [`1:1 ${told}`]);
    const broken = '<items>\n<item>&x;</item>\n<item>2</item>\n';
    check(xml, broken, [{ '#': '2' }], ['2:1 undefined entity.', `3:1 ${told}`]);
  });

  test('keeps no text without end', () => {
    const line = `${'x'.repeat(1023)}\n`;
    const content = `<items>\n${line.repeat(20 * 1024)}<item>1</item>\n</items>\n`;
    const { records, refused } = read(xml, content, 65_536);
    assert.deepEqual(records.length, 1);
    assert.equal(refused.length, 1);
    assert.match(refused[0]!, /more than 16777216 characters in one piece/);
  });

  test('knows no document type, no depth without end and no end without the record', () => {
    const bomb =
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<items>\n<item>1</item>\n</items>';
    check(xml, bomb, [{ '#': '1' }], ['1:1 a document type, which is not read']);
    const deep = `<items>\n<item>${'<a>'.repeat(10_000)}`;
    check(xml, deep, [], ['2:1 nested deeper than 64']);
    check(xml, '<items>\n<item><a>', [], ['2:1 the file ends inside a record']);
  });

  test('goes on behind what stands too deep in no record', () => {
    for (const around of [63, 64, 65, 200]) {
      const content = `${'<b>'.repeat(around)}\n<item>1</item>\n${'</b>'.repeat(around)}`;
      const { refused } = read(xml, content, 65_536);
      // In 63 elements the record is the last that is not too deep.
      if (around === 63) assert.deepEqual(refused, []);
      else assert.equal(refused[0], `${around === 64 ? 2 : 1}:1 nested deeper than 64`);
    }
  });
});
