import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { keyIdText, type MinisignSecretKey, publicKeyBase64 } from '../src/formats/minisign.ts';
import { follow } from '../src/mirroring/follow.ts';
import { planEdition } from '../src/publishing/plan-edition.ts';
import { publishEdition } from '../src/publishing/publish-edition.ts';
import { publishTo } from '../src/publishing/publish-to.ts';
import { TEST_KEY, testArchive, testKey, testSongs } from '../src/publishing/test-archive.ts';
import { publishLie, stampLie } from './support/follow-history.ts';
import { startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-follow-keys-'));
const at = (name: string) => path.join(folder, name);
const NEW_KEY = testKey(8);
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
const DEPS = {
  disk: QUICK_DISK,
  clock: fixedClock('2026-01-02T12:00:00Z'),
  typed: openOutbound({ allow: 'typed' }),
  found: openOutbound({ allow: 'public' }),
  watch: unwatched,
};
let server: TreeServer;

/**
 * Publishes four editions into folders `1` to `4`: signed by one key, by both of two, by the new one while the old one
 * hands over, and by the new one alone.
 */
async function publishRotation(): Promise<void> {
  const { deps, pack, close } = await testArchive(at('archive'));
  const told = (keys: readonly MinisignSecretKey[], threshold: number) => {
    const ids = keys.map(({ publicKey }) => keyIdText(publicKey));
    return deps.ledger.commit([
      {
        kind: 'keys-changed',
        keys: keys.map(({ publicKey }, place) => ({
          id: ids[place]!,
          publicKey: publicKeyBase64(publicKey),
        })),
        roles: { edition: ids, timestamp: ids },
        threshold,
      },
    ]);
  };
  const publish = async (
    number: number,
    secretKey: MinisignSecretKey,
    others: MinisignSecretKey[],
  ) => {
    const own = { ...deps, secretKey, furtherKeys: others };
    await pack(testSongs(1, number * 10, 2000));
    await publishEdition(await planEdition(own), own, unwatched);
    await publishTo(at(String(number)), own, unwatched);
  };
  await publish(1, TEST_KEY, []);
  await told([TEST_KEY, NEW_KEY], 2);
  await publish(2, TEST_KEY, [NEW_KEY]);
  await told([NEW_KEY], 1);
  await publish(3, NEW_KEY, [TEST_KEY]);
  await publish(4, NEW_KEY, []);
  await close();
}

before(async () => {
  server = await startTreeServer();
  await publishRotation();
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

/** Follows what lies in the folder `shown` into the folder `state`. */
function ask(state: string, shown: string, key?: MinisignSecretKey) {
  server.serve(at(shown));
  const publicKey = key && publicKeyBase64(key.publicKey);
  return follow({ directory: at(state), address: server.address, publicKey }, DEPS);
}

/** A copy of what edition `number` left, for a follower that knows the one before. */
async function tampered(name: string, number: number, tamper: (root: string) => void) {
  await ask(`${name}-state`, String(number - 1), TEST_KEY);
  fs.cpSync(at(String(number)), at(name), { recursive: true });
  tamper(at(name));
  return ask(`${name}-state`, name);
}

describe('keys that rotate', () => {
  test('are followed from edition to edition by the first key', async () => {
    for (const number of [1, 2, 3, 4]) {
      const key = number === 1 ? TEST_KEY : undefined;
      const { state } = await ask('along', String(number), key);
      assert.equal(state.edition.number, number);
      assert.equal(state.archiveId, keyIdText(TEST_KEY.publicKey));
      assert.equal(state.keys.threshold, number === 2 ? 2 : 1);
    }
  });

  for (const [what, key] of [
    ['the first key', TEST_KEY],
    ['the newest key', NEW_KEY],
  ] as const)
    test(`are believed at once by who has ${what}`, async () => {
      const { state } = await ask(`once ${what}`, '4', key);
      assert.deepEqual(state.keys.edition, [keyIdText(NEW_KEY.publicKey)]);
    });

  test('must all have signed', async () => {
    const one = tampered('fewer', 2, (root) =>
      fs.rmSync(
        path.join(root, `editions/0002/edition.json.${keyIdText(NEW_KEY.publicKey)}.minisig`),
      ),
    );
    await assert.rejects(one, { code: 'VERIFY_THRESHOLD' });
  });

  test('cannot be handed over by fewer than must sign', async () => {
    const alone = tampered('alone', 3, (root) =>
      fs.rmSync(
        path.join(root, `editions/0003/keys.json.${keyIdText(TEST_KEY.publicKey)}.minisig`),
      ),
    );
    await assert.rejects(alone, { code: 'VERIFY_THRESHOLD' });
  });

  test('sign no edition and no timestamp once they are revoked', async () => {
    const edition = tampered('revoked', 4, (root) => publishLie(root, 4, { keys: [TEST_KEY] }));
    await assert.rejects(edition, { code: 'VERIFY_KEY_UNKNOWN' });
    const timestamp = tampered('stamped', 4, (root) =>
      stampLie(root, { edition: 4, sequence: 2, key: TEST_KEY }),
    );
    await assert.rejects(timestamp, { code: 'VERIFY_KEY_UNKNOWN' });
  });

  test('may not be left out of the chain', async () => {
    const gap = tampered('gap', 3, (root) => {
      fs.rmSync(path.join(root, 'editions/0003'), { recursive: true });
      fs.cpSync(path.join(at('4'), 'editions/0004'), path.join(root, 'editions/0003'), {
        recursive: true,
      });
    });
    await assert.rejects(gap, { code: /^VERIFY_(?:SIGNATURE_FORM|KEY_UNKNOWN|THRESHOLD)$/ });
  });
});
