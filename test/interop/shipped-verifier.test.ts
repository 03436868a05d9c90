/** The verifier that lies in every published tree, started the way the README of the edition says, by a plain Python. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import { shippedVerifier } from '../../src/publishing/shipped-verifier.ts';
import { testArchive, testSongs } from '../../src/publishing/test-archive.ts';
import { missingTools } from '../support/outside-tools.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-shipped-'));
after(() => fs.rmSync(folder, { recursive: true }));
const copy = path.join(folder, 'copy');

describe('the verifier in a published tree', { skip: missingTools('python3') }, () => {
  let command: string[] = [];
  before(async () => {
    const archive = await testArchive(path.join(folder, 'archive'));
    const deps = { ...archive.deps, verifier: () => shippedVerifier(realDisk) };
    for (const stage of ['metadata', 'all'] as const) {
      await archive.pack(testSongs(2, stage === 'all' ? 1 : 10));
      await publishEdition(await planEdition(deps, { stage }), deps, unwatched);
    }
    await publishTo(copy, deps, unwatched);
    await archive.close();
    const readme = fs.readFileSync(path.join(copy, 'editions/0002/README.txt'), 'utf8');
    command = /^ {2}python3 (.*)$/m.exec(readme)![1]!.split(' ');
  });

  test('finds nothing in the tree it lies in', () => {
    const { status, stdout, stderr } = run();
    assert.equal(status, 0, stdout + stderr);
  });

  test('finds a byte that was changed', () => {
    fs.appendFileSync(path.join(copy, 'editions/0002/rights.jsonl'), ' ');
    const { status, stdout } = run();
    assert.equal(status, 12, stdout);
    assert.match(stdout, /rights\.jsonl/);
  });

  function run() {
    return spawnSync('python3', command, { cwd: copy, encoding: 'utf8' });
  }
});
