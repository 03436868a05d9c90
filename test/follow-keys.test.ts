import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import type { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { keyIdText, type MinisignSecretKey, publicKeyBase64 } from '../src/formats/minisign.ts';
import { follow } from '../src/mirroring/follow.ts';
import { TEST_KEY, testKey } from '../src/publishing/test-archive.ts';
import { keysFiles, publishLie, stampLie } from './support/follow-history.ts';
import { publishSteps, REPLAYS, replayKeys } from './support/key-history.ts';
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

/** Signed by one key, by both of two, by the new one while the old one hands over, and by the new one alone. */
const ROTATION = [
  { hand: [TEST_KEY] },
  { keys: [TEST_KEY, NEW_KEY], threshold: 2, hand: [TEST_KEY, NEW_KEY] },
  { keys: [NEW_KEY], hand: [NEW_KEY, TEST_KEY] },
  { hand: [NEW_KEY] },
];

before(async () => {
  server = await startTreeServer();
  await publishSteps(folder, ROTATION);
  for (const { what, steps } of REPLAYS) await publishSteps(at(what), steps);
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

  test('are not those of a stranger who gives his own their ids', async () => {
    const stranger = testKey(77);
    const { keyId } = NEW_KEY.publicKey;
    const impostor = { ...stranger, publicKey: { ...stranger.publicKey, keyId } };
    const taken = tampered('impostor', 4, (root) => {
      const files = keysFiles(root, 4, { keys: [impostor], signers: [impostor] });
      publishLie(root, 4, { files, keys: [impostor] });
    });
    await assert.rejects(taken, { code: 'VERIFY_DOCUMENT' });
  });

  for (const { what, number, from } of REPLAYS)
    test(`bring back no ${what.slice(2)} by an old list of keys with its old signatures`, async () => {
      const shown = (edition: number) => path.join(what, String(edition));
      const state = `${what} state`;
      await ask(state, shown(number - 1), TEST_KEY);
      fs.cpSync(at(shown(number)), at(`${what} replayed`), { recursive: true });
      replayKeys(at(`${what} replayed`), number, from);
      await assert.rejects(ask(state, `${what} replayed`), (error: FonotecaError) => {
        assert.equal(error.code, 'VERIFY_SIGNATURE_FORM');
        assert.match(error.seen, /keys\.json\S*\.minisig/);
        return true;
      });
      assert.equal((await ask(state, shown(number))).state.edition.number, number);
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
