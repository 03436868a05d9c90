import assert from 'node:assert/strict';
import test from 'node:test';
import { PUBLISHED_TYPES, publishedType, REPORT_TYPES, reportType } from './file-types.ts';

const PUBLISHED: readonly (readonly [string, string])[] = [
  ['volumes.meta4', 'application/metalink4+xml'],
  ['verify-0123456789abcdef.py', 'text/x-python; charset=utf-8'],
  ['original-0123456789abcdef.tar', 'application/x-tar'],
  ['edition.json.minisig', 'text/plain; charset=utf-8'],
  ['SHA256SUMS', 'text/plain; charset=utf-8'],
  ['checkpoint', 'text/plain; charset=utf-8'],
  ['000', 'application/octet-stream'],
  ['page.html', 'application/octet-stream'],
];
for (const [name, type] of PUBLISHED)
  test(`${name} of an edition is sent as ${type}`, () => {
    assert.equal(publishedType(name), type);
    assert.ok(PUBLISHED_TYPES.has(type));
  });

test('a file of a report is sent as what it is, its pages too', () => {
  assert.deepEqual(['index.html', 'a.svg', 'a.exe'].map(reportType), [
    'text/html; charset=utf-8',
    'image/svg+xml',
    'application/octet-stream',
  ]);
  assert.ok(REPORT_TYPES.has(reportType('a.csv')));
});
