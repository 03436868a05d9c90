/**
 * A redaction cut off at every operation on the disk: by a power cut, which tears and loses what was not synced, and by
 * SIGKILL at system calls of the real command. What stands afterwards is completed by the same call, and equals what an
 * undisturbed run gives.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mapBounded } from '../../src/base/bounded-queue.ts';
import type { Digest } from '../../src/base/digest.ts';
import { type Disk, readWhole } from '../../src/base/disk.ts';
import { ensureDirectory } from '../../src/base/durable.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { carryOutRedaction, planRedaction } from '../../src/store/redact-volume.ts';
import { openSealed } from '../../src/store/sealed.ts';
import {
  hashedWhole,
  putVolume,
  redactedBytes,
  sealAll,
  testVolume,
} from '../../src/store/test-volume.ts';
import { roundsOf } from '../support/counts.ts';
import { sha256Of, treeDigests } from '../support/published.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';
import { PowerCut, type RecordedDisk, recordedDisk } from './recorded-disk.ts';

const SEED = 20_260_102;
/** SIGKILLs over the whole of `withdraw`, publication included. */
const KILLS = roundsOf('REDACT_KILLS', 8);
const CALLS = ['pwrite64', 'fsync', 'fdatasync', 'rename', 'link', 'unlink', 'mkdir', 'rmdir'];

const volume = testVolume([20_000, 16_384, 1, 50_000, 513]);
const { name, members } = volume;
const layout = layoutOf('/archive');
const pick = (...numbers: number[]) => new Set(numbers.map((at) => members[at]!.digest));

/** A disk in memory with the volume as `withdrawn` leaves it and its sealed copies, that loses power `cutAt` operations later. */
async function prepared(withdrawn: ReadonlySet<Digest>, cutAt: number): Promise<RecordedDisk> {
  const make = async (cut: number) => {
    const disk = recordedDisk(seededRandom(SEED), cut);
    ensureDirectory(disk, layout.volumes);
    putVolume(disk, layout.volumes, name, redactedBytes(volume, withdrawn));
    await sealAll(disk, layout, volume);
    return disk;
  };
  return make((await make(0)).operations + cutAt);
}

async function redact(disk: Disk, withdrawn: ReadonlySet<Digest>): Promise<void> {
  const sealed = openSealed(disk, layout);
  const plan = planRedaction(disk, layout.volumes, name, withdrawn, sealed);
  if (plan) (await carryOutRedaction(disk, plan, undefined)).settle();
}

function assertRedacted(disk: Disk, withdrawn: ReadonlySet<Digest>, at: string): void {
  const wanted = redactedBytes(volume, withdrawn);
  const read = (suffix: string) => readWhole(disk, path.join(layout.volumes, name + suffix));
  assert.ok(read('.tar').equals(wanted), `${at}: the tar`);
  assert.ok(read('.torrent').equals(hashedWhole(name, wanted).bytes), `${at}: the torrent`);
  const rest = disk.list(layout.volumes).filter((file) => file.includes('.next'));
  assert.deepEqual(rest, [], at);
}

