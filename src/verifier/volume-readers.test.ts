import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { Problem } from './files.ts';
import { startTarWalk } from './tar-walk.ts';
import { readTorrent } from './torrent-reader.ts';
import { layerOf, rootOfLayer } from './tree-hash.ts';

const sha = (...parts: Buffer[]) => {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leaf = (number: number) => sha(Buffer.from([number]));
const zero = Buffer.alloc(32);

test('the tree of BEP 52 is filled with zero leaves, and layers with trees of them', () => {
  const treeOf = (width: number, count: number) => {
    const pieceLayer = layerOf(
      Array.from({ length: count }, (_, at) => leaf(at)),
      width,
    );
    return { pieceLayer, piecesRoot: rootOfLayer(pieceLayer, width) };
  };
  const [a, b, c] = [leaf(0), leaf(1), leaf(2)];
  assert.equal(treeOf(1, 1).piecesRoot, a.toString('hex'));
  const three = sha(sha(a, b), sha(c, zero));
  assert.equal(treeOf(1, 3).piecesRoot, three.toString('hex'));
  assert.deepEqual(treeOf(4, 3).pieceLayer, three);
  assert.equal(treeOf(2, 3).piecesRoot, three.toString('hex'));
  assert.deepEqual(treeOf(2, 3).pieceLayer, Buffer.concat([sha(a, b), sha(c, zero)]));
  const five = treeOf(2, 5);
  const pad = sha(zero, zero);
  const right = sha(sha(leaf(4), zero), pad);
  assert.equal(five.piecesRoot, sha(sha(sha(a, b), sha(c, leaf(3))), right).toString('hex'));
  assert.equal(five.pieceLayer.length, 96);
});

const bytes = (length: number) => `${length}:${'x'.repeat(length)}`;
const entry = `d6:lengthi5e11:pieces root${bytes(32)}e`;
const info = `d9:file treed5:a.tard0:${entry}ee6:lengthi5e12:meta versioni2e4:name5:a.tar12:piece lengthi16384e6:pieces${bytes(20)}e`;

test('a torrent gives the hashes of the bytes of its info', () => {
  const read = readTorrent(Buffer.from(`d8:announce3:udp4:info${info}12:piece layersdee`));
  assert.equal(read.infohashV1, crypto.createHash('sha1').update(info).digest('hex'));
  assert.equal(read.infohashV2, crypto.createHash('sha256').update(info).digest('hex'));
  assert.deepEqual([read.name, read.sizeBytes, read.pieceLengthBytes], ['a.tar', 5, 16384]);
  assert.equal(read.pieceLayer, undefined);
});

test('a torrent in any other form is refused', () => {
  const rows = [
    '',
    'i1e',
    'de',
    `d4:info${info}`,
    `d4:info${info}ee`,
    `d4:info${info.replace('lengthi5e12', 'lengthi05e12')}e`,
    `d4:info${info.replace('lengthi5e12', 'lengthi-0e12')}e`,
    `d4:info${info.replace('lengthi5e12', 'lengthi6e12')}e`,
    `d4:info${info.replace('meta versioni2e', 'meta versioni3e')}e`,
    `d4:info${info.replace('4:name5:a.tar', '4:name5:b.tar')}e`,
    `d4:info${info.replace('6:pieces', '7:privatei1e6:pieces')}e`,
    `d4:info${info.replace(`d5:a.tard0:${entry}ee`, `d5:a.tard0:${entry}e5:b.tard0:${entry}ee`)}e`,
    `d4:info${info.replace(`${entry}ee`, `${entry}1:bdeee`)}e`,
    `d4:info${info.replace(entry, entry.replace('d6', 'd4:attr1:x6'))}e`,
    `d4:info${info}12:piece layersd${bytes(32)}${bytes(64)}ee`.replace(
      bytes(32),
      `32:${'y'.repeat(32)}`,
    ),
    `d4:info${info}4:info${info}e`,
    `d4:info${info}1:a1:be`,
    `d4:info${'l'.repeat(100)}${'e'.repeat(100)}e`,
    'd4:info99999999:xe',
  ];
  for (const row of rows)
    assert.throws(
      () => readTorrent(Buffer.from(row)),
      (error) => error instanceof Problem && error.code === 'VERIFY_TORRENT',
      row.slice(0, 60),
    );
});

test('a tar that is cut, empty or no tar is refused, in parts of any size', () => {
  for (const input of [
    Buffer.alloc(0),
    Buffer.alloc(512),
    Buffer.alloc(2048),
    Buffer.alloc(4096, 1),
  ])
    for (const step of [1, 7, 512, 5000]) {
      const walk = startTarWalk();
      for (let at = 0; at < input.length; at += step) walk.feed(input.subarray(at, at + step));
      const walked = walk.finish();
      assert.ok('wrong' in walked, 'accepted');
      assert.match(walked.wrong, /at byte \d+$/);
    }
});
