import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { unwatched } from '../base/progress.ts';
import { rootFromLeaves } from '../formats/merkle.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import type { Seeder } from '../model/seeder.ts';
import { directoriesOf, layoutOf } from '../store/layout.ts';
import { openSealed } from '../store/sealed.ts';
import { openStore } from '../store/store.ts';
import { hashedWhole, putVolume, redactedBytes, testVolume } from '../store/test-volume.ts';
import { carryOutRestore } from './carry-out-restore.ts';
import { carryOutWithdrawal, recoverWithdrawals } from './carry-out-withdrawal.ts';
import type { WithdrawalPlan } from './plan-withdrawal.ts';
import type { RightsDeps } from './withdrawal-item.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-withdraw-seeders-'));
after(() => fs.rmSync(folder, { recursive: true }));
const WORDS = { reason: 'holder-request', date: '2026-01-02T03:04:05Z' } as const;
const volume = testVolume([30_000, 16_384, 500]);
const [first] = volume.members;
const gone = new Set<Digest>([first!.digest]);

/** An archive with one packed volume, and seeders that tell what they were asked. */
async function prepared(name: string, seeders: readonly Seeder[]) {
  const layout = layoutOf(path.join(folder, name));
  for (const directory of [layout.root, ...directoriesOf(layout)])
    ensureDirectory(realDisk, directory);
  putVolume(realDisk, layout.volumes, volume.name, volume.bytes);
  const ledger = openSqliteLedger(':memory:', { clock: fixedClock(WORDS.date) });
  const hashed = hashedWhole(volume.name, volume.bytes);
  const { infohashV1, infohashV2 } = hashed;
  const members = volume.members.map(({ path: member, digest }) => ({
    path: member,
    digest,
    sizeBytes: volume.payloads.get(digest)!.length,
    positionBytes: volume.bytes.indexOf(Buffer.from(volume.payloads.get(digest)!)),
  }));
  const packed = {
    name: volume.name,
    tier: 'original' as const,
    sizeBytes: volume.bytes.length,
    digest: first!.digest,
    piecesRoot: Buffer.from(rootFromLeaves(hashed.leaves)).toString('hex') as Digest,
    infohashV1,
    infohashV2,
    pieceLengthBytes: 262_144,
    members,
  };
  await ledger.commit([{ kind: 'volume-packed', volume: packed }]);
  const store = openStore(realDisk, layout.root, async () => undefined);
  const sealed = openSealed(realDisk, layout);
  const deps: RightsDeps = { ledger, store, sealed, disk: realDisk, seeders };
  const item = {
    digest: first!.digest,
    kind: 'original' as const,
    sizeBytes: 30_000,
    audioDigest: null,
    subject: null,
    title: '',
  };
  const plan: WithdrawalPlan = {
    items: [item],
    already: [],
    volumes: [packed],
    loose: [],
    missing: [],
    bytes: 30_000,
  };
  const tar = () => fs.readFileSync(path.join(layout.volumes, `${volume.name}.tar`));
  return { deps, plan, tar, infohashV1 };
}

function seeder(torrents: Set<string>, isAway: () => boolean): Seeder {
  const orAway = async <T>(answer: T): Promise<T> => {
    if (isAway()) throw new Error('connection refused');
    return answer;
  };
  return {
    name: 'transmission at http://127.0.0.1:9091',
    list: () => orAway(new Set(torrents)),
    add: async () => {},
    remove: async (infohash) => orAway(void torrents.delete(infohash)),
    status: async () => [],
  };
}

test('while a seeder cannot be asked nothing is zeroed, and the same call completes it when it can', async () => {
  let isAway = true;
  const torrents = new Set<string>();
  const { deps, plan, tar, infohashV1 } = await prepared('away', [seeder(torrents, () => isAway)]);
  torrents.add(infohashV1);
  const withdraw = () => carryOutWithdrawal(plan, { ...WORDS, destroy: false }, deps, unwatched);
  await assert.rejects(withdraw(), { code: 'SEED_UNCONFIRMED' });
  assert.ok(tar().equals(volume.bytes));
  assert.equal(await deps.ledger.isWithdrawn(first!.digest), true);
  isAway = false;
  const report = await recoverWithdrawals(deps, unwatched);
  assert.ok(tar().equals(redactedBytes(volume, gone)));
  assert.deepEqual([...torrents], []);
  assert.equal(report.volumes[0]?.before, infohashV1);
  assert.deepEqual((await recoverWithdrawals(deps, unwatched)).volumes, []);
});

test('before bytes come back the redacted torrent leaves too', async () => {
  const torrents = new Set<string>();
  const { deps, plan, tar, infohashV1 } = await prepared('back', [seeder(torrents, () => false)]);
  await carryOutWithdrawal(plan, { ...WORDS, destroy: false }, deps, unwatched);
  const [redacted] = await deps.ledger.volumes();
  torrents.add(redacted!.infohashV1);
  await carryOutRestore({ ...plan, volumes: [redacted!] }, WORDS, deps, unwatched);
  assert.deepEqual([...torrents], []);
  assert.ok(tar().equals(volume.bytes));
  assert.equal((await deps.ledger.volumes())[0]?.infohashV1, infohashV1);
  assert.equal(deps.sealed.has(first!.digest), false);
});

test('damaged bytes are withdrawn without a sealed copy, and that is told', async () => {
  const { deps, plan, tar } = await prepared('damaged', []);
  const at = volume.bytes.indexOf(Buffer.from(volume.payloads.get(first!.digest)!));
  const file = path.join(deps.store.layout.volumes, `${volume.name}.tar`);
  const bytes = tar();
  bytes[at + 9]! ^= 1;
  fs.writeFileSync(file, bytes);
  const report = await carryOutWithdrawal(plan, { ...WORDS, destroy: false }, deps, unwatched);
  assert.deepEqual(report.unsealed, [first!.digest]);
  assert.ok(tar().equals(redactedBytes(volume, gone)));
});
