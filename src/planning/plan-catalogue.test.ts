import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pointAt } from './curve.ts';
import { planAt } from './plan-at.ts';
import type { CataloguePlan } from './plan-catalogue.ts';
import { isPlanned } from './plan-code.ts';
import { type Asked, planOf, randomOf, statuses } from './test-plans.ts';
import {
  type MadeSnapshot,
  type MadeSources,
  type MadeTrack,
  openMadeSources,
} from './test-source.ts';

const ORDERS = ['popularity', 'knapsack', 'coverage', 'rarity'] as const;
let sources: MadeSources;

before(async () => {
  sources = await openMadeSources();
});
after(() => sources[Symbol.asyncDispose]());

const plan = (snapshot: MadeSnapshot, asked: Asked = {}) => planOf(sources.source(snapshot), asked);

/** A snapshot of `count` tracks in which everything that decides differs. */
function madeUp(count: number, seed: number): MadeSnapshot {
  const { below, random } = randomOf(seed);
  const tracks: MadeTrack[] = Array.from({ length: count }, () => ({
    popularity: random() < 0.1 ? null : random() < 0.6 ? 0 : below(100) + 1,
    durationMs: random() < 0.05 ? null : random() < 0.02 ? 0 : 30_000 + below(400_000),
    album: random() < 0.05 ? null : below(count / 4),
    artist: random() < 0.05 ? null : below(count / 16),
    isrc:
      random() < 0.2
        ? null
        : `XX${String(100 + below(900))}26${String(below(60)).padStart(5, '0')}`,
    licence: [
      null,
      'CC-BY-4.0',
      'CC-BY-NC-ND-4.0',
      'http://rightsstatements.org/vocab/InC/1.0/',
      'odd',
    ][below(5)]!,
  }));
  return {
    tracks,
    albums: Array.from({ length: Math.ceil(count / 4) }, () => ({ popularity: below(60) })),
    artists: Array.from({ length: Math.ceil(count / 16) }, () => ({
      popularity: below(80),
      followers: below(1_000_000),
      place: ['DE', 'IS', 'NZ', null][below(4)]!,
    })),
  };
}

describe('a plan over a catalogue', () => {
  test('gives every track exactly one status, whatever the order, and the sums are those of its codes', async () => {
    const snapshot = madeUp(800, 1);
    for (const order of ORDERS)
      for (const rights of ['all', 'known'] as const) {
        const made = await plan(snapshot, {
          policy: `order = "${order}"`,
          rights,
          budgetBytes: 3e8,
        });
        const sum = Object.values(made.header.statuses).reduce((all, tracks) => all + tracks, 0);
        assert.equal(sum, 800);
        const planned = made.codes.filter(isPlanned).length;
        assert.equal(planned, pointAt(made.curve, made.cut).tracks);
        assert.ok(
          statuses(made).every((status) => /^(?:original|opus|skipped:[a-z])/.test(status)),
        );
        if (rights === 'known')
          assert.ok(!statuses(made).some((status) => status.includes('wanted')));
      }
  });

  test('is never over its budget, and a larger one drops nothing and makes nothing less', async () => {
    const snapshot = madeUp(600, 2);
    for (const order of ORDERS)
      for (const share of order === 'rarity' ? [0] : [0, 0.1]) {
        const policy = `order = "${order}"\nreserve.share = ${share}`;
        let before: CataloguePlan | undefined;
        for (const budgetBytes of [1, 5e6, 4e7, 3e8, 9e8, null]) {
          const made = await plan(snapshot, { policy, budgetBytes });
          const taken = pointAt(made.curve, made.cut);
          if (budgetBytes !== null) assert.ok(taken.bytes <= budgetBytes);
          assert.ok(taken.reserveBytes <= share * taken.bytes);
          for (const [rank, code] of before?.codes.entries() ?? [])
            if (isPlanned(code)) assert.equal(made.codes[rank], code, `${order} ${rank}`);
          before = made;
        }
      }
  });

  test('holds no more than --keep whatever the order, and what is planned is a beginning of the order', async () => {
    const snapshot = madeUp(400, 5);
    for (const order of ORDERS)
      for (const keepBytes of [1, 5e7, 4e8]) {
        const made = await plan(snapshot, { policy: `order = "${order}"`, keepBytes });
        assert.ok(pointAt(made.curve, made.cut).keepBytes <= keepBytes, order);
        for (const [rank, code] of made.codes.entries()) {
          const step = made.stepOf[rank]!;
          assert.equal(isPlanned(code), step < made.cut, `${order} ${rank}`);
        }
      }
  });

  test('made for one budget answers every other as if it had been made for it, to the step below', async () => {
    const snapshot = madeUp(500, 3);
    const policy = 'reserve.share = 0.1';
    const open = await plan(snapshot, { policy });
    for (const budgetBytes of [1e6, 5e7, 2e8, 7e8]) {
      const own = await plan(snapshot, { policy, budgetBytes });
      const exact = pointAt(own.curve, own.cut);
      const { taken } = planAt(open, budgetBytes);
      assert.ok(taken.bytes <= exact.bytes);
      // Fewer than a thousand tracks have a step each.
      assert.equal(taken.tracks, exact.tracks);
      assert.equal(taken.listens, exact.listens);
    }
  });

  test('holds what is kept within --keep, where what is re-encoded counts twice', async () => {
    const snapshot = {
      tracks: Array.from({ length: 4 }, () => ({ popularity: 0, durationMs: 100_000 })),
    };
    const policy = 'score.cutoff = 0';
    const made = await plan(snapshot, {
      policy,
      keepBytes: 2 * (2_000_000 + 937_500) + 100,
    });
    assert.deepEqual(statuses(made), [
      ...['opus wanted', 'opus wanted'],
      ...['skipped:over-budget', 'skipped:over-budget'],
    ]);
  });

  test('says the same whatever the order that rows come in, and twice the same', async () => {
    const { tracks, ...rest } = madeUp(400, 4);
    // Within one popularity a snapshot sorts by id; rows that differ in popularity alone may come in any order.
    const distinct = tracks.map((track, at) => ({ ...track, popularity: at % 101 })).slice(0, 101);
    const first = await plan(
      { ...rest, tracks: distinct },
      { policy: 'reserve.share = 0.1', budgetBytes: 2e8 },
    );
    const turned = await plan(
      { ...rest, tracks: [...distinct].reverse() },
      { policy: 'reserve.share = 0.1', budgetBytes: 2e8 },
    );
    assert.deepEqual(turned, first);
  });
});

