import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { openCurrentSnapshot, openSnapshot } from '../catalogue/snapshot-open.ts';
import { openTables } from '../tables/open-tables.ts';
import type { Tables } from '../tables/tables.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { diffSnapshots } from './diff-snapshots.ts';
import { exportTables } from './export-tables.ts';
import { sampleAlbum, sampleArtist, sampleTrack, writeSampleImport } from './import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-exchange-'));
const catalogue = path.join(root, 'catalogue');
const exported = path.join(root, 'exported');
const QUERIES = [
  ...fs
    .readFileSync(path.resolve(import.meta.dirname, '../../docs/tables.md'), 'utf8')
    .matchAll(/```sql\n([\s\S]*?);\n```/g),
].map(([, sql]) => sql!);
const directories: string[] = [];
let tables: Tables;

const FEATURES = {
  key: 7,
  mode: 'minor' as const,
  tempoBpm: 120.126,
  loudnessDb: -7.5,
  energy: 0.25,
  danceability: null,
  valence: null,
  speechiness: null,
  instrumentalness: null,
  acousticness: null,
  liveness: null,
};

/** Two dumps: the second drops a track, redirects one, changes one and brings one. */
function writeDump(date: string, isSecond: boolean): void {
  const numbers = isSecond ? [0, 1, 2, 4, 5, 6, 7, 8, 9, 10] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const tracks = numbers.map((number) =>
    sampleTrack({
      id: isSecond && number === 9 ? 'x:t9-new' : `x:t${number}`,
      title: isSecond && number === 2 ? 'another' : `name ${number}`,
      artistIds: ['x:a', 'x:b'],
      albumId: `x:r${number % 2}`,
      isrcs: ['QZABC2600001', `QZABC260001${number % 10}`],
      explicit: number % 2 === 0,
      popularity: number * 10,
      listens: number * 100,
      genres: ['own'],
    }),
  );
  writeSampleImport(
    catalogue,
    {
      tracks,
      albums: ['x:r0', 'x:r1'].map((id) =>
        sampleAlbum({
          id,
          artistIds: ['x:a'],
          upc: '036000291452',
          releaseDate: '1999-01',
          trackCount: 1,
          markets: ['DE', 'US'],
          language: 'deu',
        }),
      ),
      artists: ['x:a', 'x:b'].map((id) => sampleArtist({ id, genres: ['opera', 'dub'] })),
      features: tracks.slice(0, 8).map(({ id }) => ({
        ...{ ...FEATURES, id },
        // No music is so fast, and no number of units so large.
        ...(id === 'x:t5' && { tempoBpm: 1e300, loudnessDb: -3e7 }),
      })),
      links: [{ id: 'x:t1', kind: 'patronage', url: 'https://example.org/' }],
      redirects: isSecond ? [{ from: 'x:t9', to: 'x:t9-new' }] : [],
    },
    { source: 'x', date, popularity: { origin: 'x', method: 'given', date: null } },
  );
}

before(async () => {
  const deps = { disk: realDisk, catalogue, watch: unwatched, threads: 1 };
  for (const [date, isSecond] of [
    ['2025-01-01', false],
    ['2026-01-01', true],
  ] as const) {
    writeDump(date, isSecond);
    directories.push((await buildSnapshot({ memoryBytes: 2 ** 28 }, deps)).directory);
  }
  const work = path.join(root, 'work');
  fs.mkdirSync(work);
  tables = await openTables({ work, folders: [root], memoryBytes: 2 ** 28, threads: 1 });
  using snapshot = openCurrentSnapshot(realDisk, catalogue);
  await exportTables(snapshot, exported, { disk: realDisk, tables, watch: unwatched });
});
after(async () => {
  await tables[Symbol.asyncDispose]();
  fs.rmSync(root, { recursive: true });
});

const table = (name: string) => `'${exported}/${name}.parquet'`;

