/**
 * SIGKILL at the n-th system call that changes the disk, over add, encode, pack and publish, and again inside the run
 * that recovers. strace counts the calls of the main thread, where all of Fonoteca's writes are made.
 *
 * After each kill: everything acknowledged reads back; the same command again completes; and what stands then is
 * what an undisturbed run gives, down to the signed edition.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mapBounded } from '../../src/base/bounded-queue.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Digest, sha256 } from '../../src/base/digest.ts';
import { realDisk } from '../../src/base/disk.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openStore } from '../../src/store/store.ts';
import { roundsOf } from '../support/counts.ts';
import { type Ran, runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

/** Our files are written at a position, by pwrite64; plain writes go to pipes, as often as the moment has it. */
const CALLS = [
  'pwrite64',
  'pwritev',
  'fsync',
  'fdatasync',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'ftruncate',
  'fallocate',
];
/** Kill points a stage, taken evenly over all its calls; the sum is over 150. `FONOTECA_KILL_POINTS` says another number for each. */
const POINTS: Readonly<Record<string, number>> = { add: 24, encode: 30, pack: 54, publish: 54 };
const STAGES = Object.keys(POINTS);
const SEED = 20_260_102;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-kill-'));
const music = path.join(folder, 'music');
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const skip = hasStrace ? false : 'strace is not installed';
after(() => fs.rmSync(folder, { recursive: true }));

const argsOf = (stage: string, archive: string) => [
  stage,
  ...(stage === 'add' ? [music] : []),
  '--archive',
  archive,
  '--json',
];

interface Point {
  readonly call: string;
  readonly nth: number;
}

before(async () => {
  if (!hasStrace) return;
  await writeSampleMusic(music);
  const archive = path.join(folder, 'stage-add');
  const made = await runFonoteca(['init', archive, '--name', 'Kill test']);
  assert.equal(made.code, 0, made.stderr);
  // One worker a run, since two runs go on side by side.
  fs.appendFileSync(path.join(archive, 'fonoteca.toml'), '\n[audio]\nworkers = 1\n');
  for (const [index, stage] of STAGES.entries()) {
    const here = path.join(folder, `stage-${stage}`);
    const there = path.join(folder, `stage-${STAGES[index + 1] ?? 'end'}`);
    fs.cpSync(here, there, { recursive: true });
    const ran = await runFonoteca(argsOf(stage, there));
    assert.equal(ran.code, 0, `${stage}: ${ran.stdout}${ran.stderr}`);
    if (stage === 'add') assert.equal((await runFonoteca(['plan', '--archive', there])).code, 0);
  }
});

for (const stage of STAGES) {
  describe(`killed in ${stage}`, { skip }, () => {
    test('nothing acknowledged is lost and the next run completes', async (context) => {
      const start = path.join(folder, `stage-${stage}`);
      const wanted = await endState(stage, start);
      const points = choose(
        await countCalls(stage, start),
        roundsOf('KILL_POINTS', POINTS[stage]!),
      );
      const random = seededRandom(SEED);
      const plans = points.map((point) => ({
        point,
        again: random.below(3) === 0 ? points[random.below(points.length)] : undefined,
      }));
      let killed = 0;
      const faults: string[] = [];
      for await (const outcome of mapBounded(plans, { concurrency: 2 }, (plan) =>
        killAndRecover(stage, start, plan, wanted),
      )) {
        killed += outcome.kills;
        faults.push(...outcome.faults);
      }
      context.diagnostic(
        `${points.length} kill points, ${killed} kills (with those inside recovery)`,
      );
      assert.deepEqual(faults, []);
      assert.ok(killed >= points.length * 0.9, `${killed} of ${points.length} kills happened`);
    });
  });
}

/** Runs the stage, killed at the point and perhaps once more, then undisturbed; tells what is not as it must be. */
async function killAndRecover(
  stage: string,
  start: string,
  plan: { point: Point; again?: Point | undefined },
  wanted: string,
) {
  const archive = fs.mkdtempSync(path.join(folder, 'run-'));
  fs.cpSync(start, archive, { recursive: true });
  const faults: string[] = [];
  const told: Digest[] = [];
  let kills = 0;
  const name = `${stage} killed at ${plan.point.call} ${plan.point.nth}${plan.again ? ` and at ${plan.again.call} ${plan.again.nth}` : ''}`;
  for (const point of [plan.point, plan.again]) {
    if (!point) continue;
    const ran = await runFonoteca(argsOf(stage, archive), { wrapper: killAt(point) });
    if (ran.code !== 0) kills += 1;
    told.push(...acknowledged(ran));
    for (const digest of await unreadable(archive, told))
      faults.push(`${name}: ${digest} was told and does not read back`);
  }
  const last = await runFonoteca(argsOf(stage, archive));
  if (last.code !== 0)
    faults.push(`${name}: the next run ended with ${last.code}: ${last.stdout}${last.stderr}`);
  else {
    const state = await endState(stage, archive, true);
    if (state !== wanted) faults.push(`${name}: ends as\n${state}\nwanted\n${wanted}`);
  }
  fs.rmSync(archive, { recursive: true });
  return { kills, faults };
}

