/** A withdrawal that comes while a client is told what to seed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { unwatched } from '../src/base/progress.ts';
import type { Seeder } from '../src/model/seeder.ts';
import { planEdition } from '../src/publishing/plan-edition.ts';
import { publishEdition } from '../src/publishing/publish-edition.ts';
import { type TestArchive, testArchive, testSongs } from '../src/publishing/test-archive.ts';
import { carryOutClient, planClient } from '../src/seeding/client-plan.ts';
import type { SeedDeps } from '../src/seeding/seed-item.ts';
import { layoutOf } from '../src/store/layout.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-seed-withdrawal-'));
after(() => fs.rmSync(folder, { recursive: true }));
let archive: TestArchive;
let deps: SeedDeps;
let number = 0;

beforeEach(async () => {
  number += 1;
  const root = path.join(folder, `${number}`);
  archive = await testArchive(root);
  for (const from of [1, 5]) await archive.pack(testSongs(1, from, 2000));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  const { ledger, disk } = archive.deps;
  deps = { ledger, disk, layout: layoutOf(root) };
});

/** A client that does as it is told, and calls `onAdd` when it was. */
function client(onAdd: (torrents: number) => Promise<void>): Seeder & { torrents: Set<string> } {
  const torrents = new Set<string>();
  return {
    torrents,
    name: 'a client',
    list: async () => torrents,
    async add() {
      const { add } = plan;
      torrents.add(add[torrents.size]!.infohashV1);
      await onAdd(torrents.size);
    },
    remove: async (infohash) => void torrents.delete(infohash),
    status: async () => [],
  };
}

let plan: Awaited<ReturnType<typeof planClient>>;
const paths = { volumes: '/volumes', editions: undefined };

async function withdrawFrom(at: number): Promise<void> {
  const name = path.parse(plan.add[at]!.fileName).name;
  const { members } = (await deps.ledger.volume(name))!;
  const { digest } = members[0]!;
  await deps.ledger.commit([
    {
      ...{ kind: 'withdrawn', digest, audioDigest: null, subject: 'a track' },
      ...{ reason: 'holder-request', date: '2026-01-02T03:04:05Z' },
    },
  ]);
}

test('what was withdrawn from before its turn is not added', async () => {
  const seeder = client(async (torrents) => (torrents === 1 ? withdrawFrom(1) : undefined));
  plan = await planClient(deps, seeder, paths);
  const first = plan.add[0]!.infohashV1;
  const report = await carryOutClient(plan, deps, seeder, paths, unwatched);
  assert.deepEqual([...seeder.torrents], [first]);
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ['SEED_TORRENT_WITHDRAWN'],
  );
  await archive.close();
});

test('what is withdrawn from while it is added is removed again', async () => {
  const seeder = client(async (torrents) => (torrents === 2 ? withdrawFrom(1) : undefined));
  plan = await planClient(deps, seeder, paths);
  const first = plan.add[0]!.infohashV1;
  await carryOutClient(plan, deps, seeder, paths, unwatched);
  assert.deepEqual([...seeder.torrents], [first]);
  await archive.close();
});

test('a torrent file that is another than the one planned is not added', async () => {
  const seeder = client(async () => undefined);
  plan = await planClient(deps, seeder, paths);
  const [first, second] = plan.add;
  fs.copyFileSync(second!.torrentFile, first!.torrentFile);
  const report = await carryOutClient(plan, deps, seeder, paths, unwatched);
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ['SEED_TORRENT_WRONG'],
  );
  await archive.close();
});
