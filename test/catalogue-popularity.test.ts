/** Popularity of what the presets read, in the shape in which their sources publish it: import, build, look. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import type { Preset } from '../src/importing/preset.ts';
import { findPreset } from '../src/importing/presets.ts';
import { runImport } from '../src/importing/run-import.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-popularity-'));
after(() => fs.rmSync(root, { recursive: true }));
const COMPUTED =
  'round(100 ln(1 + listens) / ln(1 + most listens)), at least 1 where there are listens';
const random = seededRandom(1);

/** Imports `files`, by their names, into `catalogue`. */
async function take(catalogue: string, preset: Preset, files: Readonly<Record<string, string>>) {
  const paths = Object.entries(files).map(([name, text]) => {
    const file = path.join(root, `${path.basename(catalogue)}-${preset.name}`, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  });
  const clock = fixedClock('2026-01-02T00:00:00Z');
  const deps = { disk: realDisk, clock, random, catalogue, watch: unwatched };
  return await runImport({ preset, paths, dumpDate: '2026-01-01' }, deps);
}

function build(catalogue: string, popularity?: string) {
  const deps = { disk: realDisk, catalogue, watch: unwatched, threads: 1 };
  return buildSnapshot({ memoryBytes: 2 ** 28, popularity }, deps);
}

/** Rows of the snapshot in use, by title. */
function rowsOf(catalogue: string) {
  using snapshot = openCurrentSnapshot(realDisk, catalogue);
  const tracks = new Map([...snapshot.rowsFrom('tracks', 0)].map((row) => [row.title, row]));
  const albums = new Map([...snapshot.rowsFrom('albums', 0)].map((row) => [row.title, row]));
  return { tracks, albums, manifest: snapshot.manifest };
}

const item = (identifier: string, title: string, files: readonly object[]) =>
  JSON.stringify({
    created: 1,
    files,
    metadata: { identifier, title, mediatype: 'audio', creator: 'Ana', date: '1999' },
  });

const file = (name: string, title: string) => ({ name, title, source: 'original', length: '3:07' });

test('downloads of an item at the Internet Archive order its tracks and its album, and are no listens of a track', async () => {
  const catalogue = path.join(root, 'archive-org');
  const scraped = [
    { identifier: 'heard', title: 'Heard', creator: 'Ana', mediatype: 'audio', downloads: 500 },
    { identifier: 'most', title: 'Most', creator: 'Bea', mediatype: 'etree', downloads: 9999 },
    { identifier: 'silent', title: 'Silent', creator: 'Cia', mediatype: 'audio', downloads: 0 },
    { identifier: 'unknown', title: 'Unknown', creator: 'Dio', mediatype: 'audio' },
  ];
  await take(catalogue, findPreset('archive-org'), {
    'scrape-1.json': JSON.stringify({ items: scraped, total: scraped.length }),
    'heard_metadata.json': item('heard', 'Heard', [file('1.flac', 'One'), file('2.flac', 'Two')]),
    'silent_metadata.json': item('silent', 'Silent', [file('1.flac', 'Three')]),
    'other_metadata.json': item('other', 'Other', [file('1.flac', 'Four')]),
  });
  await build(catalogue);
  const { tracks, albums, manifest } = rowsOf(catalogue);
  assert.deepEqual(manifest.popularity, {
    origin: 'archive.org',
    method: `downloads of the item that a track is in; ${COMPUTED}`,
    date: '2026-01-01',
  });
  const heard = Math.round((100 * Math.log(501)) / Math.log(10_000));
  assert.deepEqual(
    ['One', 'Two', 'Three', 'Four'].map((title) => tracks.get(title)!.popularity),
    [heard, heard, 0, null],
  );
  assert.deepEqual(
    ['Heard', 'Most', 'Silent', 'Unknown', 'Other'].map((title) => albums.get(title)!.popularity),
    [heard, 100, 0, null, null],
  );
  assert.ok([...tracks.values()].every(({ listens }) => listens === null));
  assert.deepEqual(manifest.tiers, { heard: 2, zero: 1, unknown: 1 });
});

const FMA = `track_id,album_id,album_title,artist_id,artist_name,artist_website,license_title,license_url,track_date_recorded,track_disc_number,track_duration,track_explicit,track_genres,track_listens,track_number,track_publisher,track_title
2,1,AWOL,1,AWOL,,Attribution,,11/26/2008,1,02:48,Radio-Unsafe,[],1293,3,,Food
3,1,AWOL,1,AWOL,,Attribution,,11/26/2008,1,03:57,,[],0,4,,Electric Ave
5,1,AWOL,1,AWOL,,Attribution,,11/26/2008,1,03:26,,[],,6,,This World
`;

test('a source that gives listens of its own tracks without a word of it is an origin', async () => {
  const catalogue = path.join(root, 'fma');
  await take(catalogue, findPreset('fma'), { 'raw_tracks.csv': FMA });
  await build(catalogue);
  const { tracks, albums, manifest } = rowsOf(catalogue);
  assert.deepEqual(manifest.popularity, {
    origin: 'fma listens',
    method: `listens; ${COMPUTED}`,
    date: '2026-01-01',
  });
  assert.deepEqual(
    ['Food', 'Electric Ave', 'This World'].map((title) => tracks.get(title)!.popularity),
    [100, 0, null],
  );
  assert.equal(albums.get('AWOL')!.popularity, 100);
  await assert.rejects(build(catalogue, 'fma'), {
    ...{ code: 'BUILD_POPULARITY', seen: 'fma; there is fma listens if its tracks have any' },
  });
});

/** A table of tracks with a column of plays, of which the mapping says nothing more. */
function plays(name: string): Preset {
  return {
    ...{ format: 'fonoteca-mapping/1', name, about: name, namespace: name, licence: null },
    files: [
      {
        ...{ kind: 'plays', match: ['*.jsonl'], format: 'jsonl' },
        rows: [
          { table: 'tracks', columns: { id: 'id', title: 'id', artist: 'by', listens: 'plays' } },
        ],
      },
    ],
  };
}

const line = (id: string, count?: number) => `${JSON.stringify({ id, by: 'Ana', plays: count })}\n`;

test('several sources with listens need a choice, and a source whose tracks have none takes no part', async () => {
  const catalogue = path.join(root, 'plays');
  await take(catalogue, plays('one'), { 'one.jsonl': line('a', 50) + line('b') });
  await take(catalogue, plays('mute'), { 'mute.jsonl': line('c') });
  assert.equal((await build(catalogue)).manifest!.popularity!.origin, 'one listens');
  await take(catalogue, plays('two'), { 'two.jsonl': line('d', 7) });
  await assert.rejects(build(catalogue), {
    ...{ code: 'BUILD_POPULARITY', seen: 'one listens, two listens' },
  });
  await assert.rejects(build(catalogue, 'mute listens'), {
    ...{ code: 'BUILD_POPULARITY', seen: 'mute listens; no track has any' },
  });
  assert.deepEqual(fs.readdirSync(path.join(catalogue, 'building')), []);
  await build(catalogue, 'two listens');
  const { tracks } = rowsOf(catalogue);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((title) => [
      tracks.get(title)!.popularity,
      tracks.get(title)!.listens,
    ]),
    [
      [null, null],
      [null, null],
      [null, null],
      [100, 7],
    ],
  );
});

test('a source of tracks without any listens leaves popularity unknown', async () => {
  const catalogue = path.join(root, 'mute');
  await take(catalogue, plays('mute'), { 'mute.jsonl': line('c') });
  assert.equal((await build(catalogue)).manifest!.popularity, null);
});
