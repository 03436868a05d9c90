import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../src/base/digest.ts';
import { unwatched } from '../src/base/progress.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { parseVolumeHead } from '../src/formats/volume-head.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Rights } from '../src/model/rights.ts';
import { carryOutPack, recoverPacking } from '../src/packing/carry-out-pack.ts';
import { planPack } from '../src/packing/plan-pack.ts';
import { previewPlan } from '../src/selection/make-plan.ts';
import { volumePaths } from '../src/store/layout.ts';
import { hold, type Sample, type SmallArchive, smallArchive } from './support/small-archive.ts';

const LIMITS = { volumeBytes: 300_000, volumeMembers: 100, day: '2026-01-02' };
const RULES = {
  policy: 'default',
  budgetBytes: null,
  secondaryCutoff: 0,
  day: '2026-01-02',
  tail: 'original',
  opusBitrateKbps: 75,
} as const;

function samples(count: number, seed: number): Sample[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    bytes: random.bytes(1 + random.below(90_000)),
    title: `Título ${index} – ${'ö'.repeat(random.below(60))}`,
    artist: `Artist ${index % 3}`,
    album: `Album ${index % 5}`,
    popularity: index,
  }));
}

async function planOf(archive: SmallArchive): Promise<Plan> {
  return previewPlan({ ...archive, layout: archive.store.layout }, RULES);
}

async function pack(archive: SmallArchive) {
  await recoverPacking(archive);
  return carryOutPack(
    await planPack(archive.ledger, await planOf(archive), LIMITS),
    archive,
    unwatched,
  );
}

async function readAll(
  archive: SmallArchive,
  digest: Parameters<SmallArchive['store']['read']>[0],
) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive.store.read(digest)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('after packing each byte is kept once, in a volume, and reads back', async () => {
  await using archive = await smallArchive();
  const list = samples(20, 1);
  const digests = await hold(archive, list);
  const { volumes } = await pack(archive);
  assert.ok(volumes.length > 1);
  assert.equal(volumes.flatMap(({ members }) => members).length, 20);
  assert.deepEqual([...archive.store.loose.list()], []);
  for (const [index, digest] of digests.entries()) {
    assert.ok(Buffer.from(list[index]!.bytes).equals(await readAll(archive, digest)));
  }
  assert.equal((await pack(archive)).volumes.length, 0);
});

/** Two texts whose digests begin with the same eight digits, as the names of members do. */
function meeting(): [Uint8Array, Uint8Array] {
  const seen = new Map<string, Buffer>();
  for (let number = 0; ; number += 1) {
    const bytes = Buffer.from(`sound ${number}`);
    const begin = sha256(bytes).slice(0, 8);
    const before = seen.get(begin);
    if (before) return [before, bytes];
    seen.set(begin, bytes);
  }
}

test('members whose names meet lie in two volumes, and cost no other', async () => {
  await using archive = await smallArchive();
  const [one, other] = meeting();
  const named = { title: 'Same', artist: 'Same', album: 'Same', popularity: 1 };
  await hold(archive, [...samples(2, 1), ...[one, other].map((bytes) => ({ bytes, ...named }))]);
  const { volumes } = await pack(archive);
  assert.equal(volumes.length, 2);
  assert.equal(volumes.flatMap(({ members }) => members).length, 4);
  assert.equal((await pack(archive)).volumes.length, 0);
});

test('the same holdings in another order of arrival give the same volumes, byte for byte', async () => {
  await using first = await smallArchive();
  await using second = await smallArchive();
  const list = samples(15, 2);
  await hold(first, list);
  await hold(second, [...list].reverse());
  const a = await pack(first);
  const b = await pack(second);
  assert.deepEqual(
    a.volumes.map(({ digest }) => digest),
    b.volumes.map(({ digest }) => digest),
  );
  assert.deepEqual(
    a.volumes.map(({ infohashV1 }) => infohashV1),
    b.volumes.map(({ infohashV1 }) => infohashV1),
  );
});

test('new material goes to new volumes and leaves the old ones as they are', async () => {
  await using archive = await smallArchive();
  const list = samples(12, 3);
  await hold(archive, list.slice(0, 9));
  const before = await pack(archive);
  const bytes = before.volumes.map(({ name }) =>
    sha256(fs.readFileSync(volumePaths(archive.store.layout, name).tar)),
  );
  await hold(archive, list.slice(9));
  const after = await pack(archive);
  assert.equal(after.volumes.flatMap(({ members }) => members).length, 3);
  assert.deepEqual(
    before.volumes.map(({ name }) =>
      sha256(fs.readFileSync(volumePaths(archive.store.layout, name).tar)),
    ),
    bytes,
  );
});

