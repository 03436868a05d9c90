import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from './base/clock.ts';
import { unwatched } from './base/progress.ts';
import { planEdition } from './publishing/plan-edition.ts';
import type { PublishDeps } from './publishing/publish-deps.ts';
import { publishEdition } from './publishing/publish-edition.ts';
import { publishTo } from './publishing/publish-to.ts';
import {
  dyingDisk,
  Killed,
  type TestArchive,
  testArchive,
  testSongs,
} from './publishing/test-archive.ts';
import { readLog } from './read-log.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-log-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publish = async (deps: PublishDeps) =>
  publishEdition(await planEdition(deps), deps, unwatched);
const at = (day: number) => fixedClock(`2026-01-${String(day).padStart(2, '0')}T00:00:00Z`);

/** An archive in `name` with `count` editions, each with one song more. */
async function published(name: string, count: number): Promise<TestArchive> {
  const archive = await testArchive(path.join(folder, name));
  for (let number = 1; number <= count; number += 1) {
    await archive.pack(testSongs(1, number, 900));
    await publish(archive.with({ clock: at(number + 1) }));
  }
  return archive;
}

const logOf = (archive: TestArchive) => readLog(archive.root, archive.deps.disk);
const entriesOf = (archive: TestArchive) =>
  [...logOf(archive).entries()].map((entry) => JSON.parse(entry));
const editionOf = (root: string, number: number) =>
  JSON.parse(fs.readFileSync(path.join(root, `editions/000${number}/edition.json`), 'utf8'));
const sha256 = (file: string) =>
  crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** Every file below the log, by name. */
function logFiles(root: string): Map<string, string> {
  const log = path.join(root, 'editions', 'log');
  const names = fs.readdirSync(log, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter((name) => fs.statSync(path.join(log, name)).isFile())
      .map((name) => [name, sha256(path.join(log, name))]),
  );
}

test('an edition is logged with its keys, then as published, and states the head between', async () => {
  const archive = await published('two', 2);
  const keys = sha256(path.join(archive.root, 'editions/0001/keys.json'));
  const editions = [1, 2].map((number) =>
    sha256(path.join(archive.root, `editions/000${number}/edition.json`)),
  );
  assert.deepEqual(entriesOf(archive), [
    { edition: 1, kind: 'keys', sha256: keys },
    { date: '2026-01-02T00:00:00Z', edition: 1, kind: 'published', sha256: editions[0] },
    { date: '2026-01-03T00:00:00Z', edition: 2, kind: 'published', sha256: editions[1] },
  ]);
  const { head, edition } = logOf(archive);
  assert.deepEqual([head.size, edition], [3, 2]);
  const heads = [1, 2].map((number) => editionOf(archive.root, number).log);
  assert.deepEqual([heads[0].size, heads[1].size], [1, 2]);
  const timestamps = ['0001-1', '0002-1'].map(
    (name) =>
      JSON.parse(
        fs.readFileSync(path.join(archive.root, `editions/timestamps/${name}.json`), 'utf8'),
      ).log,
  );
  assert.deepEqual(timestamps[0], heads[1], 'nothing lies between two publications');
  assert.deepEqual(timestamps[1], head);
  assert.deepEqual(logOf(archive).check(), []);
  await archive.close();
});

test('a change of rights is logged with the digests of both lines; a new member is not', async () => {
  const archive = await published('rights', 1);
  const before = fs.readFileSync(path.join(archive.root, 'editions/0001/rights.jsonl'), 'utf8');
  const [holding] = await held(archive);
  const rights = { ...holding!.rights, holder: 'Otra' };
  await archive.deps.ledger.commit([{ kind: 'rights-recorded', digest: holding!.digest, rights }]);
  await archive.pack(testSongs(1, 5, 900));
  await publish(archive.with({ clock: at(9) }));
  const after = fs.readFileSync(path.join(archive.root, 'editions/0002/rights.jsonl'), 'utf8');
  const line = after.split('\n').find((each) => each.includes(holding!.digest));
  const digestOf = (text: string) => crypto.createHash('sha256').update(text).digest('hex');
  assert.deepEqual(entriesOf(archive).at(-2), {
    after: digestOf(`${line}\n`),
    before: digestOf(before),
    digest: holding!.digest,
    edition: 2,
    kind: 'rights',
  });
  assert.equal(entriesOf(archive).length, 4);
  assert.deepEqual(logOf(archive).check(), []);
  await archive.close();
});

test('a log that is gone is made again, the same to the byte', async () => {
  const archive = await published('gone', 3);
  const files = logFiles(archive.root);
  assert.ok(files.has('tile/0/000.p/2') && files.has('tile/0/000.p/4'));
  fs.rmSync(path.join(archive.root, 'editions/log'), { recursive: true });
  assert.throws(() => logOf(archive), { code: 'LOG_NONE' });
  await publish(archive.with({ clock: at(5) }));
  assert.deepEqual(logFiles(archive.root), files);
  fs.rmSync(path.join(archive.root, 'editions/log'), { recursive: true });
  await archive.pack(testSongs(1, 9, 900));
  await publish(archive.with({ clock: at(6) }));
  for (const [name, digest] of files)
    if (name !== 'checkpoint') assert.equal(logFiles(archive.root).get(name), digest, name);
  assert.deepEqual(logOf(archive).check(), []);
  await archive.close();
});

