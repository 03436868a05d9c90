import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { Digest } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { startPieceHasher } from '../formats/piece-hasher.ts';
import { layoutOf, volumePaths } from './layout.ts';
import { openVolumeReader } from './volume-reader.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-reader-'));
after(() => fs.rmSync(root, { recursive: true }));
const layout = layoutOf(root);
fs.mkdirSync(layout.volumes);

const LEAF = 16 * 1024;
const PIECE = 256 * 1024;
const NAME = 'original-0123456789abcdef';
const paths = volumePaths(layout, NAME);
/** A bit more than nine pieces; the last leaf is short. */
const BYTES = Buffer.from(seededRandom(1).bytes(9 * PIECE + 3 * LEAF + 77));
/** The same with zeros in the third piece, as a redaction leaves it. */
const REDACTED = Buffer.from(BYTES).fill(0, 2 * PIECE + LEAF, 2 * PIECE + 3 * LEAF);

function filesOf(bytes: Uint8Array) {
  const hasher = startPieceHasher({ pieceLengthBytes: PIECE });
  hasher.update(bytes);
  const hashes = hasher.finish();
  const piecesRoot = Buffer.from(hashes.piecesRoot).toString('hex') as Digest;
  return {
    identity: { volume: NAME, volumeSizeBytes: bytes.length, piecesRoot },
    leaves: encodeLeaves(hashes),
    torrent: buildMetainfo({ name: `${NAME}.tar`, hashes }).bytes,
  };
}

const whole = filesOf(BYTES);
const redacted = filesOf(REDACTED);
const { identity } = whole;

beforeEach(() => {
  for (const file of fs.readdirSync(layout.volumes)) fs.rmSync(path.join(layout.volumes, file));
  fs.writeFileSync(paths.tar, BYTES);
  fs.writeFileSync(paths.leaves, whole.leaves);
  fs.writeFileSync(paths.torrent, whole.torrent);
});

/** The bytes from `start` to `end` by a new reader, or the code it refuses with; what came before is right. */
function read(start: number, end: number, expected = BYTES, disk: Disk = realDisk, who = identity) {
  const chunks: Uint8Array[] = [];
  try {
    for (const chunk of openVolumeReader(disk, layout).read(who, { start, end }))
      chunks.push(chunk);
  } catch (error) {
    const { length } = Buffer.concat(chunks);
    assert.ok(Buffer.concat(chunks).equals(expected.subarray(start, start + length)));
    return (error as { code: string }).code;
  }
  assert.ok(Buffer.concat(chunks).equals(expected.subarray(start, end)), `${start}–${end}`);
  return 'right';
}

/** What reading leaf after leaf gives, in order, each time by a reader that knows nothing. */
const leafByLeaf = () =>
  Array.from({ length: Math.ceil(BYTES.length / LEAF) }, (_, leaf) =>
    read(leaf * LEAF, Math.min((leaf + 1) * LEAF, BYTES.length)),
  );

function flip(file: string, position: number): void {
  const bytes = fs.readFileSync(file);
  bytes[position]! ^= 1;
  fs.writeFileSync(file, bytes);
}

test('any range comes out as it went in', () => {
  const random = seededRandom(2);
  const reader = openVolumeReader(realDisk, layout);
  for (let round = 0; round < 200; round += 1) {
    const start = random.below(BYTES.length);
    const end = start + random.below(BYTES.length - start + 1);
    const seen = Buffer.concat([...reader.read(identity, { start, end })]);
    assert.ok(seen.equals(BYTES.subarray(start, end)));
  }
});

test('a range that is none is refused before a byte is read', () => {
  for (const [start, end] of [
    [-1, 5],
    [5, 4],
    [0, BYTES.length + 1],
    [0.5, 2],
    [Number.NaN, 1],
  ])
    assert.equal(read(start!, end!), 'STORE_RANGE');
});

test('a bit that turned in the tar costs its own leaf and no other', () => {
  for (const position of [0, 5 * PIECE + 100_000, BYTES.length - 1]) {
    flip(paths.tar, position);
    const seen = leafByLeaf();
    assert.deepEqual(
      seen.flatMap((code, leaf) => (code === 'right' ? [] : [leaf, code])),
      [Math.floor(position / LEAF), 'STORE_OBJECT_DAMAGED'],
    );
    flip(paths.tar, position);
  }
});