/** From one set to another, cut at every operation; afterwards `then` is what is wanted. */
async function cutEverywhere(
  from: ReadonlySet<Digest>,
  to: ReadonlySet<Digest>,
  then: ReadonlySet<Digest>,
): Promise<number> {
  for (let cutAt = 1; ; cutAt += 1) {
    const disk = await prepared(from, cutAt);
    try {
      await redact(disk, to);
      return cutAt;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    const left = disk.afterPowerCut(seededRandom(SEED + cutAt));
    await redact(left, then);
    assertRedacted(left, then, `cut at operation ${cutAt}`);
  }
}

describe('a power cut at every operation', () => {
  const cases: [string, Set<Digest>, Set<Digest>, Set<Digest>][] = [
    ['of a withdrawal, completed by itself', pick(), pick(0, 3), pick(0, 3)],
    ['of a restoration, completed', pick(0, 3), pick(3), pick(3)],
    ['of a restoration, withdrawn again', pick(0, 3), pick(), pick(0, 3)],
    [
      'of a withdrawal, with more withdrawn before it is completed',
      pick(1),
      pick(1, 2),
      pick(1, 2, 4),
    ],
    [
      'of a withdrawal, of which a part is restored before it is completed',
      pick(1),
      pick(0, 1),
      pick(0),
    ],
  ];
  for (const [what, from, to, then] of cases)
    test(what, async () => {
      assert.ok((await cutEverywhere(from, to, then)) > 20);
    });
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-redact-kill-'));
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const skip = hasStrace ? false : 'strace is not installed';
after(() => fs.rmSync(folder, { recursive: true }));

describe('SIGKILL in withdraw', { skip }, () => {
  const start = path.join(folder, 'start');
  const whole = path.join(folder, 'whole');
  let subject = '';
  const args = (archive: string) => [
    ...['withdraw', subject, '--reason', 'court-order', '--yes', '--json'],
    ...['--archive', archive],
  ];

  before(async () => {
    const music = path.join(folder, 'music');
    await writeSampleMusic(music);
    const ran = await runFonoteca(['up', music, '--dir', start, '--no-serve']);
    assert.equal(ran.code, 0, ran.stderr);
    // The tail: an original that lies loose, and its derivative in a volume.
    subject = sha256Of(path.join(music, 'Ana/Water/01 Rain.flac'));
  });

  test('the same command completes it, and ends as if it had not been killed', async (context) => {
    const calls = await countCalls();
    const step = Math.max(1, Math.floor(calls.length / KILLS));
    const points = calls.filter((_, at) => at % step === 0);
    const wanted = stateOf(whole);
    const faults: string[] = [];
    for await (const fault of mapBounded(points, { concurrency: 2 }, killAndComplete(wanted)))
      if (fault !== undefined) faults.push(fault);
    context.diagnostic(`${points.length} kill points of ${calls.length} calls`);
    assert.deepEqual(faults, []);
  });

  /** Every call that changes the disk, as the n-th of its name, of an undisturbed run into `whole`. */
  async function countCalls(): Promise<{ call: string; nth: number }[]> {
    fs.cpSync(start, whole, { recursive: true });
    const trace = path.join(folder, 'trace');
    const wrapper = ['strace', '-qq', '-o', trace, '-e', `trace=${CALLS.join(',')}`];
    const ran = await runFonoteca(args(whole), { wrapper });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const counts = new Map<string, number>();
    return fs
      .readFileSync(trace, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const call = /^(\w+)\(/.exec(line)?.[1];
        if (call === undefined) return [];
        const nth = (counts.get(call) ?? 0) + 1;
        counts.set(call, nth);
        return { call, nth };
      });
  }

  const killAndComplete =
    (wanted: string) =>
    async ({ call, nth }: { call: string; nth: number }): Promise<string | undefined> => {
      const archive = fs.mkdtempSync(path.join(folder, 'run-'));
      fs.cpSync(start, archive, { recursive: true });
      const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${nth}`];
      const wrapper = ['strace', '-qq', '-o', '/dev/null', ...inject];
      await runFonoteca(args(archive), { wrapper });
      const again = await runFonoteca(args(archive));
      const seen = again.code === 0 ? stateOf(archive) : again.stdout + again.stderr;
      fs.rmSync(archive, { recursive: true });
      return seen === wanted ? undefined : `${call} ${nth}: ${seen}, wanted ${wanted}`;
    };
});

/** All that is published, sealed or left loose, as text. */
function stateOf(archive: string): string {
  const digests = Object.entries(treeDigests(archive)).filter(([file]) =>
    /^(?:volumes|sealed|objects|work|editions\/\d+)\//.test(file),
  );
  return JSON.stringify(digests);
}
