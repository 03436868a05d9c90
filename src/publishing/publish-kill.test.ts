import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import { unwatched } from '../base/progress.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type VerifyReport, verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { publishEdition } from './publish-edition.ts';
import { dyingDisk, Killed, TEST_SETTINGS, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-publish-kill-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publish = async (deps: PublishDeps) =>
  publishEdition(await planEdition(deps), deps, unwatched);

/** An archive with one edition and a second one waiting, with other addresses, so that every step has work to do. */
async function prepare(root: string): Promise<void> {
  const archive = await testArchive(root);
  await archive.pack(testSongs(1, 1, 900));
  await publish(archive.deps);
  await archive.pack(testSongs(1, 2, 900));
  await archive.close();
}

const settings = { ...TEST_SETTINGS, publicUrl: 'https://a.example', contact: 'a@a.example' };
const clock = fixedClock('2026-01-20T00:00:00Z');
/** What is true of a publication cut off behind its rename: the pointer has still to move. */
const UNFINISHED = ['VERIFY_POINTER_BEHIND', 'VERIFY_TIMESTAMP'];

function assertReadable(report: VerifyReport, at: string): void {
  const other = report.findings.filter(({ code }) => !UNFINISHED.includes(code));
  assert.deepEqual(other, [], at);
  assert.ok(report.pointer?.edition === 1 || report.pointer?.edition === 2, at);
  assert.notEqual(report.pointer.expires, undefined, at);
}

/** Publishes in a copy of `base` with a disk that dies at operation `last`. */
async function killAt(base: string, root: string, last: number): Promise<void> {
  fs.cpSync(base, root, { recursive: true });
  const archive = await testArchive(root, { clock });
  await assert.rejects(publish(archive.with({ settings, disk: dyingDisk(last) })), Killed);
  await archive.close();
}

/** Every eighth operation while documents are written one like the other, and every one from the end of that on. */
function killPoints(total: number): number[] {
  const all = Array.from({ length: total - 1 }, (_, at) => at + 1);
  return all.filter((at) => at % 8 === 0 || at > total - 72);
}

test('killed at any disk operation, readers see a whole edition, and the same command completes it', async () => {
  const base = path.join(folder, 'base');
  await prepare(base);
  const counting = dyingDisk(Number.POSITIVE_INFINITY);
  const whole = path.join(folder, 'whole');
  fs.cpSync(base, whole, { recursive: true });
  const uncut = await testArchive(whole, { clock });
  await publish(uncut.with({ settings, disk: counting }));
  await uncut.close();
  for (const last of killPoints(counting.operations)) {
    const root = path.join(folder, `kill-${last}`);
    await killAt(base, root, last);
    assertReadable(await verifyArchive(root), `killed at ${last}`);
    const archive = await testArchive(root, { clock });
    const report = await publish(archive.with({ settings }));
    assert.equal(report.number, 2, `after ${last}`);
    const verdict = await verifyArchive(root);
    assert.deepEqual(verdict.findings, [], `after ${last}`);
    assert.equal(verdict.pointer?.edition, 2);
    assert.deepEqual(fs.readdirSync(archive.deps.directories.work), []);
    assert.equal((await archive.deps.ledger.editions()).length, 2);
    assert.equal((await planEdition(archive.with({ settings }))).kind, 'nothing-new');
    await archive.close();
    fs.rmSync(root, { recursive: true });
  }
});

test('killed between the rename and the fact, the edition is adopted as it is', async () => {
  const root = path.join(folder, 'adopt');
  await prepare(root);
  const archive = await testArchive(root, { clock });
  const ledger: Ledger = new Proxy(archive.deps.ledger, {
    get: (target, name, receiver) =>
      name === 'commit'
        ? () => Promise.reject(new Killed('commit'))
        : Reflect.get(target, name, receiver),
  });
  await assert.rejects(publish({ ...archive.deps, ledger }), Killed);
  const kept = fs.readFileSync(path.join(root, 'editions/0002/edition.json'), 'utf8');
  const plan = await planEdition(archive.deps);
  assert.equal(plan.kind, 'finish');
  const later = archive.with({ clock: fixedClock('2026-01-21T00:00:00Z') });
  const report = await publish(later);
  assert.deepEqual([report.outcome, report.number], ['finished', 2]);
  assert.equal(fs.readFileSync(path.join(root, 'editions/0002/edition.json'), 'utf8'), kept);
  assert.equal((await archive.deps.ledger.editions()).at(-1)?.sha256, report.sha256);
  assert.deepEqual((await verifyArchive(root)).findings, []);
  await archive.close();
});

test('an edition in its place that was damaged meanwhile is not adopted', async () => {
  const root = path.join(folder, 'damaged');
  await prepare(root);
  const archive = await testArchive(root, { clock });
  const refuse = () => Promise.reject(new Killed('commit'));
  const ledger: Ledger = new Proxy(archive.deps.ledger, {
    get: (target, name, receiver) =>
      name === 'commit' ? refuse : Reflect.get(target, name, receiver),
  });
  await assert.rejects(publish({ ...archive.deps, ledger }), Killed);
  fs.appendFileSync(path.join(root, 'editions/0002/magnets.txt'), 'x');
  await assert.rejects(publish(archive.deps), { code: 'PUBLISH_VERIFY_FAILED' });
  assert.equal((await archive.deps.ledger.editions()).length, 1);
  await archive.close();
});

test('a stop before the volumes are read publishes nothing', async () => {
  const root = path.join(folder, 'stop');
  await prepare(root);
  const archive = await testArchive(root, { clock });
  const plan = await planEdition(archive.deps);
  const watch = { ...unwatched, stop: AbortSignal.abort() };
  await assert.rejects(publishEdition(plan, archive.deps, watch), { code: 'INTERRUPTED' });
  assert.equal((await archive.deps.ledger.editions()).length, 1);
  assert.equal((await publish(archive.deps)).outcome, 'published');
  await archive.close();
});