describe('the exchange set', () => {
  test('has every row and link, and says what it is', async () => {
    const about = JSON.parse(fs.readFileSync(path.join(exported, 'exchange.json'), 'utf8'));
    assert.equal(about.snapshot, path.basename(directories[1]!));
    for (const { file, rows, sha256: digest } of about.files) {
      assert.equal(sha256(fs.readFileSync(path.join(exported, file))), digest);
      assert.deepEqual(await tables.rows(`SELECT count(*) FROM '${exported}/${file}'`), [[rows]]);
    }
    const counts = Object.fromEntries(
      about.files.map(({ file, rows }: { file: string; rows: number }) => [
        file.replace('.parquet', ''),
        rows,
      ]),
    );
    assert.deepEqual(counts, {
      artists: 2,
      albums: 2,
      tracks: 10,
      track_artists: 20,
      album_artists: 2,
      artist_genres: 4,
      identifiers: 22,
      features: 8,
      links: 1,
      redirects: 1,
    });
  });

  test('joins by id, and features are those of their track', async () => {
    const rows = await tables.rows(
      `SELECT t.id, t.rank, key, mode, tempo_bpm FROM ${table('tracks')} t JOIN ${table('features')} ON track_id = t.id WHERE t.id IN ('x:t7', 'x:t5', 'x:t0') ORDER BY t.id`,
    );
    assert.deepEqual(rows, [
      ['x:t0', 9, 7, 0, 120.13],
      ['x:t5', 5, 7, 0, null],
      ['x:t7', 3, 7, 0, 120.13],
    ]);
  });

  test('has the language of albums, and so have the statistics', async () => {
    for (const file of [table('albums'), `'${directories[1]}/statistics/albums.parquet'`])
      assert.deepEqual(await tables.rows(`SELECT language FROM ${file}`), [['deu'], ['deu']]);
  });

  test('answers the five questions of its page', async () => {
    assert.equal(QUERIES.length, 5);
    const answers: unknown[][][] = [];
    for (const sql of QUERIES)
      answers.push(
        await tables.rows(sql.replaceAll(/'(\w+)\.parquet'/g, (_, name: string) => table(name))),
      );
    assert.deepEqual(answers[0]![0], [100, 1, 1000, 19.23]);
    assert.deepEqual(answers[1], [
      [1, 8],
      [2, 1],
      [10, 1],
    ]);
    assert.deepEqual(answers[2], [['1999', 2, 2]]);
    assert.deepEqual(answers[3], [
      ['dub', 2, 'name 10'],
      ['opera', 2, 'name 10'],
    ]);
    assert.deepEqual(
      answers[4]!.map(([explicit, mode]) => [explicit, mode]),
      [
        [false, 'minor'],
        [true, 'minor'],
      ],
    );
  });

  test('goes into no folder that has something in it, and is not made of rotten statistics', async () => {
    using snapshot = openCurrentSnapshot(realDisk, catalogue);
    const deps = { disk: realDisk, tables, watch: unwatched };
    await assert.rejects(exportTables(snapshot, exported, deps), { code: 'FILE_EXISTS' });
    using older = openSnapshot(realDisk, directories[0]!);
    const file = path.join(directories[0]!, 'statistics/tracks.parquet');
    const good = fs.readFileSync(file);
    const bad = Buffer.from(good);
    bad[20]! ^= 1;
    fs.writeFileSync(file, bad);
    await assert.rejects(exportTables(older, path.join(root, 'other'), deps), {
      code: 'SNAPSHOT_BLOCK',
    });
    fs.writeFileSync(file, good);
  });
});

describe('a diff', () => {
  test('tells what came, went, was redirected and changed', async () => {
    using older = openSnapshot(realDisk, directories[0]!);
    using newer = openSnapshot(realDisk, directories[1]!);
    const temporary = path.join(root, 'work');
    const { kinds, examples } = await diffSnapshots(
      { older, newer },
      { disk: realDisk, tables, temporary },
    );
    assert.deepEqual(kinds.tracks, { added: 2, gone: 2, redirected: 1, changed: 1, same: 7 });
    // One album has a more popular track than before.
    assert.deepEqual(kinds.albums, { added: 0, gone: 0, redirected: 0, changed: 1, same: 1 });
    const { added, gone, redirected, changed } = examples.tracks;
    const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
    assert.deepEqual(ids(added), ['x:t10', 'x:t9-new']);
    assert.deepEqual(ids(gone), ['x:t3']);
    assert.deepEqual(
      redirected.map(({ row, to }) => [row.id, to]),
      [['x:t9', 'x:t9-new']],
    );
    assert.deepEqual(
      changed.map(({ before, after }) => [before.id, after.id]),
      [['x:t2', 'x:t2']],
    );
    assert.deepEqual(
      examples.albums.changed.map(({ before, after }) => [
        after.id,
        before.popularity! < after.popularity!,
      ]),
      [['x:r0', true]],
    );
    assert.deepEqual(examples.artists.added, []);
    assert.equal(newer.track('x:t9')!.id, 'x:t9-new');
  });
});
