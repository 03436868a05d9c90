/** Rot in the statistics of a snapshot, which DuckDB would count in silence: found before a report or a plan is made of it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { type Archive, createArchive, openArchive, type World } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { STATISTICS_FILES } from '../src/catalogue/snapshot-files.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { runCataloguePlanPreview } from '../src/catalogue-planning.ts';
import { runReport } from '../src/reporting.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';
import {
  sampleAlbum,
  sampleArtist,
  sampleTrack,
  writeSampleImport,
} from '../src/snapshots/import-samples.ts';
import { statisticsSources } from '../src/snapshots/statistics-source.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-statistics-rot-'));
const home = path.join(root, 'archive');
const catalogue = path.join(home, 'catalogue');
const out = path.join(root, 'report');
const random = seededRandom(20_261_122);
let snapshotId = '';
const world: World = { disk: realDisk, clock: fixedClock('2026-11-21T10:00:00Z'), random };
after(() => fs.rmSync(root, { recursive: true }));

before(async () => {
  await createArchive(home, { name: 'A', contact: 'a@example.org' }, world);
  const tracks = Array.from({ length: 300 }, (_, number) =>
    sampleTrack({
      id: `x:t${number}`,
      albumId: 'x:r',
      artistIds: ['x:a'],
      popularity: number % 99,
    }),
  );
  const albums = [sampleAlbum({ id: 'x:r', artistIds: ['x:a'] })];
  const artists = [sampleArtist({ id: 'x:a' })];
  const popularity = { origin: 'x', method: 'given', date: null };
  writeSampleImport(catalogue, { tracks, albums, artists }, { source: 'x', popularity });
  const deps = { disk: realDisk, catalogue, watch: unwatched, threads: 1 };
  snapshotId = (await buildSnapshot({ memoryBytes: 2 ** 28 }, deps)).manifest!.id;
});

/**
 * What comes of `body` in an archive in whose statistics one bit is changed, in each file in turn. Each is a copy of its own, since
 * what was found good once is not compared again in this process.
 */
async function inEachFlipped(body: (archive: Archive, name: string) => Promise<void>) {
  for (const name of Object.values(STATISTICS_FILES)) {
    const copy = fs.mkdtempSync(path.join(root, 'copy-'));
    fs.cpSync(home, copy, { recursive: true });
    const file = path.join(copy, 'catalogue', 'snapshots', snapshotId, name);
    const bytes = fs.readFileSync(file);
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    fs.writeFileSync(file, bytes);
    await using archive = await openArchive(copy, { write: true }, world);
    await body(archive, name);
  }
}

test('a report is not begun over rotten statistics, which are named', async () => {
  await inEachFlipped(async (archive, name) => {
    await assert.rejects(runReport(archive, out, { memory: '256MB' }, unwatched), {
      ...{ code: 'SNAPSHOT_BLOCK', seen: new RegExp(`^${name}: bytes 0 to \\d+$`) },
    });
    assert.ok(!fs.existsSync(out), 'nothing was written');
  });
});

test('a plan is not made over rotten statistics, which are named', async () => {
  await inEachFlipped(async (archive, name) => {
    await assert.rejects(runCataloguePlanPreview(archive, { budget: '1GB' }), {
      ...{ code: 'SNAPSHOT_BLOCK', seen: new RegExp(`^${name}: bytes 0 to \\d+$`) },
    });
  });
});

test('what was found good is read for the check once in a process, whoever asks', () => {
  let reads = 0;
  const disk: Disk = {
    ...realDisk,
    openForReading(file) {
      if (file.endsWith('.parquet')) reads += 1;
      return realDisk.openForReading(file);
    },
  };
  using snapshot = openCurrentSnapshot(disk, catalogue);
  const first = statisticsSources(disk, snapshot);
  assert.equal(reads, Object.keys(STATISTICS_FILES).length);
  assert.deepEqual(statisticsSources(disk, snapshot), first);
  assert.equal(reads, Object.keys(STATISTICS_FILES).length);
});
