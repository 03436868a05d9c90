import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { createArchive, openArchive, type World } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import {
  changeKeys,
  type KeysReport,
  type KeysWish,
  previewKeys,
  trustedKey,
} from '../src/change-keys.ts';
import {
  formatPublicKey,
  keyIdText,
  type MinisignSecretKey,
  publicKeyBase64,
  signMinisign,
} from '../src/formats/minisign.ts';
import { formatSecretKey } from '../src/formats/minisign-secret.ts';
import { TRUSTED_COMMENTS } from '../src/model/edition.ts';
import type { EditionKeysFact } from '../src/model/fact.ts';
import type { PublishReport } from '../src/publishing/publish-edition.ts';
import {
  dyingDisk,
  Killed,
  TEST_KEY,
  testArchive,
  testKey,
  testSongs,
} from '../src/publishing/test-archive.ts';
import { runPublish } from '../src/stages.ts';
import { verifyArchive } from '../src/verifier/verify-archive.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-keys-'));
after(() => fs.rmSync(folder, { recursive: true }));

const OWN = keyIdText(TEST_KEY.publicKey);
const ROTATE: KeysWish = { kind: 'rotate', secretKey: undefined };
const idOf = (key: MinisignSecretKey) => keyIdText(key.publicKey);
const textOf = (key: MinisignSecretKey) => publicKeyBase64(key.publicKey);
/** The machine's disk without waiting for its platter. */
const quickDisk: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
const world = (disk: Disk = quickDisk): World => ({
  disk,
  clock: fixedClock('2026-01-03T00:00:00Z'),
  random: seededRandom(3),
});

/** An archive with one packed song and one edition, all by the test key. */
async function archiveIn(name: string): Promise<string> {
  const root = path.join(folder, name);
  await createArchive(
    root,
    { name: 'Prueba', secretKey: formatSecretKey(TEST_KEY) },
    { ...world(), clock: fixedClock('2026-01-02T00:00:00Z') },
  );
  await pack(root, 1);
  await publish(root);
  return root;
}

async function pack(root: string, seed: number): Promise<void> {
  const archive = await testArchive(root);
  await archive.pack(testSongs(1, seed, 900));
  await archive.close();
}

async function publish(
  root: string,
  keys: readonly MinisignSecretKey[] = [],
): Promise<PublishReport> {
  const keyFiles = keys.map((key) => {
    const file = path.join(folder, `${idOf(key)}.key`);
    fs.writeFileSync(file, formatSecretKey(key), { mode: 0o600 });
    return file;
  });
  await using archive = await openArchive(root, { write: true }, world());
  return await runPublish(archive, unwatched, { stage: 'all', keyFiles });
}

async function change(root: string, wish: KeysWish, disk?: Disk): Promise<KeysReport> {
  await using archive = await openArchive(root, { write: true }, world(disk));
  return await changeKeys(archive, wish);
}

async function trusted(root: string): Promise<string | null> {
  await using archive = await openArchive(root, { write: false }, world());
  return await trustedKey(archive);
}

async function assertIntact(root: string, ...keys: readonly string[]): Promise<void> {
  for (const publicKey of keys) {
    const { findings, archiveId } = await verifyArchive(root, { publicKey });
    assert.deepEqual(findings, []);
    assert.equal(archiveId, OWN);
  }
}

const keyFilesIn = (root: string) => fs.readdirSync(path.join(root, 'keys')).sort();
const signaturesIn = (root: string, number: number) =>
  fs
    .readdirSync(path.join(root, `editions/000${number}`))
    .filter((name) => name.endsWith('.minisig'))
    .sort();

