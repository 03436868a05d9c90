/** Fuzz targets for text: tables, canonical JSON, and the XML of feeds and Metalink. */
import assert from 'node:assert/strict';
import { canonicalJson, type Json } from '../../src/base/canonical-json.ts';
import { sha256 } from '../../src/base/digest.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { type CsvTable, readCsvTable } from '../../src/formats/csv-table.ts';
import { encodeAtomFeed } from '../../src/formats/feed-atom.ts';
import { encodeRssFeed } from '../../src/formats/feed-rss.ts';
import { xmlAttribute, xmlText } from '../../src/formats/feed-text.ts';
import { encodeMetalink } from '../../src/formats/metalink.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { hostileText, randomJson } from './json-values.ts';
import { mutateBytes } from './mutations.ts';
import { readXml, unescapeXml } from './xml-reader.ts';

const CSV_TOKENS = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\r\n',
  '\n',
  '\ufeff',
  Uint8Array.of(0xff, 0xfe),
  '\0',
  '",\n"',
];

const csv: FuzzTarget = {
  name: 'csv-table',
  run(random) {
    const width = 1 + random.below(4);
    const header = Array.from({ length: width }, (_, at) => `c${at}`);
    const delimiter = random.pick([',', ';', '\t']);
    const rows = Array.from({ length: random.below(6) }, () => header.map(() => cellText(random)));
    const newline = random.pick(['\n', '\r\n']);
    const text = [header, ...rows]
      .map((row) => row.map((cell) => quoted(cell, delimiter)).join(delimiter) + newline)
      .join('');
    // One column has no delimiter to be known by.
    if (random.below(4) === 0 && width > 1) {
      const table = readCsvTable(Buffer.from(text)) as CsvTable;
      assert.deepEqual(table.refused, []);
      assert.deepEqual(table.header, header);
      const shown = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
      assert.deepEqual(
        table.rows.map(({ cells }) => cells),
        shown,
      );
      return 'written';
    }
    const mutant = mutateBytes(Buffer.from(text), random, { tokens: CSV_TOKENS });
    const table = readCsvTable(mutant);
    if ('reason' in table) {
      assert(table.reason.length > 0);
      return 'refused';
    }
    const lines = mutant.filter((byte) => byte === 0x0a || byte === 0x0d).length + 1;
    for (const { line } of [...table.rows, ...table.refused]) assert(line >= 1 && line <= lines);
    for (const { cells } of table.rows) assert(!cells.some((cell) => cell.includes('\0')));
    return 'read';
  },
};

function cellText(random: SeededRandom): string {
  const text = random.pick([
    '',
    'a',
    'Ünï, "x"',
    'two\nlines',
    ' spaces ',
    '0',
    '=1+1',
    '坂本;龍一\t',
  ]);
  return random.below(3) === 0
    ? hostileText(random)
        .toWellFormed()
        .replaceAll(/[\0\r\ufeff\ufffd]/g, '')
    : text;
}

function quoted(cell: string, delimiter: string): string {
  const isPlain = !/["\r\n]/.test(cell) && !cell.includes(delimiter);
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}

const json: FuzzTarget = {
  name: 'canonical-json',
  run(random) {
    const value = randomJson(random, 0);
    const text = canonicalJson(value);
    if (random.below(4) === 0) {
      assert.equal(canonicalJson(JSON.parse(text) as Json), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(wellFormed(value))));
      return 'written';
    }
    const mutant = Buffer.from(
      mutateBytes(Buffer.from(text), random, { tokens: ['{', '"', ':', ',', '1e5'] }),
    );
    let parsed: Json;
    try {
      parsed = JSON.parse(mutant.toString('utf8')) as Json;
    } catch (error) {
      assert(error instanceof SyntaxError);
      return 'refused';
    }
    // Numbers beyond all bounds are no JSON of ours; schemas refuse them before anything is written.
    if (!isWritable(parsed)) {
      assert.throws(() => canonicalJson(parsed), TypeError);
      return 'refused';
    }
    const again = canonicalJson(parsed);
    assert.equal(canonicalJson(JSON.parse(again) as Json), again);
    return 'read';
  },
};

function isWritable(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isWritable);
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map((item) => wellFormed(item as Json));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, wellFormed(item as Json)] as const,
  );
  return Object.fromEntries(entries) as Json;
}

/** `text` as it comes out of XML: what XML cannot carry is U+FFFD. */
function carried(text: string): string {
  return text.replaceAll(
    /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu,
    '\ufffd',
  );
}

const feedText: FuzzTarget = {
  name: 'feed-text',
  run(random) {
    const text = hostileText(random);
    assert.equal(unescapeXml(xmlText(text)), carried(text));
    assert.equal(unescapeXml(xmlAttribute(text)), carried(text));
    assert.doesNotMatch(xmlAttribute(text), /[<"\t\n\r]/);
    return 'written';
  },
};

const DATE = '2026-01-02T03:04:05Z';

const feeds: FuzzTarget = {
  name: 'feeds',
  run(random) {
    const [title, summary, author, href] = Array.from({ length: 4 }, () => hostileText(random)) as [
      string,
      string,
      string,
      string,
    ];
    const kind = random.below(3);
    const entry = {
      ...{ identity: title, title, updated: DATE, summary },
      links: [{ rel: 'enclosure', href, type: 'application/x-bittorrent' }] as const,
    };
    const file = {
      name: title,
      sizeBytes: 5,
      sha256: sha256(title),
      addresses: [href, summary],
      torrent: author,
    };
    const enclosure = { href, sizeBytes: 5, type: author };
    const item = {
      identity: href,
      title,
      link: href,
      published: DATE,
      description: summary,
      enclosure,
    };
    const text =
      kind === 0
        ? encodeAtomFeed({ ...entry, author, entries: [entry, entry] })
        : kind === 1
          ? encodeRssFeed({
              title,
              link: href,
              description: author,
              published: DATE,
              items: [item],
            })
          : encodeMetalink([file, file]);
    const texts = new Set(readXml(text));
    for (const told of [title, summary, author, href]) assert(texts.has(carried(told)), told);
    return 'written';
  },
};

/** The targets of this file. */
export const TEXT_TARGETS: readonly FuzzTarget[] = [csv, json, feedText, feeds];
