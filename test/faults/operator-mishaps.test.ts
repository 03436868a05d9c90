/**
 * What operators do to archives: parts of two archives mixed, half a backup put back, a wrong clock, two commands at once.
 * Each is refused under its stable code, changes nothing of what is held, and is over once the right part is back.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { judge, missingTools } from '../support/outside-tools.ts';
import { PROGRAM } from '../support/program.ts';
import { treeDigests } from '../support/published.ts';
import { type Ran, runFonoteca, TEST_EPOCH } from '../support/run-fonoteca.ts';
import { type SampleFile, writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-mishaps-'));
after(() => fs.rmSync(folder, { recursive: true }));

const music = path.join(folder, 'music');
/** Published whole. */
const whole = path.join(folder, 'whole');
/** The same archive before anything was packed. */
const early = path.join(folder, 'early');
/** Another archive, of other music. */
const other = path.join(folder, 'other');
const OTHER_FILES: readonly SampleFile[] = [
  { path: 'Cem/Earth/01 Clay.flac', frequencyHz: 660, popularity: '0' },
];
/** Two of the commands that write; all open the archive alike. */
const WRITING = [['add', music], ['publish']];
/** Each case has an archive of its own. */
const AT_ONCE = { concurrency: 2 };
const YEARS_AGO = String(Number(TEST_EPOCH) - 5 * 365 * 24 * 3600);

before(async () => {
  await writeSampleMusic(music);
  await writeSampleMusic(path.join(folder, 'other-music'), OTHER_FILES);
  await well('init', early, '--name', 'Mishaps');
  await well('add', music, '--archive', early);
  await well('plan', '--archive', early);
  await well('encode', '--archive', early);
  fs.cpSync(early, whole, { recursive: true });
  await well('pack', '--archive', whole);
  await well('publish', '--archive', whole);
  await well('up', path.join(folder, 'other-music'), '--dir', other, '--no-serve');
});

