/** An archive on a medium that cannot be written, as a backup disc is: everything that reads works. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-disc-'));
const disc = path.join(folder, 'disc');
fs.mkdirSync(disc);
const canMount = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', disc]).status === 0;
const skip = canMount ? false : 'tmpfs cannot be mounted by this user';

before(async () => {
  if (!canMount) return;
  const music = path.join(folder, 'music');
  await writeSampleMusic(music);
  const archive = path.join(disc, 'archive');
  const made = await runFonoteca(['up', music, '--dir', archive, '--no-serve']);
  assert.equal(made.code, 0, made.stderr);
  for (const name of ['ledger.db-wal', 'ledger.db-shm'])
    fs.rmSync(path.join(archive, name), { force: true });
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disc]).status, 0);
});

after(() => {
  if (canMount) spawnSync('umount', [disc]);
  fs.rmSync(folder, { recursive: true });
});

for (const [what, args, code] of [
  ['search', ['search', 'rain'], 0],
  ['doctor', ['doctor'], 0],
  ['get all', ['get', 'all', '--out', path.join(folder, 'out'), '--original-names'], 0],
] as const)
  test(`${what} reads from it`, { skip }, async () => {
    const ran = await runFonoteca([...args, '--archive', path.join(disc, 'archive')]);
    assert.equal(ran.code, code, ran.stdout + ran.stderr);
  });

test('verify finds all well, and what came out is what went in', { skip }, async () => {
  const ran = await runFonoteca(['verify', path.join(disc, 'archive')]);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.equal(
    spawnSync('diff', ['-r', path.join(folder, 'music'), path.join(folder, 'out')]).status,
    0,
  );
});

test('a command that writes says that the disk refuses', { skip }, async () => {
  const ran = await runFonoteca([
    'add',
    path.join(folder, 'music'),
    '--archive',
    path.join(disc, 'archive'),
  ]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /DISK_IO/);
});
