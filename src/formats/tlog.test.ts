import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import {
  EMPTY_EDGE,
  edgeOf,
  type GrownEdge,
  growEdge,
  growFurther,
  headOf,
  type LogEdge,
} from './tlog-edge.ts';
import { emptyLogRoot, logLeafHash, rangeRoot, type SubtreeHashes } from './tlog-hash.ts';
import {
  consistencyProof,
  inclusionProof,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './tlog-proof.ts';
import {
  encodeBundle,
  parseBundle,
  parseTile,
  parseTilePath,
  partialTile,
  type Tile,
  tilePath,
  tileWidth,
} from './tlog-tiles.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sha = (...parts: Uint8Array[]) =>
  crypto.createHash('sha256').update(Buffer.concat(parts)).digest();

/** The definition of RFC 6962 2.1 word by word, over the leaves `from` to before `to`. */
function definedRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Buffer.of(0), entries[0]!);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return sha(Buffer.of(1), definedRoot(left), definedRoot(right));
}

function hashesOf(entries: readonly Uint8Array[]): SubtreeHashes {
  const known = new Map<string, Uint8Array>();
  return {
    subtree(level, index) {
      const name = `${level} ${index}`;
      const count = 2 ** level;
      const made =
        known.get(name) ?? definedRoot(entries.slice(index * count, (index + 1) * count));
      known.set(name, made);
      return made;
    },
  };
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`${at}`));
const headAt = (entries: readonly Uint8Array[], size: number): TreeHead => ({
  size,
  root: definedRoot(entries.slice(0, size)),
});

