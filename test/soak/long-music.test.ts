/**
 * Hours of real music through `add` and `encode`, each killed twice in the middle, from Debian's packages to a whole archive.
 *
 * Run by `.ci/soak --only music`. The packages come by `apt-get download` and are unpacked, not installed; with
 * FONOTECA_MUSIC_PACKAGES naming a folder that holds them, nothing is fetched. Prints what it took.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { formatDuration, formatSize } from '../../src/base/sizes.ts';
import { PROGRAM } from '../support/program.ts';
import { sha256Of } from '../support/published.ts';
import { type Ran, runFonoteca, TEST_EPOCH } from '../support/run-fonoteca.ts';

const PACKAGES = [
  'wesnoth-1.16-music',
  'warzone2100-music',
  'singularity-music',
  'asc-music',
  'hyperrogue-music',
];
const WANTED_HOURS = 7;
const KILLS = 2;
/** As `runFonoteca` sets it: one archive wants one clock. */
const ENV = { ...process.env, SOURCE_DATE_EPOCH: TEST_EPOCH };
const MUSIC = /\.(?:ogg|opus|mp3)$/;
/** A worker whose door was killed has to notice and end. */
const GONE_MS = 10_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-long-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('hours of real music are added and encoded to the end, with two kills in the middle of each', async (t) => {
  const music = unpackedMusic();
  const names = fs
    .readdirSync(music, { recursive: true, encoding: 'utf8' })
    .filter((name) => MUSIC.test(name))
    .sort();
  const rows = names.map((name) => `"${name}",0,GPL-2.0-or-later,Debian`);
  fs.writeFileSync(
    path.join(music, 'tracks.csv'),
    `path,popularity,licence,holder\n${rows.join('\n')}\n`,
  );
  const root = path.join(folder, 'archive');
  const at = ['--archive', root, '--json'];
  assert.equal((await runFonoteca(['init', root])).code, 0);
  const digests = new Set(names.map((name) => sha256Of(path.join(music, name))));

  const added = await killedAndCompleted(['add', music, ...at], root, digests.size);
  tell(t, 'add', added);
  assert.ok([0, 3].includes(added.last.code ?? -1), added.last.stderr);
  const plan = await runFonoteca(['plan', ...at]);
  assert.equal(plan.code, 0, plan.stdout + plan.stderr);
  const planned = event(await runFonoteca(['encode', '--dry-run', ...at]), 'encode-plan')
    .digests as string[];
  assert.deepEqual(
    planned.filter((digest) => !digests.has(digest)),
    [],
  );

  const encoded = await killedAndCompleted(['encode', ...at], root, planned.length);
  tell(t, 'encode', encoded);
  assert.ok([0, 3].includes(encoded.last.code ?? -1), encoded.last.stderr);
  const refused = encoded.last.events.filter((one) => one.event === 'finding');
  for (const { subject, code, seen } of refused) t.diagnostic(`${subject}: ${code} ${seen}`);
  const left = event(await runFonoteca(['encode', '--dry-run', ...at]), 'encode-plan')
    .digests as string[];
  assert.equal(left.length, refused.length, 'what is left is what was refused by name');
  assert.ok(refused.length < planned.length / 20, 'of real music nearly all is encoded');

  const verified = await runFonoteca(['verify', root, '--json']);
  assert.equal(verified.code, 0, verified.stdout.slice(-2000));
  const out = path.join(folder, 'out');
  assert.equal(
    (await runFonoteca(['get', 'all', '--out', out, '--original-names', ...at])).code,
    0,
  );
  const back = new Set(
    fs
      .readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => MUSIC.test(name))
      .map((name) => sha256Of(path.join(out, name))),
  );
  assert.deepEqual(
    [...digests].filter((digest) => !back.has(digest)),
    [],
  );
  const hours = hoursOf(music, names);
  const bytes = names.reduce((sum, name) => sum + fs.statSync(path.join(music, name)).size, 0);
  t.diagnostic(
    `${names.length} files, ${formatSize(bytes)}, ${hours.toFixed(2)} hours; ${planned.length - refused.length} derivatives`,
  );
  assert.ok(hours >= WANTED_HOURS, `${hours} hours`);
});