async function well(...args: string[]): Promise<Ran> {
  const ran = await runFonoteca(args);
  assert.equal(ran.code, 0, `${args[0]}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** A copy of the published archive to do harm to. */
function copied(): string {
  const root = fs.mkdtempSync(path.join(folder, 'case-'));
  fs.cpSync(whole, root, { recursive: true });
  return root;
}

/** Puts `part` of `from` in the place of that of `root`. */
function swap(root: string, part: string, from: string): void {
  for (const name of part === 'ledger.db' ? [part, `${part}-wal`, `${part}-shm`] : [part]) {
    fs.rmSync(path.join(root, name), { recursive: true, force: true });
    if (fs.existsSync(path.join(from, name)))
      fs.cpSync(path.join(from, name), path.join(root, name), { recursive: true });
  }
}

/** Everything that would be a loss. SQLite's files come and go; what they say is asked of the program. */
function kept(root: string): Record<string, string> {
  const files = Object.entries(treeDigests(root));
  return Object.fromEntries(files.filter(([name]) => !/^(?:ledger\.db|lock)/.test(name)));
}

/** The code of the error a command ended with, and its exit code. */
function refusal(ran: Ran): unknown[] {
  const error = ran.events.find(({ event }) => event === 'error');
  return [error?.code ?? ran.stdout + ran.stderr, ran.code];
}

const codesOf = (ran: Ran) => new Set(ran.events.flatMap(({ code }) => (code ? [code] : [])));

async function assertWhole(root: string): Promise<void> {
  await well('verify', root, '--key', path.join(whole, 'keys/edition.pub'));
  const out = fs.mkdtempSync(path.join(folder, 'out-'));
  await well('get', 'all', '--out', out, '--original-names', '--archive', root);
  const { status, said } = judge('diff', ['-r', music, out]);
  assert.deepEqual([status, said], [0, '']);
}

describe('a part of another archive', AT_ONCE, () => {
  for (const part of ['ledger.db', 'keys', 'fonoteca.toml'])
    test(`in the place of ${part} is refused by commands that would write`, async () => {
      const root = copied();
      swap(root, part, other);
      const before = kept(root);
      for (const args of WRITING)
        assert.deepEqual(
          refusal(await runFonoteca([...args, '--archive', root, '--json'])),
          ['ARCHIVE_FOREIGN', 1],
          args[0],
        );
      assert.deepEqual(kept(root), before);
      swap(root, part, whole);
      await assertWhole(root);
    });

  test('in the place of objects is found by verify and never handed out', async () => {
    const root = copied();
    swap(root, 'objects', other);
    const verified = await runFonoteca(['verify', root, '--json']);
    assert.equal(verified.code, 12);
    assert.ok(codesOf(verified).has('STORE_OBJECT_MISSING'), verified.stdout);
    const out = path.join(root, '..', `${path.basename(root)}-out`);
    const got = await runFonoteca(['get', 'all', '--out', out, '--archive', root, '--json']);
    assert.notEqual(got.code, 0);
    const foreign = new Set(Object.values(treeDigests(path.join(other, 'objects'))));
    assert.deepEqual(
      Object.values(treeDigests(out)).filter((digest) => foreign.has(digest)),
      [],
    );
    swap(root, 'objects', whole);
    await assertWhole(root);
  });
});

describe('half a backup', AT_ONCE, () => {
  test('with a ledger older than the volumes keeps the volumes and says what to put back', async () => {
    const root = copied();
    swap(root, 'ledger.db', early);
    const before = kept(root);
    for (const args of [['pack'], ['up', music, '--no-serve', '--dir', root]]) {
      const ran = await runFonoteca([...args, '--archive', root, '--json']);
      assert.deepEqual(refusal(ran), ['STORE_VOLUME_UNKNOWN', 1], args[0]);
    }
    const now = kept(root);
    assert.deepEqual(now, { ...now, ...before }, 'nothing is removed');
    swap(root, 'ledger.db', whole);
    await assertWhole(root);
  });

  test('without its volumes is damage, found by name, and over when they are back', async () => {
    const root = copied();
    fs.rmSync(path.join(root, 'volumes'), { recursive: true });
    fs.mkdirSync(path.join(root, 'volumes'));
    const verified = await runFonoteca(['verify', root, '--json']);
    assert.equal(verified.code, 12, verified.stdout + verified.stderr);
    const tars = Object.keys(treeDigests(path.join(whole, 'volumes')));
    for (const name of tars.filter((one) => one.endsWith('.tar')))
      assert.ok(verified.stdout.includes(name), `${name} is named`);
    const again = await runFonoteca(['up', music, '--dir', root, '--no-serve', '--json']);
    assert.ok(!again.events.some(({ event, intact }) => event === 'verified' && intact === true));
    swap(root, 'volumes', whole);
    await assertWhole(root);
  });

  test('without its ledger is refused, and no empty ledger takes its place', async () => {
    const root = copied();
    swap(root, 'ledger.db', folder);
    const before = kept(root);
    for (const args of [['add', music], ['publish'], ['search', 'Rain']]) {
      const ran = await runFonoteca([...args, '--archive', root, '--json']);
      assert.deepEqual(refusal(ran), ['LEDGER_MISSING', 1], args[0]);
    }
    assert.ok(!fs.existsSync(path.join(root, 'ledger.db')), 'an empty ledger was made');
    assert.deepEqual(kept(root), before);
    swap(root, 'ledger.db', whole);
    await assertWhole(root);
  });

  test('from a later version of the program is left as it is', async () => {
    const root = copied();
    const file = path.join(root, 'ledger.db');
    const database = new DatabaseSync(file);
    const { user_version: version } = database.prepare('PRAGMA user_version').get()!;
    database.exec(`PRAGMA user_version = ${Number(version) + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
    database.close();
    const ledger = treeDigests(root)['ledger.db'];
    for (const args of [['add', music], ['publish'], ['search', 'Rain']])
      assert.deepEqual(
        refusal(await runFonoteca([...args, '--archive', root, '--json'])),
        ['LEDGER_NEWER', 1],
        args[0],
      );
    assert.equal(treeDigests(root)['ledger.db'], ledger);
  });
});