/** The leaves of Certificate Transparency's own tests of the tree (merkletree/merkle_tree_test.cc). */
const RFC_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((text) => Buffer.from(text, 'hex'));
const RFC_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('roots are those of the test vectors of Certificate Transparency', () => {
  assert.equal(
    hex(headOf(EMPTY_EDGE).root),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  let edge: LogEdge = EMPTY_EDGE;
  for (const [at, leaf] of RFC_LEAVES.entries()) {
    ({ edge } = growEdge(edge, [leaf]));
    assert.equal(hex(headOf(edge).root), RFC_ROOTS[at], `${at + 1} leaves`);
  }
});

test('proofs are those of the test vectors of Certificate Transparency', () => {
  const hashes = hashesOf(RFC_LEAVES);
  assert.deepEqual(inclusionProof(hashes, 0, 8).map(hex), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  assert.deepEqual(inclusionProof(hashes, 5, 8).map(hex), [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  assert.deepEqual(consistencyProof(hashes, 6, 8).map(hex), [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

const LARGEST = 70;

test('every entry of every size up to 70 is proved, and no changed proof holds', () => {
  const entries = numbered(LARGEST);
  const hashes = hashesOf(entries);
  for (let size = 1; size <= LARGEST; size += 1) {
    const head = headAt(entries, size);
    assert.equal(hex(rangeRoot(hashes, 0, size)), hex(head.root));
    for (let index = 0; index < size; index += 1) {
      const claim = { leaf: logLeafHash(entries[index]!), index, head };
      const proof = inclusionProof(hashes, index, size);
      verifyInclusion(claim, proof);
      const refused = { code: 'LOG_PROOF_WRONG' };
      assert.throws(() => verifyInclusion({ ...claim, index: index + 1 }, proof), refused);
      assert.throws(() => verifyInclusion(claim, [...proof, sha()]), refused);
      if (proof.length > 0) assert.throws(() => verifyInclusion(claim, proof.slice(1)), refused);
    }
  }
});

test('every pair of sizes up to 70 is proved consistent, and no changed proof or root holds', () => {
  const entries = numbered(LARGEST);
  const hashes = hashesOf(entries);
  const heads = Array.from({ length: LARGEST + 1 }, (_, size) => headAt(entries, size));
  for (const to of heads)
    for (const from of heads.slice(0, to.size + 1)) {
      const proof = consistencyProof(hashes, from.size, to.size);
      verifyConsistency({ from, to }, proof);
      const refused = { code: 'LOG_PROOF_WRONG' };
      const other = { size: from.size, root: sha(from.root) };
      assert.throws(() => verifyConsistency({ from: other, to }, proof), refused);
      assert.throws(() => verifyConsistency({ from, to }, [...proof, sha()]), refused);
      if (proof.length > 0)
        assert.throws(() => verifyConsistency({ from, to }, proof.slice(0, -1)), refused);
      if (from.size < to.size)
        assert.throws(() => verifyConsistency({ from: to, to: from }, proof), refused);
    }
});

test('a log of another history has no proof', () => {
  const entries = numbered(LARGEST);
  const forged = entries.map((entry, at) => (at === 20 ? Buffer.from('other') : entry));
  for (const size of [21, 32, 33, 64, 69]) {
    const proof = consistencyProof(hashesOf(forged), size, LARGEST);
    const [from, to] = [headAt(entries, size), headAt(forged, LARGEST)];
    assert.throws(() => verifyConsistency({ from, to }, proof), { code: 'LOG_PROOF_WRONG' });
  }
});

test('a size or index outside the log has no proof', () => {
  const hashes = hashesOf(numbered(4));
  const refused = { code: 'LOG_PROOF_WRONG' };
  for (const [index, size] of [
    [4, 4],
    [-1, 4],
    [0.5, 4],
    [0, 2 ** 41],
  ] as const)
    assert.throws(() => inclusionProof(hashes, index, size), refused);
  assert.throws(() => consistencyProof(hashes, 5, 4), refused);
});

test('a log grown in any steps has the same tiles, and can be grown on from its tiles', () => {
  const random = seededRandom(6);
  const entries = Array.from({ length: 1000 }, (_, at) => Buffer.from(`entry ${at}`));
  const written = new Map<string, Uint8Array>();
  let edge: LogEdge = EMPTY_EDGE;
  while (edge.size < entries.length) {
    const step = random.pick([1, 2, 7, 100, 255, 256, 257, 300]);
    const grown = growEdge(edge, entries.slice(edge.size, edge.size + step));
    for (const tile of grown.tiles) {
      assert.equal(written.has(tilePath(tile)), false, `${tilePath(tile)} is written once`);
      written.set(tilePath(tile), tile.bytes);
    }
    edge = edgeOf(grown.edge.size, (tile: Tile) => written.get(tilePath(tile))!);
    assert.equal(hex(headOf(edge).root), hex(headAt(entries, edge.size).root));
  }
  const atOnce = growEdge(EMPTY_EDGE, entries);
  for (const tile of atOnce.tiles)
    assert.deepEqual(written.get(tilePath(tile)), tile.bytes, tilePath(tile));
});

test('a log grown twice in one go has the tiles of the end alone', () => {
  const entries = numbered(700);
  for (const [start, middle, end] of [
    [0, 0, 1],
    [0, 1, 2],
    [3, 255, 256],
    [3, 256, 257],
    [250, 513, 514],
    [256, 600, 601],
  ] as const) {
    const { edge } = growEdge(EMPTY_EDGE, entries.slice(0, start));
    const first = growEdge(edge, entries.slice(start, middle));
    const twice = growFurther(edge, first, entries.slice(middle, end));
    const once = growEdge(edge, entries.slice(start, end));
    const byPath = ({ tiles }: GrownEdge) =>
      new Map(tiles.map((tile) => [tilePath(tile), hex(tile.bytes)]));
    assert.deepEqual(byPath(twice), byPath(once), `${start} ${middle} ${end}`);
    assert.deepEqual(twice.edge, once.edge);
  }
});

test('a log of two levels has a tile for each 256 leaves and one above', () => {
  const { tiles, edge } = growEdge(EMPTY_EDGE, numbered(256 * 256 + 3));
  const paths = tiles.map(tilePath);
  assert.equal(paths.length, 256 + 256 + 1 + 3);
  for (const path of ['tile/1/000', 'tile/2/000.p/1', 'tile/0/256.p/3', 'tile/entries/256.p/3'])
    assert.ok(paths.includes(path), path);
  assert.equal(edge.levels[2]!.length, 1);
});

test('the paths of tiles are those of C2SP tlog-tiles, and no other spelling is taken', () => {
  const known: [Tile, string][] = [
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 3, index: 5, width: 70 }, 'tile/3/005.p/70'],
    [{ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
  ];
  for (const [tile, path] of known) {
    assert.equal(tilePath(tile), path);
    assert.deepEqual(parseTilePath(path), tile);
  }
  for (const path of [
    'tile/0/0',
    'tile/00/000',
    'tile/7/000',
    'tile/0/x000/001',
    'tile/0/001/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/07',
    'tile/0/000.p/1/',
    'tile/data/000',
    'tile/0/../000',
    'tile/0/000\n',
    '/tile/0/000',
  ])
    assert.equal(parseTilePath(path), undefined, path);
});

test('the width of a tile follows from the size of the log', () => {
  assert.equal(tileWidth(0, 0, 300), 256);
  assert.equal(tileWidth(0, 1, 300), 44);
  assert.equal(tileWidth('entries', 1, 300), 44);
  assert.equal(tileWidth(1, 0, 300), 1);
  assert.equal(tileWidth(1, 1, 300), 0);
  assert.equal(partialTile(0, 512), undefined);
  assert.deepEqual(partialTile(1, 512), { level: 1, index: 0, width: 2 });
});

test('bundles and tiles are read back as written, and nothing else is taken', () => {
  const entries = [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(65_535, 7)];
  const bytes = encodeBundle(entries);
  assert.equal(hex(bytes.subarray(0, 5)), '0000000161');
  assert.deepEqual(parseBundle(bytes, 3).map(hex), entries.map(hex));
  const refused = { code: 'LOG_TILE_INVALID' };
  assert.throws(() => encodeBundle([Buffer.alloc(65_536)]), refused);
  assert.throws(() => parseBundle(bytes, 2), refused);
  assert.throws(() => parseBundle(bytes.subarray(0, -1), 3), refused);
  assert.throws(() => parseBundle(Buffer.from('000001', 'hex'), 1), refused);
  assert.throws(() => parseTile(Buffer.alloc(33), 1), refused);
  assert.equal(hex(emptyLogRoot()), hex(sha()));
});
