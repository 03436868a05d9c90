/** Published volumes made again from other archives' holdings, and what never gets into a volume, however it is asked for. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Digest, sha256 } from '../src/base/digest.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { type SeededRandom, seededRandom } from '../src/base/seeded-random.ts';
import { parseMetainfo } from '../src/formats/metainfo-parse.ts';
import { parseVolumeHead } from '../src/formats/volume-head.ts';
import { encodeIndexLine, tombstoneOf } from '../src/formats/volume-index.ts';
import type { Rights } from '../src/model/rights.ts';
import { carryOutPack, recoverPacking } from '../src/packing/carry-out-pack.ts';
import { planPack } from '../src/packing/plan-pack.ts';
import { planReplay } from '../src/packing/plan-replay.ts';
import { previewPlan } from '../src/selection/make-plan.ts';
import { volumePaths } from '../src/store/layout.ts';
import { hold, type Sample, type SmallArchive, smallArchive } from './support/small-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-replay-'));
after(() => fs.rmSync(folder, { recursive: true }));

const DAY = '2026-01-02';
const quickDisk: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
const LIMITS = { volumeBytes: 300_000, volumeMembers: 100, day: DAY };
const RULES = {
  policy: 'default',
  budgetBytes: null,
  secondaryCutoff: 0,
  day: DAY,
  tail: 'original',
  opusBitrateKbps: 75,
} as const;

function samples(count: number, seed: number): Sample[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    bytes: random.bytes(1 + random.below(60_000)),
    title: `Título ${index}`,
    album: `Album ${index % 3}`,
    popularity: index,
  }));
}

async function pack(archive: SmallArchive) {
  const plan = await previewPlan({ ...archive, layout: archive.store.layout }, RULES);
  return carryOutPack(await planPack(archive.ledger, plan, LIMITS), archive, unwatched);
}

const planOf = (archive: SmallArchive, files: readonly string[]) =>
  planReplay(files, DAY, { ...archive, loose: archive.store.loose });

async function replay(archive: SmallArchive, files: readonly string[]) {
  await recoverPacking(archive);
  const plan = await planOf(archive, files);
  return { plan, report: await carryOutPack(plan, archive, unwatched) };
}

/** The index of the volume in `tar`, written to a file of its own. */
function indexOf(tar: string, name: string): string {
  const bytes = fs.readFileSync(tar);
  const head = parseVolumeHead((position, length) => bytes.subarray(position, position + length));
  const file = path.join(folder, `${name}.jsonl`);
  const { indexPositionBytes: from, indexSizeBytes } = head;
  fs.writeFileSync(file, bytes.subarray(from, from + indexSizeBytes));
  return file;
}

/** The first part of `tar`, which holds the index and no payload. */
function headOf(tar: string, name: string): string {
  const bytes = fs.readFileSync(tar);
  const head = parseVolumeHead((position, length) => bytes.subarray(position, position + length));
  const file = path.join(folder, `${name}.tar`);
  fs.writeFileSync(file, bytes.subarray(0, head.basePositionBytes));
  return file;
}

test('other operators make the same volumes of the same holdings, from an index or the head of a tar', async () => {
  const list = samples(14, 1);
  await using first = await smallArchive({ disk: quickDisk });
  await hold(first, list);
  const { volumes } = await pack(first);
  assert.ok(volumes.length > 1);
  const tars = volumes.map(({ name }) => volumePaths(first.store.layout, name).tar);
  const indexes = tars.map((tar, at) => indexOf(tar, `index-${at}`));
  const heads = tars.map((tar, at) => headOf(tar, `head-${at}`));
  for (const files of [indexes, heads, tars, [...indexes].reverse()]) {
    await using second = await smallArchive({ disk: quickDisk });
    // Other names, credit, popularity and order, and more than the volumes hold.
    const others = list.map((sample) => ({
      ...sample,
      title: `Another ${sample.title}`,
      popularity: null,
      rights: { licence: 'CC-BY-4.0', holder: 'Somebody else' },
    }));
    await hold(second, [...samples(3, 99), ...others.reverse()]);
    const { report, plan } = await replay(second, files);
    assert.deepEqual(plan.findings, []);
    const byName = (list: typeof volumes) => Object.fromEntries(list.map((one) => [one.name, one]));
    assert.deepEqual(byName(report.volumes), byName(volumes));
    for (const { name } of volumes)
      for (const kind of ['tar', 'torrent', 'leaves'] as const)
        assert.ok(
          fs
            .readFileSync(volumePaths(first.store.layout, name)[kind])
            .equals(fs.readFileSync(volumePaths(second.store.layout, name)[kind])),
        );
    assert.equal([...second.store.loose.list()].length, 3);
    const again = await replay(second, files);
    assert.deepEqual([again.report.volumes, again.plan.present.length], [[], volumes.length]);
  }
});

