import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { documentedEvents, undocumentedIn } from './support/json-events.ts';

/** The names of events in the source: first arguments of what a reporter tells by. */
const TOLD = /\b(?:result|acknowledge|emit)\(\s*(?:\w+ \? ('[a-z-]+') : )?('[a-z-]+')/g;

test('every event that a verb prints stands in docs/json-lines.md, and no other', () => {
  const folder = path.resolve(import.meta.dirname, '../src/cli');
  const sources = fs
    .readdirSync(folder)
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  const names = sources.flatMap((source) =>
    Array.from(source.matchAll(TOLD), ([, a, b]) => [a, b]),
  );
  const told = new Set(names.flat().flatMap((name) => (name ? [name.slice(1, -1)] : [])));
  assert.ok(told.size > 60);
  assert.deepEqual([...documentedEvents().keys()].sort(), [...told].sort());
});

test('a line is held against the page: its event, each field, and what is always there', () => {
  const line = { event: 'catalogue-drop', id: 'a', dryRun: true };
  const { dryRun, ...less } = line;
  assert.equal(undocumentedIn(line), undefined);
  assert.equal(undocumentedIn({ event: 'dropt' }), 'no event dropt');
  assert.equal(undocumentedIn({ ...line, more: dryRun }), 'no fields more of catalogue-drop');
  assert.equal(undocumentedIn(less), 'catalogue-drop without dryRun');
  assert.equal(undocumentedIn({ event: 'error', code: null, seen: 'a fault' }), undefined);
});
