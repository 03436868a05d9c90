import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { treeDigests } from '../../test/support/published.ts';
import { unwatched } from '../base/progress.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { dyingDisk, Killed, TEST_SETTINGS, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-publish-to-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);
const publish = async (deps: PublishDeps) =>
  publishEdition(await planEdition(deps), deps, unwatched);

test('a copy verifies by itself, holds nothing private, and is not made twice', async () => {
  const archive = await testArchive(at('a'));
  await archive.pack(testSongs(2, 1, 2000));
  await publish(archive.deps);
  const first = await publishTo(at('copy'), archive.deps, unwatched);
  assert.deepEqual([first.number, first.keptFiles, first.removed], [1, 0, []]);
  const again = await publishTo(at('copy'), archive.deps, unwatched);
  assert.deepEqual([again.copiedFiles, again.keptFiles], [0, first.copiedFiles]);
  assert.deepEqual((await verifyArchive(at('copy'))).findings, []);
  assert.deepEqual(fs.readdirSync(at('copy')).sort(), ['editions', 'index.html', 'volumes']);
  await archive.close();
});

test('a later edition is added, with torrents of other addresses, and a damaged file is mended', async () => {
  const archive = await testArchive(at('b'));
  const { name } = await archive.pack(testSongs(1, 1, 2000));
  await publish(archive.deps);
  await publishTo(at('copy-b'), archive.deps, unwatched);
  await archive.pack(testSongs(1, 5, 2000));
  const settings = { ...TEST_SETTINGS, publicUrl: 'https://a.example/x', contact: 'a@a.example' };
  await publish(archive.with({ settings }));
  fs.writeFileSync(path.join(at('copy-b'), 'volumes', `${name}.leaves`), 'x');
  fs.writeFileSync(path.join(at('copy-b'), 'robots.txt'), 'User-agent: *\n');
  fs.writeFileSync(path.join(at('copy-b'), 'volumes', 'original-0000000000000000.tar'), 'old');
  const report = await publishTo(at('copy-b'), archive.deps, unwatched);
  assert.deepEqual([report.number, report.removed], [2, ['original-0000000000000000.tar']]);
  assert.deepEqual((await verifyArchive(at('copy-b'))).findings, []);
  assert.ok(fs.existsSync(path.join(at('copy-b'), 'robots.txt')), 'what is not ours is left alone');
  const page = fs.readFileSync(path.join(at('copy-b'), 'index.html'), 'utf8');
  for (const [, href] of page.matchAll(/href="([^"]+)"/g))
    assert.ok(fs.existsSync(path.join(at('copy-b'), href!)), href);
  await archive.close();
});

test('a folder that is an archive, or another archive’s copy, is refused untouched', async () => {
  const archive = await testArchive(at('c'));
  const to = (name: string) => publishTo(at(name), archive.deps, unwatched);
  await archive.pack(testSongs(1, 1, 2000));
  await assert.rejects(to('copy-c'), { code: 'PUBLISH_NOTHING_PACKED' });
  await publish(archive.deps);
  const other = await testArchive(at('d'));
  await other.pack(testSongs(1, 9, 2000));
  await publish(other.deps);
  await publishTo(at('copy-d'), other.deps, unwatched);
  await assert.rejects(to('c'), { code: 'PUBLISH_TARGET_FOREIGN' });
  await assert.rejects(to('copy-d'), { code: 'PUBLISH_TARGET_FOREIGN' });
  await assert.rejects(to('c/volumes'), { code: 'PUBLISH_TARGET_FOREIGN' });
  fs.mkdirSync(at('site'));
  fs.writeFileSync(path.join(at('site'), 'index.html'), 'mine');
  await assert.rejects(to('site'), { code: 'PUBLISH_TARGET_FOREIGN' });
  assert.deepEqual(fs.readdirSync(at('site')), ['index.html']);
  assert.deepEqual((await verifyArchive(at('copy-d'))).findings, []);
  await Promise.all([archive.close(), other.close()]);
});

