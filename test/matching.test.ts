import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { type SeededRandom, seededRandom } from '../src/base/seeded-random.ts';
import type { CatalogueTrack, Snapshot } from '../src/catalogue/snapshot-look-up.ts';
import { openSnapshot } from '../src/catalogue/snapshot-open.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { openSqliteLedger } from '../src/ledger/sqlite-ledger.ts';
import { openCandidates } from '../src/matching/find-candidates.ts';
import { type MatchReport, matchTracks } from '../src/matching/match-tracks.ts';
import type { Fact } from '../src/model/fact.ts';
import { type HeldSample, heldFact } from './support/held-facts.ts';
import { buildSmallCatalogue } from './support/small-catalogue.ts';

const ROWS = 20_000;
const KNOWN_ITEMS = 1000;
const uuid = (digit: number) => `${digit}0000000-0000-4000-8000-00000000000${digit}`;

const PERSON = uuid(0);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-matching-'));
let snapshot: Snapshot;

before(async () => {
  const directory = await buildSmallCatalogue(folder, {
    generated: { seed: 11, rows: ROWS, revision: 1 },
    rows: [
      { id: uuid(1), title: 'Slow Water', artist: 'Norden', duration_ms: 200_000 },
      {
        ...{ id: uuid(2), title: 'Slow Water', artist: 'Quiet Hands', album: 'Rooms' },
        ...{ album_id: uuid(8), duration_ms: 180_000, isrcs: ['QMAAA2600001'] },
        artist_ids: [PERSON],
      },
      { id: uuid(3), title: 'Twice', artist: 'Pair', duration_ms: 100_000 },
      { id: uuid(4), title: 'Twice', artist: 'Pair', duration_ms: 101_000 },
      {
        ...{ id: uuid(6), title: 'Sonata Part VIII', artist: 'Quiet Hands', album: 'Rooms' },
        ...{ artist_ids: [PERSON], album_id: uuid(8), duration_ms: 300_000 },
      },
      { id: uuid(5), title: 'No Length', artist: 'Pair', album: 'Known', album_id: uuid(9) },
    ],
    albums: [{ id: uuid(8), title: 'Rooms', artist: 'Quiet Hands', artist_ids: [PERSON] }],
    artists: [{ id: PERSON, name: 'Quiet Hands' }],
    redirects: [{ from: uuid(7), to: uuid(1) }],
  });
  snapshot = openSnapshot(realDisk, directory);
});
after(() => {
  snapshot[Symbol.dispose]();
  fs.rmSync(folder, { recursive: true });
});

const openLedger = (): Ledger =>
  openSqliteLedger(':memory:', { clock: fixedClock('2026-01-02T03:04:05Z') });

async function match(ledger: Ledger, keeps = true): Promise<MatchReport> {
  using candidates = openCandidates(realDisk, snapshot);
  return await matchTracks({ ledger, candidates, keeps }, unwatched);
}

async function matchOne(sample: HeldSample) {
  await using ledger = openLedger();
  const { fact, trackId } = heldFact('one', sample);
  await ledger.commit([fact]);
  const report = await match(ledger);
  return { report, found: await ledger.matchOf(trackId) };
}

