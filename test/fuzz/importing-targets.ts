/** Fuzz targets for imports: Parquet as we write it, and the readers of sources. */
import assert from 'node:assert/strict';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import type { ParquetKind } from '../../src/formats/parquet-values.ts';
import { createParquetWriter } from '../../src/formats/parquet-writer.ts';
import { createCopyParser } from '../../src/importing/parse-copy.ts';
import { createCsvParser } from '../../src/importing/parse-csv.ts';
import { createJsonLinesParser } from '../../src/importing/parse-json.ts';
import type { Parser } from '../../src/importing/parse-lines.ts';
import { createXmlParser } from '../../src/importing/parse-xml.ts';
import type { RecordSink } from '../../src/importing/record-sink.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { hostileText } from './json-values.ts';
import { mutateBytes } from './mutations.ts';
import { readParquet } from './parquet-reader.ts';

const KINDS: readonly ParquetKind[] = ['text', 'whole', 'number', 'flag', 'texts'];

const parquet: FuzzTarget = {
  name: 'parquet-writer',
  run(random) {
    const fields = Array.from({ length: 1 + random.below(6) }, (_, index) => ({
      name: `c${index}`,
      kind: random.pick(KINDS),
      isRepetitive: random.below(2) === 1,
    }));
    const gaps = random.below(3);
    const count = random.below(random.pick([5, 5, 5, 60]));
    const rows = Array.from({ length: count }, () =>
      fields.map(({ kind }) => (gaps > 0 && random.below(3) < gaps ? null : drawn(kind, random))),
    );
    const parts: Uint8Array[] = [];
    const writer = createParquetWriter(fields, (bytes) => parts.push(Buffer.from(bytes)));
    for (const row of rows) writer.add(row);
    writer.finish();
    const { names, columns } = readParquet(Buffer.concat(parts));
    assert.deepEqual(
      names,
      fields.map(({ name }) => name),
    );
    assert.deepEqual(
      rows.map((_, index) => columns.map((column) => column[index])),
      rows,
    );
    return 'written';
  },
};

function drawn(kind: ParquetKind, random: SeededRandom): unknown {
  if (kind === 'text') return hostileText(random).toWellFormed();
  if (kind === 'texts')
    return Array.from({ length: random.below(4) }, () => hostileText(random).toWellFormed());
  if (kind === 'flag') return random.below(2) === 1;
  if (kind === 'number' && random.below(2) === 1)
    return random.pick([0, -0, 0.5, 0.0001, 1.6384, 104.43, -12.5, 1e-9]);
  const whole = random.below(2 ** 31) * 2 ** random.below(22) + random.below(2);
  return kind === 'whole' ? whole : whole / 3 - 1e6;
}

/** What a source looks like, and the parts that matter to its reader. */
interface Source {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly make: (sink: RecordSink) => Parser;
}

const SOURCES: readonly Source[] = [
  {
    text: 'a,b,c\n1,"x, ""y""",2\n"two\nlines",,3\n4,5" disc,é\n',
    tokens: ['"', '""', ',', '\n', '\r\n', '\ufeff', '\0', '"\n"'],
    make: (sink) => createCsvParser({ delimiter: ',', names: undefined }, sink),
  },
  {
    text: '1\tabc\\t\t\\N\n2\t\\x41\\101\t\\\\\n\\.\n',
    tokens: ['\t', '\n', '\\', '\\N', '\\x', '\\7', '\0'],
    make: (sink) => createCopyParser(['a', 'b', 'c'], sink),
  },
  {
    text: '{"a":{"b":[1,"x\\"y"]}}\n{"__proto__":1}\n\n{"c":1e5}\n',
    tokens: ['{', '}', '[', ']', '"', '\\', '\n', '\r\n', '1e400', '\0'],
    make: (sink) => createJsonLinesParser(undefined, sink),
  },
  {
    text: '<?xml version="1.0"?>\n<items>\n<item id="1"><a>x &amp; y</a></item>\n<item>2</item>\n</items>\n',
    tokens: [
      '<',
      '>',
      '&',
      '&#13;',
      '</item>',
      '<item>',
      '\n<item>',
      '<!--',
      '<![CDATA[',
      '<!DOCTYPE a>',
      '\n',
    ],
    make: (sink) => createXmlParser('item', sink),
  },
];

const sources: FuzzTarget = {
  name: 'catalogue-sources',
  run(random) {
    const { text, tokens, make } = random.pick(SOURCES);
    const bytes = Buffer.from(
      mutateBytes(Buffer.from(text.repeat(1 + random.below(3))), random, { tokens }),
    );
    const whole = given(make, bytes, bytes.length + 1);
    // What a source says does not depend on the pieces in which it comes.
    assert.deepEqual(given(make, bytes, 1 + random.below(20)), whole);
    for (const { line, column } of whole.refused) assert(line >= 1 && column >= 1);
    return whole.refused.length > 0 ? 'refused' : 'read';
  },
};

interface Given {
  readonly records: string[];
  readonly refused: { line: number; column: number; why: string }[];
}

function given(make: Source['make'], bytes: Buffer, step: number): Given {
  const found: Given = { records: [], refused: [] };
  const parser = make({
    header: (names) => void found.records.push(names.join('|')),
    record: (value, line) => void found.records.push(`${line} ${JSON.stringify(value)}`),
    refused: (line, column, why) => void found.refused.push({ line, column, why }),
  });
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step));
  parser.end();
  return found;
}

/** Targets for imports. */
export const IMPORTING_TARGETS: readonly FuzzTarget[] = [parquet, sources];