test('a bit that turned in the leaves costs the piece they vouch for', () => {
  flip(paths.leaves, 24 + 32 * (3 * (PIECE / LEAF) + 5));
  leafByLeaf().forEach((code, leaf) => {
    const isTouched = Math.floor((leaf * LEAF) / PIECE) === 3;
    assert.equal(code, isTouched ? 'STORE_OBJECT_DAMAGED' : 'right', `leaf ${leaf}`);
  });
});

test('a torrent that is damaged, missing, or of another volume is no loss while the leaves are whole', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 40; round += 1) {
    fs.writeFileSync(paths.torrent, whole.torrent);
    flip(paths.torrent, random.below(whole.torrent.length));
    assert.equal(read(PIECE - 5, PIECE + 5), 'right');
  }
  fs.writeFileSync(paths.torrent, redacted.torrent);
  assert.equal(read(PIECE - 5, PIECE + 5), 'right');
  fs.rmSync(paths.torrent);
  assert.equal(read(0, BYTES.length), 'right');
});

test('without a torrent that serves, leaves that do not lead to the root vouch for nothing', () => {
  fs.rmSync(paths.torrent);
  for (const position of [3, 20, 24, whole.leaves.length - 1]) {
    fs.writeFileSync(paths.leaves, whole.leaves);
    flip(paths.leaves, position);
    assert.equal(read(0, 1), 'STORE_OBJECT_DAMAGED', `leaves at ${position}`);
  }
  fs.truncateSync(paths.leaves, 500);
  assert.equal(read(0, 1), 'STORE_OBJECT_DAMAGED');
});

test('a forged tar with leaves and torrent to match is refused by the root', () => {
  fs.writeFileSync(paths.tar, REDACTED);
  fs.writeFileSync(paths.leaves, redacted.leaves);
  fs.writeFileSync(paths.torrent, redacted.torrent);
  assert.equal(read(0, 1), 'STORE_OBJECT_DAMAGED');
  assert.equal(read(0, 1, REDACTED, realDisk, redacted.identity), 'right');
});

test('files that are not there are missing, and a tar that ends early is damaged', () => {
  fs.truncateSync(paths.tar, 4 * PIECE + 5);
  assert.equal(read(0, 4 * PIECE), 'right');
  assert.equal(read(4 * PIECE, 4 * PIECE + 1), 'STORE_OBJECT_DAMAGED');
  fs.rmSync(paths.tar);
  assert.equal(read(0, 1), 'STORE_OBJECT_MISSING');
  fs.rmSync(paths.leaves);
  assert.equal(read(0, 1), 'STORE_OBJECT_MISSING');
});

test('in the middle of a redaction both the old root and the new one find their leaves', () => {
  fs.writeFileSync(`${paths.leaves}.next`, redacted.leaves);
  fs.writeFileSync(`${paths.torrent}.next`, redacted.torrent);
  assert.equal(read(0, BYTES.length), 'right');
  fs.writeFileSync(paths.tar, REDACTED);
  const who = redacted.identity;
  assert.equal(read(0, BYTES.length, REDACTED, realDisk, who), 'right');
  fs.rmSync(`${paths.torrent}.next`);
  assert.equal(read(0, BYTES.length, REDACTED, realDisk, who), 'right');
  fs.renameSync(`${paths.leaves}.next`, paths.leaves);
  assert.equal(read(0, BYTES.length, REDACTED, realDisk, who), 'right');
  assert.equal(read(2 * PIECE, 2 * PIECE + 1), 'STORE_OBJECT_DAMAGED');
});

test('one song costs the leaves of its own pieces, not those of the volume', () => {
  let bytes = 0;
  const counting: Disk = {
    ...realDisk,
    read: (descriptor, buffer, position) => {
      const count = realDisk.read(descriptor, buffer, position);
      bytes += count;
      return count;
    },
  };
  const reader = openVolumeReader(counting, layout);
  const [first] = reader.read(identity, { start: 5 * PIECE + 3, end: 6 * PIECE - 9 });
  assert.ok(Buffer.from(first!).equals(BYTES.subarray(5 * PIECE + 3, 6 * PIECE - 9)));
  const leavesOfPiece = 32 * (PIECE / LEAF);
  assert.equal(bytes, whole.torrent.length + leavesOfPiece + PIECE);
  const before = bytes;
  [...reader.read(identity, { start: 5 * PIECE, end: 5 * PIECE + 1 })];
  assert.equal(bytes - before, LEAF);
  reader.forget(NAME);
  [...reader.read(identity, { start: 0, end: 1 })];
  assert.ok(bytes - before > whole.torrent.length);
});