describe('a rotation', () => {
  test('puts a new key in the place of the old one, both sign its edition, and the archive keeps its id', async () => {
    const root = await archiveIn('rotate');
    const { next, isPending, retired } = await change(root, ROTATE);
    const fresh = next.keys[0]!;
    assert.deepEqual([next.keys.length, isPending, retired.length], [1, true, 0]);
    assert.notEqual(fresh.id, OWN);
    assert.deepEqual(keyFilesIn(root), [
      `edition-${OWN}.key`,
      `edition-${OWN}.pub`,
      'edition.key',
      'edition.pub',
    ]);
    assert.equal(fs.statSync(path.join(root, 'keys/edition.key')).mode & 0o777, 0o600);
    assert.ok(
      fs.readFileSync(path.join(root, 'keys/edition.pub'), 'utf8').includes(fresh.publicKey),
    );
    assert.equal(await trusted(root), textOf(TEST_KEY), 'until an edition names the new one');
    assert.equal((await publish(root)).number, 2);
    assert.equal(await trusted(root), fresh.publicKey);
    assert.deepEqual(signaturesIn(root, 2), [
      'edition.json.minisig',
      `keys.json.${OWN}.minisig`,
      'keys.json.minisig',
    ]);
    await assertIntact(root, textOf(TEST_KEY), fresh.publicKey);
    await using archive = await openArchive(root, { write: false }, world());
    const shown = await previewKeys(archive, { kind: 'show' });
    assert.deepEqual(shown.retired, [path.join('keys', `edition-${OWN}.key`)]);
    assert.equal(shown.isPending, false);
  });

  test('is followed by editions of the new key alone, once the old one is gone', async () => {
    const root = await archiveIn('offline');
    const { next } = await change(root, ROTATE);
    await publish(root);
    fs.unlinkSync(path.join(root, `keys/edition-${OWN}.key`));
    assert.equal((await publish(root)).outcome, 'nothing-new');
    await pack(root, 2);
    assert.equal((await publish(root)).number, 3);
    assert.deepEqual(signaturesIn(root, 3), ['edition.json.minisig', 'keys.json.minisig']);
    await assertIntact(root, textOf(TEST_KEY), next.keys[0]!.publicKey);
  });

  test('revokes the old key: what it signs afterwards is refused', async () => {
    const root = await archiveIn('revoked');
    await change(root, ROTATE);
    await publish(root);
    const file = path.join(root, 'editions/0002/edition.json');
    const text = fs.readFileSync(file);
    fs.writeFileSync(`${file}.minisig`, signMinisign(TEST_KEY, text, TRUSTED_COMMENTS.edition(2)));
    const { findings } = await verifyArchive(root, { publicKey: textOf(TEST_KEY) });
    assert.ok(findings.some(({ code }) => code === 'VERIFY_KEY_UNKNOWN'));
  });

  test('without the old key publishes nothing, and says which key is missing', async () => {
    const root = await archiveIn('lost');
    await change(root, ROTATE);
    fs.unlinkSync(path.join(root, `keys/edition-${OWN}.key`));
    await assert.rejects(publish(root), (error) => String(error).includes(OWN));
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    assert.equal((await publish(root, [TEST_KEY])).number, 2);
    await assertIntact(root, textOf(TEST_KEY));
  });

  test('takes a key that is given, and a second one before an edition is made', async () => {
    const root = await archiveIn('twice');
    await change(root, { kind: 'rotate', secretKey: formatSecretKey(testKey(8)) });
    await change(root, { kind: 'rotate', secretKey: formatSecretKey(testKey(9)) });
    await publish(root);
    await assertIntact(root, textOf(TEST_KEY), textOf(testKey(9)));
    const known = await verifyArchive(root, { publicKey: textOf(testKey(8)) });
    assert.ok(known.findings.some(({ code }) => code === 'VERIFY_KEY_OTHER'));
  });

  test('killed anywhere leaves an archive that opens and publishes', async () => {
    const base = await archiveIn('kill-base');
    const counted = dyingDisk(Number.POSITIVE_INFINITY);
    const whole = path.join(folder, 'kill-whole');
    fs.cpSync(base, whole, { recursive: true });
    await change(whole, ROTATE, counted);
    assert.ok(counted.operations > 12);
    for (let last = 1; last <= counted.operations; last += 1) {
      const root = path.join(folder, `kill-${last}`);
      fs.cpSync(base, root, { recursive: true });
      await assert.rejects(change(root, ROTATE, dyingDisk(last)), Killed, `at ${last}`);
      await publish(root);
      await using archive = await openArchive(root, { write: false }, world());
      const { publicKey } = archive.secretKey();
      const named = fs.readFileSync(path.join(root, 'keys/edition.pub'), 'utf8');
      assert.ok(named.includes(publicKeyBase64(publicKey)), `edition.pub at ${last}`);
      await assertIntact(root, textOf(TEST_KEY), publicKeyBase64(publicKey));
    }
  });
});

