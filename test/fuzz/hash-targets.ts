/** Fuzz targets for hashes: the tree, the leaves file and the hashers of pieces. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { sha256 } from '../../src/base/digest.ts';
import { encodeLeaves, parseLeaves } from '../../src/formats/leaves-file.ts';
import { startLeavesRoot } from '../../src/formats/leaves-root.ts';
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
import { openSpanHasher, type SpanRun } from '../../src/formats/span-hasher.ts';
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
    assertSameBytes(found.leaves, hashesOf('sha256', bytes, LEAF_BYTES), 'leaves');
    assertSameBytes(found.pieces, hashesOf('sha1', bytes, pieceLengthBytes), 'pieces');
    assertSameBytes(found.piecesRoot, rootFromLeaves(found.leaves), 'root');
    return 'written';
  },
};

const leavesRoot: FuzzTarget = {
  name: 'leaves-root',
  run(random) {
    const bytes = CONTENT.subarray(
      0,
      random.pick([0, 1, LEAF_BYTES, random.below(CONTENT.length)]),
    );
    const hasher = startLeavesRoot();
    for (let at = 0; at < bytes.length; ) {
      const end = at + random.pick([1 + random.below(40_000), LEAF_BYTES, 100_000]);
      const passing = Buffer.from(bytes.subarray(at, end));
      hasher.update(passing);
      passing.fill(random.below(256));
      at = end;
    }
    const found = hasher.finish();
    if (bytes.length === 0) assert.equal(found, undefined);
    else {
      const leaves = hashesOf('sha256', bytes, LEAF_BYTES);
      const width = 2 ** Math.ceil(Math.log2(leaves.length / HASH_BYTES));
      assert.equal(found, plainRoot(leaves, width).toString('hex'));
    }
    return 'written';
  },
};

/** One buffer for all cases, as the hashing threads have it: what lay there before must not show. */
const SPAN = Buffer.alloc(12 * LEAF_BYTES);
const hashTheSpan = openSpanHasher(SPAN);

const spanHasher: FuzzTarget = {
  name: 'span-hasher',
  run(random) {
    const pieceLengthBytes = LEAF_BYTES * random.pick([1, 2, 4]);
    SPAN.fill(random.below(256));
    const runs: SpanRun[] = [];
    let used = 0;
    for (let left = 1 + random.below(4); left > 0; left -= 1) {
      const start = Math.ceil(used / pieceLengthBytes) * pieceLengthBytes;
      const wanted = random.pick([1, LEAF_BYTES, 1 + random.below(5 * LEAF_BYTES)]);
      const length = Math.min(wanted, SPAN.length - start);
      if (length <= 0) break;
      SPAN.fill(0, used, start);
      SPAN.set(CONTENT.subarray(CONTENT.length - length), start);
      runs.push({ start, length, isWholeFile: length <= pieceLengthBytes });
      used = start + length;
    }
    const v1Bytes = random.pick([0, used]);
    const order = { pieceLengthBytes, v1Bytes, runs, withLeaves: random.below(2) === 0 };
    const found = hashTheSpan(order);
    const pieces = hashesOf('sha1', SPAN.subarray(0, v1Bytes), pieceLengthBytes);
    const leaves = runs.map(({ start, length }) =>
      hashesOf('sha256', SPAN.subarray(start, start + length), LEAF_BYTES),
    );
    const layers = leaves.map((own, at) =>
      runs[at]!.isWholeFile ? rootFromLeaves(own) : pieceLayerFromLeaves(own, pieceLengthBytes),
    );
    assertSameBytes(found.pieces, pieces, 'pieces');
    assertSameBytes(found.layers, Buffer.concat(layers), 'layers');
    assertSameBytes(found.leaves, Buffer.concat(order.withLeaves ? leaves : []), 'leaves');
    return 'written';
  },
};

/** The packed hashes of each `unitBytes` of `bytes`, the plain way. */
function hashesOf(algorithm: 'sha1' | 'sha256', bytes: Uint8Array, unitBytes: number): Buffer {
  return Buffer.concat(
    Array.from({ length: leafCount(bytes.length, unitBytes) }, (_, at) =>
      crypto.hash(algorithm, bytes.subarray(at * unitBytes, (at + 1) * unitBytes), 'buffer'),
    ),
  );
}

/** The targets of this file. */
export const HASH_TARGETS: readonly FuzzTarget[] = [
  merkle,
  leavesFile,
  leavesRoot,
  pieceHasher,
  spanHasher,
];
