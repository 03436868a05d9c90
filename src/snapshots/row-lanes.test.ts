/** Pieces of rows: the same from any number of threads, cut where they should be, and told in order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashKeyOf } from './keyed-hash.ts';
import { openRowLanes } from './row-lanes.ts';
import type { RowPiece } from './row-piece.ts';

const ROWS = 5000;
const PIECE_ROWS = 512;

function lineOf(number: number): string {
  const genres = number % 3 === 0 ? ['río', 'blå'] : [];
  const parts = [
    [`x:${number}`, number % 101],
    [genres],
    [`Name ${number % 70} ñ`, null, null],
    [number],
  ];
  return `${JSON.stringify(parts)}\n`;
}

async function piecesOf(threads: number, chunkRows: number): Promise<RowPiece[]> {
  const pieces: RowPiece[] = [];
  await using lanes = openRowLanes(threads);
  const what = {
    kind: 'artists',
    shared: { key: hashKeyOf('0123456789abcdef') },
    rows: ROWS,
    pieceRows: PIECE_ROWS,
  } as const;
  // The threads were there for other rows before.
  const before = lanes.begin(what, () => undefined);
  await before.hand(Buffer.from(lineOf(0)));
  await before.finish();
  const stream = lanes.begin(what, (piece) => pieces.push(piece));
  for (let first = 0; first < ROWS; first += chunkRows) {
    const numbers = Array.from(
      { length: Math.min(chunkRows, ROWS - first) },
      (_, at) => first + at,
    );
    await stream.hand(Buffer.from(numbers.map(lineOf).join('')));
  }
  await stream.finish();
  return pieces;
}

test('pieces are cut by rows, whatever chunks the rows come in and how many threads there are', async () => {
  const wanted = await piecesOf(1, 1);
  assert.deepEqual(
    wanted.map(({ rows }) => rows),
    [...new Array<number>(9).fill(PIECE_ROWS), ROWS - 9 * PIECE_ROWS],
  );
  assert.deepEqual(await piecesOf(1, ROWS), wanted);
  assert.deepEqual(await piecesOf(3, 700), wanted);
});

test('what a thread throws is told, and so is what the listener throws', async () => {
  const what = {
    kind: 'artists',
    shared: { key: hashKeyOf('0123456789abcdef') },
    rows: ROWS,
  } as const;
  const broken = async () => {
    await using lanes = openRowLanes(2);
    const stream = lanes.begin(what, () => undefined);
    await stream.hand(Buffer.from('[[nonsense\n'));
    await stream.finish();
  };
  await assert.rejects(broken, { code: 'SUBPROCESS_FAILED' });
  const refused = async () => {
    await using lanes = openRowLanes(2);
    const stream = lanes.begin(what, () => {
      throw new Error('no room');
    });
    await stream.hand(Buffer.from(lineOf(1)));
    await stream.finish();
  };
  await assert.rejects(refused, /no room/);
});
