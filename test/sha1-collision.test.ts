/**
 * Two files with one SHA-1 (Stevens, Bursztein, Karpman, Albertini, Markov: “The first collision for full SHA-1”,
 * 2017): they stay two everywhere, since identity is SHA-256 and the hashes of version 1 name nothing here.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { sha256 } from '../src/base/digest.ts';
import { parseSafePath } from '../src/base/safe-path.ts';
import { buildMetainfo } from '../src/formats/metainfo-build.ts';
import { startPieceHasher } from '../src/formats/piece-hasher.ts';
import { planVolume } from '../src/formats/volume-plan.ts';
import { hold, smallArchive } from './support/small-archive.ts';

/** The first 192 bytes of both published files. */
const PREFIX =
  '255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033203020522f547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f7253706163652037203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a73747265616d0affd8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01';
/** The two blocks that differ. */
const BLOCKS = [
  '7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb76038e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1',
  '7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1',
];
const PAIR = BLOCKS.map((block) => Buffer.from(PREFIX + block, 'hex')) as [Buffer, Buffer];

test('the pair has one SHA-1 and two SHA-256', () => {
  const [one, other] = PAIR;
  assert.notDeepEqual(one, other);
  assert.equal(crypto.hash('sha1', one), crypto.hash('sha1', other));
  assert.notEqual(sha256(one), sha256(other));
});

test('both are held, each comes out as it went in', async () => {
  await using archive = await smallArchive();
  const digests = await hold(
    archive,
    PAIR.map((bytes) => ({ bytes })),
  );
  assert.equal(new Set(digests).size, 2);
  for (const [at, digest] of digests.entries())
    assert.deepEqual(Buffer.concat([...archive.store.loose.read(digest)]), PAIR[at]);
});

test('hybrid torrents of the two differ in both infohashes, although their v1 pieces are the same', () => {
  const [one, other] = PAIR.map((bytes) => {
    const hasher = startPieceHasher({ pieceLengthBytes: 16_384 });
    hasher.update(bytes);
    const hashes = hasher.finish();
    return { ...buildMetainfo({ name: 'shattered.pdf', hashes }), pieces: hashes.pieces };
  });
  assert.deepEqual(one!.pieces, other!.pieces);
  // Hybrids state the tree of version 2 in what is hashed, so even the SHA-1 tells them apart.
  assert.notEqual(one!.infohashV1, other!.infohashV1);
  assert.notEqual(one!.infohashV2, other!.infohashV2);
});

test('volumes of one and of the other have different names', () => {
  const [one, other] = PAIR.map((bytes) =>
    planVolume({
      tier: 'original',
      members: [
        {
          ...{ path: parseSafePath('shattered.pdf'), digest: sha256(bytes), sizeBytes: 320 },
          ...{ kind: 'companion', licence: 'CC0-1.0', attribution: '', holder: '' },
          ...{ ids: [], engine: null },
        },
      ],
    }),
  );
  assert.notEqual(one!.name, other!.name);
});
