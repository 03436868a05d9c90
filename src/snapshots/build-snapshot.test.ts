import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { unwatched, type Watch } from '../base/progress.ts';
import { checkFile } from '../catalogue/block-digests.ts';
import { lookUpAny } from '../catalogue/look-up-any.ts';
import { currentSnapshot, listSnapshots, openCurrentSnapshot } from '../catalogue/snapshot-open.ts';
import type { BuildRequest } from './build-request.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { sampleAlbum, sampleArtist, sampleTrack, writeSampleImport } from './import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-snapshots-'));
after(() => fs.rmSync(root, { recursive: true }));
let folders = 0;
const GIVEN = { origin: 'charts', method: 'as given', date: null };
const PAGE = { limit: 100 };

function newCatalogue(): string {
  folders += 1;
  // Names of folders are people's own: SQL and its patterns must not read anything into them.
  return path.join(root, `it's [${folders}]*`);
}

function build(catalogue: string, request: BuildRequest = {}, watch: Watch = unwatched) {
  const small = { memoryBytes: 2 ** 28, ...request };
  return buildSnapshot(small, { disk: realDisk, catalogue, watch, threads: 1 });
}

/** Two hundred tracks on forty albums by ten artists; popularity falls in steps, the last fifty are unknown. */
function writeBand(catalogue: string, shardRows = 1000): void {
  const tracks = Array.from({ length: 200 }, (_, number) =>
    sampleTrack({
      id: `band:t${String((number * 77) % 200).padStart(3, '0')}`,
      title: `Söng ${(number * 77) % 200}`,
      artistIds: [`band:a${number % 10}`, 'band:various'],
      albumId: `band:b${Math.floor(((number * 77) % 200) / 5)}`,
      isrcs: ['QZABC2600001', `QZABC26${String(number).padStart(5, '0')}`],
      releaseDate: number % 2 === 0 ? '1999' : '2001-02-03',
      popularity: number % 4 === 3 ? null : number % 4 === 0 ? 50.4 : 0,
    }),
  );
  const albums = Array.from({ length: 40 }, (_, number) =>
    sampleAlbum({
      id: `band:b${number}`,
      artistIds: ['band:various'],
      upc: '036000291452',
      popularity: number,
    }),
  );
  const artists = [...Array.from({ length: 10 }, (_, n) => `band:a${n}`), 'band:various'].map(
    (id) => sampleArtist({ id }),
  );
  const features = tracks
    .slice(0, 150)
    .map(({ id }) => ({ ...NO_FEATURES, id, tempoBpm: 120.123, mode: 'minor' as const }));
  writeSampleImport(
    catalogue,
    { tracks, albums, artists, features },
    { source: 'band', popularity: GIVEN, shardRows },
  );
}

const NO_FEATURES = {
  key: null,
  mode: null,
  tempoBpm: null,
  loudnessDb: null,
  energy: null,
  danceability: null,
  valence: null,
  speechiness: null,
  instrumentalness: null,
  acousticness: null,
  liveness: null,
};