describe('a threshold of two of three keys', () => {
  const [second, third] = [testKey(8), testKey(9)];

  async function threeKeys(name: string): Promise<string> {
    const root = await archiveIn(name);
    for (const key of [second, third])
      await change(root, { kind: 'add', publicKey: textOf(key), role: 'edition' });
    const { next } = await change(root, { kind: 'threshold', count: 2 });
    assert.deepEqual(next.roles.edition, [OWN, idOf(second), idOf(third)]);
    assert.deepEqual(next.roles.timestamp, [OWN]);
    return root;
  }

  test('publishes with two of them and with no fewer; timestamps need one', async () => {
    const root = await threeKeys('threshold');
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    assert.equal((await publish(root, [third])).number, 2);
    assert.deepEqual(signaturesIn(root, 2), [
      `edition.json.${idOf(third)}.minisig`,
      'edition.json.minisig',
      `keys.json.${idOf(third)}.minisig`,
      'keys.json.minisig',
    ]);
    assert.equal((await publish(root)).outcome, 'nothing-new');
    await pack(root, 2);
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    assert.equal((await publish(root, [second])).number, 3);
    await assertIntact(root, textOf(TEST_KEY), textOf(second), textOf(third));
  });

  test('is not reached by one key twice, nor by a foreign key', async () => {
    const root = await threeKeys('twice-the-same');
    await assert.rejects(publish(root, [TEST_KEY, testKey(10)]), { code: 'KEYS_TOO_FEW' });
  });

  test('is not verified when a signature is taken away', async () => {
    const root = await threeKeys('taken');
    await publish(root, [second]);
    fs.unlinkSync(path.join(root, `editions/0002/edition.json.${idOf(second)}.minisig`));
    const { findings } = await verifyArchive(root, { publicKey: textOf(TEST_KEY) });
    assert.ok(findings.some(({ code }) => code === 'VERIFY_THRESHOLD'));
  });

  test('holds for the change of keys itself: a key is revoked by two of the others', async () => {
    const root = await threeKeys('revoke');
    await publish(root, [second]);
    await change(root, { kind: 'remove', id: idOf(third).toLowerCase() });
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    await publish(root, [second]);
    await assertIntact(root, textOf(TEST_KEY));
  });
});

describe('separate roles', () => {
  const other = testKey(8);

  /** Tells the ledger of the own key and another, with these roles. */
  async function setRoles(root: string, roles: EditionKeysFact['roles']): Promise<void> {
    await using archive = await openArchive(root, { write: true }, world());
    const keys = [TEST_KEY, other].map((key) => ({ id: idOf(key), publicKey: textOf(key) }));
    await archive.ledger.commit([{ kind: 'keys-changed', keys, roles, threshold: 1 }]);
  }

  test('let the own key sign timestamps alone, and editions be signed by a key that is brought', async () => {
    const root = await archiveIn('roles');
    await setRoles(root, { edition: [idOf(other)], timestamp: [OWN] });
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    assert.equal((await publish(root, [other])).number, 2);
    assert.equal((await publish(root)).outcome, 'nothing-new');
    await assertIntact(root, textOf(TEST_KEY), textOf(other));
  });

  test('nothing is published when no timestamp key is at hand', async () => {
    const root = await archiveIn('no-timestamp');
    await setRoles(root, { edition: [OWN], timestamp: [idOf(other)] });
    await assert.rejects(publish(root), { code: 'KEYS_TOO_FEW' });
    assert.equal(fs.existsSync(path.join(root, 'editions/0002')), false);
  });
});

