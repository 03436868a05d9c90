import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ERRORS_PAGE, errorsPage } from '../scripts/errors-page.ts';
import { ERROR_CATALOGUE } from '../src/base/error-catalogue.ts';

test('docs/errors.md tells what the catalogue holds (npm run errors-page writes it)', () => {
  assert.equal(fs.readFileSync(ERRORS_PAGE, 'utf8'), errorsPage(ERROR_CATALOGUE));
});

test('a code is one row, with signs that Markdown would read kept as text', () => {
  const page = errorsPage({
    B_CODE: { wanted: 'a | b', next: 'name <it>', exit: 2 },
    A_CODE: { wanted: 'x', next: 'y' },
  });
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));
  assert.deepEqual(rows, ['| `A_CODE` | x | y | 1 |', '| `B_CODE` | a \\| b | name &lt;it> | 2 |']);
});

test('what to do next names only verbs that are there', () => {
  const program = fs.readFileSync(
    path.resolve(import.meta.dirname, '../src/cli/program.ts'),
    'utf8',
  );
  const verbs = new Set([...program.matchAll(/^ {2}(\w+): async/gm)].map(([, verb]) => verb));
  assert.ok(verbs.has('verify'), 'the table of verbs was found');
  const nexts = Object.entries(ERROR_CATALOGUE).map(([code, { next }]) => ({ code, next }));
  const unknown = nexts.flatMap(({ code, next }) =>
    [...next.matchAll(/`fonoteca (\w+)/g)]
      .map(([, verb]) => verb)
      .filter((verb) => !verbs.has(verb))
      .map((verb) => `${code}: ${verb}`),
  );
  assert.deepEqual(unknown, []);
});
