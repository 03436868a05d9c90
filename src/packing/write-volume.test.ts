import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { parseSafePath } from '../base/safe-path.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { parseLeaves } from '../formats/leaves-file.ts';
import { rootFromLeaves } from '../formats/merkle.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { startPieceHasher } from '../formats/piece-hasher.ts';
import { planVolume, type VolumePlan } from '../formats/volume-plan.ts';
import { directoriesOf, objectPath, volumePaths } from '../store/layout.ts';
import { openStore, type Store } from '../store/store.ts';
import { writeVolume } from './write-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-write-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** The machine's disk without waiting for its platter: what a test of logic has no use for. */
const quickDisk: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
const CREDIT = { licence: 'CC0-1.0', attribution: '', holder: '', ids: [], engine: null };

interface Ground {
  readonly store: Store;
  readonly plan: VolumePlan;
  /** What accession recorded of each member. */
  readonly leavesRootOf: (digest: Digest) => Promise<Digest | undefined>;
}

/** A store that holds members of `sizes`, and the plan of their volume. */
function prepare(name: string, sizes: readonly number[]): Ground {
  const roots = new Map<Digest, Digest | undefined>();
  const store = openStore(quickDisk, path.join(folder, name), async () => undefined);
  for (const directory of directoriesOf(store.layout)) ensureDirectory(quickDisk, directory);
  const block = seededRandom(5).bytes(70_001);
  const members = sizes.map((sizeBytes, at) => {
    const bytes = Buffer.alloc(sizeBytes, block);
    bytes.write(`${at}`);
    const writer = store.loose.startPut(`${at}`);
    writer.write(bytes);
    writer.commit();
    const digest = sha256(bytes);
    roots.set(digest, writer.leavesRoot());
    const path = parseSafePath(`member ${at}`);
    return { ...CREDIT, path, digest, sizeBytes, kind: 'audio' as const };
  });
  const plan = planVolume({ tier: 'original', members });
  return { store, plan, leavesRootOf: async (digest) => roots.get(digest) };
}

const SMALL = [1, 16_384, 100_000, 5, 262_144];
const LARGE = [20_000_000, 3, 1_048_576, 14_000_001];
/** The store of large members is made once: what is written from it changes nothing in it. */
let kept: ReturnType<typeof prepare> | undefined;
const large = () => {
  kept ??= prepare('large', LARGE);
  return kept;
};
const listener = { onBytes: () => {} };

test('a volume of any size is what one plain pass over its bytes says', async () => {
  for (const { store, plan } of [prepare('one', [5]), prepare('small', SMALL), large()]) {
    const volume = await writeVolume(plan, { disk: quickDisk, store }, listener);
    const paths = volumePaths(store.layout, plan.name);
    const bytes = fs.readFileSync(paths.tar);
    assert.equal(volume.digest, sha256(bytes));
    const hasher = startPieceHasher({ pieceLengthBytes: pieceLength(bytes.length) });
    hasher.update(bytes);
    const hashes = hasher.finish();
    const torrent = buildMetainfo({ name: `${plan.name}.tar`, hashes });
    assert.ok(fs.readFileSync(paths.torrent).equals(torrent.bytes));
    assert.equal(volume.infohashV2, torrent.infohashV2);
    const { leaves } = parseLeaves(fs.readFileSync(paths.leaves));
    assert.ok(Buffer.from(leaves).equals(hashes.leaves));
    assert.equal(volume.piecesRoot, Buffer.from(rootFromLeaves(leaves)).toString('hex'));
    for (const member of volume.members) {
      const { positionBytes, sizeBytes, digest } = member;
      assert.equal(sha256(bytes.subarray(positionBytes, positionBytes + sizeBytes)), digest);
    }
  }
});

test('the three files are the same bytes whatever the number of workers and the way members are proved', async () => {
  const seen = new Set<string>();
  const { store, plan, leavesRootOf } = large();
  const some = async (digest: Digest) =>
    digest < '8' ? leavesRootOf(digest) : Promise.resolve(undefined);
  for (const [workers, roots] of [
    [1, undefined],
    [1, leavesRootOf],
    [2, some],
    [3, leavesRootOf],
  ] as const) {
    const deps = { disk: quickDisk, store, workers, ...(roots ? { leavesRootOf: roots } : {}) };
    const volume = await writeVolume(plan, deps, listener);
    const files = Object.values(volumePaths(store.layout, plan.name));
    seen.add(JSON.stringify([volume, files.map((file) => sha256(fs.readFileSync(file)))]));
    assert.deepEqual(fs.readdirSync(store.layout.work), []);
  }
  assert.equal(seen.size, 1);
});

test('a loose object that has rotted is named, and no file of the volume gets a name', async () => {
  for (const workers of [1, 2]) {
    const { store, plan } = prepare(`rot-${workers}`, LARGE);
    const { digest } = plan.members[2]!;
    flip(objectPath(store.layout, digest as Digest), 1000);
    await assert.rejects(writeVolume(plan, { disk: quickDisk, store, workers }, listener), {
      code: 'STORE_OBJECT_DAMAGED',
      message: new RegExp(digest),
    });
    assert.deepEqual(fs.readdirSync(store.layout.volumes), []);
    assert.deepEqual(fs.readdirSync(store.layout.work), []);
  }
});

