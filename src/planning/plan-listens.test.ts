import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readCsvTable } from '../formats/csv-table.ts';
import { modelledListens } from '../model/listening-model.ts';
import { pointAt } from './curve.ts';
import { planAt } from './plan-at.ts';
import { isPlanned } from './plan-code.ts';
import { type Asked, planOf, randomOf } from './test-plans.ts';
import {
  inRankOrder,
  type MadeSnapshot,
  type MadeSources,
  type MadeTrack,
  openMadeSources,
} from './test-source.ts';

let sources: MadeSources;

before(async () => {
  sources = await openMadeSources();
});
after(() => sources[Symbol.asyncDispose]());

const plan = (snapshot: MadeSnapshot, asked: Asked = {}) => planOf(sources.source(snapshot), asked);

describe('listens', () => {
  test('are counted where the source counts any, modelled otherwise or when the policy says so', async () => {
    const tracks = [
      { popularity: 50, listens: 900 },
      { popularity: 1, listens: 100 },
      { popularity: 0 },
    ];
    const counted = await plan({ tracks }, { budgetBytes: 5_000_000 });
    assert.equal(counted.header.listens, 'counts');
    assert.equal(counted.header.totals.withoutCount, 1);
    assert.equal(planAt(counted, 5_000_000).shares.listens, 0.9);
    const modelled = await plan({ tracks }, { policy: 'listens = "model"' });
    assert.equal(modelled.header.totals.listens, 12_000_000 + 1000 + 500);
    const { low, listens, high } = planAt(modelled, 5_000_000).shares;
    assert.ok(low < listens && listens < high);
    await assert.rejects(plan({ tracks: [{ popularity: 3 }] }, { policy: 'listens = "counts"' }), {
      code: 'PLAN_NO_COUNTS',
    });
  });

  test('more of them than 32 bits hold are exact', async () => {
    const tracks = [
      { popularity: 100, listens: 9_000_000_001 },
      { popularity: 99, listens: 4_294_967_295 },
    ];
    assert.equal((await plan({ tracks })).header.totals.listens, 13_294_967_296);
  });

  test('by popularity without a reserve come to 99 % of what any choice of these bytes could reach', async (context) => {
    const tracks = generated(100_000);
    const half = await plan({ tracks }, { policy: 'score.cutoff = 0' });
    const third = Math.floor(tracks.length / 3);
    const { codes, curve } = half;
    assert.equal(codes.filter(isPlanned).length > third, true);
    let steps = 0;
    while (steps < curve.steps && pointAt(curve, steps + 1).tracks <= third) steps += 1;
    const taken = pointAt(curve, steps);
    const bound = fractionalBound(tracks, taken.bytes);
    const reserved = await plan(
      { tracks },
      { policy: 'score.cutoff = 0\nreserve.share = 0.1', budgetBytes: taken.bytes },
    );
    const cost = taken.listens - pointAt(reserved.curve, reserved.cut).listens;
    const [tenth, reservedTenth] = [half, reserved].map(
      (made) => planAt(made, taken.bytes / 10).taken.listens,
    ) as [number, number];
    context.diagnostic(
      `${taken.listens / bound} of the bound; the reserve costs ${cost / taken.listens}, at a tenth of these bytes ${(tenth - reservedTenth) / tenth}`,
    );
    assert.ok(reservedTenth < tenth);
    assert.ok(taken.listens / bound >= 0.99, `${taken.listens / bound}`);
    assert.ok(cost >= 0);
    const best = await plan(
      { tracks },
      { policy: 'score.cutoff = 0\norder = "knapsack"', budgetBytes: taken.bytes },
    );
    assert.ok(pointAt(best.curve, best.cut).listens / bound >= 0.999);
  });
});

/** Popularity falls as in the large catalogue: a quarter is heard, evenly fewer on a logarithmic scale. */
function generated(count: number): MadeTrack[] {
  const { random } = randomOf(9);
  return Array.from({ length: count }, () => ({
    popularity: Math.max(
      0,
      Math.min(100, Math.floor(1 + 8.5 * Math.log(0.26 / Math.max(1e-9, random())))),
    ),
    durationMs: 60_000 + Math.floor(random() * 300_000),
  }));
}

/** The most listens that `bytes` can hold if a track could be cut, at the tiers of the policy. */
function fractionalBound(tracks: readonly MadeTrack[], bytes: number): number {
  const weights = inRankOrder(tracks).map(({ popularity, durationMs }) => {
    const kbps = popularity === 0 ? 75 : 160;
    return {
      bytes: (kbps / 8) * durationMs!,
      listens: modelledListens(popularity!).listens,
    };
  });
  weights.sort((a, b) => b.listens / b.bytes - a.listens / a.bytes);
  let [left, sum] = [bytes, 0];
  for (const track of weights) {
    const part = Math.min(1, left / track.bytes);
    sum += track.listens * part;
    left -= track.bytes * part;
    if (left <= 0) break;
  }
  return sum;
}

describe('songs with real counts of plays', () => {
  const file = path.resolve(
    import.meta.dirname,
    '../../../shared/data/catalog/classic-rock-song-list.csv',
  );
  const skip = fs.existsSync(file) ? false : 'the list of songs is not here';

  test('give a curve of what was counted, and the most played of them first by listens a byte', {
    skip,
  }, async () => {
    const text = fs.readFileSync(file, 'latin1').replace(/^\uFEFF/, '');
    const table = readCsvTable(Buffer.from(text));
    assert.ok(!('reason' in table));
    const [artistAt, countAt] = ['ARTIST CLEAN', 'PlayCount'].map((name) =>
      table.header.indexOf(name),
    ) as [number, number];
    const songs = table.rows.map(({ cells }) => ({
      artist: cells[artistAt]!,
      plays: Number(cells[countAt]),
    }));
    assert.equal(songs.length, 2229);
    // The source has no popularity and no durations: every song weighs the same.
    songs.sort((a, b) => b.plays - a.plays);
    const names = [...new Set(songs.map(({ artist }) => artist))];
    const made = await plan(
      {
        tracks: songs.map(({ artist, plays }) => ({
          listens: plays,
          artist: names.indexOf(artist),
        })),
        artists: names.map(() => ({})),
      },
      { policy: 'order = "knapsack"' },
    );
    assert.equal(made.header.listens, 'counts');
    assert.deepEqual(
      [made.header.totals.withoutCount, made.header.totals.withoutDuration],
      [0, 2229],
    );
    const bytes = pointAt(made.curve, made.curve.steps).bytes / songs.length;
    const all = songs.reduce((sum, { plays }) => sum + plays, 0);
    for (const count of [1, 50, 223, 1000, 2229]) {
      const first = songs.slice(0, count);
      const { taken, shares } = planAt(made, count * bytes);
      // Keys differ by a thousandth at most; so does what is taken of two songs that are nearly alike.
      const heard = first.reduce((sum, { plays }) => sum + plays, 0) / all;
      assert.ok(taken.tracks <= count && taken.tracks > count * 0.998 - 1, `${taken.tracks}`);
      assert.ok(
        Math.abs(shares.listens - heard) < 0.002 + 0.001 * heard,
        `${shares.listens} ${heard}`,
      );
    }
    assert.equal(planAt(made, null).taken.artists, names.length);
  });
});