describe('a snapshot', () => {
  test('ranks by popularity, unknown last, then album, then id, and finds every row by every key', async () => {
    const catalogue = newCatalogue();
    writeBand(catalogue);
    const { manifest } = await build(catalogue);
    assert.deepEqual(manifest!.rows, { tracks: 200, albums: 40, artists: 11 });
    assert.deepEqual(manifest!.tiers, { heard: 50, zero: 100, unknown: 50 });
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    const tracks = snapshot
      .tracksAt(Array.from({ length: 200 }, (_, rank) => rank))
      .map((row) => row!);
    const keys = tracks.map(({ popularity, albumId, id }) => [
      100 - (popularity ?? -1),
      albumId!,
      id,
    ]);
    const place = ([a, b, c]: (string | number)[]) => `${String(a).padStart(3, '0')} ${b} ${c}`;
    assert.deepEqual(keys.map(place), keys.map(place).sort());
    assert.equal(tracks[0]!.popularity, 50);
    for (const track of tracks) {
      assert.deepEqual(snapshot.track(track.id), track);
      assert.deepEqual(snapshot.find(track.id), { kind: 'track', track });
      const [, own] = track.isrcs;
      assert.ok(snapshot.tracksByIsrc(own!, PAGE).rows.some(({ id }) => id === track.id));
      const mates = snapshot.tracksOfAlbum(track.albumId!, PAGE).rows;
      assert.deepEqual(
        mates,
        tracks.filter(({ albumId }) => albumId === track.albumId),
      );
    }
    assert.equal(snapshot.track('band:t999'), undefined);
    assert.equal(snapshot.tracksAt([200])[0], undefined);
  });

  test('finds a UPC whatever zeros stand before it', async () => {
    const catalogue = newCatalogue();
    writeBand(catalogue);
    await build(catalogue);
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    for (const asked of ['036000291452', '0036000291452', '00036000291452', '36000291452']) {
      const { kind, albums } = lookUpAny(snapshot, { asked }, PAGE);
      assert.deepEqual([kind, albums.length], ['upc', 40], asked);
    }
    assert.equal(lookUpAny(snapshot, { asked: '136000291452' }, PAGE).kind, null);
  });

  test('pages through what shares a key, without a gap or a repeat', async () => {
    const catalogue = newCatalogue();
    writeBand(catalogue);
    await build(catalogue);
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    const all = <Row extends { rank: number }>(
      next: (after: number | undefined) => { rows: readonly Row[]; next: number | null },
    ) => {
      const ranks: number[] = [];
      for (let after: number | undefined; ; ) {
        const page = next(after);
        ranks.push(...page.rows.map(({ rank }) => rank));
        if (page.next === null) return ranks;
        after = page.next;
      }
    };
    const range = (count: number) => Array.from({ length: count }, (_, rank) => rank);
    assert.deepEqual(
      all((after) => snapshot.tracksByIsrc('QZABC2600001', { limit: 7, after })),
      range(200),
    );
    assert.deepEqual(
      all((after) => snapshot.albumsOfArtist('band:various', { limit: 3, after })),
      range(40),
    );
    assert.deepEqual(
      all((after) => snapshot.albumsByUpc('036000291452', { limit: 40, after })),
      range(40),
    );
    const album = snapshot.tracksOfAlbum('band:b7', PAGE).rows.map(({ rank }) => rank);
    assert.equal(album.length, 5);
    assert.deepEqual(
      all((after) => snapshot.tracksOfAlbum('band:b7', { limit: 2, after })),
      album,
    );
  });

  test('is the same, byte for byte, however it was cut into shards, ranges and runs', async () => {
    const manifests: string[] = [];
    for (const [rangeRows, processRows, stops] of [
      [undefined, undefined, 0],
      [17, 40, 0],
      [60, undefined, 400],
    ] as const) {
      const catalogue = newCatalogue();
      writeBand(catalogue, 50);
      const request = { rangeRows, processRows };
      let report = await build(catalogue, request, stoppedAfter(stops));
      for (let left = stops; report.manifest === null; left--)
        report = await build(catalogue, request, stoppedAfter(stops - left + 1));
      const bytes = fs.readFileSync(path.join(report.directory, 'manifest.json'), 'utf8');
      manifests.push(bytes);
      assert.deepEqual(fs.readdirSync(path.join(catalogue, 'building')), []);
    }
    assert.equal(manifests[1], manifests[0]);
    assert.equal(manifests[2], manifests[0]);
  });

  test('lets its imports go as they are taken, when asked, and is the same', async () => {
    const kept = newCatalogue();
    const consumed = newCatalogue();
    for (const catalogue of [kept, consumed]) writeBand(catalogue, 50);
    const { manifest } = await build(kept);
    const cut = await build(consumed, { consume: true }, stoppedAfter(4));
    assert.equal(cut.manifest, null);
    const [imported] = fs.readdirSync(path.join(consumed, 'imports'));
    assert.ok(!fs.existsSync(path.join(consumed, 'imports', imported!, 'tracks-00000.parquet')));
    assert.deepEqual((await build(consumed, { consume: true })).manifest, manifest);
    assert.deepEqual(fs.readdirSync(path.join(consumed, 'imports')), []);
    assert.equal(fs.readdirSync(path.join(kept, 'imports')).length, 1);
  });

  test('built again changes nothing', async () => {
    const catalogue = newCatalogue();
    writeBand(catalogue);
    const first = await build(catalogue);
    const again = await build(catalogue);
    assert.deepEqual([first.fresh, again.fresh], [true, false]);
    assert.deepEqual(again.manifest, first.manifest);
  });

  test('names the file and the stretch in which a byte has changed', async () => {
    const catalogue = newCatalogue();
    writeBand(catalogue);
    const { manifest, directory } = await build(catalogue);
    for (const { path: name, bytes, blocks } of manifest!.files) {
      const file = path.join(directory, name);
      assert.deepEqual(checkFile(realDisk, file, { name, bytes, blocks }), []);
      const good = fs.readFileSync(file);
      const bad = Buffer.from(good);
      bad[Math.floor(bad.length / 2)]! ^= 4;
      fs.writeFileSync(file, bad);
      const [finding] = checkFile(realDisk, file, { name, bytes, blocks });
      assert.deepEqual([finding?.code, finding?.subject], ['SNAPSHOT_BLOCK', name]);
      fs.writeFileSync(file, good);
    }
  });
});