/** Bytes of a member of 20,000,000 bytes, which ends 11,520 bytes into a leaf: at its start, inside, near its end. */
const ROTS = [0, 9_000_000, 20_000_000 - 11_521, 20_000_000 - 11_520, 19_999_999];
test('one bit that turned in a member is found by its root, in a whole leaf and in the last partial one', async () => {
  const { store, plan, leavesRootOf } = prepare('proved', LARGE);
  const { digest } = plan.members[0]!;
  const file = objectPath(store.layout, digest);
  for (const position of ROTS)
    for (const workers of [1, 2]) {
      flip(file, position);
      await assert.rejects(
        writeVolume(plan, { disk: quickDisk, store, workers, leavesRootOf }, listener),
        { code: 'STORE_OBJECT_DAMAGED', message: new RegExp(digest) },
        `byte ${position}`,
      );
      flip(file, position);
      assert.deepEqual(fs.readdirSync(store.layout.volumes), []);
    }
  await writeVolume(plan, { disk: quickDisk, store, leavesRootOf }, listener);
});

test('an object that lost or gained a byte is damaged, and one that was ill planned a misfit', async () => {
  const { store, plan, leavesRootOf } = prepare('proved-length', SMALL);
  const { digest } = plan.members[2]!;
  const file = objectPath(store.layout, digest);
  const { size } = fs.statSync(file);
  fs.chmodSync(file, 0o644);
  const deps = { disk: quickDisk, store, leavesRootOf };
  for (const change of [-1, 1]) {
    fs.truncateSync(file, size + change);
    await assert.rejects(writeVolume(plan, deps, listener), { code: 'STORE_OBJECT_DAMAGED' });
  }
  const misfit = prepare('proved-misfit', SMALL);
  const segments = function* () {
    for (const segment of misfit.plan.segments())
      yield segment.kind === 'payload' ? { ...segment, sizeBytes: segment.sizeBytes + 1 } : segment;
  };
  const misfitDeps = { ...deps, store: misfit.store, leavesRootOf: misfit.leavesRootOf };
  await assert.rejects(writeVolume({ ...misfit.plan, segments }, misfitDeps, listener), {
    code: 'PACK_MISFIT',
  });
});

test('a missing object, and one of another size than planned, stop the writing', async () => {
  const missing = prepare('missing', SMALL);
  missing.store.loose.remove(missing.plan.members[0]!.digest);
  await assert.rejects(
    writeVolume(missing.plan, { disk: quickDisk, store: missing.store }, listener),
    { code: 'STORE_OBJECT_MISSING' },
  );
  const { store, plan } = prepare('misfit', SMALL);
  const segments = function* () {
    for (const segment of plan.segments())
      yield segment.kind === 'payload' ? { ...segment, sizeBytes: segment.sizeBytes + 1 } : segment;
  };
  await assert.rejects(writeVolume({ ...plan, segments }, { disk: quickDisk, store }, listener), {
    code: 'PACK_MISFIT',
  });
});

const TURNS = { tar: [0, 20_000, 400_000], leaves: [3, 20, 59], torrent: [3, 20, 59] };
for (const [kind, positions] of Object.entries(TURNS))
  test(`one bit that turned in the ${kind} after it was written is found by reading back`, async () => {
    const { store, plan } = prepare(`turned-${kind}`, SMALL);
    const file = volumePaths(store.layout, plan.name)[kind as 'tar'];
    for (const position of positions) {
      const onPhase = (phase: string) => phase === 'durable' && flip(file, position);
      await assert.rejects(
        writeVolume(plan, { disk: quickDisk, store }, { ...listener, onPhase }),
        { code: 'STORE_OBJECT_DAMAGED' },
        `${kind} at ${position}`,
      );
    }
  });

test('what a thread reads back wrong is found as well', async () => {
  const { store, plan } = large();
  const onPhase = (phase: string) =>
    phase === 'durable' && flip(volumePaths(store.layout, plan.name).tar, 30_000_000);
  await assert.rejects(
    writeVolume(plan, { disk: quickDisk, store, workers: 2 }, { ...listener, onPhase }),
    { code: 'STORE_OBJECT_DAMAGED' },
  );
});

test('a tar or leaves file that lost or gained its last byte is found by reading back', async () => {
  const { store, plan } = prepare('length', SMALL);
  const { tar, leaves } = volumePaths(store.layout, plan.name);
  for (const file of [tar, leaves])
    for (const change of [-1, 1]) {
      const onPhase = (phase: string) =>
        phase === 'durable' && fs.truncateSync(file, fs.statSync(file).size + change);
      await assert.rejects(
        writeVolume(plan, { disk: quickDisk, store }, { ...listener, onPhase }),
        { code: 'STORE_OBJECT_DAMAGED' },
      );
    }
});

function flip(file: string, position: number): void {
  const bytes = fs.readFileSync(file);
  bytes[position]! ^= 1;
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, bytes);
}