test('a copy that knows more than a restored backup, or other editions, is left as it is', async () => {
  const archive = await testArchive(at('f'));
  await archive.pack(testSongs(1, 1, 2000));
  await publish(archive.deps);
  await publishTo(at('copy-f'), archive.deps, unwatched);
  fs.cpSync(at('f'), at('backup-f'), { recursive: true });
  await archive.pack(testSongs(1, 5, 2000));
  await publish(archive.deps);
  await publishTo(at('copy-f'), archive.deps, unwatched);
  await archive.close();
  const before = treeDigests(at('copy-f'));

  const restored = await testArchive(at('backup-f'));
  const refused = (seen: RegExp) =>
    assert.rejects(publishTo(at('copy-f'), restored.deps, unwatched), {
      code: 'PUBLISH_TARGET_AHEAD',
      seen,
    });
  await refused(/has edition 2, this archive 1/);
  await restored.pack(testSongs(1, 7, 2000));
  await publish(restored.deps);
  await refused(/edition 2 .* is another/);
  assert.deepEqual(treeDigests(at('copy-f')), before);
  await restored.close();
});

test('an edition.json that is damaged in the copy is mended', async () => {
  const archive = await testArchive(at('g'));
  await archive.pack(testSongs(1, 1, 2000));
  await publish(archive.deps);
  await publishTo(at('copy-g'), archive.deps, unwatched);
  await archive.pack(testSongs(1, 5, 2000));
  await publish(archive.deps);
  await publishTo(at('copy-g'), archive.deps, unwatched);
  fs.appendFileSync(path.join(at('copy-g'), 'editions/0002/edition.json'), ' ');
  assert.equal((await publishTo(at('copy-g'), archive.deps, unwatched)).copiedFiles, 1);
  assert.deepEqual((await verifyArchive(at('copy-g'))).findings, []);
  await archive.close();
});

test('a file that is not what the edition lists is never copied', async () => {
  const archive = await testArchive(at('e'));
  const { name } = await archive.pack(testSongs(1, 1, 2000));
  await publish(archive.deps);
  fs.appendFileSync(path.join(at('e'), 'volumes', `${name}.tar`), 'x');
  await assert.rejects(publishTo(at('copy-e'), archive.deps, unwatched), {
    code: 'PUBLISH_VERIFY_FAILED',
  });
  assert.equal(fs.existsSync(path.join(at('copy-e'), 'volumes', `${name}.tar`)), false);
  await archive.close();
});

test('killed at any operation, whoever reads the copy finds an edition whole, and the next run completes it', async () => {
  const archive = await testArchive(at('f'));
  await archive.pack(testSongs(1, 1, 900));
  await publish(archive.deps);
  await publishTo(at('base'), archive.deps, unwatched);
  await archive.pack(testSongs(1, 5, 900));
  await publish(archive.deps);
  const counting = dyingDisk(Number.POSITIVE_INFINITY);
  fs.cpSync(at('base'), at('whole'), { recursive: true });
  await publishTo(at('whole'), archive.with({ disk: counting }), unwatched);
  for (let last = 1; last < counting.operations; last += 3) {
    const copy = at(`kill-${last}`);
    fs.cpSync(at('base'), copy, { recursive: true });
    await assert.rejects(
      publishTo(copy, archive.with({ disk: dyingDisk(last) }), unwatched),
      Killed,
    );
    const { findings, pointer } = await verifyArchive(copy);
    const waiting = /^(?:VERIFY_POINTER_BEHIND|VERIFY_TIMESTAMP|VERIFY_FILE_UNLISTED)$/;
    assert.deepEqual(
      findings.filter(({ code }) => !waiting.test(code)),
      [],
      `killed at ${last}`,
    );
    assert.notEqual(pointer?.expires, undefined, `killed at ${last}`);
    await publishTo(copy, archive.deps, unwatched);
    assert.deepEqual((await verifyArchive(copy)).findings, [], `after ${last}`);
    fs.rmSync(copy, { recursive: true });
  }
  await archive.close();
});
