import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PUBLIC_KEY, publishHistory, readEdition } from './support/follow-history.ts';
import { runFonoteca } from './support/run-fonoteca.ts';
import { startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-verify-url-'));
const at = (name: string) => path.join(folder, name);
/** Noon of the day on which edition 4 is published. */
const ENVIRONMENT = {
  SOURCE_DATE_EPOCH: String(Date.parse('2026-02-11T12:00:00Z') / 1000),
  XDG_STATE_HOME: at('states'),
};
const STATE = at('states/fonoteca/0707070707070707');
const NO_NETWORK = `--import=${path.join(import.meta.dirname, 'support/no-network.mjs')}`;
let server: TreeServer;

before(async () => {
  server = await startTreeServer();
  await publishHistory(folder);
  server.serve(at('four'));
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runFonoteca(['verify', ...args], { env: { ...ENVIRONMENT, ...env } });

test('an address is checked by its key, which is asked for once', async () => {
  const keyless = await run([server.address]);
  assert.equal(keyless.code, 2);
  assert.match(keyless.stderr, /FOLLOW_KEY_MISSING/);
  const first = await run([server.address, '--key', PUBLIC_KEY]);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /edition 4 of 0707070707070707/);
  assert.match(first.stdout, /all well: 4 volumes, 6 members/);
  const head = /head +(\d+:[0-9a-f]{64})/.exec(first.stderr)?.[1];
  assert.ok(head, first.stderr);
  server.serve(at('four'));
  const again = await run([server.address, '--metadata', '--since', head, '--json']);
  assert.deepEqual([again.code, again.events[0]?.isNew], [0, false]);
  assert.ok(!server.asked.some((name) => name.startsWith('volumes/')), 'no volume is asked for');
});

test('another address of another archive, and a damaged volume, end with exit code 12', async () => {
  server.serve(at('two'));
  const older = await run([server.address]);
  assert.equal(older.code, 12);
  assert.match(older.stderr, /FOLLOW_ROLLBACK/);
  const [volume] = readEdition(at('four'), 4).volumes;
  server.serve(at('four'), {
    [`volumes/${volume!.name}.tar`]: (_request, response) => void response.writeHead(404).end(),
  });
  const missing = await run([server.address, '--json']);
  assert.equal(missing.code, 12);
  const told = missing.events.filter(({ event }) => event === 'finding');
  assert.deepEqual(
    told.map(({ code }) => code),
    ['VERIFY_FILE_MISSING'],
  );
});

test('a key or a head that is written wrongly is wrong usage, no damage and no fork', async () => {
  for (const place of [at('four'), server.address])
    for (const slip of [
      ['--key', 'RWQnonsense'],
      ['--since', '12:abc'],
    ]) {
      const ran = await run([place, ...slip]);
      assert.equal(ran.code, 2, ran.stderr);
      assert.doesNotMatch(ran.stderr, /VERIFY_/);
    }
  assert.equal((await run(['ftp://archive.example/'])).code, 2);
});

test('a folder is checked without the network, also one that was fetched and kept', async () => {
  server.serve(at('four'));
  const kept = await run([server.address, '--key', PUBLIC_KEY, '--keep']);
  assert.equal(kept.code, 0, kept.stderr);
  const offline = { NODE_OPTIONS: NO_NETWORK };
  for (const place of [at('four'), STATE]) {
    const checked = await run([place, '--key', PUBLIC_KEY], offline);
    assert.equal(checked.code, 0, checked.stderr);
    assert.match(checked.stdout, /all well: 4 editions, 4 volumes/);
  }
  const online = await run([server.address], offline);
  assert.equal(online.code, 99, 'the check itself can tell');
});

test('a copy of a part is checked by naming what it holds, and is not whole otherwise', async () => {
  server.serve(at('four'));
  const { volumes } = readEdition(at('four'), 4);
  const [first, second] = volumes.map(({ name }) => name);
  const part = ['--dir', at('part'), '--keep', '--volume', `${first}.tar`];
  const kept = await run([server.address, '--key', PUBLIC_KEY, ...part]);
  assert.equal(kept.code, 0, kept.stderr);
  const checked = await run([at('part'), '--key', PUBLIC_KEY, '--volume', first!]);
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stdout, /all well: 4 editions, 1 volumes/);
  assert.equal((await run([at('part'), '--key', PUBLIC_KEY])).code, 12);
  assert.equal((await run([at('part'), '--volume', `${second}.tar`])).code, 12);
  const tar = at(`part/volumes/${first}.tar`);
  fs.writeFileSync(tar, fs.readFileSync(tar).reverse());
  assert.equal((await run([at('part'), '--volume', first!])).code, 12);
  const unknown = await run([at('four'), '--volume', 'original-0000000000000000']);
  assert.equal(unknown.code, 2, unknown.stderr);
  assert.match(unknown.stderr, /FOLLOW_VOLUME_UNKNOWN/);
});

test('what only an address can fulfil is not passed over in silence for a folder', async () => {
  for (const wish of [['--keep'], ['--dir', at('elsewhere')]]) {
    const ran = await run([at('four'), ...wish]);
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, new RegExp(`USAGE.*${wish[0]}`, 's'));
  }
});
