/** Power cuts at every disk operation of put and pack, on the recorded disk; and five planted bugs that must be caught. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '../../src/base/digest.ts';
import type { Disk } from '../../src/base/disk.ts';
import { ensureDirectory } from '../../src/base/durable.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import { unwatched } from '../../src/base/progress.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { carryOutPack, recoverPacking } from '../../src/packing/carry-out-pack.ts';
import { planPack } from '../../src/packing/plan-pack.ts';
import { previewPlan } from '../../src/selection/make-plan.ts';
import { directoriesOf, layoutOf } from '../../src/store/layout.ts';
import { openLooseStore } from '../../src/store/loose-store.ts';
import { hold, smallArchive } from '../support/small-archive.ts';
import { PowerCut, type RecordedDisk, recordedDisk } from './recorded-disk.ts';

const LAYOUT = layoutOf('/archive');
const OBJECTS = Array.from({ length: 4 }, (_, index) =>
  Buffer.from(seededRandom(index + 1).bytes(700 + index * 900)),
);

/** Ways to break the durable put; each must be caught. */
const BUGS: Readonly<Record<string, (disk: Disk) => Disk>> = {
  'no fsync': (disk) => ({ ...disk, fsync: () => {} }),
  'ignored short write': (disk) => ({
    ...disk,
    write: (descriptor, bytes, position) => {
      disk.write(descriptor, bytes, position);
      return bytes.length;
    },
  }),
  'rename before fsync': (disk) => {
    let late: number | undefined;
    return {
      ...disk,
      fsync: (descriptor) => {
        late = descriptor;
      },
      close: () => {},
      renameReplace: (from, to) => {
        disk.renameReplace(from, to);
        disk.syncDirectory(LAYOUT.root);
        if (late !== undefined) disk.fsync(late);
      },
    };
  },
  'skipped directory sync': (disk) => ({ ...disk, syncDirectory: () => {} }),
};

interface Outcome {
  readonly operations: number;
  readonly faults: string[];
}

/** Puts the objects one by one and tells of each when it is held, or before it is with `early`. */
function putAll(disk: Disk, acknowledged: Set<Digest>, early = false): void {
  for (const directory of directoriesOf(LAYOUT)) ensureDirectory(disk, directory);
  const store = openLooseStore(disk, LAYOUT);
  for (const [index, bytes] of OBJECTS.entries()) {
    const writer = store.startPut(`${index}`);
    writer.write(bytes);
    const digest = writer.finish();
    if (early) acknowledged.add(digest);
    writer.commit();
    acknowledged.add(digest);
  }
}

function tryCut(cutAt: number, seed: number, plant: (disk: Disk) => Disk, early = false): Outcome {
  const disk = recordedDisk(seededRandom(seed), cutAt);
  const acknowledged = new Set<Digest>();
  try {
    putAll(plant(disk), acknowledged, early);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  const after = disk.afterPowerCut(seededRandom(seed + 1));
  return { operations: disk.operations, faults: faultsOf(after, acknowledged) };
}

/** Everything acknowledged reads back; everything that has a lasting name is whole; the same work again completes. */
function faultsOf(disk: RecordedDisk, acknowledged: ReadonlySet<Digest>): string[] {
  const faults: string[] = [];
  const store = openLooseStore(disk, LAYOUT);
  const check = (digest: Digest, what: string) => {
    try {
      for (const _ of store.read(digest));
    } catch (error) {
      if (!(error instanceof FonotecaError)) throw error;
      faults.push(`${what}: ${error.code}`);
    }
  };
  for (const digest of acknowledged) check(digest, 'acknowledged');
  for (const digest of store.list()) check(digest, 'visible');
  const again = new Set<Digest>();
  putAll(disk, again);
  for (const digest of again) check(digest, 'after the next run');
  return faults;
}

function sweep(
  plant: (disk: Disk) => Disk,
  rounds: number,
  early = false,
): { cuts: number; faults: string[] } {
  let cuts = 0;
  const faults: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seed = 1000 * (round + 1);
    const { operations } = tryCut(0, seed, plant, early);
    for (let cutAt = 1; cutAt <= operations + 1; cutAt += 1) {
      cuts += 1;
      // One past the end: the power goes when everything was told.
      const cut = tryCut(cutAt > operations ? 0 : cutAt, seed, plant, early);
      faults.push(...cut.faults.map((fault) => `seed ${seed}, operation ${cutAt}: ${fault}`));
    }
  }
  return { cuts, faults };
}

