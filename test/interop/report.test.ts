import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import {
  PLAY_RULES,
  PLAYS,
  reportOnTable,
  SONG_RULES,
  SONGS,
  WITHOUT_DATA,
} from '../support/table-report.ts';

const JUDGE = path.join(import.meta.dirname, 'report-judge.py');
const PYTHON = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not here';
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-report-judge-'));
after(() => fs.rmSync(root, { recursive: true }));

function judge(kind: string, report: string, table: string): { judged: string[]; wrong: string[] } {
  return JSON.parse(execFileSync('python3', [JUDGE, kind, report, table], { encoding: 'utf8' }));
}

describe('a report by Python’s own arithmetic', { skip: WITHOUT_DATA || PYTHON }, () => {
  test('of 14,021 songs is right, to the last row and to what is missing', async () => {
    const report = await reportOnTable(root, 'songs', SONGS, SONG_RULES);
    const { judged, wrong } = judge('songs', report, SONGS);
    assert.deepEqual(wrong, []);
    assert.equal(judged.length, 15);
    // The judge finds what is wrong.
    const file = path.join(report, 'tempo.json');
    const tempo = JSON.parse(fs.readFileSync(file, 'utf8'));
    tempo.rows[20][2] += 1;
    fs.writeFileSync(file, JSON.stringify(tempo));
    assert.match(judge('songs', report, SONGS).wrong.join('\n'), /^tempo: /);
  });

  test('of 2,229 songs with counted plays is right', async () => {
    const report = await reportOnTable(root, 'plays', PLAYS, PLAY_RULES);
    const { judged, wrong } = judge('plays', report, PLAYS);
    assert.deepEqual(wrong, []);
    assert.equal(judged.length, 4);
  });
});
