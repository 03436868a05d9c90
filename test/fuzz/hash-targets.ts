/** Fuzz targets for hashes: the tree, the leaves file and the hasher of pieces. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { sha256 } from '../../src/base/digest.ts';
import { encodeLeaves, parseLeaves } from '../../src/formats/leaves-file.ts';
import {
  HASH_BYTES,
  LEAF_BYTES,
  leafCount,
  pieceLayerFromLeaves,
  rootFromLeaves,
  rootFromPieceLayer,
  verifyLeaf,
} from '../../src/formats/merkle.ts';
import { startPieceHasher } from '../../src/formats/piece-hasher.ts';
import { assertSameBytes, type FuzzTarget, valueOrRefusal } from './fuzz-target.ts';
import { mutateBytes } from './mutations.ts';

const merkle: FuzzTarget = {
  name: 'merkle',
  run(random) {
    const count = 1 + random.below(40);
    const leaf = random.bytes(1 + random.below(200));
    const at = random.below(count);
    const leaves = random.bytes(count * HASH_BYTES);
    leaves.set(crypto.hash('sha256', leaf, 'buffer'), at * HASH_BYTES);
    const root = Buffer.from(rootFromLeaves(leaves));
    assert(root.equals(plainRoot(leaves, 2 ** Math.ceil(Math.log2(count)))), 'the plain tree');
    const pieceLengthBytes = LEAF_BYTES * random.pick([1, 2, 4, 8, 64]);
    if (count * LEAF_BYTES > pieceLengthBytes) {
      const layer = pieceLayerFromLeaves(leaves, pieceLengthBytes);
      assert.equal(layer.length, leafCount(count * LEAF_BYTES, pieceLengthBytes) * HASH_BYTES);
      assert(root.equals(rootFromPieceLayer(layer, pieceLengthBytes)), 'the root of the layer');
    }
    assert(verifyLeaf(leaves, at, leaf));
    if (random.below(4) === 0) return 'written';
    const mutant = mutateBytes(leaf, random);
    const isSame = Buffer.compare(mutant, leaf) === 0;
    assert.equal(verifyLeaf(leaves, at, mutant), isSame, 'another leaf');
    return isSame ? 'read' : 'refused';
  },
};

/** The root as BEP 52 words it: every leaf up to the power of two written out. */
function plainRoot(leaves: Uint8Array, width: number): Buffer {
  let level = Buffer.concat([leaves], width * HASH_BYTES);
  while (level.length > HASH_BYTES) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2 * HASH_BYTES)
      above.push(crypto.hash('sha256', level.subarray(at, at + 2 * HASH_BYTES), 'buffer'));
    level = Buffer.concat(above);
  }
  return level;
}

const leavesFile: FuzzTarget = {
  name: 'leaves-file',
  run(random) {
    const sizeBytes = random.below(30 * LEAF_BYTES);
    const leaves = random.bytes(leafCount(sizeBytes) * HASH_BYTES);
    const bytes = encodeLeaves({ sizeBytes, leaves });
    if (random.below(4) === 0) {
      const read = parseLeaves(bytes);
      assert.equal(read.sizeBytes, sizeBytes);
      assertSameBytes(read.leaves, leaves, 'leaves');
      return 'written';
    }
    const mutant = mutateBytes(bytes, random, { tokens: ['fonoteca-leaves1'] });
    const read = valueOrRefusal(/^LEAVES_INVALID$/, () => parseLeaves(mutant));
    if (read === undefined) return 'refused';
    assertSameBytes(encodeLeaves(read), mutant, 're-encoded');
    return 'read';
  },
};

const CONTENT = crypto.createHash('shake256', { outputLength: 5 * LEAF_BYTES }).digest();

const pieceHasher: FuzzTarget = {
  name: 'piece-hasher',
  run(random) {
    const sizeBytes = random.pick([
      1,
      LEAF_BYTES,
      LEAF_BYTES + 1,
      1 + random.below(CONTENT.length),
    ]);
    const pieceLengthBytes = LEAF_BYTES * random.pick([1, 2, 4]);
    const bytes = CONTENT.subarray(0, sizeBytes);
    const hasher = startPieceHasher({ pieceLengthBytes });
    const rangeAt = random.below(sizeBytes);
    hasher.update(bytes.subarray(0, rangeAt));
    hasher.startRange();
    for (let at = rangeAt; at < sizeBytes; ) {
      const end = at + random.pick([1 + random.below(40_000), LEAF_BYTES, 100_000]);
      hasher.update(bytes.subarray(at, end));
      at = end;
    }
    assert.equal(hasher.finishRange(), sha256(bytes.subarray(rangeAt)));
    const found = hasher.finish();
    const [leaves, pieces] = (
      [
        ['sha256', LEAF_BYTES],
        ['sha1', pieceLengthBytes],
      ] as const
    ).map(([algorithm, unit]) =>
      Array.from({ length: leafCount(sizeBytes, unit) }, (_, at) =>
        crypto.hash(algorithm, bytes.subarray(at * unit, (at + 1) * unit), 'buffer'),
      ),
    ) as [Buffer[], Buffer[]];
    assertSameBytes(found.leaves, Buffer.concat(leaves), 'leaves');
    assertSameBytes(found.pieces, Buffer.concat(pieces), 'pieces');
    assertSameBytes(found.piecesRoot, rootFromLeaves(found.leaves), 'root');
    return 'written';
  },
};

/** The targets of this file. */
export const HASH_TARGETS: readonly FuzzTarget[] = [merkle, leavesFile, pieceHasher];
