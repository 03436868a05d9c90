/** A set of ranks as bits, and whole names that thousands share. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { openChecked } from './checked-file.ts';
import { startPageCache } from './page-cache.ts';
import { readRankBitmap, writeRankBitmap } from './rank-bitmap.ts';
import {
  addTermHash,
  openWholeNames,
  putName,
  startNameHash,
  startWholeNames,
  WHOLE_WORDS,
  writeWholeNames,
} from './whole-names.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-ranks-'));
after(() => fs.rmSync(folder, { recursive: true }));
const temporary = path.join(folder, 'work');

test('a set gives its members in order, from any rank on', () => {
  const random = seededRandom(4);
  const file = path.join(folder, 'held');
  for (const [documents, oneOf] of [
    ...[0, 1, 31, 32, 33, 5000, 200_000].map((count) => [count, 40] as const),
    [5000, 3],
    [200_000, 3],
  ] as const) {
    const ranks = Array.from({ length: documents }, (_, rank) => rank).filter(
      (rank) => rank === documents - 1 || random.below(oneOf) === 0,
    );
    writeRankBitmap(realDisk, { file, temporary }, ranks, documents);
    const set = readRankBitmap(realDisk, file);
    assert.equal(set.count, ranks.length);
    const seen: number[] = [];
    for (let rank = set.next(0); rank >= 0; rank = set.next(rank + 1)) seen.push(rank);
    assert.deepEqual(seen, ranks);
    assert.equal(set.next(documents + 100), -1);
  }
});

test('a name that thousands have gives the first of them, and one that few have all', () => {
  const file = path.join(folder, 'whole');
  const writer = startWholeNames(realDisk, temporary);
  const hashOf = (...terms: number[]) => {
    const hash = startNameHash();
    for (const term of terms) addTermHash(hash, term);
    return hash;
  };
  const ranks = 60_000;
  for (let rank = 0; rank < ranks; rank += 1) {
    const hashes = [rank % 3 === 0 ? hashOf(1, 2) : hashOf(rank, 7)];
    if (rank % 1000 === 0) hashes.push(hashOf(1, 2));
    const words = new Uint32Array(hashes.length * WHOLE_WORDS);
    hashes.forEach((hash, at) => {
      putName(words, at * WHOLE_WORDS, hash, 0);
    });
    writer.append(words, rank);
  }
  writeWholeNames(realDisk, writer.finish(), {
    spill: temporary,
    temporary: `${file}.part`,
    final: file,
    check: () => undefined,
  });
  using checked = openChecked(realDisk, file, { kind: 'whole', cache: startPageCache(256) });
  const names = openWholeNames(checked, file);
  const common = names.find(hashOf(1, 2), 500);
  assert.deepEqual(common.slice(0, 4), [0, 3, 6, 9]);
  assert.ok(common.every((rank) => rank % 3 === 0 || rank % 1000 === 0));
  assert.deepEqual(names.find(hashOf(50_001 - 1, 7), 10), [50_000]);
  for (let rank = 1; rank < ranks; rank += 997)
    if (rank % 3 !== 0) assert.ok(names.find(hashOf(rank, 7), 10).includes(rank));
  assert.deepEqual(names.find(hashOf(2, 1), 10), []);
  const bulk = [...names.inBulk(1000)];
  assert.equal(bulk.length, 1);
  const wanted = Array.from({ length: ranks }, (_, rank) => rank).filter(
    (rank) => rank % 3 === 0 || rank % 1000 === 0,
  );
  assert.deepEqual(bulk[0], wanted);
  assert.deepEqual([...names.inBulk(ranks)], []);
  assert.deepEqual(fs.readdirSync(folder).sort(), ['held', 'whole']);
});
