import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { createArchive, openArchive, type World } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { openArchiveSearch } from '../src/catalogue-search.ts';
import { openCatalogue } from '../src/catalogue-snapshots.ts';
import type { HeldHolding } from '../src/ledger/ledger.ts';
import { flagBit } from '../src/model/flags.ts';
import { tellOf } from '../src/report-flags.ts';
import { runReport } from '../src/reporting.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';
import { sampleTrack, writeSampleImport } from '../src/snapshots/import-samples.ts';
import { readStatistic } from './support/report-judge.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-flags-'));
const home = path.join(root, 'archive');
const out = path.join(root, 'report');
const world: World = {
  disk: realDisk,
  clock: fixedClock('2026-11-21T10:00:00Z'),
  random: { bytes: (count) => new Uint8Array(count).fill(7) },
};
after(() => fs.rmSync(root, { recursive: true }));

/** By the flag that they are meant to have; `plain` has none. */
const ODD = {
  'no-duration': { durationMs: 0 },
  'under-a-second': { durationMs: 999 },
  'over-a-day': { durationMs: 86_400_000 },
  'before-recording': { releaseDate: '1859' },
  'after-snapshot': { releaseDate: '2027-01-01' },
  plain: { durationMs: 1000, releaseDate: '1860', popularity: 90 },
} as const;
const BULK = 120;

function rows() {
  const odd = Object.entries(ODD).map(([name, fields]) =>
    sampleTrack({ id: `x:${name}`, ...fields }),
  );
  const bulk = Array.from({ length: BULK }, (_, at) =>
    sampleTrack({
      id: `x:bulk-${at}`,
      title: at % 2 === 0 ? 'Rain  Sounds!' : 'rain sounds',
      artist: 'A',
    }),
  );
  const apart = Array.from({ length: BULK }, (_, at) =>
    sampleTrack({ id: `x:intro-${at}`, title: 'Intro', artist: `Artist ${at}` }),
  );
  return [...odd, ...bulk, ...apart];
}

async function counted() {
  await createArchive(home, { name: 'F', contact: 'f@example.org' }, world);
  const catalogue = path.join(home, 'catalogue');
  writeSampleImport(catalogue, { tracks: rows() }, { source: 'odd', date: '2026-02-01' });
  await buildSnapshot(
    { memoryBytes: 2 ** 28 },
    { disk: realDisk, catalogue, watch: unwatched, threads: 1 },
  );
  await using archive = await openArchive(home, { write: true }, world);
  await runReport(archive, out, {}, unwatched);
}

describe('plausibility flags', () => {
  test('are counted and listed, each track under each of its flags', async () => {
    await counted();
    const { rows: flags } = readStatistic(out, 'flags');
    assert.deepEqual(Object.fromEntries(flags.map(([flag, , tracks]) => [flag, tracks])), {
      ...{ 'no-duration': 1, 'under-a-second': 1, 'over-a-day': 1, 'before-recording': 1 },
      ...{ 'after-snapshot': 1, 'many-tracks': 0, noise: 0, 'same-title': BULK, 'same-sound': 0 },
    });
    const listed = readStatistic(out, 'flagged-tracks').rows;
    for (const flag of Object.keys(ODD))
      assert.deepEqual(
        listed.filter((row) => row[0] === flag).map((row) => row[4]),
        flag === 'plain' ? [] : [`x:${flag}`],
      );
    assert.equal(listed.filter(([flag]) => flag === 'same-title').length, 100);
  });

  test('of titles tell what one artist has in bulk from what many have, which is told beside it', () => {
    const { rows: titles } = readStatistic(out, 'repeated-titles');
    assert.deepEqual(
      titles.slice(0, 2).map(([title, tracks]) => [String(title).length > 4, tracks]),
      [
        [true, BULK],
        [true, BULK],
      ],
    );
    assert.ok(titles.some(([title]) => title === 'Intro'));
  });

  test('are a filter of search', async () => {
    await using archive = await openArchive(home, { write: false }, world);
    await using search = openArchiveSearch(archive, { processes: 1 });
    const found = async (query: string) =>
      (await search.search(query, { cursor: null, limit: 200 })).tracks;
    assert.deepEqual(await found('flag:over-a-day'), ['x:over-a-day']);
    assert.equal((await found('flag:same-title')).length, BULK);
    assert.equal((await found('flag:any')).length, BULK + 5);
    assert.equal((await found('title flag:none')).length, 1);
    assert.equal((await found('rain flag:none')).length, 0);
    assert.equal((await found('intro flag:none')).length, BULK);
    assert.deepEqual(await found('flag:many-tracks'), []);
  });

  test('of sounds are those of the catalogue tracks that are held', async () => {
    await using archive = await openArchive(home, { write: true }, world);
    const held = Array.from({ length: 12 }, (_, at) =>
      holding(`local:${at}`, at < 10 ? 'AAEC' : 'other'),
    );
    for (let at = 0; at < 12; at += 1)
      await archive.ledger.commit([
        {
          kind: 'track-matched',
          ...{ trackId: `local:${at}`, catalogueId: `x:intro-${at}` },
          ...{ by: 'operator', score: 1, reason: 'said so', snapshot: null },
        },
      ]);
    using snapshot = openCatalogue(archive);
    const { bits, sounds } = await tellOf(archive, snapshot, held);
    const told = bits.told(flagBit('same-sound'), 100);
    assert.deepEqual(
      snapshot
        .tracksAt(told.first)
        .map((track) => track?.id)
        .toSorted(),
      Array.from({ length: 10 }, (_, at) => `x:intro-${at}`),
    );
    assert.equal(told.tracks, 10);
    assert.deepEqual(sounds, [
      { files: 2, fingerprints: 1 },
      { files: 10, fingerprints: 1 },
    ]);
  });
});

/** A holding of which the sound and the track matter. */
function holding(trackId: string, fingerprint: string): HeldHolding {
  return { trackId, withdrawn: false, dropped: false, technical: { fingerprint } } as HeldHolding;
}