test('what may not be distributed everywhere today is in no volume, whatever its rights look like', async () => {
  const random = seededRandom(4);
  const choices: Partial<Rights>[] = [
    {},
    { licence: null },
    { dark: true },
    { embargoUntil: '2027-01-01' },
    { embargoUntil: '2026-01-01' },
    { places: ['DE'] },
    { licence: 'LicenseRef-x' },
    { uses: { distribute: false } },
    { licence: null, uses: { distribute: true } },
    { licence: 'http://rightsstatements.org/vocab/InC/1.0/' },
    { licence: 'CC-BY-NC-ND-4.0' },
  ];
  const publishable = (rights: Partial<Rights>) =>
    !rights.dark &&
    !rights.places &&
    (rights.embargoUntil ?? '') <= LIMITS.day &&
    rights.uses?.distribute !== false &&
    (rights.uses?.distribute === true ||
      !('licence' in rights) ||
      rights.licence === 'CC-BY-NC-ND-4.0');
  for (let round = 0; round < 5; round += 1) {
    await using archive = await smallArchive();
    const list = samples(20, 100 + round).map((sample) => ({
      ...sample,
      rights: random.pick(choices),
    }));
    const digests = await hold(archive, list);
    const { volumes } = await pack(archive);
    const packed = new Set(volumes.flatMap(({ members }) => members.map(({ digest }) => digest)));
    for (const [index, digest] of digests.entries()) {
      assert.equal(
        packed.has(digest),
        publishable(list[index]!.rights),
        JSON.stringify(list[index]!.rights),
      );
      if (!packed.has(digest)) assert.notEqual(archive.store.loose.sizeOf(digest), undefined);
    }
  }
});

test('rights that changed since the plan stop the pack before a byte is written', async () => {
  await using archive = await smallArchive();
  const [digest] = await hold(archive, samples(1, 5));
  const plan = await planOf(archive);
  const rights = (await archive.ledger.holding(digest!))!.rights;
  await archive.ledger.commit([
    { kind: 'rights-recorded', digest: digest!, rights: { ...rights, dark: true } },
  ]);
  await assert.rejects(planPack(archive.ledger, plan, LIMITS), { code: 'PACK_NO_RIGHT' });
});

test('an index line holds no date, source path, evidence, popularity or rank', async () => {
  await using archive = await smallArchive();
  await hold(archive, samples(1, 6));
  const { volumes } = await pack(archive);
  const file = fs.readFileSync(volumePaths(archive.store.layout, volumes[0]!.name).tar);
  const head = parseVolumeHead((position, length) => file.subarray(position, position + length));
  assert.deepEqual(Object.keys(head.entries[0]!.line).sort(), [
    'attribution',
    'digest',
    'engine',
    'holder',
    'ids',
    'kind',
    'length',
    'licence',
    'licenceUrl',
    'offset',
    'path',
    'tier',
  ]);
});

test('a flipped bit is found when it is read, named by byte, and nothing of it is handed out', async () => {
  await using archive = await smallArchive();
  const [digest] = await hold(archive, [{ bytes: seededRandom(7).bytes(80_000) }]);
  const { volumes } = await pack(archive);
  const [member] = volumes[0]!.members;
  const { tar } = volumePaths(archive.store.layout, volumes[0]!.name);
  const bytes = fs.readFileSync(tar);
  bytes[member!.positionBytes + 40_000]! ^= 1;
  fs.writeFileSync(tar, bytes);
  await assert.rejects(readAll(archive, digest!), { code: 'STORE_OBJECT_DAMAGED' });
  const start: Uint8Array[] = [];
  for await (const chunk of archive.store.read(digest!, { start: 0, end: 1000 })) start.push(chunk);
  assert.equal(Buffer.concat(start).length, 1000);
});

test('a volume no fact knows is removed only when all its members still lie loose', async () => {
  await using archive = await smallArchive();
  const list = samples(3, 8);
  await hold(archive, list);
  const { volumes } = await pack(archive);
  const { tar } = volumePaths(archive.store.layout, volumes[0]!.name);
  const stray = path.join(archive.store.layout.volumes, 'original-0000000000000000.tar');
  fs.copyFileSync(tar, stray);
  await assert.rejects(recoverPacking(archive), { code: 'STORE_VOLUME_UNKNOWN' });
  for (const sample of list) {
    const writer = archive.store.loose.startPut('again');
    writer.write(sample.bytes);
    writer.commit();
  }
  assert.deepEqual((await recoverPacking(archive)).removedFiles, ['original-0000000000000000.tar']);
  assert.ok(!fs.existsSync(stray) && fs.existsSync(tar));
});
