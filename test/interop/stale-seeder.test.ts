/**
 * A stranger's libtorrent that holds the old torrents and the old bytes stays alive while things are withdrawn: none of
 * them comes back into our volumes, whichever client of ours reads them.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { unwatched } from '../../src/base/progress.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import type { Seeder } from '../../src/model/seeder.ts';
import type { Volume } from '../../src/model/volume.ts';
import { carryOutPack } from '../../src/packing/carry-out-pack.ts';
import { planPack } from '../../src/packing/plan-pack.ts';
import { carryOutWithdrawal } from '../../src/rights/carry-out-withdrawal.ts';
import { planWithdrawal } from '../../src/rights/plan-withdrawal.ts';
import { previewPlan } from '../../src/selection/make-plan.ts';
import { volumePaths } from '../../src/store/layout.ts';
import { openSealed } from '../../src/store/sealed.ts';
import { roundsOf } from '../support/counts.ts';
import { type LibtorrentClient, startLibtorrent } from '../support/libtorrent-client.ts';
import { pythonWithLibtorrent } from '../support/outside-tools.ts';
import { hold, type SmallArchive, smallArchive } from '../support/small-archive.ts';
import { type Outside, tryWithdrawalSequences } from '../support/withdrawal-sequences.ts';

/** The long run tries five hundred. */
const SEQUENCES = roundsOf('STALE_SEQUENCES', 50);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-stale-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** The archive's seeder, a real client whose data are the archive's own files. */
function seederOf(client: LibtorrentClient): Seeder {
  return {
    name: 'libtorrent',
    list: async () => new Set(await client.list()),
    add: async (torrent, directory) => {
      const file = path.join(folder, 'added.torrent');
      fs.writeFileSync(file, torrent);
      await client.add(file, directory);
    },
    remove: (infohash) => client.remove(infohash),
    status: async () => [],
  };
}

/** The old bytes and torrent of `volume` in a folder of the stranger's, seeded from there. */
async function keepStale(
  stale: LibtorrentClient,
  directory: string,
  { name, infohashV1 }: Volume,
): Promise<void> {
  if ((await stale.list()).includes(infohashV1)) return;
  const own = fs.mkdtempSync(path.join(folder, 'stale-'));
  for (const extension of ['tar', 'torrent'])
    fs.copyFileSync(
      path.join(directory, `${name}.${extension}`),
      path.join(own, `${name}.${extension}`),
    );
  await stale.add(path.join(own, `${name}.torrent`), own, { seed: true });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await isSo()) return;
    await sleep(100);
  }
  assert.fail(`${what} within 15 s`);
}

describe('a stale seeder', {
  skip: pythonWithLibtorrent() ? false : 'not installed: python3-libtorrent',
}, () => {
  test('gives withdrawn bytes back to a client that kept the old torrent, and not to one that was told', async () => {
    await using archive = await smallArchive();
    await using stale = await startLibtorrent();
    await using ours = await startLibtorrent();
    const { volume, gone } = await packTwo(archive);
    const { volumes } = archive.store.layout;
    await keepStale(stale, volumes, volume);
    const careless = fs.mkdtempSync(path.join(folder, 'careless-'));
    const isBack = (directory: string) =>
      fs.readFileSync(path.join(directory, `${volume.name}.tar`)).includes(gone.subarray(0, 64));

    await ours.add(volumePaths(archive.store.layout, volume.name).torrent, volumes);
    await ours.connect(volume.infohashV1, stale.port);
    const deps = {
      ...archive,
      sealed: openSealed(archive.disk, archive.store.layout),
      seeders: [seederOf(ours)],
    };
    const [holding] = await archive.ledger.holdings();
    const plan = await planWithdrawal(deps, { holdings: [holding!] });
    const oldTorrent = path.join(careless, 'old.torrent');
    fs.copyFileSync(volumePaths(archive.store.layout, volume.name).torrent, oldTorrent);
    await carryOutWithdrawal(
      plan,
      { reason: 'holder-request', date: archive.clock.nowIso(), destroy: false },
      deps,
      unwatched,
    );
    assert.deepEqual(await ours.list(), []);
    const now = (await archive.ledger.volumes())[0]!;
    await ours.add(volumePaths(archive.store.layout, volume.name).torrent, volumes);
    await ours.connect(now.infohashV1, stale.port);

    // The same file with the old torrent left in its client: the danger is real.
    fs.copyFileSync(
      path.join(volumes, `${volume.name}.tar`),
      path.join(careless, `${volume.name}.tar`),
    );
    assert.equal(isBack(careless), false);
    await using kept = await startLibtorrent();
    await kept.add(oldTorrent, careless);
    await until('the careless client reconnects and fetches', async () => {
      await kept.connect(volume.infohashV1, stale.port);
      return (await kept.status(volume.infohashV1)).progress === 1;
    });
    await until('the bytes are written', async () => isBack(careless));
    assert.equal(isBack(volumes), false);
    assert.equal((await stale.status(volume.infohashV1)).progress, 1);
  });

  test(`is alive through ${SEQUENCES} random sequences without a withdrawn byte coming back`, async () => {
    await using stale = await startLibtorrent();
    await using ours = await startLibtorrent();
    const seeder = seederOf(ours);
    const outside: Outside = {
      seeder,
      packed: (directory, volume) => keepStale(stale, directory, volume),
      stepped: async (directory, volumes) => {
        const held = await seeder.list();
        for (const { name, infohashV1 } of volumes) {
          if (held.has(infohashV1)) continue;
          const torrent = fs.readFileSync(path.join(directory, `${name}.torrent`));
          await seeder.add(torrent, directory);
          await ours.connect(infohashV1, stale.port);
        }
        await sleep(50);
      },
    };
    const done = await tryWithdrawalSequences(SEQUENCES, 9_000, outside);
    assert.ok(done.redactions > 0);
    assert.ok((await stale.list()).length > 0);
  });
});

/** Two tracks in one volume; the bytes of the one held first. */
async function packTwo(archive: SmallArchive): Promise<{ volume: Volume; gone: Buffer }> {
  const random = seededRandom(7);
  const gone = Buffer.from(random.bytes(600_000));
  await hold(archive, [{ bytes: gone }, { bytes: random.bytes(400_000) }]);
  const day = '2026-01-02';
  const plan = await previewPlan(
    { ...archive, layout: archive.store.layout },
    {
      ...{ policy: 'default', budgetBytes: null, secondaryCutoff: 0, day },
      ...{ tail: 'original', opusBitrateKbps: 75 },
    },
  );
  const packing = await planPack(archive.ledger, plan, {
    ...{ volumeBytes: 10_000_000, volumeMembers: 10, day },
  });
  const { volumes } = await carryOutPack(packing, archive, unwatched);
  return { volume: volumes[0]!, gone };
}