describe('the order of popularity', () => {
  test('takes what is heard, then popularity 0 by its score, then what is unknown', async () => {
    const made = await plan({
      tracks: [
        { popularity: 3, artist: 0 },
        { popularity: 0, artist: 0, isrc: 'AAAAA2600001' },
        { popularity: 0, artist: 1, isrc: 'AAAAA2600002' },
        { popularity: 0, artist: 2, isrc: 'AAAAA2600003' },
        { popularity: 0, artist: 1, isrc: 'AAAAA2600002' },
        { popularity: null, artist: 1 },
      ],
      artists: [
        { popularity: 30, followers: 10_000 },
        { popularity: 90, followers: 0 },
        { popularity: 35, followers: 0 },
      ],
    });
    assert.deepEqual(statuses(made), [
      'original wanted',
      'opus wanted',
      'opus wanted',
      'skipped:low-priority',
      'skipped:same-recording-planned',
      'original wanted',
    ]);
    // 0.9 before 0.3 + 4/8 = 0.8; what is unknown is the last.
    assert.deepEqual([...made.stepOf], [0, 2, 1, 0xffff, 0xffff, 3]);
  });

  test('the score counts at the cut-off itself, and followers no further than their cap', async () => {
    const snapshot = {
      tracks: [
        { popularity: 0, artist: 0 },
        { popularity: 0, artist: 1 },
      ],
      artists: [
        { popularity: 35, followers: 0 },
        { popularity: 0, followers: 5e9 },
      ],
    };
    const strict = await plan(snapshot, {
      policy: 'score.cutoff = 0.35\nscore.followers_cap = 9\nscore.followers_divisor = 2',
    });
    assert.deepEqual(statuses(strict), ['opus wanted', 'opus wanted']);
    const above = await plan(snapshot, {
      policy: 'score.cutoff = 0.351\nscore.followers_cap = 9\nscore.followers_divisor = 3',
    });
    assert.deepEqual(statuses(above), ['skipped:low-priority', 'skipped:low-priority']);
  });
});