/** The packages unpacked below one folder. */
function unpackedMusic(): string {
  const given = process.env.FONOTECA_MUSIC_PACKAGES;
  const packages = given ?? path.join(folder, 'packages');
  if (given === undefined) {
    fs.mkdirSync(packages);
    // apt drops its rights to a user that may not write into our folder; the download is checked by its own signatures.
    const words = ['-o', 'APT::Sandbox::User=root', 'download', ...PACKAGES];
    run('apt-get', words, packages);
  }
  const music = path.join(folder, 'music');
  fs.mkdirSync(music);
  for (const name of fs.readdirSync(packages).filter((one) => one.endsWith('.deb')))
    run(
      'dpkg-deb',
      ['-x', path.join(packages, name), path.join(music, name.split('_')[0]!)],
      folder,
    );
  return music;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${stderr}`);
  return stdout;
}

interface Completed {
  readonly last: Ran;
  readonly seconds: number;
  readonly peakMiB: number;
  readonly workerPeakMiB: number;
  /** Objects that were there at each kill. */
  readonly killedAt: readonly number[];
}

/** `args` killed when a third and two thirds of `items` new objects are there, then run to its end. */
async function killedAndCompleted(
  args: readonly string[],
  root: string,
  items: number,
): Promise<Completed> {
  const before = objectsIn(root);
  const killedAt: number[] = [];
  const peaks = { main: 0, worker: 0 };
  const start = performance.now();
  for (let kill = 1; kill <= KILLS; kill++) {
    const enough = before + Math.floor((items * kill) / (KILLS + 1));
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: ENV, stdio: 'ignore' });
    const below = await watchUntil(child, peaks, () => objectsIn(root) >= enough);
    assert.equal(child.exitCode, null, 'killed in the middle, not after the end');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await allGone(below);
    killedAt.push(objectsIn(root) - before);
  }
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: ENV,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  await watchUntil(child, peaks, () => false);
  const said = await stdout;
  const events = said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const last: Ran = { code: await code, signal: null, stdout: said, stderr: await stderr, events };
  return {
    ...{ last, killedAt, seconds: (performance.now() - start) / 1000 },
    ...{ peakMiB: peaks.main, workerPeakMiB: peaks.worker },
  };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Waits until `isEnough` or the end; the processes last seen below it. */
async function watchUntil(
  child: ChildProcess,
  peaks: { main: number; worker: number },
  isEnough: () => boolean,
): Promise<number[]> {
  let below: number[] = [];
  while (child.exitCode === null && child.signalCode === null && !isEnough()) {
    below = descendants(child.pid!);
    peaks.main = Math.max(peaks.main, residentMiB(child.pid!));
    for (const pid of below) peaks.worker = Math.max(peaks.worker, residentMiB(pid));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return below;
}

function descendants(pid: number): number[] {
  try {
    const children = fs
      .readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .trim()
      .split(' ');
    const pids = children.filter(Boolean).map(Number);
    return [...pids, ...pids.flatMap(descendants)];
  } catch {
    return [];
  }
}

function residentMiB(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function allGone(pids: readonly number[]): Promise<void> {
  const end = performance.now() + GONE_MS;
  const left = () => pids.filter((pid) => fs.existsSync(`/proc/${pid}`));
  while (left().length > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(left(), [], 'no worker outlives its door');
}

function objectsIn(root: string): number {
  return fs
    .readdirSync(path.join(root, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).length;
}

function event(ran: Ran, name: string): Record<string, unknown> {
  const found = ran.events.find((one) => one.event === name);
  assert.ok(found, `${name} in ${ran.stdout.slice(-500)}${ran.stderr.slice(-500)}`);
  return found;
}

function tell(
  t: { diagnostic(text: string): void },
  stage: string,
  { seconds, killedAt, peakMiB, workerPeakMiB }: Completed,
): void {
  t.diagnostic(
    `${stage}: ${formatDuration(seconds * 1000)} in all, killed at ${killedAt.join(' and ')} objects, ${peakMiB} MiB at most, a worker ${workerPeakMiB}`,
  );
}

/** Hours of sound, by another program than ours; what it cannot open is not counted. */
function hoursOf(music: string, names: readonly string[]): number {
  const seconds = names.map((name) => {
    const words = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0'];
    const { stdout } = spawnSync('ffprobe', [...words, path.join(music, name)], {
      encoding: 'utf8',
    });
    return Number.parseFloat(stdout) || 0;
  });
  return seconds.reduce((sum, one) => sum + one, 0) / 3600;
}
