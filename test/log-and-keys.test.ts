import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createArchive } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { formatSecretKey } from '../src/formats/minisign-secret.ts';
import { TEST_KEY, testArchive, testSongs } from '../src/publishing/test-archive.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-log-and-keys-'));
after(() => fs.rmSync(folder, { recursive: true }));

describe('log and keys from the command line', () => {
  const root = path.join(folder, 'archive');
  const copy = path.join(folder, 'copy');
  const fonoteca = (...args: string[]) => runFonoteca(args, { cwd: root });
  const jsonOf = async (...args: string[]) => {
    const { code, events, stderr } = await fonoteca(...args, '--json');
    return { code, events, stderr, event: (name: string) => events.find((e) => e.event === name) };
  };

  async function packAndPublish(seed: number): Promise<void> {
    const archive = await testArchive(root);
    await archive.pack(testSongs(1, seed, 900));
    await archive.close();
    const { code, stderr } = await fonoteca('publish', '--to', copy);
    assert.equal(code, 0, stderr);
  }

  before(async () => {
    await createArchive(
      root,
      { name: 'Prueba', secretKey: formatSecretKey(TEST_KEY) },
      { disk: realDisk, clock: fixedClock('2026-01-02T00:00:00Z'), random: seededRandom(1) },
    );
    await packAndPublish(1);
  });

  test('a head that was noted is proved by the log of a copy, a forged one ends with 12', async () => {
    const noted = (await jsonOf('log')).event('log-head')!;
    const head = `${noted.size}:${noted.root}`;
    await packAndPublish(2);
    const { code, event } = await jsonOf('log', copy, '--since', head, '--prove', '2', '--check');
    assert.equal(code, 0);
    assert.deepEqual(event('log-extension')!.from, { size: noted.size, root: noted.root });
    assert.equal(event('log-inclusion')!.index, 2);
    assert.equal(event('log-checked')!.isSound, true);
    assert.equal(event('log-head')!.size, 3);
    const forged = await fonoteca('log', copy, '--since', `2:${'0'.repeat(64)}`);
    assert.equal(forged.code, 12);
    assert.match(forged.stderr, /LOG_FORKED/);
    assert.equal((await fonoteca('log', copy, '--since', 'two')).code, 2);
  });

  test('damage of a tile is told by name and ends with 12', async () => {
    const file = path.join(copy, 'editions/log/tile/entries/000.p/2');
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from(']')]));
    const { code, events } = await jsonOf('log', copy, '--check');
    assert.equal(code, 12);
    const finding = events.find((event) => event.event === 'finding');
    assert.deepEqual([finding?.code, finding?.subject], ['LOG_DIFFERS', 'tile/entries/000.p/2']);
    fs.writeFileSync(file, bytes);
  });

  test('a key is rotated, and the one before may go once its edition is out', async () => {
    const before = (await jsonOf('keys', 'show')).event('keys')!;
    const preview = await jsonOf('keys', 'rotate', '--dry-run');
    assert.equal(preview.code, 0);
    assert.deepEqual((await jsonOf('keys', 'show')).event('keys'), before);
    const rotated = await jsonOf('keys', 'rotate');
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.equal(rotated.event('keys')!.isPending, true);
    assert.equal((await fonoteca('verify')).code, 0, 'between rotation and edition');
    const published = await fonoteca('publish', '--to', copy);
    assert.equal(published.code, 0, published.stderr);
    assert.match(published.stderr, /keys\/edition-0707070707070707\.key signs nothing any more/);
    const verified = await fonoteca('verify', copy, '--key', path.join(root, 'keys/edition.pub'));
    assert.equal(verified.code, 0, verified.stderr);
    const entries = (await jsonOf('log')).events.filter(({ event }) => event === 'log-entry');
    assert.deepEqual(
      entries.map(({ entry }) => (entry as { kind: string }).kind),
      ['keys', 'published', 'published', 'keys', 'published'],
    );
  });

  test('a change that makes no sense ends with 2 and says what is wanted', async () => {
    const refused = await fonoteca('keys', 'threshold', '5');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /KEYS_INVALID/);
    assert.equal((await fonoteca('keys', 'rotate', '--new-key', 'none.key')).code, 1);
  });
});