function killAt({ call, nth }: Point): string[] {
  return [
    'strace',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${CALLS.join(',')}`,
    '-e',
    `inject=${call}:signal=SIGKILL:when=${nth}`,
  ];
}

/** What a run told as done before it died: digests held, made or packed. */
function acknowledged(ran: Ran): Digest[] {
  return ran.events.flatMap((event): Digest[] => {
    if (event.event === 'held' && typeof event.digest === 'string') return [event.digest as Digest];
    if (event.event === 'encoded')
      return (event.made as { digest: Digest }[]).map(({ digest }) => digest);
    return [];
  });
}

async function unreadable(archive: string, digests: readonly Digest[]): Promise<Digest[]> {
  return withStore(archive, async ({ read }) => {
    const bad: Digest[] = [];
    for (const digest of digests) {
      try {
        for await (const _ of read(digest));
      } catch {
        bad.push(digest);
      }
    }
    return bad;
  });
}

/** Everything that must be alike after the stage, as text. With `isDone` the stage has run; else it is run on a copy first. */
async function endState(stage: string, archive: string, isDone = false): Promise<string> {
  if (!isDone)
    return endState(
      stage,
      path.join(folder, `stage-${STAGES[STAGES.indexOf(stage) + 1] ?? 'end'}`),
      true,
    );
  return withStore(archive, async ({ ledger, looseDigests }) => {
    const holdings = (await ledger.holdings()).map(({ digest }) => digest).sort();
    const volumes = await ledger.volumes();
    for (const { name, digest } of volumes) {
      assert.equal(sha256(fs.readFileSync(path.join(archive, 'volumes', `${name}.tar`))), digest);
    }
    const files = ['volumes', 'work', ...published(archive)].flatMap((name) =>
      fs.readdirSync(path.join(archive, name)).map((file) => `${name}/${file}`),
    );
    const editions = (await ledger.editions()).map(
      ({ number, sha256: digest }) => `${number} ${digest}`,
    );
    return JSON.stringify(
      {
        holdings,
        loose: looseDigests(),
        volumes: volumes.map(({ digest }) => digest),
        editions,
        files: files.sort(),
      },
      undefined,
      1,
    );
  });
}

function published(archive: string): string[] {
  return fs.existsSync(path.join(archive, 'editions/0001'))
    ? ['editions', 'editions/0001']
    : ['editions'];
}

async function withStore<T>(
  archive: string,
  use: (open: {
    ledger: ReturnType<typeof openSqliteLedger>;
    read: (digest: Digest) => AsyncIterable<Uint8Array>;
    looseDigests: () => Digest[];
  }) => Promise<T>,
): Promise<T> {
  const layout = layoutOf(archive);
  await using ledger = openSqliteLedger(layout.ledger, { clock: systemClock });
  const store = openStore(realDisk, archive, async (digest) => {
    const [place] = await ledger.places(digest);
    const volume = place && (await ledger.volume(place.volume));
    return volume && { ...place, volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
  });
  return await use({
    ledger,
    read: (digest) => store.read(digest),
    looseDigests: () => [...store.loose.list()],
  });
}

/** How often the undisturbed stage makes each call. */
async function countCalls(stage: string, start: string): Promise<Point[]> {
  const archive = fs.mkdtempSync(path.join(folder, 'count-'));
  fs.cpSync(start, archive, { recursive: true });
  const log = path.join(folder, `${stage}.strace`);
  const ran = await runFonoteca(argsOf(stage, archive), {
    wrapper: ['strace', '-qq', '-o', log, '-e', `trace=${CALLS.join(',')}`],
  });
  assert.equal(ran.code, 0, ran.stderr);
  const counts = new Map<string, number>();
  for (const line of fs.readFileSync(log, 'utf8').split('\n')) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call) counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  fs.rmSync(archive, { recursive: true });
  return [...counts].flatMap(([call, count]) =>
    Array.from({ length: count }, (_, index) => ({ call, nth: index + 1 })),
  );
}

/** `count` of `points`, evenly spread, so that rare calls and the first and last of each are among them. */
function choose(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return Array.from(
    { length: count },
    (_, index) => points[Math.floor((index * points.length) / count)]!,
  );
}
