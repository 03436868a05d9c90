import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { seededRandom } from '../base/seeded-random.ts';
import {
  HASH_BYTES,
  LEAF_BYTES,
  pieceLayerFromLeaves,
  rootFromLeaves,
  rootFromPieceLayer,
  verifyLeaf,
} from './merkle.ts';
import { startPieceHasher } from './piece-hasher.ts';

const hash = (bytes: Uint8Array): Buffer => crypto.createHash('sha256').update(bytes).digest();
const KIB = 1024;

/** The tree as BEP 52 words it: every level written out, leaves filled up with zeros to a power of two. */
function plainTree(leaves: Buffer[], least: number): Buffer[][] {
  const width = 2 ** Math.ceil(Math.log2(Math.max(leaves.length, least)));
  let level = Array.from({ length: width }, (_, at) => leaves[at] ?? Buffer.alloc(HASH_BYTES));
  const levels = [level];
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, at) =>
      hash(Buffer.concat(level.slice(2 * at, 2 * at + 2))),
    );
    levels.push(level);
  }
  return levels;
}

function leavesOf(bytes: Uint8Array): Buffer[] {
  const leaves: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += LEAF_BYTES)
    leaves.push(hash(bytes.subarray(at, at + LEAF_BYTES)));
  return leaves;
}

describe('the hash tree', () => {
  for (const leafTotal of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33])
    test(`of ${leafTotal} leaves has the root and layers of the tree written out in full`, () => {
      const bytes = seededRandom(leafTotal).bytes(leafTotal * LEAF_BYTES - 5);
      const leaves = leavesOf(bytes);
      const packed = Buffer.concat(leaves);
      const root = plainTree(leaves, 1).at(-1)![0]!;
      assert.deepEqual(Buffer.from(rootFromLeaves(packed)), root);
      for (const level of [0, 1, 2, 3]) {
        const pieceLengthBytes = LEAF_BYTES * 2 ** level;
        const wanted = plainTree(leaves, 2 ** level)[level]!.slice(
          0,
          Math.ceil(leafTotal / 2 ** level),
        );
        const layer = pieceLayerFromLeaves(packed, pieceLengthBytes);
        assert.deepEqual(Buffer.from(layer), Buffer.concat(wanted), `level ${level}`);
        if (bytes.length > pieceLengthBytes)
          assert.deepEqual(
            Buffer.from(rootFromPieceLayer(layer, pieceLengthBytes)),
            root,
            `level ${level}`,
          );
      }
    });

  test('a leaf is verified by its place and bytes, the short last one too', () => {
    const bytes = seededRandom(7).bytes(2 * LEAF_BYTES + 100);
    const leaves = Buffer.concat(leavesOf(bytes));
    const leaf = (at: number): Uint8Array => bytes.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES);
    for (const at of [0, 1, 2]) assert(verifyLeaf(leaves, at, leaf(at)), `leaf ${at}`);
    const flipped = Uint8Array.from(leaf(1));
    flipped[500]! ^= 1;
    const rows: [number, Uint8Array][] = [
      [0, leaf(1)],
      [1, flipped],
      [2, leaf(2).subarray(1)],
      [3, leaf(0)],
      [-1, leaf(0)],
      [0.5, leaf(0)],
      [0, bytes],
      [0, bytes.subarray(0, 0)],
    ];
    for (const [at, part] of rows)
      assert(!verifyLeaf(leaves, at, part), `index ${at}, ${part.length} bytes`);
  });

  test('a piece length that is no power of two from 16 KiB is a bug', () => {
    for (const pieceLengthBytes of [0, 1, 8 * KIB, 24 * KIB, -LEAF_BYTES, Number.NaN])
      assert.throws(() => startPieceHasher({ pieceLengthBytes }), assert.AssertionError);
  });
});

describe('the piece hasher', () => {
  test('gives the same hashes however the bytes are cut (seeds 1 to 25)', () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = seededRandom(seed);
      const sizeBytes = random.pick([
        1,
        LEAF_BYTES - 1,
        LEAF_BYTES,
        64 * KIB,
        64 * KIB + 1,
        200_000,
        300_000,
      ]);
      const pieceLengthBytes = LEAF_BYTES * random.pick([1, 2, 4]);
      const bytes = random.bytes(sizeBytes);
      const hasher = startPieceHasher({ pieceLengthBytes });
      for (let at = 0; at < sizeBytes; ) {
        // The chunk is overwritten after use, as a reader with one buffer does.
        const chunk = bytes.slice(at, at + random.pick([1, 511, LEAF_BYTES, 50_000, 131_072]));
        hasher.update(chunk);
        at += chunk.length;
        chunk.fill(0xee);
      }
      const found = hasher.finish();
      const sha1 = [];
      for (let at = 0; at < sizeBytes; at += pieceLengthBytes)
        sha1.push(
          crypto
            .createHash('sha1')
            .update(bytes.subarray(at, at + pieceLengthBytes))
            .digest(),
        );
      const leaves = leavesOf(bytes);
      assert.equal(found.sizeBytes, sizeBytes);
      assert.deepEqual(Buffer.from(found.leaves), Buffer.concat(leaves), `leaves, seed ${seed}`);
      assert.deepEqual(Buffer.from(found.pieces), Buffer.concat(sha1), `pieces, seed ${seed}`);
      assert.deepEqual(
        Buffer.from(found.piecesRoot),
        plainTree(leaves, 1).at(-1)![0],
        `root, seed ${seed}`,
      );
    }
  });

  test('reports the digest of a range on the way', () => {
    const bytes = seededRandom(3).bytes(100_000);
    const hasher = startPieceHasher({ pieceLengthBytes: LEAF_BYTES });
    hasher.update(bytes.subarray(0, 10));
    hasher.startRange();
    hasher.update(bytes.subarray(10, 70_000));
    hasher.update(bytes.subarray(70_000, 90_000));
    assert.equal(hasher.finishRange(), sha256(bytes.subarray(10, 90_000)));
    hasher.update(bytes.subarray(90_000));
    assert.deepEqual(Buffer.from(hasher.finish().leaves), Buffer.concat(leavesOf(bytes)));
  });

  test('of nothing has no leaves and no pieces', () => {
    const found = startPieceHasher({ pieceLengthBytes: LEAF_BYTES }).finish();
    assert.deepEqual([found.sizeBytes, found.leaves.length, found.pieces.length], [0, 0, 0]);
  });
});
