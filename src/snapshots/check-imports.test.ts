import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { unwatched, type Watch } from '../base/progress.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { listImports } from '../catalogue/imports.ts';
import { listSnapshots } from '../catalogue/snapshot-open.ts';
import type { BuildRequest } from './build-request.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { checkImportFiles, importFiles } from './check-imports.ts';
import { sampleAlbum, sampleArtist, sampleTrack, writeSampleImport } from './import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-check-imports-'));
after(() => fs.rmSync(root, { recursive: true }));
const random = seededRandom(20_261_122);
/** Of each file, when a build is tried. */
const FLIPS = 2;

/** An import with every table in a new catalogue: tracks and their features in four shards each. */
function newCatalogue(name: string): string {
  const catalogue = path.join(root, name);
  const tracks = Array.from({ length: 200 }, (_, number) =>
    sampleTrack({ id: `x:t${number}`, albumId: 'x:r', artistIds: ['x:a'], listens: number }),
  );
  const features = tracks.map(({ id }, number) => ({
    ...{ id, key: number % 12, mode: null, tempoBpm: null, loudnessDb: null, energy: null },
    ...{ danceability: null, valence: null, speechiness: null, instrumentalness: null },
    ...{ acousticness: null, liveness: null },
  }));
  writeSampleImport(
    catalogue,
    {
      ...{ tracks, features, albums: [sampleAlbum({ id: 'x:r' })] },
      artists: [sampleArtist({ id: 'x:a' })],
      links: [{ id: 'x:a', kind: 'homepage', url: 'https://x.example.org/' }],
      redirects: [{ from: 'x:old', to: 'x:t1' }],
      counts: [{ id: 'x:t2', listens: 9, listeners: 3 }],
    },
    { source: 'x', shardRows: 50 },
  );
  return catalogue;
}

function filesOf(catalogue: string) {
  return listImports(realDisk, catalogue).flatMap(importFiles);
}

function build(catalogue: string, request: BuildRequest = {}, watch: Watch = unwatched) {
  const small = { memoryBytes: 2 ** 28, rangeRows: 60, ...request };
  return buildSnapshot(small, { disk: realDisk, catalogue, watch, threads: 1 });
}

/** What comes of `body` while `file` has other bytes. */
async function withBytes<T>(file: string, bytes: Uint8Array | null, body: () => Promise<T>) {
  const good = fs.readFileSync(file);
  fs.rmSync(file);
  if (bytes) fs.writeFileSync(file, bytes);
  try {
    return await body();
  } finally {
    fs.writeFileSync(file, good);
  }
}

function flipped(file: string): Buffer {
  const bytes = fs.readFileSync(file);
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
}

test('a changed bit in any file of an import ends the build before it names a snapshot', async () => {
  const catalogue = newCatalogue('flipped');
  const files = filesOf(catalogue);
  assert.equal(new Set(files.map(({ table }) => table)).size, 7);
  for (const { path: file, name, sha256 } of files)
    for (let flip = 0; flip < FLIPS; flip += 1)
      await withBytes(file, flipped(file), () =>
        assert.rejects(build(catalogue), (error: { code: string; seen: string }) => {
          assert.equal(error.code, 'IMPORT_FILE_DAMAGED');
          assert.match(error.seen, new RegExp(`^${name}: SHA-256 [0-9a-f]{64}, not ${sha256}$`));
          return true;
        }),
      );
  assert.deepEqual(listSnapshots(realDisk, catalogue), []);
  assert.notEqual((await build(catalogue)).manifest, null);
});

test('files that are cut short or gone are named with what was wanted, and the others are still looked at', async () => {
  const catalogue = newCatalogue('cut');
  const files = filesOf(catalogue);
  const deps = { disk: realDisk, threads: 1, watch: unwatched };
  const [first, second] = [files[0]!, files[1]!];
  const check = () => checkImportFiles(files, deps);
  const short = fs.readFileSync(first.path).subarray(0, -1);
  const { findings } = await withBytes(first.path, short, () =>
    withBytes(second.path, null, check),
  );
  assert.deepEqual(
    findings.map(({ code, subject, seen }) => [code, subject, seen]),
    [
      ['IMPORT_FILE_DAMAGED', first.name, `${first.bytes - 1} bytes, not ${first.bytes}`],
      ['IMPORT_FILE_DAMAGED', second.name, 'not there'],
    ],
  );
  assert.deepEqual(await check(), {
    ...{ files: files.length, findings: [], interrupted: false },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const watch = { ...unwatched, stop: AbortSignal.abort() };
  assert.equal((await checkImportFiles(files, { ...deps, watch })).interrupted, true);
});

test('a build that goes on compares what it still reads, and does without what it let go', async () => {
  const whole = await build(newCatalogue('whole'));
  const catalogue = newCatalogue('consumed');
  const stopping = new AbortController();
  const progress: Watch['progress'] = ({ stage, doneItems }) => {
    if (stage === 'sort out tracks' && doneItems === 2) stopping.abort();
  };
  const wish = { consume: true };
  assert.equal((await build(catalogue, wish, { progress, stop: stopping.signal })).manifest, null);
  const left = filesOf(catalogue).filter((file) => fs.existsSync(file.path));
  assert.ok(left.length < filesOf(catalogue).length, 'some are gone');
  const last = left.findLast(({ table }) => table === 'tracks')!;
  await withBytes(last.path, flipped(last.path), () =>
    assert.rejects(build(catalogue, wish), { code: 'IMPORT_FILE_DAMAGED' }),
  );
  assert.deepEqual((await build(catalogue, wish)).manifest, whole.manifest);
});
