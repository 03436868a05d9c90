import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openArchive } from '../src/archive.ts';
import { fixedClock, systemRandom } from '../src/base/clock.ts';
import type { Digest } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { objectPath } from '../src/store/layout.ts';
import { runFonoteca, TEST_EPOCH } from './support/run-fonoteca.ts';
import { writeSampleMusic } from './support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-drop-'));
const music = path.join(folder, 'music');
const archive = path.join(folder, 'archive');
after(() => fs.rmSync(folder, { recursive: true }));

before(async () => {
  await writeSampleMusic(music);
  const ran = await runFonoteca(['up', music, '--dir', archive, '--no-serve']);
  assert.equal(ran.code, 0, ran.stderr);
});

/** A copy to try things on. */
function copy(name: string): string {
  const there = path.join(folder, name);
  fs.cpSync(archive, there, { recursive: true });
  return there;
}

/** The originals that are published as Opus and still loose. */
async function looseOriginals(root: string): Promise<Digest[]> {
  const clock = fixedClock(new Date(Number(TEST_EPOCH) * 1000).toISOString());
  await using open = await openArchive(
    root,
    { write: false },
    { disk: realDisk, clock, random: systemRandom },
  );
  const loose: Digest[] = [];
  for (const { digest } of await open.ledger.holdings()) {
    const isTail = (await open.ledger.derivativesOf(digest)).length > 0;
    if (isTail && open.store.loose.sizeOf(digest) !== undefined) loose.push(digest);
  }
  return loose;
}

test('plan, encode, pack and publish delete no original', async () => {
  assert.equal((await looseOriginals(archive)).length, 2);
});

test('without a yes nothing is dropped', async () => {
  const root = copy('asked');
  const ran = await runFonoteca(['drop', '--plan', '--archive', root, '--no-input']);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /DROP_UNCONFIRMED/);
  assert.equal((await looseOriginals(root)).length, 2);
});

test('with a yes each original leaves after its derivative was made again alike, and comes back when it is added', async () => {
  const root = copy('dropped');
  const ran = await runFonoteca(['drop', '--plan', '--yes', '--archive', root, '--json']);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const dropped = ran.events.find(({ event }) => event === 'dropped');
  assert.equal((dropped?.digests as string[] | undefined)?.length, 2);
  assert.deepEqual(await looseOriginals(root), []);
  assert.equal((await runFonoteca(['verify', root])).code, 0);

  const out = path.join(folder, 'out');
  const got = await runFonoteca(['get', 'all', '--out', out, '--archive', root]);
  assert.match(got.stderr, /RESTORE_FROM_DERIVATIVE/);
  const derivatives = fs
    .readdirSync(out, { recursive: true })
    .filter((name) => String(name).endsWith('.opus'));
  // Two made from what was dropped, and the one that came as Opus.
  assert.equal(derivatives.length, 3);

  fs.utimesSync(path.join(music, 'Ana/Water/01 Rain.flac'), 1, 1);
  assert.equal((await runFonoteca(['add', music, '--archive', root])).code, 0);
  assert.equal((await looseOriginals(root)).length, 1);
});

test('an original whose packed derivative cannot be made again alike stays', async () => {
  const root = copy('unproved');
  const [first] = await looseOriginals(root);
  // Another original under this name: what is made from it is not what was packed.
  const [, second] = await looseOriginals(root);
  const layout = { objects: path.join(root, 'objects') } as Parameters<typeof objectPath>[0];
  fs.copyFileSync(objectPath(layout, second!), objectPath(layout, first!));
  const ran = await runFonoteca(['drop', '--plan', '--yes', '--archive', root, '--json']);
  assert.notEqual(ran.code, 0);
  assert.ok(fs.existsSync(objectPath(layout, first!)), 'the file is kept as evidence');
});
