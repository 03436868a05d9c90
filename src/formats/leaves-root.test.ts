import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { rootDigest, startLeavesRoot } from './leaves-root.ts';
import { LEAF_BYTES, leafHash } from './merkle.ts';

test('the root is that of the leaves, whatever the chunks', () => {
  for (const sizeBytes of [1, LEAF_BYTES - 1, LEAF_BYTES, LEAF_BYTES + 1, 5 * LEAF_BYTES, 90_001]) {
    const bytes = seededRandom(sizeBytes).bytes(sizeBytes);
    const leaves: Uint8Array[] = [];
    for (let at = 0; at < sizeBytes; at += LEAF_BYTES)
      leaves.push(leafHash(bytes.subarray(at, at + LEAF_BYTES)));
    const expected = rootDigest(Buffer.concat(leaves));
    for (const chunkBytes of [1000, LEAF_BYTES, 20_000, sizeBytes]) {
      const root = startLeavesRoot();
      for (let at = 0; at < sizeBytes; at += chunkBytes)
        root.update(bytes.subarray(at, at + chunkBytes));
      assert.equal(root.finish(), expected, `${sizeBytes} bytes in chunks of ${chunkBytes}`);
    }
  }
});

test('more leaves than the first room holds are all counted', () => {
  const bytes = Buffer.alloc(600 * LEAF_BYTES);
  const leaf = leafHash(new Uint8Array(LEAF_BYTES));
  const root = startLeavesRoot();
  root.update(bytes);
  assert.equal(root.finish(), rootDigest(Buffer.concat(Array.from({ length: 600 }, () => leaf))));
});

test('no bytes have no root', () => assert.equal(startLeavesRoot().finish(), undefined));
