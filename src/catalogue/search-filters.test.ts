/** What is asked beside words: all of it must be met, and none of it costs more than its bound. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { writeSampleIndex } from './index-samples.ts';
import type { SearchAnswer } from './search-answer.ts';
import { type SampleRow, sampleRows } from './search-samples.ts';

const rows = [...sampleRows(600, 5)];
const index = writeSampleIndex(rows, { segmentDocuments: 250 });
after(() => index[Symbol.dispose]());

const every = (step: number) => ({
  count: Math.ceil(rows.length / step),
  next: (rank: number) => {
    const next = Math.ceil(rank / step) * step;
    return next < rows.length ? next : -1;
  },
});
const ranksOf = ({ hits }: SearchAnswer) => hits.map(({ rank }) => rank);
const ranksWhere = (test: (row: SampleRow, rank: number) => boolean) =>
  rows.flatMap((row, rank) => (test(row, rank) ? [rank] : [])).slice(0, 500);

describe('ISRCs', () => {
  const [one, other, famous] = ['QZABC2600001', 'QZABC2600002', 'QZABC2600003'];
  const carriers = new Map<string, readonly number[]>([
    [one!, [3, 40, 300, 510]],
    [other!, [40, 300, 599]],
    [famous!, rows.map((_, rank) => rank)],
  ]);
  let read = 0;
  const ask = (text: string, options: { now?: () => number } = {}) => {
    read = 0;
    using search = index.open({
      rows: {
        names: index.names,
        *tracksWithIsrc(isrc) {
          for (const rank of carriers.get(isrc) ?? []) {
            read += 1;
            yield rank;
          }
        },
      },
      ...(options.now ? { clock: { ...systemClock, elapsedMs: options.now } } : {}),
    });
    return search.search({ text, group: 'tracks', limit: 500, cursor: null });
  };

  test('that are asked together are those of one track', () => {
    assert.deepEqual(ranksOf(ask(`isrc:${one}`)), [3, 40, 300, 510]);
    assert.deepEqual(ranksOf(ask(`isrc:${one} isrc:${other}`)), [40, 300]);
    assert.deepEqual(ranksOf(ask(`isrc:${one} isrc:QZABC2600009 isrc:${other}`)), []);
  });

  test('that are repeated are looked up once', () => {
    assert.deepEqual(
      ranksOf(ask(`isrc:${one} isrc:qz-abc-26-00001 isrc:${one}`)),
      [3, 40, 300, 510],
    );
    assert.equal(read, 4);
  });

  test('that many tracks have are read up to one bound for all, and the answer says so', () => {
    for (const text of [`isrc:${famous}`, `isrc:${famous} isrc:${one}`]) {
      const answer = ask(text);
      assert.ok(read <= 351, `${read} rows`);
      assert.deepEqual(answer.bounds, ['time']);
    }
    assert.deepEqual(ranksOf(ask(`isrc:${famous} isrc:${one}`)), [3, 40]);
    assert.deepEqual(ask(`isrc:${one} isrc:${other}`).bounds, []);
  });

  test('are read no longer than there is time', () => {
    let now = 0;
    const tick = () => {
      now += 1000;
      return now;
    };
    assert.deepEqual(ask(`isrc:${famous}`, { now: tick }).bounds, ['time']);
    assert.ok(read < 100, `${read} rows`);
  });
});

test('nothing is both held and not, or explicit and not', () => {
  using search = index.open({ held: { tracks: every(3) } });
  const ask = (text: string) =>
    ranksOf(search.search({ text, group: 'tracks', limit: 500, cursor: null }));
  assert.equal(ask('held:yes held:yes').length, 200);
  for (const text of ['held:yes held:no', 'held:no held:yes', 'explicit:no explicit:yes'])
    assert.deepEqual(ask(text), [], text);
});

test('a question that only leaves something out lists the rest by rank', () => {
  using search = index.open({ flagged: () => every(5) });
  const ask = (text: string) =>
    ranksOf(search.search({ text, group: 'tracks', limit: 500, cursor: null }));
  assert.deepEqual(
    ask('explicit:no'),
    ranksWhere(({ explicit }) => explicit !== true),
  );
  assert.deepEqual(
    ask('explicit:yes'),
    ranksWhere(({ explicit }) => explicit === true),
  );
  assert.deepEqual(
    ask('flag:none'),
    ranksWhere((_, rank) => rank % 5 !== 0),
  );
});

test('a field with nothing behind it is a word, and what follows is what it says', () => {
  const other = { ...rows[0]!, artist: 'x', album: 'y', genres: [] };
  const titled = [
    { ...other, title: 'Title deeds', year: 1990 },
    { ...other, title: 'Year 1990', year: 1980 },
    { ...other, title: 'Artist of the Year', album: 'Fado', year: 1970 },
    { ...other, title: 're: stacks', year: 1990 },
  ];
  using own = writeSampleIndex(titled);
  using search = own.open();
  for (const [text, ranks] of [
    ['title: year:1990', [0]],
    ['year:1990 title:', [0]],
    ['artist: album:fado', [2]],
    ['title: year', [1, 2]],
    ['title: "year:1990"', [1]],
    ['title: re:stacks', [3]],
    ['nonsense: year:1990', []],
  ] as const)
    assert.deepEqual(
      ranksOf(search.search({ text, group: 'tracks', limit: 9, cursor: null })),
      ranks,
      text,
    );
});