const DECIDED: readonly (readonly [string, HeldSample, number | null, string | null])[] = [
  [
    'an MBID leads to its recording',
    { title: 'Slow Water', artist: 'Norden', durationMs: 200_400, mbid: uuid(1) },
    1,
    'mbid',
  ],
  [
    'an MBID that now means another is followed',
    { title: 'slow water', artist: 'NORDEN', durationMs: 200_400, mbid: uuid(7) },
    1,
    'mbid',
  ],
  [
    'an MBID that names and duration contradict is not believed',
    { title: 'Something Else', artist: 'Nobody', durationMs: 90_000, mbid: uuid(1) },
    null,
    null,
  ],
  [
    'an ISRC with the title is enough',
    { title: 'Slow Water', artist: 'Q. Hands', durationMs: 181_000, isrc: 'QMAAA2600001' },
    2,
    'isrc',
  ],
  [
    'an ISRC of another sound is not believed',
    { title: 'Another', artist: 'Other', durationMs: 20_000, isrc: 'QMAAA2600001' },
    null,
    null,
  ],
  [
    'folded names and the duration are enough',
    { title: '02 - SLOW WATER (feat. Someone)', artist: 'The Norden', durationMs: 202_900 },
    1,
    'names',
  ],
  [
    'a duration of more than 3 s apart is another recording',
    { title: 'Slow Water', artist: 'Norden', durationMs: 203_100 },
    null,
    null,
  ],
  [
    'two recordings that fit alike are left to a person',
    { title: 'Twice', artist: 'Pair', durationMs: 100_500 },
    null,
    null,
  ],
  [
    'a live recording is not the one of the studio',
    { title: 'Slow Water (Live)', artist: 'Norden', durationMs: 200_000 },
    null,
    null,
  ],
  [
    'an ISRC and both names are enough for half a minute more',
    { title: 'Slow Water', artist: 'Quiet Hands', durationMs: 209_000, isrc: 'QMAAA2600001' },
    2,
    'isrc',
  ],
  [
    'an ISRC and the duration are enough for what has no names',
    { title: 'Track 1', artist: 'Unknown Artist', durationMs: 180_900, isrc: 'QMAAA2600001' },
    2,
    'isrc',
  ],
  [
    'an artist and a title in the place of each other are one of the readings',
    { title: 'Norden', artist: 'Slow Water', durationMs: 200_000 },
    1,
    'names',
  ],
  [
    'artist and title are read out of the title',
    { title: '03 - Norden - Slow Water.mp3', artist: 'Unknown Artist', durationMs: 200_000 },
    1,
    'names',
  ],
  [
    'where nobody wrote the artist the album speaks for it',
    { title: 'Slow Water', artist: 'Various Artists', album: 'Rooms', durationMs: 180_000 },
    2,
    'names',
  ],
  [
    'without artist and album nothing is decided',
    { title: 'Slow Water', artist: 'Various Artists', durationMs: 180_000 },
    null,
    null,
  ],
  [
    'a letter mistyped in the title of a known artist',
    { title: 'Slwo Water', artist: 'Quiet Hands', durationMs: 180_000 },
    2,
    'names',
  ],
  [
    'a Roman number more is another part',
    { title: 'Sonata Part VII', artist: 'Quiet Hands', durationMs: 300_000 },
    null,
    null,
  ],
  [
    'without a known duration the album must be the same',
    { title: 'No Length', artist: 'Pair', album: 'Known', durationMs: 5000 },
    5,
    'names',
  ],
  [
    'sound whose bytes do not state its length is decided by the album',
    { title: 'Slow Water', artist: 'Quiet Hands', album: 'Rooms', durationMs: 0 },
    2,
    'names',
  ],
  [
    'without a known duration and album nothing is decided',
    { title: 'No Length', artist: 'Pair', durationMs: 5000 },
    null,
    null,
  ],
];

for (const [name, sample, wanted, by] of DECIDED)
  test(name, async () => {
    const { found } = await matchOne(sample);
    assert.equal(found?.catalogueId, wanted === null ? undefined : `mbid:${uuid(wanted)}`);
    assert.equal(found?.by, by ?? undefined);
  });

test('what is ambiguous is listed with its candidates and its reason', async () => {
  const { report } = await matchOne({ title: 'Twice', artist: 'Pair', durationMs: 100_500 });
  assert.deepEqual(
    report.unsure.map(({ why, candidates }) => [why, [...candidates].sort()]),
    [['names: 2 recordings fit alike', [`mbid:${uuid(3)}`, `mbid:${uuid(4)}`]]],
  );
});

test('a match that was undone is not made again, and a second run changes nothing', async () => {
  await using ledger = openLedger();
  const { fact, trackId } = heldFact('a', {
    ...{ title: 'Slow Water', artist: 'Norden', durationMs: 200_000 },
  });
  await ledger.commit([fact]);
  assert.equal((await match(ledger, false)).matched.names, 1);
  assert.equal(await ledger.matchOf(trackId), undefined);
  assert.equal((await match(ledger)).matched.names, 1);
  const seq = (await ledger.lastFact())!.seq;
  assert.equal((await match(ledger)).looked, 0);
  assert.equal((await ledger.lastFact())!.seq, seq);
  const catalogueId = (await ledger.matchOf(trackId))!.catalogueId;
  await ledger.commit([{ kind: 'track-unmatched', trackId, catalogueId, reason: 'a cover' }]);
  assert.deepEqual((await match(ledger)).matched, { mbid: 0, isrc: 0, names: 0 });
  assert.equal(await ledger.matchOf(trackId), undefined);
});

/** A row without a recording of its own is one. */
const recordingOf = ({ id, recordingId }: CatalogueTrack) => recordingId ?? id;

