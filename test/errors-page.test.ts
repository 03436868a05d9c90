import assert from 'node:assert/strict';
import fs from 'node:fs';
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