test('put survives a power cut at every operation', (context) => {
  const { cuts, faults } = sweep((disk) => disk, 60);
  context.diagnostic(`${cuts} power cuts`);
  assert.deepEqual(faults, []);
});

for (const [name, plant] of Object.entries(BUGS)) {
  test(`the planted bug "${name}" is caught`, (context) => {
    const { cuts, faults } = sweep(plant, 10);
    context.diagnostic(`${faults.length} faults in ${cuts} power cuts, first: ${faults[0]}`);
    assert.notEqual(faults.length, 0);
  });
}

test('the planted bug "acknowledge before sync" is caught', (context) => {
  const { cuts, faults } = sweep((disk) => disk, 10, true);
  context.diagnostic(`${faults.length} faults in ${cuts} power cuts, first: ${faults[0]}`);
  assert.notEqual(faults.length, 0);
});

test('pack survives a power cut at every operation: nothing held is lost, the next run makes the same volumes', async (context) => {
  const reference = await packWithCut(0, 1);
  let cuts = 0;
  for (let cutAt = reference.before + 1; cutAt <= reference.operations; cutAt += 1) {
    for (const seed of [1, 2, 3]) {
      cuts += 1;
      const { volumes } = await packWithCut(cutAt, seed);
      assert.deepEqual(volumes, reference.volumes, `operation ${cutAt}, seed ${seed}`);
    }
  }
  context.diagnostic(`${cuts} power cuts`);
});

/** Holds three objects, packs them with the power going at `cutAt`, and packs again on what is left. The ledger, whose own durability is SQLite's, stays. */
async function packWithCut(cutAt: number, seed: number) {
  const disk = recordedDisk(seededRandom(seed), cutAt);
  await using archive = await smallArchive({ disk, root: '/archive', ledgerFile: ':memory:' });
  const held = await hold(
    archive,
    OBJECTS.slice(0, 3).map((bytes, index) => ({ bytes, title: `T${index}` })),
  );
  const before = disk.operations;
  const pack = async (on: Disk) => {
    const store = (await reopened(archive, on)).store;
    const deps = { ...archive, disk: on, store };
    await recoverPacking(deps);
    const plan = await previewPlan(
      { ...deps, layout: LAYOUT },
      {
        policy: 'default',
        budgetBytes: null,
        secondaryCutoff: 0,
        day: '2026-01-02',
        tail: 'original',
        opusBitrateKbps: 75,
      },
    );
    await carryOutPack(
      await planPack(archive.ledger, plan, {
        volumeBytes: 3000,
        volumeMembers: 10,
        day: '2026-01-02',
      }),
      deps,
      unwatched,
    );
    return store;
  };
  let survivor: Disk = disk;
  try {
    await pack(disk);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    survivor = disk.afterPowerCut(seededRandom(seed + 7));
    for (const name of survivor.list(LAYOUT.work)) survivor.unlink(`${LAYOUT.work}/${name}`);
  }
  const store = await pack(survivor);
  for (const digest of held) for await (const _ of store.read(digest));
  return {
    before,
    operations: disk.operations,
    volumes: (await archive.ledger.volumes()).map(({ digest }) => digest),
  };
}

async function reopened(archive: Awaited<ReturnType<typeof smallArchive>>, disk: Disk) {
  const { openStore } = await import('../../src/store/store.ts');
  const store = openStore(disk, '/archive', async (digest) => {
    const [place] = await archive.ledger.places(digest);
    const volume = place && (await archive.ledger.volume(place.volume));
    return volume && { ...place, volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
  });
  return { store };
}