test('a log of another history is refused, and nothing is published on it', async () => {
  const archive = await published('differs', 2);
  const tile = path.join(archive.root, 'editions/log/tile/0/000.p/3');
  const bytes = fs.readFileSync(tile);
  bytes[0]! ^= 1;
  fs.writeFileSync(tile, bytes);
  assert.deepEqual(
    logOf(archive)
      .check()
      .map(({ code, subject }) => [code, subject]),
    [['LOG_DIFFERS', 'tile/0/000.p/3']],
  );
  await archive.pack(testSongs(1, 9, 900));
  await assert.rejects(publish(archive.with({ clock: at(9) })), { code: 'LOG_DIFFERS' });
  assert.equal((await archive.deps.ledger.editions()).length, 2);
  await archive.close();
});

test('a checkpoint that is ahead of the editions is refused; one that is damaged is made again', async () => {
  const [longer, shorter] = [await published('long', 3), await published('short', 2)];
  const checkpoint = (archive: TestArchive) => path.join(archive.root, 'editions/log/checkpoint');
  const own = fs.readFileSync(checkpoint(shorter));
  fs.copyFileSync(checkpoint(longer), checkpoint(shorter));
  assert.throws(() => logOf(shorter), { code: 'LOG_DIFFERS' });
  await assert.rejects(publish(shorter.with({ clock: at(9) })), { code: 'LOG_DIFFERS' });
  fs.writeFileSync(checkpoint(shorter), own.subarray(0, 50));
  assert.throws(() => logOf(shorter), { code: 'LOG_CHECKPOINT_INVALID' });
  await publish(shorter.with({ clock: at(9) }));
  assert.ok(fs.readFileSync(checkpoint(shorter)).equals(own));
  await Promise.all([longer.close(), shorter.close()]);
});

test('a checkpoint with another signature is not believed', async () => {
  const archive = await published('signature', 1);
  const file = path.join(archive.root, 'editions/log/checkpoint');
  const text = fs.readFileSync(file, 'utf8');
  const [head, line] = text.split('\n\n') as [string, string];
  const bytes = Buffer.from(line.trim().split(' ')[2]!, 'base64');
  bytes[20]! ^= 1;
  fs.writeFileSync(
    file,
    `${head}\n\n${line.split(' ').slice(0, 2).join(' ')} ${bytes.toString('base64')}\n`,
  );
  assert.throws(() => logOf(archive), { code: 'SIGNATURE_WRONG' });
  await archive.close();
});

test('killed at any write of the log, the same command completes it', async () => {
  const base = await published('kill', 1);
  await base.pack(testSongs(1, 2, 900));
  await base.close();
  const run = async (root: string, last: number) => {
    fs.cpSync(base.root, root, { recursive: true });
    const archive = await testArchive(root);
    const disk = dyingDisk(last);
    const result = publish(archive.with({ clock: at(9), disk }));
    return { archive, disk, result };
  };
  const whole = await run(path.join(folder, 'kill-whole'), Number.POSITIVE_INFINITY);
  await whole.result;
  const wanted = logFiles(whole.archive.root);
  await whole.archive.close();
  const total = whole.disk.operations;
  for (let last = total - 40; last < total; last += 3) {
    const { archive, result } = await run(path.join(folder, `kill-${last}`), last);
    await assert.rejects(result, Killed);
    await publish(archive.with({ clock: at(9) }));
    assert.deepEqual(logFiles(archive.root), wanted, `killed at ${last} of ${total}`);
    await archive.close();
    fs.rmSync(archive.root, { recursive: true });
  }
});

test('a copy carries the log, and both prove each edition and each older head', async () => {
  const archive = await published('copy', 3);
  const target = path.join(folder, 'copied');
  await publishTo(target, archive.deps, unwatched);
  assert.deepEqual(logFiles(target), logFiles(archive.root));
  const heads = [1, 2, 3].map((number) => editionOf(target, number).log);
  for (const root of [archive.root, target]) {
    const log = readLog(root, archive.deps.disk);
    for (const number of [1, 2, 3]) assert.equal(log.prove(number).index, heads[number - 1].size);
    for (const { size, root: hash } of heads)
      assert.deepEqual(log.since(`${size}:${hash}`).from, { size, root: hash });
    assert.deepEqual(log.check(), []);
    assert.throws(() => log.prove(4), { code: 'LOG_EDITION_UNKNOWN' });
    assert.throws(() => log.since(`1:${heads[1].root}`), { code: 'LOG_FORKED' });
    assert.throws(() => log.since(`99:${heads[1].root}`), { code: 'LOG_FORKED' });
    for (const text of ['', '1', '1:abc', `-1:${heads[1].root}`, `01:${heads[1].root}`])
      assert.throws(() => log.since(text), { code: 'LOG_HEAD_INVALID' }, text);
  }
  await archive.close();
});

async function held(archive: TestArchive) {
  const found = [];
  for (const volume of await archive.deps.ledger.volumes())
    for (const { digest } of volume.members) found.push(await archive.deps.ledger.holding(digest));
  return found;
}
