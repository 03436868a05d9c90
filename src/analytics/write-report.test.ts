import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import type { Cell, Report } from './result.ts';
import { checkReportFolder, writeReport } from './write-report.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-write-report-'));
after(() => fs.rmSync(root, { recursive: true }));
const TEXTS = { queries: new Map([['odd', 'SELECT 1;\n']]), setup: ['SELECT 0'] };

function reportOf(rows: readonly (readonly Cell[])[], name = 'odd'): Report {
  return {
    head: {
      snapshot: '0123456789abcdef',
      rows: { tracks: rows.length, albums: 0, artists: 0 },
      sources: [],
      popularity: null,
    },
    statistics: [
      {
        ...{ name, title: 'Odd', section: 'Odd', meaning: 'Odd values.', rows, charts: [] },
        columns: [
          { name: 'a', title: 'A', unit: null, kind: 'text' },
          { name: 'b', title: 'B', unit: null, kind: 'whole' },
        ],
        accounts: [{ of: 'tracks', counted: rows.length, missing: [] }],
        notes: [],
        usesPopularity: false,
      },
    ],
  };
}

function write(report: Report, folder: string) {
  return writeReport(report, TEXTS, folder, { disk: realDisk, watch: unwatched });
}

describe('a report as files', () => {
  test('has its numbers as CSV by RFC 4180, null as an empty field', async () => {
    const folder = path.join(root, 'csv');
    await write(
      reportOf([
        ['plain', 1],
        ['a,b', null],
        ['say "x"', 0],
        ['two\nlines', -2],
      ]),
      folder,
    );
    assert.equal(
      fs.readFileSync(path.join(folder, 'odd.csv'), 'utf8'),
      'a,b\r\nplain,1\r\n"a,b",\r\n"say ""x""",0\r\n"two\nlines",-2\r\n',
    );
    assert.equal(fs.readFileSync(path.join(folder, 'odd.sql'), 'utf8'), 'SELECT 1;\n');
  });

  test('takes the place of an earlier one, nothing of which stays', async () => {
    const folder = path.join(root, 'again');
    await write(reportOf([['x', 1]], 'early'), folder);
    await write(reportOf([['x', 1]]), folder);
    assert.deepEqual(
      [fs.existsSync(path.join(folder, 'early.csv')), fs.existsSync(path.join(folder, 'odd.csv'))],
      [false, true],
    );
  });

  test('goes on from a kill between its two renames, and from one before', async () => {
    const folder = path.join(root, 'killed');
    await write(reportOf([['x', 1]]), folder);
    fs.renameSync(folder, path.join(root, '.killed.old'));
    fs.mkdirSync(path.join(root, '.killed.part'));
    fs.writeFileSync(path.join(root, '.killed.part', 'half'), '');
    const stopped = { ...unwatched, stop: AbortSignal.abort() };
    assert.equal(
      await writeReport(reportOf([]), TEXTS, folder, { disk: realDisk, watch: stopped }),
      null,
    );
    assert.match(fs.readFileSync(path.join(folder, 'odd.csv'), 'utf8'), /x,1/);
    assert.deepEqual(
      fs.readdirSync(root).filter((name) => name.startsWith('.')),
      [],
    );
  });

  test('goes into no folder of other things and over no file', () => {
    const folder = path.join(root, 'other');
    fs.mkdirSync(folder);
    checkReportFolder(realDisk, folder);
    fs.writeFileSync(path.join(folder, 'thesis.txt'), '');
    for (const place of [folder, path.join(folder, 'thesis.txt')])
      assert.throws(() => checkReportFolder(realDisk, place), { code: 'REPORT_FOLDER' });
  });
});
