import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { pieceLayerFromLeaves, rootFromLeaves } from '../formats/merkle.ts';
import { hashFiles } from './hash-files.ts';
import { openSpanLanes } from './span-lanes.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-hashing-'));
after(() => fs.rmSync(folder, { recursive: true }));

const KIB = 1024;
/** Enough for threads to be started. */
const MUCH = { totalBytes: 2 ** 30, pieceLengthBytes: 16 * KIB };
const SIZES: readonly (readonly number[])[] = [
  [1],
  [16 * KIB],
  [64 * KIB, 64 * KIB],
  [64 * KIB + 1, 0, 5, 200 * KIB, 0],
  [3_000_000, 0, 17, 1_048_576, 65_536, 2_222_222, 16_384, 0, 999],
  Array.from({ length: 60 }, (_, at) => at * 1000),
  // Long files after short ones and short after long, so that every buffer is used again in every way.
  Array.from({ length: 90 }, (_, at) => ((at * 7919) % 13) * 40_000 + (at % 3)),
];

function write(sizes: readonly number[]): { file: string; sizeBytes: number; bytes: Uint8Array }[] {
  return sizes.map((sizeBytes, at) => {
    const bytes = seededRandom(at + 1).bytes(sizeBytes);
    const file = path.join(folder, `${sizeBytes}-${at}`);
    fs.writeFileSync(file, bytes);
    return { file, sizeBytes, bytes };
  });
}

/** SHA-1 of each piece of what the layout lays end to end, made the slow and plain way. */
function plainPieces(contents: readonly Uint8Array[], piece: number, isHybrid: boolean): Buffer {
  const parts: Uint8Array[] = [];
  let position = 0;
  for (const bytes of contents) {
    // As libtorrent lays them out: padding lets a file start on a piece, which an empty one does not do.
    const pad = isHybrid && bytes.length > 0 ? (piece - (position % piece)) % piece : 0;
    parts.push(new Uint8Array(pad), bytes);
    position += pad + bytes.length;
  }
  const all = Buffer.concat(parts);
  const hashes: Buffer[] = [];
  for (let at = 0; at < all.length; at += piece)
    hashes.push(
      crypto
        .createHash('sha1')
        .update(all.subarray(at, at + piece))
        .digest(),
    );
  return Buffer.concat(hashes);
}

function plainTree(bytes: Uint8Array, piece: number) {
  const leaves: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 16 * KIB)
    leaves.push(
      crypto
        .createHash('sha256')
        .update(bytes.subarray(at, at + 16 * KIB))
        .digest(),
    );
  if (leaves.length === 0) return { piecesRoot: undefined, pieceLayer: '' };
  const packed = Buffer.concat(leaves);
  const layer = bytes.length > piece ? pieceLayerFromLeaves(packed, piece) : new Uint8Array(0);
  return { piecesRoot: hex(rootFromLeaves(packed)), pieceLayer: hex(layer) };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

for (const pieceLengthBytes of [16 * KIB, 64 * KIB, 2048 * KIB])
  for (const versions of ['v1', 'v2', 'hybrid'] as const)
    test(`pieces of ${pieceLengthBytes / KIB} KiB, ${versions}: as hashed piece by piece`, async () => {
      for (const sizes of SIZES) {
        const files = write(sizes);
        const seen = await hashFiles(realDisk, files, { pieceLengthBytes, versions, workers: 1 });
        const contents = files.map(({ bytes }) => bytes);
        assert.equal(
          seen.pieces && hex(seen.pieces),
          versions === 'v2'
            ? undefined
            : hex(plainPieces(contents, pieceLengthBytes, versions === 'hybrid')),
        );
        assert.deepEqual(
          seen.trees.map(({ piecesRoot, pieceLayer }) => ({
            piecesRoot: piecesRoot && hex(piecesRoot),
            pieceLayer: hex(pieceLayer),
          })),
          versions === 'v1' ? [] : contents.map((bytes) => plainTree(bytes, pieceLengthBytes)),
        );
      }
    });

test('any number of threads gives the hashes of one', async () => {
  const files = write([0, 5, 3_000_001, 40_000]);
  const large = path.join(folder, 'large');
  const sizeBytes = 33 * 1024 * KIB;
  fs.writeFileSync(large, Buffer.alloc(sizeBytes, seededRandom(9).bytes(70_001)));
  files.unshift({ file: large, sizeBytes, bytes: Buffer.alloc(0) });
  const options = { pieceLengthBytes: 256 * KIB, versions: 'hybrid' } as const;
  const [one, ...others] = await Promise.all(
    [1, 2, 3].map((workers) => hashFiles(realDisk, files, { ...options, workers })),
  );
  for (const other of others) assert.deepEqual(other, one);
});

test('a file that shrank or grew since it was listed is refused', async () => {
  const [listed] = write([40_000]);
  const options = { pieceLengthBytes: 16 * KIB, versions: 'v2', workers: 1 } as const;
  for (const sizeBytes of [39_999, 40_001])
    await assert.rejects(hashFiles(realDisk, [{ ...listed!, sizeBytes }], options), {
      code: 'FILE_CHANGED_DURING_READ',
    });
  await assert.rejects(
    hashFiles(realDisk, [{ file: path.join(folder, 'none'), sizeBytes: 1 }], options),
    { code: 'FILE_MISSING' },
  );
});

test('what a thread throws reaches the one who waits, and no thread is left behind', async () => {
  await using lanes = openSpanLanes({ ...MUCH, workers: 2 });
  const buffer = await lanes.take();
  const impossible = { start: 0, length: 16 * KIB, isWholeFile: false };
  const order = { pieceLengthBytes: 3, v1Bytes: 0, runs: [impossible], withLeaves: false };
  lanes.hand(buffer, order, () => assert.fail('no hashes'));
  await assert.rejects(lanes.drain(), { code: 'SUBPROCESS_FAILED' });
  await assert.rejects(lanes.take(), { code: 'SUBPROCESS_FAILED' });
});

test('hashes are told in the order of hand-ins, whichever thread is done first', async () => {
  await using lanes = openSpanLanes({ ...MUCH, workers: 3 });
  const told: number[] = [];
  for (let at = 0; at < 20; at += 1) {
    const buffer = await lanes.take();
    // Every third span is long and the others are short.
    const v1Bytes = at % 3 === 0 ? 1024 * KIB : 1;
    buffer.fill(at, 0, v1Bytes);
    const order = { pieceLengthBytes: 16 * KIB, v1Bytes, runs: [], withLeaves: false };
    lanes.hand(buffer, order, ({ pieces }) => {
      const first = Buffer.alloc(Math.min(v1Bytes, 16 * KIB), at);
      assert.equal(hex(pieces.subarray(0, 20)), crypto.hash('sha1', first, 'hex'));
      told.push(at);
    });
  }
  await lanes.drain();
  assert.deepEqual(
    told,
    Array.from({ length: 20 }, (_, at) => at),
  );
});