describe('a change of keys', () => {
  test('is refused where no edition could be signed, and nothing changes', async () => {
    const root = await archiveIn('refused');
    const twin = { ...TEST_KEY.publicKey, keyId: testKey(8).publicKey.keyId };
    const refusals: [KeysWish, string][] = [
      [{ kind: 'remove', id: OWN }, 'KEYS_INVALID'],
      [{ kind: 'remove', id: '0123456789ABCDEF' }, 'KEYS_UNKNOWN'],
      [{ kind: 'threshold', count: 2 }, 'KEYS_INVALID'],
      [{ kind: 'add', publicKey: 'no key', role: 'both' }, 'KEY_INVALID'],
      [{ kind: 'rotate', secretKey: formatSecretKey(TEST_KEY) }, 'KEYS_INVALID'],
      [{ kind: 'rotate', secretKey: 'no key' }, 'KEY_INVALID'],
      [{ kind: 'add', publicKey: publicKeyBase64(twin), role: 'both' }, 'KEYS_INVALID'],
    ];
    for (const [wish, code] of refusals)
      await assert.rejects(change(root, wish), { code }, JSON.stringify(wish));
    await using archive = await openArchive(root, { write: false }, world());
    assert.equal(await archive.ledger.editionKeys(), undefined);
    assert.equal(keyFilesIn(root).length, 2);
  });

  test('that changes nothing states no fact; a key can get a further role', async () => {
    const root = await archiveIn('same');
    const add = { kind: 'add', publicKey: textOf(testKey(8)) } as const;
    assert.equal((await change(root, { ...add, role: 'timestamp' })).isChanged, true);
    assert.equal((await change(root, { ...add, role: 'timestamp' })).isChanged, false);
    const { next } = await change(root, { ...add, role: 'both' });
    assert.deepEqual(next.roles, {
      edition: [OWN, idOf(testKey(8))],
      timestamp: [OWN, idOf(testKey(8))],
    });
  });

  test('is shown before it is made', async () => {
    const root = await archiveIn('preview');
    await using archive = await openArchive(root, { write: false }, world());
    const wish = { kind: 'add', publicKey: textOf(testKey(8)), role: 'both' } as const;
    assert.equal((await previewKeys(archive, wish)).next.keys.length, 2);
    assert.equal((await previewKeys(archive, { kind: 'show' })).next.keys.length, 1);
  });

  test('does not let in a key that the archive was not told of', async () => {
    const root = await archiveIn('foreign');
    await change(root, ROTATE);
    const secret = path.join(root, 'keys/edition.key');
    const own = fs.readFileSync(secret);
    fs.writeFileSync(secret, formatSecretKey(testKey(10)));
    await assert.rejects(publish(root), { code: 'ARCHIVE_FOREIGN' });
    assert.equal(fs.existsSync(path.join(root, 'editions/0002')), false);
    fs.writeFileSync(secret, own);
    for (const name of ['edition.pub', `edition-${OWN}.pub`])
      fs.writeFileSync(path.join(root, 'keys', name), formatPublicKey(testKey(10).publicKey));
    for (const write of [false, true])
      await assert.rejects(openArchive(root, { write }, world()), { code: 'ARCHIVE_FOREIGN' });
  });
});

test('no secret key is read but to sign or to change the keys', async () => {
  const root = await archiveIn('secret');
  const secret = path.join(root, 'keys/edition.key');
  fs.writeFileSync(secret, 'what cannot be read as a key');
  for (const write of [false, true]) {
    await using archive = await openArchive(root, { write }, world());
    assert.equal(await trustedKey(archive), textOf(TEST_KEY));
    assert.deepEqual((await previewKeys(archive, { kind: 'show' })).here, [OWN]);
  }
  await change(root, { kind: 'add', publicKey: textOf(testKey(8)), role: 'both' });
  for (const args of [['search', 'canción'], ['plan'], ['verify'], ['log'], ['doctor']]) {
    const { code, stdout, stderr } = await runFonoteca(args, { cwd: root });
    assert.doesNotMatch(stdout + stderr, /KEY_/, args[0]);
    assert.notEqual(code, 1, args[0]);
  }
  await assert.rejects(publish(root), { code: 'KEY_INVALID' });
  await assert.rejects(change(root, ROTATE), { code: 'KEY_INVALID' });
});