describe('a clock that is wrong', AT_ONCE, () => {
  for (const [when, epoch] of [
    ['at the beginning of 1970', '0'],
    ['five years behind the last record', YEARS_AGO],
  ] as const)
    test(`${when} stops commands that would write, and none that reads`, async () => {
      const root = copied();
      const before = kept(root);
      const env = { SOURCE_DATE_EPOCH: epoch };
      for (const args of WRITING)
        assert.deepEqual(
          refusal(await runFonoteca([...args, '--archive', root, '--json'], { env })),
          ['CLOCK_IMPLAUSIBLE', 1],
          args[0],
        );
      assert.deepEqual(kept(root), before);
      const read = await runFonoteca(['search', 'Rain', '--archive', root], { env });
      assert.equal(read.code, 0, read.stderr);
      assert.match(read.stdout, /Rain/);
      assert.equal((await runFonoteca(['verify', root], { env })).code, 0);
    });

  test('of the whole machine is noticed too', { skip: missingTools('faketime') }, async () => {
    const wrapper = ['env', '-u', 'SOURCE_DATE_EPOCH', 'faketime', '1970-01-02 00:00:00'];
    const ran = await runFonoteca(['publish', '--archive', copied(), '--json'], { wrapper });
    assert.deepEqual(refusal(ran), ['CLOCK_IMPLAUSIBLE', 1]);
  });
});

describe('two commands at once', AT_ONCE, () => {
  for (const [end, signal, code] of [
    ['goes on where it was', 'SIGCONT', 0],
    ['was killed', 'SIGKILL', null],
  ] as const)
    test(`leave the second without the lock, and readers at ease; the first ${end}`, async () => {
      const root = copied();
      const fresh = path.join(folder, `fresh-${signal}`);
      await writeSampleMusic(fresh, OTHER_FILES);
      const args = [PROGRAM, 'add', fresh, '--archive', root, '--json'];
      const first = spawn(process.execPath, args, {
        env: { ...process.env, SOURCE_DATE_EPOCH: TEST_EPOCH },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ended = once(first, 'exit') as Promise<[number | null]>;
      await holdsLock(first.pid!, root);
      first.kill('SIGSTOP');
      after(() => first.kill('SIGKILL'));
      for (const second of [['add', music], ['publish']])
        assert.deepEqual(
          refusal(await runFonoteca([...second, '--archive', root, '--json'])),
          ['ARCHIVE_LOCKED', 11],
          second[0],
        );
      await well('search', 'Rain', '--archive', root);
      await well('verify', root);
      first.kill(signal);
      assert.equal((await ended)[0], code);
      await well('add', fresh, '--archive', root);
      assert.match((await well('search', 'Clay', '--archive', root)).stdout, /Clay/);
    });
});

/**
 * Waits until the process `pid` has the lock file of `root` locked and its ledger open, by what the kernel says. While it
 * opens the ledger it holds locks for writing on the index of the log, and stopped just then would keep every reader out.
 */
async function holdsLock(pid: number, root: string): Promise<void> {
  const lock = fs.statSync(path.join(root, 'lock')).ino;
  const index = path.join(root, 'ledger.db-shm');
  for (let tries = 0; tries < 5000; tries += 1) {
    const locks = fs
      .readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(` ${pid} `));
    const of = (inode: number) => locks.filter((line) => line.includes(`:${inode} `));
    const ledger = fs.existsSync(index) ? of(fs.statSync(index).ino) : [];
    const isOpen = ledger.length > 0 && ledger.every((line) => line.includes(' READ '));
    if (of(lock).length > 0 && isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('the first command never took the lock');
}
