/**
 * Random sequences of withdrawing, restoring, adding, copying and redacting over an archive and three copies of it, with
 * a seeder that holds on to torrents. Input: how many sequences and a seed. Every rule is asserted after every step.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../src/base/digest.ts';
import { type Disk, realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { type SeededRandom, seededRandom } from '../../src/base/seeded-random.ts';
import type { HeldHolding } from '../../src/ledger/ledger.ts';
import type { Seeder } from '../../src/model/seeder.ts';
import { withdrawnAfter } from '../../src/model/tombstone.ts';
import type { Volume } from '../../src/model/volume.ts';
import { carryOutPack, recoverPacking } from '../../src/packing/carry-out-pack.ts';
import { planPack } from '../../src/packing/plan-pack.ts';
import { carryOutRestore } from '../../src/rights/carry-out-restore.ts';
import { carryOutWithdrawal, recoverWithdrawals } from '../../src/rights/carry-out-withdrawal.ts';
import { planRestore, planWithdrawal } from '../../src/rights/plan-withdrawal.ts';
import { carryOutCopyRedaction, planCopyRedaction } from '../../src/rights/redact-copy.ts';
import type { RightsDeps } from '../../src/rights/withdrawal-item.ts';
import { previewPlan } from '../../src/selection/make-plan.ts';
import { openSealed } from '../../src/store/sealed.ts';
import { hashedWhole, redactedBytes } from '../../src/store/test-volume.ts';
import { hold, type SmallArchive, smallArchive } from './small-archive.ts';

/** What was tried. */
export interface SequencesTried {
  readonly sequences: number;
  readonly steps: number;
  readonly redactions: number;
}

/** Real clients beside the sequences. */
export interface Outside {
  /** Asked and told by every withdrawal. */
  readonly seeder: Seeder;
  /** Called once a volume is packed, before anything in it is withdrawn. */
  packed(directory: string, volume: Volume): Promise<void>;
  /** Called behind every step with the volumes as they are now. */
  stepped(directory: string, volumes: readonly Volume[]): Promise<void>;
}

const DAY = '2026-01-02';
const LIMITS = { volumeBytes: 150_000, volumeMembers: 6, day: DAY };
const RULES = {
  policy: 'default',
  budgetBytes: null,
  secondaryCutoff: 0,
  day: DAY,
  tail: 'original',
  opusBitrateKbps: 75,
} as const;
const WORDS = { reason: 'holder-request', date: '2026-01-02T03:04:05Z' } as const;
const COPIES = 3;
const STEPS = 14;

/**
 * Tries `count` sequences; an assertion names the seed of the sequence and the step at which a rule did not hold. With
 * `outside`, real clients take part.
 */
export async function tryWithdrawalSequences(
  count: number,
  seed: number,
  outside?: Outside,
): Promise<SequencesTried> {
  let [steps, redactions] = [0, 0];
  for (let at = 0; at < count; at += 1) {
    const done = await trySequence(seed + at, outside);
    steps += done.steps;
    redactions += done.redactions;
  }
  return { sequences: count, steps, redactions };
}

/** Everything one sequence knows. */
interface Run {
  readonly random: SeededRandom;
  readonly archive: SmallArchive;
  readonly deps: RightsDeps;
  readonly payloads: Map<Digest, Uint8Array>;
  /** Bytes of each volume when it was packed. */
  readonly pristine: Map<string, Buffer>;
  readonly copies: readonly Copy[];
  readonly written: Written;
  readonly outside: Outside | undefined;
  redactions: number;
}

interface Copy {
  readonly directory: string;
  /** What is zeros in it. */
  zeros: ReadonlySet<Digest>;
}

/** Where tars were written since it was emptied. */
type Written = { file: string; position: number; length: number }[];

async function trySequence(
  seed: number,
  outside: Outside | undefined,
): Promise<{ steps: number; redactions: number }> {
  const random = seededRandom(seed);
  const written: Written = [];
  const torrents = new Set<string>();
  // The first byte of a redaction must find no torrent of the old volume anywhere.
  const seeded = { infohashOf: new Map<string, string>(), torrents };
  const disk = recordingDisk(written, (name) =>
    assert.ok(!torrents.has(seeded.infohashOf.get(name) ?? ''), `${name} is seeded`),
  );
  await using archive = await smallArchive({ disk, ledgerFile: ':memory:' });
  const copies = Array.from({ length: COPIES }, (_, at) => {
    const directory = path.join(archive.root, `copy-${at}`);
    fs.mkdirSync(directory);
    return { directory, zeros: new Set<Digest>() };
  });
  const deps: RightsDeps = {
    ...archive,
    sealed: openSealed(disk, archive.store.layout),
    seeders: [stubbornSeeder(torrents), ...(outside ? [outside.seeder] : [])],
  };
  const run: Run = {
    random,
    archive,
    deps,
    payloads: new Map(),
    pristine: new Map(),
    copies,
    written,
    outside,
    redactions: 0,
  };
  await addSome(run, 8);
  for (let step = 0; step < STEPS; step += 1) {
    for (const { name, infohashV1 } of await archive.ledger.volumes()) {
      seeded.infohashOf.set(name, infohashV1);
      torrents.add(infohashV1);
    }
    written.length = 0;
    const name = random.pick([
      'withdraw',
      'withdraw',
      'restore',
      'mirror',
      'redact',
      'add',
    ] as const);
    try {
      await ACTIONS[name](run);
      await outside?.stepped(archive.store.layout.volumes, await archive.ledger.volumes());
      await checkArchive(run);
    } catch (error) {
      throw new Error(`sequence ${seed}, step ${step}, ${name}`, { cause: error });
    }
  }
  return { steps: STEPS, redactions: run.redactions };
}

