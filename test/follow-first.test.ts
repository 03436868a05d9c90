import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import type { Digest } from '../src/base/digest.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { follow } from '../src/mirroring/follow.ts';
import { TEST_KEY, testKey } from '../src/publishing/test-archive.ts';
import { verifyArchive } from '../src/verifier/verify-archive.ts';
import {
  keysFiles,
  PUBLIC_KEY,
  publishForeign,
  publishHistory,
  publishLie,
  stampLie,
} from './support/follow-history.ts';
import { endless, startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-first-'));
const at = (name: string) => path.join(folder, name);
const OTHER_KEY = testKey(9);
const ZEROS = '0'.repeat(64) as Digest;
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
let server: TreeServer;

before(async () => {
  server = await startTreeServer();
  await publishHistory(folder);
  await publishForeign(folder, OTHER_KEY);
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

describe('who follows an archive for the first time', () => {
  test('needs a key', async () => {
    server.serve(at('four'));
    await assert.rejects(ask({ directory: at('new') }), refusal('FOLLOW_KEY_MISSING'));
  });

  test('is not fooled by another archive', async () => {
    server.serve(at('foreign'));
    const asked = ask({ directory: at('new'), publicKey: PUBLIC_KEY });
    await assert.rejects(asked, refusal('VERIFY_KEY_OTHER'));
  });

  test('asks another archive for nothing that it lists', async () => {
    const root = at('greedy');
    fs.cpSync(at('foreign'), root, { recursive: true });
    const large = { path: 'editions/0001/AAA.bin', sizeBytes: 1e15 - 1, sha256: ZEROS };
    publishLie(root, 1, {
      change: (edition) => ({ ...edition, files: [large, ...edition.files] }),
      keys: [OTHER_KEY],
    });
    server.serve(root, { [large.path]: endless });
    const asked = ask({ directory: at('new'), publicKey: PUBLIC_KEY });
    await assert.rejects(asked, refusal('VERIFY_KEY_OTHER'));
    const documents = /^editions\/(?:current|0001\/(?:edition|keys))\.json(?:\.minisig)?$/;
    assert.deepEqual(
      server.asked.filter((name) => !documents.test(name)),
      [],
    );
  });

  test('takes no listed file beyond what an archive can need, whoever signs', async () => {
    const root = at('huge');
    fs.cpSync(at('one'), root, { recursive: true });
    const large = { path: 'editions/0001/AAA.bin', sizeBytes: 1e15 - 1, sha256: ZEROS };
    publishLie(root, 1, {
      change: (edition) => ({ ...edition, files: [large, ...edition.files] }),
    });
    server.serve(root, { [large.path]: endless });
    const asked = ask({ directory: at('new'), publicKey: PUBLIC_KEY });
    await assert.rejects(asked, refusal('VERIFY_FILE_SIZE'));
    assert.ok(!server.asked.includes(large.path));
  });

  test('is not fooled by another archive that names the key and does not have it', async () => {
    const root = at('named');
    fs.cpSync(at('foreign'), root, { recursive: true });
    const digest = publishLie(root, 1, {
      files: keysFiles(root, 1, { keys: [OTHER_KEY, TEST_KEY], signers: [OTHER_KEY] }),
      keys: [OTHER_KEY],
    });
    stampLie(root, { edition: 1, sequence: 1, sha256: digest, key: OTHER_KEY });
    const { trust, findings } = await verifyArchive(root, { publicKey: PUBLIC_KEY });
    assert.equal(trust, 'none');
    assert.ok(findings.some(({ code }) => code === 'VERIFY_KEY_OTHER'));
    server.serve(root);
    const asked = ask({ directory: at('new'), publicKey: PUBLIC_KEY });
    await assert.rejects(asked, refusal('VERIFY_KEY_OTHER'));
  });

  test('does not take what has run out, nor what lies ahead of its clock', async () => {
    server.serve(at('four'));
    const first = { directory: at('late'), publicKey: PUBLIC_KEY };
    await assert.rejects(ask({ now: '2027-01-01T00:00:00Z', ...first }), refusal('FOLLOW_FROZEN'));
    await assert.rejects(ask({ now: '2025-01-01T00:00:00Z', ...first }), refusal('FOLLOW_CLOCK'));
    assert.deepEqual(fs.readdirSync(at('late')), ['following']);
  });

  test('may hold the log against a head that was kept by hand, and a slip of the pen accuses nobody', async () => {
    server.serve(at('four'));
    const first = { publicKey: PUBLIC_KEY, directory: at('since') };
    const [two, four] = [logOf(2), logOf(4)];
    for (const slip of [
      { ...two, root: ZEROS },
      { ...four, root: ZEROS },
      { ...four, size: four.size + 1 },
    ])
      await assert.rejects(ask({ ...first, since: slip }), refusal('FOLLOW_SINCE'));
    assert.deepEqual(fs.readdirSync(first.directory), ['following']);
    const { state } = await ask({ ...first, since: two });
    assert.equal(state.edition.number, 4);
  });

  test('with a clock that is ahead learns how to take that back, and is protected meanwhile', async () => {
    server.serve(at('four'));
    const ahead = { publicKey: PUBLIC_KEY, directory: at('ahead') };
    await ask({ ...ahead, now: '2026-03-01T12:00:00Z' });
    const file = path.join(at('ahead'), 'state.json');
    const told = await ask(ahead).catch((error: unknown) => error);
    assert.ok(told instanceof FonotecaError && told.code === 'FOLLOW_CLOCK', String(told));
    const [, remedy, date] = /set "checked" in (.*) to (\S+)$/.exec(told.seen) ?? [];
    assert.equal(remedy, file);
    const state = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...state, checked: date }));
    assert.equal((await ask(ahead)).state.checked, '2026-02-11T12:00:00Z');
  });
});

/** Follows at the server's address. */
function ask({
  now = '2026-02-11T12:00:00Z',
  ...options
}: {
  now?: string;
  directory: string;
  publicKey?: string;
  since?: { size: number; root: string };
}) {
  return follow(
    { address: server.address, ...options },
    {
      disk: QUICK_DISK,
      clock: fixedClock(now),
      typed: openOutbound({ allow: 'typed' }),
      found: openOutbound({ allow: 'public' }),
      watch: unwatched,
    },
  );
}

function refusal(code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof FonotecaError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** The head that the first timestamp of edition `number` signs. */
function logOf(number: number): { size: number; root: string } {
  const file = at(`four/editions/timestamps/000${number}-1.json`);
  return JSON.parse(fs.readFileSync(file, 'utf8')).log;
}
