/** Writes `docs/errors.md` from the error catalogue. Run by `npm run errors-page`; a test says when it is due. */
import fs from 'node:fs';
import path from 'node:path';
import { ERROR_CATALOGUE } from '../src/base/error-catalogue.ts';
import type { ErrorEntry } from '../src/base/error-entry.ts';
import { compareBytes } from '../src/base/safe-path.ts';

/** Where the page lies. */
export const ERRORS_PAGE = path.resolve(import.meta.dirname, '../docs/errors.md');

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'failed'],
  [2, 'the command, an option or a setting could not be read'],
  [3, 'done, with some items refused; each is named in the report'],
  [10, 'no archive here'],
  [11, 'the archive is in use by another command'],
  [12, 'fixity damage found'],
  [130, 'interrupted; run the same command again'],
];

/** The page that explains `catalogue`, in Markdown, codes by bytes. */
export function errorsPage(catalogue: Readonly<Record<string, ErrorEntry>>): string {
  const codes = Object.keys(catalogue).sort(compareBytes);
  return [
    '# Errors',
    '',
    'Made by `npm run errors-page` from `src/base/error-catalogue.ts`; edit that table, not this page.',
    '',
    'Every error names its code, what was seen, what was wanted and what to do next. A code never changes its meaning and',
    'is never used again for another. With `--json` the same four fields are printed as one object. An error that',
    'concerns one item among many stands in the report under its code, and the command goes on.',
    '',
    '## Exit codes',
    '',
    '| exit | meaning |',
    '|---|---|',
    ...EXIT_CODES.map(([exit, meaning]) => `| ${exit} | ${meaning} |`),
    '',
    '## Codes',
    '',
    '| code | wanted | what to do next | exit |',
    '|---|---|---|---|',
    ...codes.map((code) => row(code, catalogue[code]!)),
    '',
  ].join('\n');
}

function row(code: string, { wanted, next, exit = 1 }: ErrorEntry): string {
  return `| \`${code}\` | ${cell(wanted)} | ${cell(next)} | ${exit} |`;
}

function cell(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
}

if (import.meta.main) {
  fs.writeFileSync(ERRORS_PAGE, errorsPage(ERROR_CATALOGUE));
  process.stderr.write('errors-page: docs/errors.md written\n');
}