const ACTIONS = {
  withdraw: async (run: Run) => {
    const before = await identities(run);
    const plan = await planWithdrawal(run.deps, { holdings: await someHoldings(run) });
    await carryOutWithdrawal(plan, { ...WORDS, destroy: false }, run.deps, unwatched);
    await checkWritten(run, before, new Set(plan.items.map(({ digest }) => digest)));
  },
  restore: async (run: Run) => {
    const before = await identities(run);
    const plan = await planRestore(run.deps, { holdings: await someHoldings(run) });
    await carryOutRestore(plan, WORDS, run.deps, unwatched);
    await checkWritten(run, before, new Set(plan.items.map(({ digest }) => digest)));
  },
  mirror: async (run: Run) => {
    const copy = run.random.pick(run.copies);
    fs.cpSync(run.archive.store.layout.volumes, copy.directory, { recursive: true });
    copy.zeros = new Set(await run.archive.ledger.withdrawnDigests());
    await checkCopy(run, copy);
  },
  redact: redactCopy,
  add: async (run: Run) => {
    // A copy of the archive's folder from before the withdrawal, laid over it, brings loose objects back.
    for (const digest of await run.archive.ledger.withdrawnDigests()) {
      if (run.random.below(3) > 0) continue;
      const writer = run.archive.store.loose.startPut('again');
      writer.write(run.payloads.get(digest)!);
      writer.commit();
    }
    await addSome(run, 1 + run.random.below(2));
  },
} as const;

async function redactCopy(run: Run): Promise<void> {
  const copy = run.random.pick(run.copies);
  const volumes = await run.archive.ledger.volumes();
  const withdrawn = withdrawnAfter(await run.archive.ledger.tombstones());
  const before = copy.zeros;
  const disk = recordingDisk(run.written, () => {});
  const withdrawals = { edition: { number: 1, volumes: volumes as never }, withdrawn };
  const plan = planCopyRedaction(disk, copy.directory, withdrawals);
  const done = await carryOutCopyRedaction(plan, withdrawals, { disk }, unwatched);
  run.redactions += done.redacted.length;
  copy.zeros = new Set([...withdrawn, ...before]);
  const touched = new Set([...withdrawn].filter((digest) => !before.has(digest)));
  assertInside(run, volumes, touched);
  await checkCopy(run, copy);
  const isBehind = [...before].some((digest) => !withdrawn.has(digest));
  if (!isBehind) assert.deepEqual(done.findings, []);
}

async function addSome(run: Run, count: number): Promise<void> {
  const { archive, random, payloads, pristine } = run;
  const samples = Array.from({ length: count }, () => ({
    bytes: random.bytes(64 + random.below(40_000)),
    album: `Album ${random.below(3)}`,
    popularity: random.below(100),
  }));
  const digests = await hold(archive, samples);
  for (const [at, digest] of digests.entries()) payloads.set(digest, samples[at]!.bytes);
  await recoverPacking(archive);
  await recoverWithdrawals(run.deps, unwatched);
  const plan = await previewPlan({ ...archive, layout: archive.store.layout }, RULES);
  const packing = await planPack(archive.ledger, plan, LIMITS);
  const { volumes } = await carryOutPack(packing, archive, unwatched);
  const directory = archive.store.layout.volumes;
  for (const volume of volumes) {
    pristine.set(volume.name, readTar(directory, volume.name));
    await run.outside?.packed(directory, volume);
  }
}

async function someHoldings({ archive, random }: Run): Promise<HeldHolding[]> {
  const all = await archive.ledger.holdings();
  return all.filter(() => random.below(4) === 0);
}

async function identities({ archive }: Run): Promise<Map<string, string>> {
  return new Map((await archive.ledger.volumes()).map((each) => [each.name, each.infohashV1]));
}

