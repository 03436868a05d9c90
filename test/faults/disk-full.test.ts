/**
 * A full disk: each command that writes, on file systems with ever more room until it gets through. It ends with
 * `DISK_FULL` and exit 1, loses nothing it has told of, and completes on the same archive once there is room. The file
 * systems are tmpfs of exact sizes, in bytes and in inodes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { Digest } from '../../src/base/digest.ts';
import { realDisk } from '../../src/base/disk.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { openStore } from '../../src/store/store.ts';
import { treeDigests } from '../support/published.ts';
import { type Ran, runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const PAGE_BYTES = 4096;
const AMPLE_BYTES = 64 * 1024 * 1024;
const AMPLE_INODES = 10_000;
/** Far more than any stage here needs. */
const MOST_RUNS = 60;

/** What a stage is given more of, run by run: pages, then inodes. */
const STEPS: Readonly<Record<string, { pages: number; inodes: number }>> = {
  add: { pages: 20, inodes: 4 },
  encode: { pages: 8, inodes: 2 },
  pack: { pages: 12, inodes: 1 },
  publish: { pages: 8, inodes: 4 },
};
const STAGES = Object.keys(STEPS);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-full-'));
const music = path.join(folder, 'music');
const mounts = new Set<string>();
const canMount = tryMount();
const skip = canMount ? false : 'tmpfs cannot be mounted by this user';
after(() => {
  for (const mount of mounts) spawnSync('umount', [mount]);
  fs.rmSync(folder, { recursive: true });
});

const argsOf = (stage: string, archive: string) => [
  stage,
  ...(stage === 'add' ? [music] : []),
  ...['--archive', archive, '--json'],
];
const folderOf = (stage: string | undefined) => path.join(folder, `stage-${stage ?? 'end'}`);

before(async () => {
  if (!canMount) return;
  await writeSampleMusic(music);
  await well(['init', folderOf('add'), '--name', 'Full']);
  for (const [index, stage] of STAGES.entries()) {
    const next = folderOf(STAGES[index + 1]);
    fs.cpSync(folderOf(stage), next, { recursive: true });
    await well(argsOf(stage, next));
    if (stage === 'add') await well(['plan', '--archive', next]);
  }
});

for (const stage of STAGES)
  describe(stage, { skip, concurrency: 2 }, () => {
    test('on a disk with too little room stops, loses nothing told, and completes with more', async (context) => {
      const { pages } = STEPS[stage]!;
      await sweep(context, stage, (used, run) => {
        const bytes = used.bytes + run * pages * PAGE_BYTES;
        return { bytes, inodes: AMPLE_INODES };
      });
    });

    test('on a disk with too few inodes stops, loses nothing told, and completes with more', async (context) => {
      const { inodes } = STEPS[stage]!;
      await sweep(context, stage, (used, run) => {
        return { bytes: AMPLE_BYTES, inodes: used.inodes + run * inodes };
      });
    });
  });

interface Room {
  readonly bytes: number;
  readonly inodes: number;
}

/** Runs the stage with the room of run 0, 1, 2 … until it gets through; each time that it does not, gives room and runs it again. */
async function sweep(
  context: { diagnostic(text: string): void },
  stage: string,
  roomOf: (used: Room, run: number) => Room,
): Promise<void> {
  const wanted = kept(folderOf(STAGES[STAGES.indexOf(stage) + 1]));
  for (let run = 0; run < MOST_RUNS; run += 1) {
    const disk = mountCopy(folderOf(stage));
    disk.resize(roomOf(disk.used, run));
    const ran = await runFonoteca(argsOf(stage, disk.root));
    disk.resize({ bytes: AMPLE_BYTES, inodes: AMPLE_INODES });
    if (ran.code === 0) {
      assert.deepEqual(kept(disk.root), wanted);
      disk.unmount();
      assert.ok(run > 0, 'the first run has no room at all');
      context.diagnostic(`${run} runs stopped for want of room`);
      return;
    }
    const told = ran.events.find(({ event }) => event === 'error');
    assert.deepEqual([told?.code, ran.code], ['DISK_FULL', 1], `run ${run}: ${textOf(ran)}`);
    assert.deepEqual(await unreadable(disk.root, acknowledged(ran)), [], `run ${run}`);
    const again = await runFonoteca(argsOf(stage, disk.root));
    assert.equal(again.code, 0, `after run ${run}: ${textOf(again)}`);
    assert.deepEqual(kept(disk.root), wanted, `after run ${run}`);
    disk.unmount();
  }
  assert.fail(`${stage} never got through`);
}

/** A copy of `source` on a file system of its own, whose size can be set. */
function mountCopy(source: string) {
  const root = fs.mkdtempSync(path.join(folder, 'disk-'));
  mounted(root, `size=${AMPLE_BYTES},nr_inodes=${AMPLE_INODES}`);
  mounts.add(root);
  fs.cpSync(source, root, { recursive: true });
  const { blocks, bfree, bsize, files, ffree } = fs.statfsSync(root);
  const used: Room = { bytes: (blocks - bfree) * bsize, inodes: files - ffree };
  return {
    root,
    used,
    resize: ({ bytes, inodes }: Room) => mounted(root, `remount,size=${bytes},nr_inodes=${inodes}`),
    unmount: () => {
      assert.equal(spawnSync('umount', [root]).status, 0);
      mounts.delete(root);
      fs.rmdirSync(root);
    },
  };
}

function mounted(root: string, options: string): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', root], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
}

function tryMount(): boolean {
  const root = fs.mkdtempSync(path.join(folder, 'try-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', root]).status !== 0)
    return false;
  return spawnSync('umount', [root]).status === 0;
}

async function well(args: readonly string[]): Promise<void> {
  const ran = await runFonoteca(args);
  assert.equal(ran.code, 0, textOf(ran));
}

const textOf = ({ stdout, stderr, signal }: Ran) => `${signal ?? ''}${stdout}${stderr}`;

/** Everything but SQLite's files and plans, by digest. */
function kept(root: string): Record<string, string> {
  const files = Object.entries(treeDigests(root));
  return Object.fromEntries(files.filter(([name]) => !/^(?:ledger\.db|lock|plans\/)/.test(name)));
}

/** Digests that a run told of as held, made or packed before it stopped. */
function acknowledged(ran: Ran): Digest[] {
  return ran.events.flatMap((event): Digest[] => {
    if (event.event === 'held') return [event.digest as Digest];
    if (event.event === 'encoded')
      return (event.made as { digest: Digest }[]).map(({ digest }) => digest);
    return [];
  });
}

/** Which of `digests`, and of all that the ledger knows, do not read back from the store. */
async function unreadable(archive: string, digests: readonly Digest[]): Promise<Digest[]> {
  const layout = layoutOf(archive);
  await using ledger = openSqliteLedger(layout.ledger, { clock: systemClock });
  const store = openStore(realDisk, archive, async (digest) => {
    const [place] = await ledger.places(digest);
    const volume = place && (await ledger.volume(place.volume));
    return volume && { ...place, volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
  });
  const known = (await ledger.holdings()).map(({ digest }) => digest);
  const bad: Digest[] = [];
  for (const digest of new Set([...digests, ...known])) {
    try {
      for await (const _ of store.read(digest));
    } catch {
      bad.push(digest);
    }
  }
  return bad;
}
