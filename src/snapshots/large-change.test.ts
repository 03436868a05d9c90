import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { currentSnapshot, listSnapshots } from '../catalogue/snapshot-open.ts';
import type { TrackRow } from '../model/catalogue-row.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { sampleAlbum, sampleArtist, sampleTrack, writeSampleImport } from './import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-large-change-'));
after(() => fs.rmSync(root, { recursive: true }));
const ROWS = 1500;
const numbers = Array.from({ length: ROWS }, (_, number) => number);
let dumps = 0;

/** A newer dump of the one source, of `track` for each number. */
function write(
  catalogue: string,
  track: (number: number) => Partial<TrackRow> & Pick<TrackRow, 'id'>,
  rest: Parameters<typeof writeSampleImport>[1] = {},
) {
  dumps += 1;
  const date = new Date(Date.UTC(2026, 0, dumps)).toISOString().slice(0, 10);
  const tracks = numbers.map((number) =>
    sampleTrack({ popularity: number % 90, ...track(number) }),
  );
  const popularity = { origin: 'x', method: 'given', date: null };
  return writeSampleImport(catalogue, { tracks, ...rest }, { source: 'x', date, popularity });
}

function build(catalogue: string) {
  const deps = { disk: realDisk, catalogue, watch: unwatched, threads: 1 };
  return buildSnapshot({ memoryBytes: 2 ** 28 }, deps);
}

const plain = (number: number) => ({ id: `x:t${number}` });

test('a dump that gives all its tracks other ids waits for a person, and one that redirects them does not', async () => {
  const catalogue = path.join(root, 'ids');
  write(catalogue, plain);
  const before = (await build(catalogue)).manifest!.id;
  const other = (number: number) => ({ id: `x:n${number}`, title: `title of x:t${number}` });
  write(catalogue, other);
  await assert.rejects(build(catalogue), {
    ...{
      code: 'BUILD_CHANGE',
      seen: /^snapshot [0-9a-f]{16}: tracks: 1500 of 1500 ids looked at are gone$/,
    },
  });
  assert.equal(currentSnapshot(realDisk, catalogue), before);
  assert.equal(listSnapshots(realDisk, catalogue).length, 2);
  const redirects = numbers.map((number) => ({ from: `x:t${number}`, to: `x:n${number}` }));
  write(catalogue, other, { redirects });
  const after = (await build(catalogue)).manifest!.id;
  assert.equal(currentSnapshot(realDisk, catalogue), after);
});

test('ids that say another title and artist are a takeover from a fifth on, and less is a newer state', async () => {
  const catalogue = path.join(root, 'names');
  write(catalogue, plain);
  await build(catalogue);
  const renamed = (share: number) => (number: number) => ({
    ...plain(number),
    ...(number % 20 < share * 20 ? { title: 'Bought', artist: 'A Buyer' } : {}),
  });
  write(catalogue, renamed(0.15));
  const accepted = (await build(catalogue)).manifest!.id;
  assert.equal(currentSnapshot(realDisk, catalogue), accepted);
  write(catalogue, renamed(1));
  await assert.rejects(build(catalogue), {
    ...{
      code: 'BUILD_CHANGE',
      seen: /: tracks: 1275 of 1500 ids that stayed say another title or artist$/,
    },
  });
  assert.equal(currentSnapshot(realDisk, catalogue), accepted);
});

test('ids of albums and artists are looked at as well', async () => {
  const catalogue = path.join(root, 'kinds');
  const kinds = (name: string) => ({
    albums: numbers.map((number) =>
      sampleAlbum({ id: `x:r${number}`, title: `${name} ${number}` }),
    ),
    artists: numbers.map((number) =>
      sampleArtist({ id: `x:a${number}`, name: `${name} ${number}` }),
    ),
  });
  write(catalogue, plain, kinds('one'));
  await build(catalogue);
  write(catalogue, plain, kinds('other'));
  await assert.rejects(build(catalogue), {
    code: 'BUILD_CHANGE',
    seen: /: artists: 1500 of 1500 ids that stayed say another name; albums: 1500 of 1500 ids that stayed say another title or artist$/,
  });
});

test('a snapshot in use that cannot be read is told, and the newer one waits', async () => {
  const catalogue = path.join(root, 'damaged');
  write(catalogue, plain);
  const { directory, manifest } = await build(catalogue);
  const file = path.join(directory, 'tracks.rows');
  const bytes = fs.readFileSync(file);
  bytes.fill(7);
  fs.writeFileSync(file, bytes);
  write(catalogue, plain);
  await assert.rejects(build(catalogue), {
    ...{
      code: 'BUILD_CHANGE',
      seen: /ids were not compared with the snapshot in use \(SEARCH_INDEX_DAMAGED: /,
    },
  });
  assert.equal(currentSnapshot(realDisk, catalogue), manifest!.id);
});
