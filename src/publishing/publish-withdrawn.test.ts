import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Digest } from '../base/digest.ts';
import { unwatched } from '../base/progress.ts';
import { type Edition, editionSchema } from '../model/edition.ts';
import type { Volume } from '../model/volume.ts';
import { carryOutRedaction, planRedaction } from '../store/redact-volume.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { dyingDisk, Killed, type TestArchive, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-publish-withdrawn-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (...names: string[]) => path.join(folder, ...names);
const read = (name: string) => fs.readFileSync(at(name), 'utf8');
const editionOf = (number: number): Edition =>
  editionSchema.parse(JSON.parse(read(`archive/editions/000${number}/edition.json`)));

let archive: TestArchive;
let volume: Volume;
let gone: Digest;

/** Records that `digest` is withdrawn and redacts the volume, as the stage of rights does. */
async function withdraw(digest: Digest): Promise<void> {
  const { ledger, disk, directories, clock } = archive.deps;
  const date = clock.nowIso();
  const names = { audioDigest: null, subject: null, reason: 'holder-request' as const, date };
  await ledger.commit([{ kind: 'withdrawn', digest, ...names }]);
  const withdrawn = await ledger.withdrawnDigests();
  const plan = planRedaction(disk, directories.volumes, volume.name, withdrawn, undefined)!;
  const { settle, ...identity } = await carryOutRedaction(disk, plan, undefined);
  await ledger.commit([{ kind: 'volume-redacted', volume: { ...volume, ...identity } }]);
  settle();
}

before(async () => {
  archive = await testArchive(at('archive'));
  volume = await archive.pack(testSongs(3, 1, 40_000));
  await archive.pack(testSongs(1, 50));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(at('copy'), archive.deps, unwatched);
  fs.cpSync(at('copy'), at('base'), { recursive: true });
  gone = volume.members[1]!.digest;
  await withdraw(gone);
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
});
after(() => archive.close());

test('an edition after a withdrawal leaves the member out and tells what the volume was', () => {
  const [first, second] = [editionOf(1), editionOf(2)];
  const was = first.volumes.find(({ name }) => name === volume.name)!;
  const is = second.volumes.find(({ name }) => name === volume.name)!;
  assert.deepEqual([is.members, is.withdrawn, was.withdrawn], [3, 1, 0]);
  const { infohashV1, infohashV2 } = was;
  assert.deepEqual(is.superseded, [{ edition: 1, infohashV1, infohashV2 }]);
  assert.notEqual(is.infohashV2, infohashV2);
  assert.deepEqual(is.added, was.added);
  assert.deepEqual([second.tombstones.count, first.tombstones.count], [1, 0]);
  for (const name of ['rights.jsonl', 'catalogue.jsonl']) {
    assert.ok(read(`archive/editions/0001/${name}`).includes(gone), name);
    assert.ok(!read(`archive/editions/0002/${name}`).includes(gone), name);
  }
  const listed = JSON.parse(read('archive/editions/0002/torrents.json')).torrents;
  const { superseded, withdrawn, seeders } = listed.find(
    ({ name }: { name: string }) => name === volume.name,
  );
  assert.deepEqual(
    { superseded, withdrawn, seeders },
    { superseded: is.superseded, withdrawn: 1, seeders: null },
  );
});

test('a copy is redacted where it lies: no volume is copied again', async () => {
  const tar = at('copy', 'volumes', `${volume.name}.tar`);
  const { ino } = fs.statSync(tar);
  const report = await publishTo(at('copy'), archive.deps, unwatched);
  assert.deepEqual(report.redacted, [volume.name]);
  assert.equal(fs.statSync(tar).ino, ino, 'the same file');
  for (const suffix of ['tar', 'torrent', 'leaves']) {
    const name = path.join('volumes', `${volume.name}.${suffix}`);
    assert.deepEqual(
      fs.readFileSync(at('copy', name)),
      fs.readFileSync(at('archive', name)),
      suffix,
    );
  }
  assert.ok(report.copiedBytes < fs.statSync(tar).size, 'torrents, leaves and documents only');
  for (const root of ['archive', 'copy'])
    assert.deepEqual((await verifyArchive(at(root))).findings, [], root);
  const again = await publishTo(at('copy'), archive.deps, unwatched);
  assert.deepEqual([again.redacted, again.copiedFiles], [[], 0]);
});