const OBSTACLES: Record<string, (archive: SmallArchive, digest: Digest) => Promise<void>> = {
  PACK_REPLAY_MISSING: async ({ store }, digest) => store.loose.remove(digest),
  PACK_NO_RIGHT: async ({ ledger }, digest) => {
    const { rights } = (await ledger.holding(digest))!;
    await ledger.commit([{ kind: 'rights-recorded', digest, rights: { ...rights, dark: true } }]);
  },
  PACK_REPLAY_WITHDRAWN: async ({ ledger }, digest) =>
    ledger.commit([
      {
        kind: 'withdrawn',
        digest,
        audioDigest: null,
        subject: null,
        reason: 'other',
        date: '2026-01-02T00:00:00Z',
      },
    ]),
};

for (const [code, obstruct] of Object.entries(OBSTACLES))
  test(`one member with ${code} keeps its volume from being made, and no other`, async () => {
    const list = samples(14, 2);
    await using first = await smallArchive({ disk: quickDisk });
    const digests = await hold(first, list);
    const { volumes } = await pack(first);
    await using second = await smallArchive({ disk: quickDisk });
    await hold(second, list);
    const struck = volumes[0]!.members[1]!.digest;
    assert.ok(digests.includes(struck));
    await obstruct(second, struck);
    const files = volumes.map(({ name }) => volumePaths(first.store.layout, name).tar);
    const { plan, report } = await replay(second, files);
    assert.deepEqual(
      plan.findings.map((finding) => [finding.code, finding.subject]),
      [[code, struck]],
    );
    assert.deepEqual(
      report.volumes.map(({ name }) => name),
      volumes.slice(1).map(({ name }) => name),
    );
  });

test('a file that was never held, a tombstone, and a member in another volume are told by name', async () => {
  const list = samples(6, 3);
  await using first = await smallArchive({ disk: quickDisk });
  await hold(first, list);
  const { volumes } = await pack(first);
  const tar = volumePaths(first.store.layout, volumes[0]!.name).tar;
  await using empty = await smallArchive({ disk: quickDisk });
  const codes = async (archive: SmallArchive, file: string) => [
    ...new Set((await planOf(archive, [file])).findings.map(({ code }) => code)),
  ];
  assert.deepEqual(await codes(empty, tar), ['PACK_REPLAY_MISSING']);
  const bytes = fs.readFileSync(tar);
  const { entries } = parseVolumeHead((position, length) =>
    bytes.subarray(position, position + length),
  );
  const tombstone = path.join(folder, 'tombstone.jsonl');
  const lines = entries.map(({ line, lineBytes }, at) =>
    encodeIndexLine(at === 0 ? tombstoneOf(line) : line, lineBytes),
  );
  fs.writeFileSync(tombstone, Buffer.concat(lines));
  await using second = await smallArchive({ disk: quickDisk });
  await hold(second, list);
  assert.deepEqual(await codes(second, tombstone), ['PACK_REPLAY_WITHDRAWN']);
  // Packed alone, a member makes another volume, and is kept there.
  await using third = await smallArchive({ disk: quickDisk });
  await hold(third, list.slice(0, 1));
  await pack(third);
  await hold(third, list.slice(1));
  assert.deepEqual(await codes(third, tar), ['PACK_REPLAY_ELSEWHERE']);
});

