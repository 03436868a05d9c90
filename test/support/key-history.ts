/**
 * Archives whose keys change from edition to edition, and thieves who bring back a list of keys of an earlier edition.
 *
 * Input: who signs what. Output: a published copy as of each edition. A replay is signed by the thief's key alone.
 */
import fs from 'node:fs';
import path from 'node:path';
import { unwatched } from '../../src/base/progress.ts';
import { keyIdText, type MinisignSecretKey, publicKeyBase64 } from '../../src/formats/minisign.ts';
import { editionFilePath } from '../../src/model/edition.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import { TEST_KEY, testArchive, testKey, testSongs } from '../../src/publishing/test-archive.ts';
import { publishLie } from './follow-history.ts';

/** What an edition is published with. */
interface KeyStep {
  /** Which keys it names; when left out those of the one before. */
  readonly keys?: readonly MinisignSecretKey[];
  readonly threshold?: number;
  /** The secret keys at hand, the archive's own first. */
  readonly hand: readonly MinisignSecretKey[];
}

/** Publishes an edition a step into folders `1`, `2` … below `folder`, with `verifier` as the one that is shipped. */
export async function publishSteps(
  folder: string,
  steps: readonly KeyStep[],
  verifier?: Uint8Array,
): Promise<void> {
  const { deps: plain, pack, close } = await testArchive(path.join(folder, 'archive'));
  const deps = verifier ? { ...plain, verifier: () => verifier } : plain;
  for (const [place, { keys, threshold = 1, hand }] of steps.entries()) {
    if (keys) {
      const ids = keys.map(({ publicKey }) => keyIdText(publicKey));
      const listed = keys.map(({ publicKey }, at) => ({
        id: ids[at]!,
        publicKey: publicKeyBase64(publicKey),
      }));
      const roles = { edition: ids, timestamp: ids };
      await deps.ledger.commit([{ kind: 'keys-changed', keys: listed, roles, threshold }]);
    }
    const [secretKey, ...furtherKeys] = hand;
    const own = { ...deps, secretKey: secretKey!, furtherKeys };
    await pack(testSongs(1, (place + 1) * 10, 2000));
    await publishEdition(await planEdition(own), own, unwatched);
    await publishTo(path.join(folder, String(place + 1)), own, unwatched);
  }
  await close();
}

const THIEF = testKey(8);
const BOTH = [TEST_KEY, THIEF];

/** What a thief who has one key of two brings back: in which edition, the list of which one, in which history. */
export const REPLAYS: readonly {
  readonly what: string;
  readonly steps: readonly KeyStep[];
  readonly number: number;
  readonly from: number;
}[] = [
  {
    what: 'a revoked key',
    steps: [
      { hand: [TEST_KEY] },
      { keys: BOTH, hand: [TEST_KEY] },
      { keys: [TEST_KEY], hand: [TEST_KEY] },
      { hand: [TEST_KEY] },
    ],
    number: 4,
    from: 2,
  },
  {
    what: 'a lower threshold',
    steps: [{ keys: BOTH, hand: BOTH }, { keys: BOTH, threshold: 2, hand: BOTH }, { hand: BOTH }],
    number: 3,
    from: 1,
  },
];

/** Puts keys.json of edition `from` with its signatures in edition `number` of `root`, whose edition.json the thief signs alone. */
export function replayKeys(root: string, number: number, from: number): void {
  const at = (edition: number, name = '') => path.join(root, editionFilePath(edition, name));
  const isKeys = (name: string) => /^keys\.json(?:\..*)?$/.test(name);
  for (const name of fs.readdirSync(at(number)))
    if (isKeys(name) || name.endsWith('.minisig')) fs.rmSync(at(number, name));
  const names = fs.readdirSync(at(from)).filter(isKeys);
  publishLie(root, number, {
    files: Object.fromEntries(names.map((name) => [name, fs.readFileSync(at(from, name), 'utf8')])),
    keys: [THIEF],
  });
}
