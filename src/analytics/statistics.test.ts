import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { readQuery, tablesFor } from './queries.ts';
import { STATISTICS } from './statistics.ts';

const QUERIES = path.join(import.meta.dirname, 'queries');
const PAGE = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/report.md'), 'utf8');

test('each statistic has a name of its own, a query, and its line in the documents with the same words', () => {
  const names = STATISTICS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, title, meaning } of STATISTICS) {
    assert.match(name, /^[a-z][a-z-]*$/);
    assert.ok(PAGE.includes(`| \`${name}\` ${title} | ${meaning}`), `docs/report.md lacks ${name}`);
    assert.match(readQuery(realDisk, name).text, /^-- [A-Z]/);
  }
});

test('each query is that of a statistic, or makes a table that one takes from', () => {
  const queries = STATISTICS.map(({ name }) => readQuery(realDisk, name));
  const tables = tablesFor(realDisk, queries).map(({ name }) => `table-${name}`);
  const all = [...STATISTICS.map(({ name }) => name), ...tables].map((name) => `${name}.sql`);
  assert.deepEqual(new Set(fs.readdirSync(QUERIES)), new Set(all));
});

test('a table comes after those that it stands on', () => {
  const needed = tablesFor(realDisk, [readQuery(realDisk, 'tracks-per-market')]);
  assert.deepEqual(
    needed.map(({ name }) => name),
    ['album-tracks', 'market-sets'],
  );
});