test('killed at any operation while a copy is redacted, the next run completes it', async () => {
  const counting = dyingDisk(Number.POSITIVE_INFINITY);
  fs.cpSync(at('base'), at('whole'), { recursive: true });
  await publishTo(at('whole'), archive.with({ disk: counting }), unwatched);
  const wanted = fs.readFileSync(at('archive', 'volumes', `${volume.name}.tar`));
  for (let last = 1; last < Math.min(counting.operations, 60); last += 2) {
    const copy = `kill-${last}`;
    fs.cpSync(at('base'), at(copy), { recursive: true });
    await assert.rejects(
      publishTo(at(copy), archive.with({ disk: dyingDisk(last) }), unwatched),
      Killed,
    );
    await publishTo(at(copy), archive.deps, unwatched);
    assert.deepEqual(
      fs.readFileSync(at(copy, 'volumes', `${volume.name}.tar`)),
      wanted,
      `killed at ${last}`,
    );
    const names = fs.readdirSync(at(copy, 'volumes'));
    assert.deepEqual(
      names.filter((name) => !/\.(?:tar|torrent|leaves)$/.test(name)),
      [],
      `killed at ${last}`,
    );
    fs.rmSync(at(copy), { recursive: true });
  }
});

test('a damaged copy of a volume with withdrawals is copied whole', async () => {
  fs.cpSync(at('base'), at('damaged'), { recursive: true });
  fs.writeFileSync(at('damaged', 'volumes', `${volume.name}.leaves`), 'x');
  const report = await publishTo(at('damaged'), archive.deps, unwatched);
  assert.deepEqual(report.redacted, []);
  const name = path.join('volumes', `${volume.name}.tar`);
  assert.deepEqual(fs.readFileSync(at('damaged', name)), fs.readFileSync(at('archive', name)));
});

test('what is withdrawn and still lies in its volume stops the edition', async () => {
  const root = at('unredacted');
  const other = await testArchive(root);
  const { members } = await other.pack(testSongs(2, 70));
  await publishEdition(await planEdition(other.deps), other.deps, unwatched);
  const names = { audioDigest: null, subject: null, reason: 'other' as const };
  await other.deps.ledger.commit([
    { kind: 'withdrawn', digest: members[0]!.digest, ...names, date: '2026-01-02T03:04:05Z' },
  ]);
  await assert.rejects(
    async () => publishEdition(await planEdition(other.deps), other.deps, unwatched),
    { code: 'PUBLISH_VERIFY_FAILED' },
  );
  assert.equal((await other.deps.ledger.editions()).length, 1);
  await other.close();
});

test('after a restoration the volume is what it was, and a copy gets it whole', async () => {
  const { ledger, clock, directories } = archive.deps;
  for (const suffix of ['tar', 'torrent', 'leaves']) {
    const name = `${volume.name}.${suffix}`;
    fs.copyFileSync(at('base', 'volumes', name), path.join(directories.volumes, name));
  }
  const date = clock.nowIso();
  await ledger.commit([
    { kind: 'restored', digest: gone, reason: 'right-granted', date },
    { kind: 'volume-redacted', volume },
  ]);
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  const is = editionOf(3).volumes.find(({ name }) => name === volume.name)!;
  assert.deepEqual([is.infohashV2, is.withdrawn], [volume.infohashV2, 0]);
  assert.ok(read('archive/editions/0003/rights.jsonl').includes(gone));
  assert.ok(
    read('archive/editions/0003/tombstones.jsonl').startsWith(
      read('archive/editions/0002/tombstones.jsonl'),
    ),
  );
  const report = await publishTo(at('copy'), archive.deps, unwatched);
  assert.deepEqual(report.redacted, []);
  for (const root of ['archive', 'copy'])
    assert.deepEqual((await verifyArchive(at(root))).findings, [], root);
});