test('what is no index is refused, and nothing is written', async () => {
  await using archive = await smallArchive({ disk: quickDisk });
  const files = { empty: '', text: 'hello\n', json: '{}\n', half: 'PaxHeaders/' };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, `bad-${name}`);
    fs.writeFileSync(file, text);
    await assert.rejects(planOf(archive, [file]), { code: /^(?:VOLUME_INDEX|TAR)_INVALID$/ }, name);
  }
  await assert.rejects(planOf(archive, [path.join(folder, 'none')]), { code: 'FILE_MISSING' });
  assert.deepEqual(fs.readdirSync(archive.store.layout.volumes), []);
});

/** Rights with any of their limits, alone or together. */
function randomRights(random: SeededRandom): Partial<Rights> {
  const maybe = <T>(value: T) => (random.below(5) === 0 ? value : undefined);
  const uses = maybe({ distribute: random.below(2) === 0 });
  const embargoUntil = maybe(random.pick(['2026-01-01', DAY, '2026-01-03', '2031-12-31']));
  const places = maybe([random.pick(['DE', 'BR'])]);
  return {
    licence: random.pick(['CC0-1.0', 'CC-BY-4.0', 'CC0-1.0', null, 'LicenseRef-unclear']),
    dark: random.below(6) === 0,
    ...(uses ? { uses } : {}),
    ...(embargoUntil ? { embargoUntil } : {}),
    ...(places ? { places } : {}),
  };
}

/** Worked out from the words of the rule, apart from the code that decides. */
function mayBePublished({ licence, dark, uses, embargoUntil, places }: Partial<Rights>): boolean {
  if (dark || places || (embargoUntil !== undefined && embargoUntil > DAY)) return false;
  return uses?.distribute ?? (licence === 'CC0-1.0' || licence === 'CC-BY-4.0');
}

test('nothing dark, under embargo, limited to places or without a right is ever in a volume or torrent', async () => {
  let forbiddenInAll = 0;
  for (let round = 0; round < 8; round += 1) {
    const random = seededRandom(500 + round);
    const list = samples(12, 600 + round).map((sample) => ({
      ...sample,
      kind: random.below(4) === 0 ? ('companion' as const) : ('audio' as const),
    }));
    await using free = await smallArchive({ disk: quickDisk });
    await hold(free, list);
    const files = (await pack(free)).volumes.map(
      ({ name }) => volumePaths(free.store.layout, name).tar,
    );
    const judged = list.map((sample) => ({ ...sample, rights: randomRights(random) }));
    for (const way of ['plan', 'replay'] as const) {
      await using archive = await smallArchive({ disk: quickDisk });
      const digests = await hold(archive, judged);
      await (way === 'plan' ? pack(archive) : replay(archive, files));
      const forbidden = new Set(
        digests.filter((_, index) => !mayBePublished(judged[index]!.rights)),
      );
      forbiddenInAll += forbidden.size;
      for (const digest of publishedDigests(archive))
        assert.ok(!forbidden.has(digest), `round ${round}, ${way}: ${digest}`);
      for (const digest of forbidden)
        assert.notEqual(archive.store.loose.sizeOf(digest), undefined);
    }
  }
  assert.ok(forbiddenInAll > 50);
});

/** The digests of all payloads in the volumes on the disk, each volume's torrent being that of its bytes. */
function publishedDigests({ store }: SmallArchive): Digest[] {
  const names = fs.readdirSync(store.layout.volumes);
  const tars = names.filter((name) => name.endsWith('.tar')).map((name) => name.slice(0, -4));
  assert.equal(names.filter((name) => name.endsWith('.torrent')).length, tars.length);
  return tars.flatMap((name) => {
    const paths = volumePaths(store.layout, name);
    const bytes = fs.readFileSync(paths.tar);
    assert.equal(parseMetainfo(fs.readFileSync(paths.torrent)).sizeBytes, bytes.length);
    return parseVolumeHead((position, length) =>
      bytes.subarray(position, position + length),
    ).entries.map(({ line, positionBytes }) =>
      sha256(bytes.subarray(positionBytes, positionBytes + line.length)),
    );
  });
}
