/**
 * A published copy to tamper with: three editions, volumes of two tiers, a member withdrawn, and from the third edition on
 * two keys that must both sign.
 */
import path from 'node:path';
import { unwatched } from '../../src/base/progress.ts';
import { keyIdText, type MinisignSecretKey, publicKeyBase64 } from '../../src/formats/minisign.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import {
  TEST_KEY,
  type TestArchive,
  testArchive,
  testKey,
  testSongs,
} from '../../src/publishing/test-archive.ts';
import { carryOutRedaction, planRedaction } from '../../src/store/redact-volume.ts';

/** The public key that signs every edition of the copy. */
export const COPY_KEY: string = publicKeyBase64(TEST_KEY.publicKey);

/** Makes the copy below `folder`. Returns its root. */
export async function publishedHistory(folder: string): Promise<string> {
  const archive = await testArchive(path.join(folder, 'archive'));
  const copy = path.join(folder, 'copy');
  const second = testKey(9);
  const publish = async (furtherKeys: readonly MinisignSecretKey[] = []) => {
    const deps = { ...archive.deps, furtherKeys };
    await publishEdition(await planEdition(deps), deps, unwatched);
    return deps;
  };
  const songs = testSongs(3, 1, 3000).map((song) => ({ ...song, sizeBytes: song.sizeBytes * 9 }));
  const volume = await archive.pack(songs);
  await archive.pack(testSongs(1, 20, 3000).map((song) => ({ ...song, tier: 'opus' as const })));
  await publish();
  await withdraw(archive, volume, volume.members[1]!.digest);
  await publish();
  await archive.pack(testSongs(2, 40, 3000));
  const keys = [TEST_KEY, second].map(({ publicKey }) => ({
    id: keyIdText(publicKey),
    publicKey: publicKeyBase64(publicKey),
  }));
  const ids = keys.map(({ id }) => id);
  const roles = { edition: ids, timestamp: [ids[0]!] };
  await archive.deps.ledger.commit([{ kind: 'keys-changed', keys, roles, threshold: 2 }]);
  const deps = await publish([second]);
  await publishTo(copy, deps, unwatched);
  await archive.close();
  return copy;
}

async function withdraw(
  { deps }: TestArchive,
  volume: Awaited<ReturnType<TestArchive['pack']>>,
  digest: (typeof volume)['digest'],
): Promise<void> {
  const { ledger, disk, directories, clock } = deps;
  const date = clock.nowIso();
  const names = { audioDigest: null, subject: null, reason: 'holder-request' as const, date };
  await ledger.commit([{ kind: 'withdrawn', digest, ...names }]);
  const withdrawn = await ledger.withdrawnDigests();
  const plan = planRedaction(disk, directories.volumes, volume.name, withdrawn, undefined)!;
  const { settle, ...identity } = await carryOutRedaction(disk, plan, undefined);
  await ledger.commit([{ kind: 'volume-redacted', volume: { ...volume, ...identity } }]);
  settle();
}
