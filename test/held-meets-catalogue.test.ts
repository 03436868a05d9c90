import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openCovers } from '../src/art/covers.ts';
import { openPictureCache } from '../src/art/picture-cache.ts';
import { openSpectrograms } from '../src/art/spectrograms.ts';
import { unwatched } from '../src/base/progress.ts';
import { type ArchiveSearch, openArchiveSearch } from '../src/catalogue-search.ts';
import {
  type CataloguedArchive,
  matchIfCatalogued,
  mergedId,
  mergeIds,
  partIds,
  refreshHeld,
  tellMatch,
  undoMatch,
} from '../src/cataloguing.ts';
import { findHoldings } from '../src/look-up.ts';
import { UNKNOWN_RIGHTS } from '../src/model/rights.ts';
import { createSite } from '../src/server/site.ts';
import type { SitePort } from '../src/server/site-port.ts';
import { layoutOf } from '../src/store/layout.ts';
import { heldFact } from './support/held-facts.ts';
import { type SmallArchive, smallArchive } from './support/small-archive.ts';
import { buildSmallCatalogue, type HandRow } from './support/small-catalogue.ts';

const uuid = (digit: number) => `${digit}0000000-0000-4000-8000-00000000000${digit}`;
const mbid = (digit: number) => `mbid:${uuid(digit)}`;
const ROWS: readonly HandRow[] = [
  { id: uuid(1), title: 'Slow Water', artist: 'Norden', duration_ms: 200_000 },
  { id: uuid(2), title: 'Deep Water', artist: 'Norden', duration_ms: 210_000 },
  { id: uuid(3), title: 'Water', artist: 'Glass', album: 'Rooms', album_id: uuid(8) },
  { id: uuid(4), title: 'Watter Mill', artist: 'Glass', duration_ms: 99_000 },
  ...[
    { id: uuid(6), album_id: `${uuid(6)}-a`, album: 'Left' },
    { id: uuid(7), album_id: `${uuid(7)}-a`, album: 'Right' },
  ].map((row) => ({
    ...{ ...row, title: 'Both Sides', artist: 'Glass', recording_id: uuid(5) },
    isrcs: ['QMAAA2600005'],
  })),
];
const HELD = heldFact('held', { title: 'SLOW WATER', artist: 'norden', durationMs: 201_000 });
const DARK = heldFact('dark', {
  ...{ title: 'Deep Water', artist: 'Norden', durationMs: 210_000 },
  rights: { ...UNKNOWN_RIGHTS, dark: true },
});
const NEW = heldFact('new', { title: 'Water Works', artist: 'Us', durationMs: 60_000 });

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-meets-'));
let small: SmallArchive;
let archive: CataloguedArchive;
let search: ArchiveSearch;
let site: SitePort;

