/** The files of a kind: gone on with behind the rows that were kept, they are what they are when written in one go. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { filesBelow } from './files-below.ts';
import { hashKeyOf } from './keyed-hash.ts';
import { continueKindWriter, startKindWriter } from './kind-writers.ts';
import { type RowPiece, startPieces } from './row-piece.ts';

const PIECES = 5;
const PIECE_ROWS = 512;
const ROWS = PIECES * PIECE_ROWS;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-kind-'));
after(() => fs.rmSync(folder, { recursive: true }));
const pieces = piecesOf();
let made = 0;

function piecesOf(): RowPiece[] {
  const maker = startPieces('artists', { key: hashKeyOf('0123456789abcdef') });
  const partsOf = (number: number) => [
    [`x:${number}`, number % 101],
    [number % 3 === 0 ? ['río', 'blå'] : []],
    [`Name ${number % 700} ñ`, null, null],
    [number],
  ];
  return Array.from({ length: PIECES }, (_, piece) => {
    const rows = Array.from({ length: PIECE_ROWS }, (_, at) => partsOf(piece * PIECE_ROWS + at));
    maker.add(Uint8Array.from(Buffer.from(JSON.stringify(rows))));
    return maker.take();
  });
}

function placeOf(disk: Disk = realDisk) {
  made += 1;
  const set = path.join(folder, String(made));
  const temporary = path.join(set, 'work');
  fs.mkdirSync(set);
  return { disk, set, temporary, expected: ROWS, threads: 1 };
}

function digestsOf(set: string): string[] {
  return filesBelow(realDisk, set)
    .filter((name) => !name.startsWith('work/'))
    .map((name) => `${sha256(fs.readFileSync(path.join(set, name)))} ${name}`);
}

const whole = placeOf();
const writer = startKindWriter('artists', whole);
for (const piece of pieces) writer.append(piece);
await writer.finish();
const wanted = digestsOf(whole.set);

describe('a kind that was cut short', () => {
  for (let keptAt = 0; keptAt <= PIECES; keptAt += 1)
    test(`is gone on with behind piece ${keptAt}`, async () => {
      const context = placeOf();
      const first = startKindWriter('artists', context);
      for (const piece of pieces.slice(0, keptAt)) first.append(piece);
      first.keep();
      // What comes behind is lost, as far as it went.
      for (const piece of pieces.slice(keptAt, keptAt + 2)) first.append(piece);
      await first.abort();
      const second = continueKindWriter('artists', context, keptAt * PIECE_ROWS);
      assert.equal(second.rows, keptAt * PIECE_ROWS);
      for (const piece of pieces.slice(keptAt)) second.append(piece);
      await second.finish();
      assert.deepEqual(digestsOf(context.set), wanted);
    });

  test('while its files are finished is finished by the next, whichever of them are there', async () => {
    const names = wanted.map((line) => line.split(' ')[1]!);
    for (const refused of names) {
      let isFull = true;
      const disk: Disk = {
        ...realDisk,
        renameReplace(from, to) {
          if (isFull && to.endsWith(refused)) throw new FonotecaError('DISK_FULL', to);
          realDisk.renameReplace(from, to);
        },
      };
      const context = placeOf(disk);
      const first = startKindWriter('artists', context);
      for (const piece of pieces) first.append(piece);
      first.keep();
      await assert.rejects(async () => first.finish(), { code: 'DISK_FULL' }, refused);
      await first.abort();
      isFull = false;
      await continueKindWriter('artists', context, ROWS).finish();
      assert.deepEqual(digestsOf(context.set), wanted, refused);
    }
  });

  test('tells a file that is shorter than what was kept of it', async () => {
    const context = placeOf();
    const first = startKindWriter('artists', context);
    for (const piece of pieces) first.append(piece);
    first.keep();
    await first.abort();
    const files = ['artists.rows', 'statistics.part', 'artist-ids.index.run-0', 'pieces.jsonl'];
    for (const name of files) {
      const file = path.join(context.temporary, name);
      const bytes = fs.readFileSync(file);
      fs.writeFileSync(file, bytes.subarray(0, bytes.length - 20));
      assert.throws(() => continueKindWriter('artists', context, ROWS), { code: 'DISK_IO' }, name);
      fs.writeFileSync(file, bytes);
    }
    await continueKindWriter('artists', context, ROWS).finish();
    assert.deepEqual(digestsOf(context.set), wanted);
  });
});
