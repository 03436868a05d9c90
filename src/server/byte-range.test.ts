import assert from 'node:assert/strict';
import test from 'node:test';
import { answerRange, type ConditionalHeaders, type RangeAnswer } from './byte-range.ts';

const TAG = '"abc"';
const SIZE = 1000;
const WHOLE = { status: 200, start: 0, end: SIZE } as const;
const part = (start: number, end: number) => ({ status: 206, start, end }) as const;

const CASES: readonly (readonly [string, ConditionalHeaders, RangeAnswer])[] = [
  ['no header sends the whole', {}, WHOLE],
  ['a first and last byte', { range: 'bytes=0-99' }, part(0, 100)],
  ['an open end', { range: 'bytes=900-' }, part(900, SIZE)],
  ['a suffix', { range: 'bytes=-100' }, part(900, SIZE)],
  ['a suffix longer than the file', { range: 'bytes=-5000' }, part(0, SIZE)],
  ['a last byte beyond the end is clipped', { range: 'bytes=990-5000' }, part(990, SIZE)],
  ['the single last byte', { range: 'bytes=999-999' }, part(999, SIZE)],
  ['white space and case', { range: ' Bytes = 0 - 9 ' }, part(0, 10)],
  ['an unknown unit is ignored', { range: 'pages=1-2' }, WHOLE],
  ['a start beyond the end', { range: 'bytes=1000-' }, { status: 416 }],
  ['an end before the start', { range: 'bytes=9-3' }, { status: 416 }],
  ['an empty suffix', { range: 'bytes=-0' }, { status: 416 }],
  ['no numbers at all', { range: 'bytes=-' }, { status: 416 }],
  ['two parts', { range: 'bytes=0-1,5-6' }, { status: 416 }],
  ['overlapping parts', { range: 'bytes=0-9,0-9' }, { status: 416 }],
  ['10,000 parts', { range: `bytes=${'0-0,'.repeat(10_000)}1-1` }, { status: 416 }],
  ['letters for numbers', { range: 'bytes=a-b' }, { status: 416 }],
  ['a negative start', { range: 'bytes=--5-6' }, { status: 416 }],
  ['a number beyond every file', { range: `bytes=${'9'.repeat(400)}-` }, { status: 416 }],
  ['If-None-Match that matches', { ifNoneMatch: TAG }, { status: 304 }],
  ['If-None-Match in weak form', { ifNoneMatch: `W/${TAG}` }, { status: 304 }],
  ['If-None-Match in a list', { ifNoneMatch: `"x", ${TAG}` }, { status: 304 }],
  ['If-None-Match with a star', { ifNoneMatch: '*' }, { status: 304 }],
  ['If-None-Match of other bytes', { ifNoneMatch: '"x"' }, WHOLE],
  ['If-None-Match goes before Range', { ifNoneMatch: TAG, range: 'bytes=0-1' }, { status: 304 }],
  ['If-Range that matches', { ifRange: TAG, range: 'bytes=0-1' }, part(0, 2)],
  ['If-Range of other bytes', { ifRange: '"x"', range: 'bytes=0-1' }, WHOLE],
  ['If-Range in weak form', { ifRange: `W/${TAG}`, range: 'bytes=0-1' }, WHOLE],
  ['If-Range with a date', { ifRange: 'Sat, 21 Nov 2026 00:00:00 GMT', range: 'bytes=0-1' }, WHOLE],
  ['If-Match that matches', { ifMatch: TAG }, WHOLE],
  ['If-Match of other bytes', { ifMatch: '"x"' }, { status: 412 }],
  ['If-Match in weak form', { ifMatch: `W/${TAG}` }, { status: 412 }],
];

for (const [name, headers, expected] of CASES)
  test(`a request with ${name} gets ${expected.status}`, () => {
    assert.deepEqual(answerRange(headers, TAG, SIZE), expected);
  });

test('an empty file has no ranges and is sent whole without one', () => {
  assert.deepEqual(answerRange({ range: 'bytes=0-' }, TAG, 0), { status: 416 });
  assert.deepEqual(answerRange({ range: 'bytes=-1' }, TAG, 0), { status: 416 });
  assert.deepEqual(answerRange({}, TAG, 0), { status: 200, start: 0, end: 0 });
});

test('every possible single range of a small file equals what slicing gives', () => {
  for (let size = 1; size <= 6; size += 1)
    for (let first = 0; first < 8; first += 1)
      for (let last = first; last < 8; last += 1) {
        const answer = answerRange({ range: `bytes=${first}-${last}` }, TAG, size);
        const wanted = Buffer.alloc(size, 1).subarray(first, last + 1).length;
        assert.equal('start' in answer ? answer.end - answer.start : 0, wanted);
      }
});
