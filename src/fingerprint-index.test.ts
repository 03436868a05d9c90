/** The index of an archive on disk: the same answers as without it, few files, and none that is damaged. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type SmallArchive, smallArchive } from '../test/support/small-archive.ts';
import { sha256 } from './base/digest.ts';
import { realDisk } from './base/disk.ts';
import { seededRandom } from './base/seeded-random.ts';
import { growFingerprintIndex, openFingerprintIndex } from './fingerprint-index.ts';
import { toRecordedText } from './fingerprints/fingerprint-text.ts';
import { findCandidates } from './fingerprints/recording-index.ts';
import type { Fact } from './model/fact.ts';
import { UNKNOWN_RIGHTS } from './model/rights.ts';
import { layoutOf } from './store/layout.ts';

function wordsOf(song: number): Uint32Array {
  const bytes = seededRandom(song + 1).bytes(400 * 4);
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}

async function holdSongs({ ledger }: SmallArchive, from: number, end: number): Promise<void> {
  const facts: Fact[] = [];
  for (let song = from; song < end; song += 1)
    facts.push({
      kind: 'holding-added',
      holding: {
        digest: sha256(`song ${song}`),
        sizeBytes: 1,
        kind: 'audio',
        extension: 'ogg',
        mimeType: 'audio/ogg',
        trackId: `local:${song}`,
        albumId: null,
        role: null,
        verdict: { state: 'intact' },
        technical: {
          format: 'ogg-vorbis',
          channels: 2,
          sampleRateHz: 44_100,
          durationMs: 60_000,
          bitrateKbps: 128,
          audioDigest: sha256(`sound ${song}`),
          fingerprint: toRecordedText(wordsOf(song)),
        },
        description: null,
        rights: UNKNOWN_RIGHTS,
      },
    });
  await ledger.commit(facts);
}

const indexed = (small: SmallArchive) => ({
  ledger: small.ledger,
  disk: realDisk,
  layout: layoutOf(small.root),
});
const filesOf = ({ root }: SmallArchive) => realDisk.list(path.join(root, 'index'));

async function found(small: SmallArchive, songs: number): Promise<void> {
  using index = await openFingerprintIndex(indexed(small));
  for (let song = 0; song < songs; song += 1) {
    const [first] = findCandidates(index.parts, wordsOf(song).subarray(16));
    assert.deepEqual([first?.name, first?.offsetWords], [sha256(`song ${song}`), -16]);
  }
}

test('every holding is found, in segments, in what came after them, and in both', async () => {
  await using small = await smallArchive();
  await holdSongs(small, 0, 30);
  await found(small, 30);
  await growFingerprintIndex(indexed(small), 20);
  assert.equal(filesOf(small).length, 1);
  await found(small, 30);
  await holdSongs(small, 30, 40);
  await growFingerprintIndex(indexed(small), 20);
  assert.equal(filesOf(small).length, 1);
  await found(small, 40);
});

test('segments that are no larger than what is new are made one with it', async () => {
  await using small = await smallArchive();
  const sizes: number[] = [];
  for (let songs = 0; songs < 80; songs += 10) {
    await holdSongs(small, songs, songs + 10);
    await growFingerprintIndex(indexed(small), 10);
    sizes.push(filesOf(small).length);
  }
  assert.deepEqual(sizes, [1, 1, 2, 1, 2, 2, 3, 1]);
  await found(small, 80);
});

test('a segment left beside the one that took its place changes nothing', async () => {
  await using small = await smallArchive();
  await holdSongs(small, 0, 10);
  await growFingerprintIndex(indexed(small), 10);
  const [first] = filesOf(small);
  const file = path.join(small.root, 'index', first!);
  const bytes = fs.readFileSync(file);
  await holdSongs(small, 10, 20);
  await growFingerprintIndex(indexed(small), 10);
  fs.writeFileSync(file, bytes);
  assert.equal(filesOf(small).length, 2);
  using index = await openFingerprintIndex(indexed(small));
  const count = index.parts.reduce((sum, part) => sum + part.recordings, 0);
  assert.equal(count, 20);
});

test('a changed byte anywhere, or a missing end, is told and never answered from', async () => {
  await using small = await smallArchive();
  await holdSongs(small, 0, 10);
  await growFingerprintIndex(indexed(small), 10);
  const file = path.join(small.root, 'index', filesOf(small)[0]!);
  const bytes = fs.readFileSync(file);
  const places = [0, 9, 13, 4000, 3_000_000, bytes.length - 33, bytes.length - 1];
  const body = 16 + (2 ** 20 + 1) * 4;
  const changed = [...places, body + 7, body + 2010, body + 10 * 50 * 4 + 40].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  });
  for (const broken of [...changed, bytes.subarray(0, -1), bytes.subarray(0, 10)]) {
    fs.rmSync(file);
    fs.writeFileSync(file, broken);
    await assert.rejects(found(small, 10), { code: 'FINGERPRINT_INDEX_DAMAGED' });
  }
  fs.rmSync(file);
  await found(small, 10);
});
