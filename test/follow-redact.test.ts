import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FonotecaError } from '../src/base/errors.ts';
import { unwatched } from '../src/base/progress.ts';
import { planEdition } from '../src/publishing/plan-edition.ts';
import { publishEdition } from '../src/publishing/publish-edition.ts';
import { publishTo } from '../src/publishing/publish-to.ts';
import { TEST_SETTINGS, testArchive, testSongs } from '../src/publishing/test-archive.ts';
import { signedWithdrawals } from '../src/withdrawing.ts';
import { PUBLIC_KEY, readEdition } from './support/follow-history.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-follow-redact-'));
const tree = path.join(folder, 'tree');
after(() => fs.rmSync(folder, { recursive: true }));

test('a tree without volumes is believed of what is withdrawn, also when addresses changed', async () => {
  const archive = await testArchive(path.join(folder, 'archive'));
  for (const [seed, webSeeds] of [[], ['https://elsewhere.example']].entries()) {
    await archive.pack(testSongs(1, seed + 1, 3000));
    const deps = archive.with({ settings: { ...TEST_SETTINGS, webSeeds } });
    await publishEdition(await planEdition(deps), deps, unwatched);
    await publishTo(tree, deps, unwatched);
  }
  await archive.close();
  const { volumes } = readEdition(tree, 2);
  assert.ok(volumes.some(({ torrent }) => torrent.startsWith('editions/torrents/')));
  for (const absent of ['volumes', 'editions/torrents'])
    fs.rmSync(path.join(tree, absent), { recursive: true });
  const { edition, withdrawn } = await signedWithdrawals(tree, PUBLIC_KEY);
  assert.deepEqual([edition.number, withdrawn.size], [2, 0]);
  fs.rmSync(path.join(tree, 'editions/0002/rights.jsonl'));
  await assert.rejects(signedWithdrawals(tree, PUBLIC_KEY), (error) => {
    assert.ok(error instanceof FonotecaError, String(error));
    return error.code === 'REDACT_UNPROVED';
  });
});