describe('rights, holdings and filters', () => {
  test('a licence decides: free, without adapted copies, not to be distributed, refused, unknown', async () => {
    const licences = [
      'CC0-1.0',
      'CC-BY-ND-4.0',
      'http://rightsstatements.org/vocab/InC/1.0/',
      'No way',
      null,
    ];
    const tracks = licences.map((licence) => ({ popularity: 0, licence }));
    const policy = 'score.cutoff = 0\nrights.refuse = ["No way"]';
    assert.deepEqual(statuses(await plan({ tracks }, { policy })), [
      'opus',
      'original',
      'opus dark',
      'skipped:no-right',
      'opus wanted',
    ]);
    assert.equal(
      statuses(await plan({ tracks }, { policy, rights: 'known' })).at(-1),
      'skipped:right-unknown',
    );
  });

  test('what is held has its own size and right, and its recording is not taken again at popularity 0', async () => {
    const held = {
      originalBytes: 777,
      opusBytes: 333,
      withdrawn: false,
      isrcs: ['AAAAA2600009'],
    } as const;
    const made = await plan(
      {
        tracks: [
          { popularity: 9, durationMs: 1000 },
          { popularity: 0, isrc: 'AAAAA2600009' },
          { popularity: 0, isrc: 'AAAAA2600009' },
          { popularity: null, isrc: 'AAAAA2600008' },
          { popularity: null },
        ],
        held: [
          { ...held, rank: 0, right: 'dark' },
          { ...held, rank: 2, right: 'free' },
          { ...held, rank: 3, right: 'free', withdrawn: true },
          { ...held, rank: 4, right: 'free' },
        ],
      },
      { policy: 'score.cutoff = 0\nunknown = "opus"' },
    );
    assert.deepEqual(statuses(made), [
      'original dark held',
      'skipped:same-recording-held',
      'opus held',
      'skipped:withdrawn',
      'original held',
    ]);
    assert.equal(pointAt(made.curve, made.cut).bytes, 777 + 333 + 777);
  });

  test('filters look at the track, its album and its artist, and pass over what is unknown there', async () => {
    const snapshot: MadeSnapshot = {
      tracks: [
        { popularity: 5, year: 1999, licence: 'CC0-1.0', artist: 0, album: 0 },
        { popularity: 4, year: null, licence: null, artist: 1, album: 1 },
        { popularity: 3 },
      ],
      albums: [
        { label: 'Ours', language: 'isl' },
        { label: 'Theirs', language: null },
      ],
      artists: [
        { place: 'IS', genres: ['Opera', 'Choral'] },
        { place: 'NZ', genres: [] },
      ],
    };
    for (const [rule, taken] of [
      ['filter.licence = ["CC0-1.0"]', 1],
      ['filter.place = ["IS", "DE"]', 1],
      ['filter.genre = ["Choral"]', 1],
      ['filter.label = ["Ours", "a", "b", "c", "d", "e"]', 1],
      ['filter.language = ["isl", "deu"]', 1],
      ['filter.language = ["deu"]', 0],
      ['filter.year_from = 1990\nfilter.year_to = 1999', 1],
      ['filter.popularity_from = 4', 2],
      ['filter.popularity_to = 3', 1],
      ['filter.place = ["FR"]', 0],
    ] as const) {
      const made = await plan(snapshot, { policy: rule });
      assert.equal(made.codes.filter(isPlanned).length, taken, rule);
      assert.equal(made.header.statuses['skipped:filtered'] ?? 0, 3 - taken, rule);
    }
  });
});