before(async () => {
  small = await smallArchive({ root });
  const layout = layoutOf(root);
  archive = { disk: small.disk, ledger: small.ledger, layout };
  search = openArchiveSearch(archive, { processes: 1 });
  const pictures = {
    ...small,
    cache: openPictureCache(small.disk, layout.cache),
    audio: () => assert.fail('no picture is asked for here'),
  };
  site = createSite({
    ...small,
    covers: openCovers(pictures),
    spectrograms: openSpectrograms(pictures),
    search,
    reported: () => null,
    catalogue: { look: search.look, meant: (id) => mergedId(small.ledger, id) },
    archive: { name: 'Test', operator: null, contact: null, publicKey: null },
  });
  await small.ledger.commit([HELD.fact, DARK.fact, NEW.fact]);
});
after(async () => {
  await search[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

async function tracks(query: string, cursor: string | null = null, limit = 10) {
  return (await search.search(query, { cursor, limit })).tracks;
}

test('without a snapshot search is over what is held, and nothing is matched', async () => {
  assert.equal(await matchIfCatalogued(archive, unwatched), undefined);
  assert.deepEqual(
    new Set(await tracks('water')),
    new Set([HELD.trackId, DARK.trackId, NEW.trackId]),
  );
  assert.deepEqual(new Set(await tracks('water held:yes')), new Set([HELD.trackId, NEW.trackId]));
  assert.equal(await site.track(mbid(1)), undefined);
});

test('with one, what is held is matched and whole names lead, then what is new, then the catalogue', async () => {
  await buildSmallCatalogue(path.join(root, 'catalogue'), { rows: ROWS });
  const report = await matchIfCatalogued(archive, unwatched);
  assert.equal(report?.matched.names, 2);
  const found = await tracks('water');
  assert.deepEqual(found.slice(0, 2), [mbid(3), NEW.trackId]);
  assert.deepEqual(new Set(found.slice(2)), new Set([mbid(1), mbid(2)]));
});

test('page by page everything comes once', async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await search.search('water', { cursor, limit: 1 });
    seen.push(...page.tracks);
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(seen.toSorted(), (await tracks('water')).toSorted());
});

test('the filter for what is held knows nothing of what is dark', async () => {
  assert.deepEqual(await tracks('water held:yes'), [NEW.trackId, mbid(1)]);
  assert.deepEqual(new Set(await tracks('water held:no')), new Set([mbid(2), mbid(3)]));
});

test('the page of a catalogued track is that of what is held, where it may be shown', async () => {
  assert.equal((await site.track(mbid(1)))?.id, HELD.trackId);
  for (const digit of [2, 3]) {
    const view = await site.track(mbid(digit));
    assert.deepEqual([view?.id, view?.status, view?.files], [mbid(digit), 'known', []]);
  }
  const album = await site.album(mbid(8));
  assert.deepEqual(
    [album?.title, album?.artist, album?.tracks.map(({ id }) => id)],
    ['Rooms', { id: null, name: 'Glass' }, [mbid(3)]],
  );
  const results = await site.search('water', null);
  assert.deepEqual(
    results.tracks.map(({ id, status }) => [id, status === 'known']),
    [
      [mbid(3), true],
      [NEW.trackId, false],
      ...(await tracks('water'))
        .slice(2)
        .map((id) => (id === mbid(1) ? [HELD.trackId, false] : [id, true])),
    ],
  );
  assert.deepEqual(
    (await findHoldings(small.ledger, mbid(1))).map(({ trackId }) => trackId),
    [HELD.trackId],
  );
});

test('a recording has a page with all its tracks, and each tells the others', async () => {
  const recording = await site.recording(mbid(5));
  assert.deepEqual(
    [recording?.id, recording?.title, recording?.isrcs],
    [mbid(5), 'Both Sides', ['QMAAA2600005']],
  );
  assert.deepEqual(
    recording?.tracks.map(({ id, album }) => [id, album?.name]),
    [
      [mbid(6), 'Left'],
      [mbid(7), 'Right'],
    ],
  );
  const track = await site.track(mbid(6));
  assert.equal(track?.recordingId, mbid(5));
  assert.deepEqual(track.evidence, [
    { kind: 'recording', id: mbid(7) },
    { kind: 'isrc', id: mbid(7) },
  ]);
  assert.deepEqual((await site.track(HELD.trackId))?.evidence, [{ kind: 'match', id: mbid(1) }]);
  assert.equal(await site.recording(mbid(9)), undefined);
});

test('many ids, ISRCs and UPCs are looked up at once, in their order', async () => {
  const asked = [
    ...[mbid(1), 'QMAAA2600005', 'mbid:none', mbid(5), '036000291452'],
    ...[uuid(1), 'rank:0', 'rank:99', 'rank:4294967296'],
  ];
  const { found } = (await site.lookUp(asked))!;
  assert.deepEqual(
    found.map(({ kind, tracks: rows }) => [kind, rows.map(({ id }) => id)]),
    [
      ['track', [mbid(1)]],
      ['isrc', [mbid(6), mbid(7)]],
      [null, []],
      ['recording', [mbid(6), mbid(7)]],
      [null, []],
      ['track', [mbid(1)]],
      ['track', found[6]!.tracks.map(({ id }) => id)],
      [null, []],
      [null, []],
    ],
  );
  assert.deepEqual([found[6]!.tracks.length, found[6]!.tracks[0]!.rank], [1, 0]);
  assert.deepEqual(
    found.map((one) => one.asked),
    asked,
  );
});

test('a match that is undone or told changes what is held, without a build', async () => {
  const undone = { trackId: HELD.trackId, reason: 'a cover' };
  const told = { trackId: NEW.trackId, catalogueId: mbid(4), reason: 'I recorded it' };
  const before = await small.ledger.lastFact();
  const keeps = { keeps: false };
  assert.equal((await undoMatch(archive, undone, keeps)).catalogueId, mbid(1));
  assert.equal((await tellMatch(archive, told, keeps)).catalogueId, mbid(4));
  assert.deepEqual(await small.ledger.lastFact(), before);
  await undoMatch(archive, undone);
  await tellMatch(archive, told);
  assert.deepEqual(await tracks('held:yes'), [HELD.trackId, mbid(4)]);
  assert.equal((await tracks('works')).includes(NEW.trackId), false);
  await tellMatch(archive, { ...told, trackId: HELD.trackId, catalogueId: mbid(1) });
  assert.equal((await small.ledger.matchOf(HELD.trackId))?.by, 'operator');
  await assert.rejects(tellMatch(archive, { ...told, catalogueId: mbid(9) }), {
    code: 'CATALOGUE_UNKNOWN_ID',
  });
});

test('what a person merges is one thing until it is undone', async () => {
  await mergeIds(archive, { from: mbid(4), to: mbid(2), reason: 'a misspelling' });
  assert.deepEqual(await tracks('watter'), [mbid(2)]);
  assert.equal((await site.track(mbid(4)))?.id, NEW.trackId);
  await assert.rejects(mergeIds(archive, { from: mbid(2), to: mbid(4), reason: 'back' }), {
    code: 'MERGE_RING',
  });
  await partIds(archive, { from: mbid(4), reason: 'it is not' });
  assert.deepEqual(await tracks('watter'), [mbid(4)]);
  await assert.rejects(partIds(archive, { from: mbid(4), reason: 'again' }), {
    code: 'MERGE_MISSING',
  });
});

test('a newer snapshot keeps matches and addresses, also where an id now means another', async () => {
  await buildSmallCatalogue(path.join(root, 'catalogue'), {
    rows: [{ ...ROWS[0]!, id: uuid(9) }, ...ROWS.slice(1)],
    redirects: [{ from: uuid(1), to: uuid(9) }],
    date: '2026-02-03',
  });
  await refreshHeld(archive);
  assert.deepEqual(await tracks('slow water held:yes'), [mbid(9)]);
  for (const id of [mbid(1), mbid(9)]) assert.equal((await site.track(id))?.id, HELD.trackId);
  assert.match((await small.ledger.matchOf(HELD.trackId))!.reason, /now means/);
});