const plain = (text: string) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
/** What happens to tags on their way through people and programs. */
const MANGLINGS: readonly ((row: CatalogueTrack, random: SeededRandom) => Partial<HeldSample>)[] = [
  () => ({}),
  ({ title, artist }) => ({ title: title.toUpperCase(), artist: artist.toLowerCase() }),
  ({ title, artist }) => ({ title: plain(title), artist: plain(artist) }),
  ({ title }, random) => ({ title: `${1 + random.below(20)}. ${title}` }),
  ({ title, artist }) => ({ title: `${artist} - ${title}.mp3` }),
  ({ title }) => ({ title: `${title} (2011 Remastered)` }),
  ({ title }) => ({ title: `${title} [Official Video]` }),
  ({ title }) => ({ title: `${title} (feat. Somebody)` }),
  ({ artist }) => ({ artist: `${artist} feat. Somebody Else` }),
  ({ artist }) => ({ artist: `The ${artist}` }),
  ({ title, artist }) => ({ title: ` ${title.replaceAll(' ', '_')} `, artist: `${artist}!` }),
  ({ title }) => ({ title: title.slice(1) || title }),
  ({ title }) => ({ title: `${title} (Live)` }),
  () => ({ artist: 'Various Artists' }),
  () => ({ title: 'Track 01', artist: 'Unknown Artist' }),
  ({ title, artist }) => ({ title: artist, artist: title }),
  ({ title, artist }) => ({ title: `${artist} - ${title}`, artist: 'Unknown Artist' }),
  ({ title, artist }) => ({ title: `${title} ft. Guest`, artist: `${artist}; Guest` }),
  ({ title }, random) => ({ title: swapped(title, random.below(Math.max(1, title.length - 1))) }),
  ({ title }) => ({ title: `${title}e` }),
];

function swapped(text: string, at: number): string {
  return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
}

/** Known items of which the catalogue has no track: one's artist, another's title, and a duration of either. */
const STRANGERS = 300;

test('of a thousand known items with mangled tags, those that match are right', async (t) => {
  const random = seededRandom(5);
  await using ledger = openLedger();
  const facts: Fact[] = [];
  const truth = new Map<string, CatalogueTrack | undefined>();
  const rowAt = (rank: number) => snapshot.tracksAt([rank])[0]!;
  for (let item = 0; facts.length < KNOWN_ITEMS; item += 1) {
    const row = rowAt(random.below(ROWS));
    if (row.durationMs === null) continue;
    const offMs = random.below(20) === 0 ? 25_000 : random.below(5000) - 2500;
    // Two in five files carry an ISRC, and one of twenty that of another track.
    const source = random.below(20) === 0 ? rowAt(random.below(ROWS)) : row;
    const isrc = random.below(5) < 2 || source !== row ? source.isrcs[0] : undefined;
    const { fact, trackId } = heldFact(`item ${item}`, {
      title: row.title,
      artist: row.artist,
      ...(random.below(3) === 0 && row.album !== null ? { album: row.album } : {}),
      ...(isrc === undefined ? {} : { isrc }),
      durationMs: Math.max(1000, row.durationMs + offMs),
      ...MANGLINGS[item % MANGLINGS.length]!(row, random),
    });
    facts.push(fact);
    truth.set(trackId, row);
  }
  for (let item = 0; item < STRANGERS; item += 1) {
    const [row, other] = [rowAt(random.below(ROWS)), rowAt(random.below(ROWS))];
    const { title, album, durationMs } = item % 2 === 0 ? other : { ...row, title: other.title };
    const { fact, trackId } = heldFact(`stranger ${item}`, {
      ...{ title, artist: row.artist, durationMs: durationMs ?? 200_000 },
      ...(item % 3 === 0 && album !== null ? { album } : {}),
    });
    facts.push(fact);
    truth.set(trackId, undefined);
  }
  await ledger.commit(facts);
  const report = await match(ledger);
  let [right, wrong] = [0, 0];
  for (const [trackId, row] of truth) {
    const found = await ledger.matchOf(trackId);
    if (!found) continue;
    const other = snapshot.track(found.catalogueId)!;
    const isRight = row !== undefined && recordingOf(other) === recordingOf(row);
    if (isRight) right += 1;
    else {
      wrong += 1;
      t.diagnostic(
        `${found.reason}: ${row?.artist} – ${row?.title} as ${other.artist} – ${other.title}`,
      );
    }
  }
  const precision = right / (right + wrong);
  t.diagnostic(
    `precision ${(precision * 100).toFixed(2)} %, recall ${((right / KNOWN_ITEMS) * 100).toFixed(1)} % (${right} right, ${wrong} wrong, ${report.unsureCount} unsure, ${report.unknown} unknown)`,
  );
  assert.ok(precision >= 0.995, `precision ${precision}`);
  assert.ok(right >= KNOWN_ITEMS * 0.8, `recall ${right / KNOWN_ITEMS}`);
});
