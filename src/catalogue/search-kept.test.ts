/** An index whose making was cut short goes on behind what was kept of it, and is the same. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { batchOf } from './index-samples.ts';
import type { SearchPiece } from './search-documents.ts';
import { startSearchFinisher } from './search-finish.ts';
import { startSearchPieces } from './search-piece.ts';
import { sampleRows } from './search-samples.ts';
import { continueSearchSpill, type KeptSearch } from './search-spill.ts';
import { startSearchWriter } from './search-writer.ts';

const PIECES = 12;
const PIECE_ROWS = 250;
/** Of four segments three are full before the last pieces come. */
const SEGMENT_DOCUMENTS = 3 * PIECE_ROWS;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-search-kept-'));
after(() => fs.rmSync(folder, { recursive: true }));
const pieces = piecesOf();
let made = 0;

function piecesOf(): SearchPiece[] {
  const maker = startSearchPieces('tracks', 400);
  const rows = [...sampleRows(PIECES * PIECE_ROWS, 9)];
  return Array.from({ length: PIECES }, (_, at) => {
    const own = rows.slice(at * PIECE_ROWS, (at + 1) * PIECE_ROWS);
    maker.add(batchOf('tracks', own), 0, own.length);
    return maker.take();
  });
}

/** A folder for an index, and a function that goes on with its making there. */
function placeOf() {
  made += 1;
  const directory = path.join(folder, String(made));
  const temporary = path.join(directory, 'work');
  fs.mkdirSync(temporary, { recursive: true });
  const segmentDocuments = SEGMENT_DOCUMENTS;
  const options = { directory, temporary, group: 'tracks', segmentDocuments } as const;
  const go = (kept?: KeptSearch) => startSearchWriter(realDisk, options, kept);
  return { directory, temporary, options, go };
}

function digestsOf(directory: string): string[] {
  return fs
    .readdirSync(directory)
    .filter((name) => name !== 'work')
    .sort()
    .map((name) => `${sha256(fs.readFileSync(path.join(directory, name)))} ${name}`);
}

/** What was kept comes back from a file. */
const read = (kept: KeptSearch): KeptSearch => JSON.parse(JSON.stringify(kept)) as KeptSearch;

const whole = placeOf();
const writer = whole.go();
for (const piece of pieces) writer.append(piece);
const wanted = writer.finish();
const files = digestsOf(whole.directory);

test('wherever it was kept and wherever it was cut short then', () => {
  // Before, at and behind the end of a segment, and at both ends.
  for (const keptAt of [0, 2, 3, 4, PIECES])
    for (const cutAt of [keptAt, keptAt + 1, keptAt + 4, PIECES]) {
      const { directory, temporary, go } = placeOf();
      const first = go();
      for (const piece of pieces.slice(0, keptAt)) first.append(piece);
      const kept = read(first.keep());
      assert.equal(kept.documents, keptAt * PIECE_ROWS);
      for (const piece of pieces.slice(keptAt, cutAt)) first.append(piece);
      first.abort();
      const second = go(kept);
      for (const piece of pieces.slice(keptAt)) second.append(piece);
      assert.deepEqual(second.finish(), wanted);
      assert.deepEqual(digestsOf(directory), files, `kept at ${keptAt}, cut at ${cutAt}`);
      assert.deepEqual(fs.readdirSync(temporary), []);
    }
});

test('kept twice, it may be gone on with from the earlier time, as long as nothing was added since', () => {
  const { directory, go } = placeOf();
  const first = go();
  for (const piece of pieces.slice(0, 4)) first.append(piece);
  const kept = read(first.keep());
  for (const piece of pieces.slice(4, 9)) first.append(piece);
  first.keep();
  first.abort();
  const second = go(kept);
  for (const piece of pieces.slice(4)) second.append(piece);
  second.finish();
  assert.deepEqual(digestsOf(directory), files);
});

test('finished again and again, whichever of its files were there already', () => {
  const { directory, temporary, go } = placeOf();
  const first = go();
  for (const piece of pieces) first.append(piece);
  const kept = read(first.keep());
  const spilled = fs.readdirSync(temporary).filter((name) => name.endsWith('.tmp'));
  assert.ok(spilled.length >= 6, `${spilled}`);
  const before = new Map(
    spilled.map((name) => [name, fs.readFileSync(path.join(temporary, name))] as const),
  );
  first.finish();
  // As if it had been killed before each of them went.
  for (const [name, bytes] of before) {
    fs.writeFileSync(path.join(temporary, name), bytes);
    assert.deepEqual(go(kept).finish(), wanted, name);
    assert.deepEqual(digestsOf(directory), files, name);
    fs.rmSync(path.join(temporary, name), { force: true });
  }
});

test('left in the middle of its end, it is finished by the next', () => {
  const { directory, options, go } = placeOf();
  const first = go();
  for (const piece of pieces) first.append(piece);
  const kept = read(first.keep());
  first.abort();
  /** Finishes it until it was asked so often whether to leave it. */
  const finishUntil = (most: number) => {
    let asked = 0;
    const finisher = startSearchFinisher(realDisk, options, () => {
      if (asked === most) throw new Error('asked to stop');
      asked += 1;
    });
    const spill = continueSearchSpill(realDisk, options, (order) => finisher.carryOut(order), kept);
    try {
      spill.finish();
    } finally {
      spill.abort();
    }
  };
  for (const most of [0, 100, 3000, 5000])
    assert.throws(() => finishUntil(most), /asked to stop/, `${most}`);
  finishUntil(Number.POSITIVE_INFINITY);
  assert.deepEqual(digestsOf(directory), files);
});

test('a spill that is shorter than what was kept of it is told', () => {
  const { temporary, go } = placeOf();
  const first = go();
  for (const piece of pieces.slice(0, 2)) first.append(piece);
  const kept = read(first.keep());
  first.abort();
  const [name] = fs.readdirSync(temporary).filter((each) => each.includes('runs-0'));
  fs.truncateSync(path.join(temporary, name!), 10);
  const second = go(kept);
  assert.throws(() => second.append(pieces[2]!), { code: 'DISK_IO' });
  second.abort();
});