/** A watch that asks to stop at the n-th step of progress; 0 never does. */
function stoppedAfter(steps: number): Watch {
  const controller = new AbortController();
  let seen = 0;
  return {
    stop: controller.signal,
    progress() {
      seen += 1;
      if (seen === steps) controller.abort();
    },
  };
}

describe('several sources', () => {
  test('fill what another leaves open, and say how many rows became one', async () => {
    const catalogue = newCatalogue();
    const id = 'mbid:one';
    writeSampleImport(
      catalogue,
      {
        tracks: [
          sampleTrack({ id, title: 'First', durationMs: 1000 }),
          sampleTrack({ id: 'mbid:two' }),
        ],
        features: [{ ...NO_FEATURES, id, tempoBpm: 100 }],
      },
      { source: 'a', popularity: GIVEN },
    );
    writeSampleImport(
      catalogue,
      {
        tracks: [
          sampleTrack({
            id,
            title: 'Second',
            durationMs: 2000,
            isrcs: ['QZABC2600001'],
            label: 'L',
          }),
        ],
        features: [{ ...NO_FEATURES, id, tempoBpm: 101 }],
        links: [{ id, kind: 'purchase', url: 'https://example.org/1' }],
      },
      { source: 'b' },
    );
    const { manifest } = await build(catalogue);
    assert.deepEqual(manifest!.merges, [{ table: 'tracks', reason: 'same-id', rows: 1 }]);
    assert.deepEqual(manifest!.counts.tracks, { read: 3, kept: 2, merged: 1, refused: 0 });
    assert.deepEqual(
      manifest!.sources.map(({ source, licence }) => [source, licence]),
      [
        ['a', 'CC0-1.0'],
        ['b', 'CC0-1.0'],
      ],
    );
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    const { title, durationMs, isrcs, label } = snapshot.track(id)!;
    assert.deepEqual(
      { title, durationMs, isrcs, label },
      { title: 'First', durationMs: 1000, isrcs: ['QZABC2600001'], label: 'L' },
    );
    assert.deepEqual(snapshot.linksOf(id), [
      { id, kind: 'purchase', url: 'https://example.org/1' },
    ]);
  });

  test('redirect ids, chains and circles included, and what was under the old one is found by it', async () => {
    const catalogue = newCatalogue();
    writeSampleImport(
      catalogue,
      {
        tracks: [
          sampleTrack({ id: 'm:old', albumId: 'm:oldalbum', artistIds: ['m:x', 'm:oldartist'] }),
          sampleTrack({ id: 'm:gone', title: 'gone' }),
          sampleTrack({ id: 'm:kept', title: 'kept', recordingId: 'm:rec' }),
          sampleTrack({ id: 'm:round' }),
        ],
        albums: [sampleAlbum({ id: 'm:album', artistIds: ['m:oldartist'] })],
        artists: [sampleArtist({ id: 'm:artist' }), sampleArtist({ id: 'm:x' })],
        redirects: [
          { from: 'm:old', to: 'm:middle' },
          { from: 'm:middle', to: 'm:new' },
          { from: 'm:gone', to: 'm:kept' },
          { from: 'm:oldalbum', to: 'm:album' },
          { from: 'm:oldartist', to: 'm:artist' },
          { from: 'm:round', to: 'm:about' },
          { from: 'm:about', to: 'm:round' },
        ],
      },
      { source: 'm' },
    );
    const { manifest } = await build(catalogue);
    assert.deepEqual(manifest!.merges, [{ table: 'tracks', reason: 'redirect', rows: 1 }]);
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    for (const id of ['m:old', 'm:middle', 'm:new']) {
      const track = snapshot.track(id)!;
      assert.equal(track.id, 'm:new');
      assert.deepEqual([track.albumId, track.artistIds], ['m:album', ['m:x', 'm:artist']]);
    }
    assert.equal(snapshot.track('m:gone')!.title, 'kept');
    assert.equal(snapshot.track('m:round')!.id, 'm:round');
    assert.equal(snapshot.find('m:rec')!.kind, 'track');
    assert.deepEqual(
      snapshot.albumsOfArtist('m:oldartist', PAGE).rows.map(({ id }) => id),
      ['m:album'],
    );
    assert.deepEqual(
      snapshot.tracksOfAlbum('m:oldalbum', PAGE).rows.map(({ id }) => id),
      ['m:new'],
    );
  });

  test('never mix origins of popularity: several need a choice, and the others stay unknown', async () => {
    const catalogue = newCatalogue();
    writeSampleImport(
      catalogue,
      {
        tracks: [
          sampleTrack({ id: 'a:1', popularity: 80 }),
          sampleTrack({ id: 'a:2', recordingId: 'm:r', listens: 7 }),
        ],
      },
      { source: 'a', popularity: GIVEN },
    );
    writeSampleImport(
      catalogue,
      {
        counts: [
          { id: 'm:r', listens: 1000, listeners: 10 },
          { id: 'a:9', listens: 5, listeners: null },
        ],
      },
      { source: 'ears' },
    );
    await assert.rejects(build(catalogue), {
      code: 'BUILD_POPULARITY',
      seen: 'charts, ears listens',
    });
    await assert.rejects(build(catalogue, { popularity: 'x' }), { code: 'BUILD_POPULARITY' });
    const popularities = async (popularity: string) => {
      const { manifest } = await build(catalogue, { popularity });
      assert.equal(manifest!.popularity!.origin, popularity);
      using snapshot = openCurrentSnapshot(realDisk, catalogue);
      const found = ['a:1', 'a:2'].map((id) => snapshot.track(id)!.popularity);
      return found;
    };
    assert.deepEqual(await popularities('charts'), [80, null]);
    assert.deepEqual(await popularities('ears listens'), [null, 100]);
  });

  test('take the newest dump of each source, and albums their best track where they have no popularity', async () => {
    const catalogue = newCatalogue();
    const tracks = (popularity: number) => [
      sampleTrack({ id: 'a:1', albumId: 'a:low', popularity: 1, artistIds: ['a:y'] }),
      sampleTrack({ id: 'a:2', albumId: 'a:high', popularity, artistIds: ['a:z'] }),
    ];
    const albums = [
      sampleAlbum({ id: 'a:low' }),
      sampleAlbum({ id: 'a:high' }),
      sampleAlbum({ id: 'a:alone' }),
    ];
    const artists = [sampleArtist({ id: 'a:y' }), sampleArtist({ id: 'a:z' })];
    for (const [date, popularity] of [
      ['2026-02-01', 70],
      ['2025-01-01', 20],
    ] as const)
      writeSampleImport(
        catalogue,
        { tracks: tracks(popularity), albums, artists },
        { source: 'a', date, popularity: GIVEN },
      );
    const { manifest } = await build(catalogue);
    assert.deepEqual(
      manifest!.sources.map(({ dump }) => dump.date),
      ['2026-02-01'],
    );
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    assert.deepEqual(
      snapshot.albumsAt([0, 1, 2]).map((row) => [row!.id, row!.popularity]),
      [
        ['a:high', 70],
        ['a:low', 1],
        ['a:alone', null],
      ],
    );
    assert.deepEqual(
      snapshot.artistsAt([0, 1]).map((row) => row!.id),
      ['a:z', 'a:y'],
    );
  });

  test('languages of albums are kept, and unknown in imports of the first format', async () => {
    const catalogue = newCatalogue();
    for (const [source, format] of [
      ['a', 'fonoteca-catalogue-import/1'],
      ['b', 'fonoteca-catalogue-import/2'],
    ] as const)
      writeSampleImport(
        catalogue,
        { albums: [sampleAlbum({ id: `${source}:1`, language: 'por' })] },
        { source, format },
      );
    await build(catalogue);
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    assert.deepEqual(
      snapshot.albumsAt([0, 1]).map((row) => [row!.id, row!.language]),
      [
        ['a:1', null],
        ['b:1', 'por'],
      ],
    );
  });

  test('an import without tracks and counts is no origin of popularity', async () => {
    const catalogue = newCatalogue();
    const tracks = [sampleTrack({ id: 'a:1', popularity: 7 })];
    writeSampleImport(catalogue, { tracks }, { source: 'a', popularity: GIVEN });
    const other = { ...GIVEN, origin: 'elsewhere' };
    writeSampleImport(catalogue, { artists: [] }, { source: 'b', popularity: other });
    assert.deepEqual((await build(catalogue)).manifest!.popularity, GIVEN);
  });

  test('a dump of the same source that lost half of its rows is built and waits for a person', async () => {
    const catalogue = newCatalogue();
    const write = (source: string, date: string, rows: number) => {
      const tracks = Array.from({ length: rows }, (_, n) => sampleTrack({ id: `${source}:${n}` }));
      return writeSampleImport(catalogue, { tracks }, { source, date });
    };
    write('a', '2026-01-01', 1000);
    const before = (await build(catalogue)).manifest!.id;
    write('a', '2026-02-01', 500);
    const halved = /snapshot [0-9a-f]{16}: tracks 500, were 1000/;
    await assert.rejects(build(catalogue), { code: 'BUILD_CHANGE', seen: halved });
    await assert.rejects(build(catalogue), { code: 'BUILD_CHANGE', seen: halved });
    assert.equal(currentSnapshot(realDisk, catalogue), before);
    assert.equal(listSnapshots(realDisk, catalogue).length, 2);
    write('a', '2026-03-01', 1200);
    const after = (await build(catalogue)).manifest!.id;
    assert.equal(currentSnapshot(realDisk, catalogue), after);
    // Rows of another source are what a person asked for.
    write('b', '2026-03-01', 1000);
    assert.equal((await build(catalogue)).manifest!.rows.tracks, 2200);
  });

  test('nothing imported is told', async () => {
    await assert.rejects(build(newCatalogue()), { code: 'BUILD_NO_IMPORTS' });
  });
});