describe('the reserve and the other orders', () => {
  const snapshot: MadeSnapshot = {
    tracks: [
      ...Array.from({ length: 40 }, () => ({ popularity: 10, artist: 0, durationMs: 100_000 })),
      { popularity: 0, artist: 1, isrc: 'AAAAA2600001', durationMs: 100_000 },
      { popularity: 0, artist: 1, isrc: 'AAAAA2600001', durationMs: 100_000 },
      { popularity: 0, artist: 0, isrc: 'AAAAA2600002', durationMs: 100_000 },
      { popularity: 0, artist: 2, durationMs: 100_000 },
    ],
    artists: [
      { popularity: 50, place: 'DE' },
      { popularity: 0, place: 'DE' },
      { popularity: 0, place: 'IS' },
    ],
  };

  test('the reserve takes one of each place and artist first, below the cut-off too, and stays within its share', async () => {
    const made = await plan(snapshot, { policy: 'reserve.share = 0.05', budgetBytes: 30e6 });
    const told = statuses(made);
    assert.equal(told[43], 'opus wanted reserve');
    assert.equal(told[40], 'skipped:over-budget');
    const more = statuses(
      await plan(snapshot, { policy: 'reserve.share = 0.5', budgetBytes: 30e6 }),
    );
    assert.deepEqual(more.slice(40), [
      'opus wanted reserve',
      'skipped:low-priority',
      'opus wanted reserve',
      'opus wanted reserve',
    ]);
  });

  test('coverage begins with one of each place and artist, rarity with those of which there are fewest', async () => {
    const policy = 'score.cutoff = 0\n';
    const coverage = await plan(snapshot, {
      policy: `${policy}order = "coverage"`,
      budgetBytes: 7e6,
    });
    assert.deepEqual(
      [0, 40, 43].map((rank) => isPlanned(coverage.codes[rank]!)),
      [true, true, true],
    );
    assert.equal(pointAt(coverage.curve, coverage.cut).artists, 3);
    const rarity = await plan(snapshot, { policy: `${policy}order = "rarity"`, budgetBytes: 7e6 });
    assert.equal(rarity.stages[1]!.name, 'one of each artist');
    assert.ok(rarity.stages[1]!.steps <= 3);
  });

  test('coverage takes one of each language too, and a snapshot that knows none goes without', async () => {
    const tracks = [
      { popularity: 40, album: 0 },
      { popularity: 30, album: 0 },
      { popularity: 20, album: 1 },
      { popularity: 10, album: 2 },
    ].map((track) => ({ ...track, durationMs: 100_000, artist: 0 }));
    const artists = [{ place: 'IS' }];
    const asked = { policy: 'order = "coverage"', budgetBytes: 4_000_000 };
    const told = ['isl', 'isl', 'deu'].map((language) => ({ language }));
    const made = await plan({ tracks, albums: told, artists }, asked);
    assert.deepEqual(
      made.stages.map(({ name }) => name.replace('one of each ', '')),
      ['place', 'language', 'artist', 'album', 'the rest'],
    );
    assert.deepEqual([...made.codes].map(isPlanned), [true, false, false, true]);
    const untold = await plan({ tracks, albums: [{}, {}, {}], artists }, asked);
    assert.deepEqual([...untold.codes].map(isPlanned), [true, false, true, false]);
    const filtered = await plan(
      { tracks, albums: [{}, {}, {}], artists },
      { policy: 'filter.language = ["isl"]' },
    );
    assert.equal(filtered.header.statuses['skipped:filtered'], 4);
  });

  test('stages end where their name says, and the last ends with the curve', async () => {
    const made = await plan(madeUp(300, 6));
    const heard = pointAt(made.curve, made.stages[0]!.steps).tracks;
    const codes = [...made.codes];
    assert.equal(heard, codes.slice(0, made.header.totals.heard).filter(isPlanned).length);
    assert.equal(made.stages.at(-1)!.steps, made.curve.steps);
  });
});

describe('bad input is told', () => {
  test('an impossible budget, an empty catalogue', async () => {
    const tracks = [{ popularity: 1 }];
    for (const budgetBytes of [0, 1e16])
      await assert.rejects(plan({ tracks }, { budgetBytes }), { code: 'PLAN_BUDGET' });
    await assert.rejects(plan({ tracks: [] }), { code: 'PLAN_EMPTY' });
  });

  test('all popularity zero, all of it missing, all durations missing: a plan that says so', async () => {
    const zero = await plan({ tracks: [{ popularity: 0 }, { popularity: 0 }] });
    assert.deepEqual(zero.header.statuses, { 'skipped:low-priority': 2 });
    assert.equal(zero.curve.steps, 0);
    assert.equal(planAt(zero, 1e9).shares.listens, 0);
    const missing = await plan({ tracks: [{}, {}] });
    assert.deepEqual(statuses(missing), ['original wanted', 'original wanted']);
    assert.equal(missing.header.totals.unknown, 2);
    assert.equal(missing.header.totals.withoutDuration, 2);
    assert.equal(pointAt(missing.curve, missing.cut).bytes, 2 * Math.ceil(2070 * 2000));
    assert.equal(planAt(missing, null).shares.listens, 0);
  });
});

test('what is held may have several ISRCs each, and what was withdrawn holds none', async () => {
  const count = 1200;
  const isrc = (row: number, number: number) =>
    `XX${100 + number}26${String(row).padStart(5, '0')}`;
  const tracks = Array.from({ length: count }, (_, row) => ({
    popularity: 50,
    durationMs: 1000,
    isrc: isrc(row, 0),
  }));
  const held = tracks.map((_, rank) => ({
    ...{ rank, originalBytes: 10, opusBytes: undefined, right: 'free' as const, withdrawn: false },
    isrcs: [0, 1, 2, 3].map((number) => isrc(rank, number)),
  }));
  assert.deepEqual(new Set(statuses(await plan({ tracks, held }))), new Set(['original held']));
  const twins = [tracks[0]!, tracks[0]!];
  const gone = [{ ...held[0]!, withdrawn: true }];
  assert.deepEqual(statuses(await plan({ tracks: twins, held: gone })), [
    'skipped:withdrawn',
    'original wanted',
  ]);
});