/** Only volumes with a changed member change, and only payloads and lines of changed members are written. */
async function checkWritten(
  run: Run,
  before: ReadonlyMap<string, string>,
  changed: ReadonlySet<Digest>,
): Promise<void> {
  const volumes = await run.archive.ledger.volumes();
  for (const { name, infohashV1, members } of volumes) {
    const isTouched = members.some(({ digest }) => changed.has(digest));
    assert.equal(infohashV1 !== before.get(name), isTouched, `${name} changes with its members`);
    if (isTouched) run.redactions += 1;
  }
  assertInside(run, volumes, changed);
}

function assertInside(run: Run, volumes: readonly Volume[], changed: ReadonlySet<Digest>): void {
  for (const { file, position, length } of run.written) {
    const volume = volumes.find(({ name }) => file.endsWith(`${name}.tar`))!;
    const isIndex = position + length <= volume.members[0]!.positionBytes;
    const isPayload = volume.members.some(
      ({ digest, positionBytes, sizeBytes }) =>
        changed.has(digest) &&
        position >= positionBytes &&
        position + length <= positionBytes + sizeBytes,
    );
    assert.ok(isIndex || isPayload, `${length} bytes at ${position} of ${volume.name}`);
  }
}

/** The archive has the volumes of its withdrawals, gives out nothing withdrawn, and has no withdrawn byte but sealed. */
async function checkArchive({ archive, pristine, payloads }: Run): Promise<void> {
  const { ledger, store } = archive;
  const withdrawn = await ledger.withdrawnDigests();
  for (const volume of await ledger.volumes()) {
    const wanted = redactedBytes({ bytes: pristine.get(volume.name)! }, withdrawn);
    const { infohashV1, infohashV2 } = hashedWhole(volume.name, wanted);
    assert.ok(readTar(store.layout.volumes, volume.name).equals(wanted), `${volume.name}.tar`);
    assert.deepEqual([volume.infohashV1, volume.infohashV2], [infohashV1, infohashV2]);
  }
  assert.deepEqual(await ledger.unredactedVolumes(), []);
  for (const digest of withdrawn) {
    assert.equal(store.loose.sizeOf(digest), undefined);
    assertNowhere(store.layout.volumes, payloads.get(digest)!);
  }
}

/** Each volume of the copy is what the set of its zeros gives, torrent included. */
async function checkCopy({ pristine, payloads }: Run, { directory, zeros }: Copy): Promise<void> {
  const files = fs.readdirSync(directory);
  for (const file of files.filter((name) => name.endsWith('.tar'))) {
    const name = file.slice(0, -'.tar'.length);
    const wanted = redactedBytes({ bytes: pristine.get(name)! }, zeros);
    assert.ok(readTar(directory, name).equals(wanted), `${name}.tar of a copy`);
    const { infohashV1 } = hashedWhole(name, wanted);
    const withdrawals = { edition: { number: 1, volumes: [] }, withdrawn: zeros };
    const { volumes } = planCopyRedaction(realDisk, directory, withdrawals);
    assert.equal(volumes.find((each) => each.name === name)?.before, infohashV1);
  }
  assert.ok(!files.some((name) => name.endsWith('.next')));
  for (const digest of zeros) assertNowhere(directory, payloads.get(digest)!);
}

/** No file below `directory` holds the first bytes of `payload`. */
function assertNowhere(directory: string, payload: Uint8Array): void {
  for (const file of fs.readdirSync(directory))
    assert.ok(
      !fs.readFileSync(path.join(directory, file)).includes(Buffer.from(payload.subarray(0, 32))),
      file,
    );
}

function readTar(directory: string, name: string): Buffer {
  return fs.readFileSync(path.join(directory, `${name}.tar`));
}

/** Tells of every write in place to a tar, before it is made; a volume that is being packed lies under another name. */
function recordingDisk(written: Written, onFirst: (volume: string) => void): Disk {
  const tars = new Map<number, string>();
  return {
    ...realDisk,
    openForUpdate: (file) => {
      const descriptor = realDisk.openForUpdate(file);
      if (file.endsWith('.tar')) tars.set(descriptor, file);
      return descriptor;
    },
    write: (descriptor, bytes, position) => {
      const file = tars.get(descriptor);
      if (file !== undefined) {
        onFirst(path.basename(file, '.tar'));
        written.push({ file, position: position!, length: bytes.length });
      }
      return realDisk.write(descriptor, bytes, position);
    },
    // Power cuts are tried elsewhere; here waiting for the disk would be most of the time.
    fsync: () => {},
    syncDirectory: () => {},
    close: (descriptor) => {
      tars.delete(descriptor);
      realDisk.close(descriptor);
    },
  };
}

/** A seeder that lets go of a torrent only when it is told to. */
function stubbornSeeder(torrents: Set<string>): Seeder {
  return {
    name: 'a stubborn seeder',
    list: async () => new Set(torrents),
    add: async () => {},
    remove: async (infohash) => void torrents.delete(infohash),
    status: async () => [],
  };
}
