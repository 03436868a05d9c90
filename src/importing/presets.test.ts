import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import { realDisk } from '../base/disk.ts';
import type { ImportReport } from './import-request.ts';
import { parseMapping } from './mapping-file.ts';
import { findPreset, PRESETS } from './presets.ts';
import { runImport } from './run-import.ts';
import {
  DATA,
  depsOf,
  filesIn,
  folderOf,
  importInto,
  rowsOf,
  WITHOUT_DATA,
} from './test-import.ts';
import { columnsOf, dumpTables } from './test-musicbrainz.ts';

const SQL = path.join(DATA, 'musicbrainz-sql');
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const C = '33333333-3333-4333-8333-333333333333';
const D = '44444444-4444-4444-8444-444444444444';

/** An import of `files` by the preset `name`, and whatever `look` makes of it. */
async function imported<T>(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  look: (report: ImportReport, folder: string) => Promise<T>,
  also: readonly string[] = [],
): Promise<T> {
  using folder = folderOf(
    Object.fromEntries(Object.entries(files).map(([file, content]) => [`in/${file}`, content])),
  );
  const request = { preset: findPreset(name), paths: [path.join(folder.path, 'in')], also };
  return await look(await runImport(request, depsOf(folder.path)), folder.path);
}

/** An import of the real files in `DATA` below `name`. */
async function real(
  preset: string,
  name: string,
): Promise<ImportReport & { rows: (table: string) => Promise<Record<string, unknown>[]> }> {
  using folder = folderOf();
  const report = await importInto(folder.path, findPreset(preset), [path.join(DATA, name)]);
  const tables = new Map<string, Record<string, unknown>[]>();
  for (const table of ['tracks', 'albums', 'artists', 'links', 'counts', 'features'])
    tables.set(table, await rowsOf(report.directory, table));
  return { ...report, rows: async (table) => tables.get(table) ?? [] };
}

describe('presets', () => {
  test('are all such as a mapping file could be', () => {
    for (const preset of PRESETS)
      assert.deepEqual(parseMapping(JSON.stringify(preset), preset.name), preset);
    assert.throws(() => findPreset('spotify'), { code: 'IMPORT_PRESET_UNKNOWN' });
  });

  test('musicbrainz-canonical takes recordings, releases, artists alone and both kinds of redirects', async () => {
    const header =
      'id,artist_credit_id,artist_mbids,artist_credit_name,release_mbid,release_name,recording_mbid,recording_name,combined_lookup,score';
    const files = {
      'canonical_musicbrainz_data.csv': `${header}\n1,1,${A},Ana,${B},"Álbum, uno",${C},"Say ""hi""",x,1\n2,2,"{${A},${D}}",Ana & Du,${B},"Álbum, uno",${D},Two,x,2\n3,2,x,y,z\n`,
      'canonical_recording_redirect.csv': `recording_mbid,canonical_recording_mbid,canonical_release_mbid\n${A},${C},${B}\n`,
      'canonical_release_redirect.csv': `release_mbid,canonical_release_mbid,release_group_mbid\n${D},${B},${A}\n`,
    };
    await imported('musicbrainz-canonical', files, async ({ record, directory }) => {
      assert.deepEqual(record?.tables, {
        tracks: { read: 2, kept: 2, merged: 0, refused: 0 },
        albums: { read: 2, kept: 1, merged: 1, refused: 0 },
        artists: { read: 1, kept: 1, merged: 0, refused: 0 },
        redirects: { read: 2, kept: 2, merged: 0, refused: 0 },
      });
      assert.equal(record.inputs.recordings?.refused, 1);
      const [one, two] = await rowsOf(directory, 'tracks');
      assert.deepEqual([one?.id, one?.title, one?.album], [`mbid:${C}`, 'Say "hi"', 'Álbum, uno']);
      assert.deepEqual(two?.artist_ids, [`mbid:${A}`, `mbid:${D}`]);
      assert.deepEqual(await rowsOf(directory, 'redirects'), [
        { from: `mbid:${A}`, to: `mbid:${C}` },
        { from: `mbid:${D}`, to: `mbid:${B}` },
      ]);
    });
  });

  test('listenbrainz counts listens and listeners and writes no listener down', async () => {
    const listen = (user: string, recording: string | undefined) =>
      JSON.stringify({
        user_name: user,
        timestamp: 1,
        track_metadata: {
          artist_name: 'A',
          track_name: 'T',
          ...(recording ? { mbid_mapping: { recording_mbid: recording } } : {}),
        },
      });
    const lines = [
      listen('rob-who-listens', A),
      listen('rob-who-listens', A),
      listen('anna-who-listens', A),
      listen('anna-who-listens', B),
      listen('anna-who-listens', undefined),
    ];
    await imported(
      'listenbrainz',
      { '1.listens': lines.join('\n') },
      async ({ record, directory }, folder) => {
        assert.deepEqual(record?.inputs.listens, { read: 5, taken: 4, passed: 1, refused: 0 });
        assert.deepEqual(await rowsOf(directory, 'counts'), [
          { id: `mbid:${A}`, listens: '3', listeners: '2' },
          { id: `mbid:${B}`, listens: '1', listeners: '1' },
        ]);
        assert.deepEqual(fs.readdirSync(directory).length, 3);
        for (const name of fs.readdirSync(directory))
          assert.ok(
            !fs.readFileSync(path.join(directory, name), 'latin1').includes('who-listens'),
            name,
          );
        assert.ok(fs.existsSync(path.join(folder, 'in', '1.listens')));
      },
    );
  });

  test('listenbrainz reads the Parquet of its dumps', { skip: WITHOUT_DATA }, async () => {
    const { record, rows } = await real('listenbrainz', 'listenbrainz/spark/full-dump-1');
    const { read, taken, passed } = record!.inputs['listens-parquet']!;
    assert.equal(read, taken + passed);
    const counts = await rows('counts');
    assert.equal(
      counts.reduce((sum, { listens }) => sum + Number(listens), 0),
      taken,
    );
    assert.ok(
      counts.every(
        ({ id, listeners }) => /^mbid:[0-9a-f-]{36}$/.test(String(id)) && Number(listeners) >= 1,
      ),
    );
  });

  test('discogs reads artists, labels, masters and releases of a real dump', {
    skip: WITHOUT_DATA,
  }, async () => {
    const { record, rows } = await real('discogs', 'discogs');
    assert.equal(record?.dump.date, '2020-08-06');
    assert.deepEqual(record.inputs.releases, { read: 500, taken: 500, passed: 0, refused: 0 });
    assert.deepEqual(record.tables.artists, { read: 500, kept: 500, merged: 0, refused: 0 });
    const tracks = await rows('tracks');
    const first = tracks.find(({ id }) => id === 'discogs:release-1-1');
    assert.deepEqual(
      [first?.title, first?.artist, first?.duration_ms, first?.release_date],
      ['Östermalm', 'The Persuader', '285000', '1999-03'],
    );
    assert.deepEqual(first?.genres, ['Electronic', 'Deep House']);
    assert.ok(
      tracks.some(
        ({ id, title }) => id === 'discogs:release-3019999-6-1' && title === 'Blues For L.W.',
      ),
    );
    assert.ok(
      tracks.some(
        ({ artist, artist_ids }) =>
          artist === 'Heiko Laux & Johannes Heil' && (artist_ids as string[]).length === 2,
      ),
    );
    const albums = await rows('albums');
    assert.equal(albums.find(({ id }) => id === 'discogs:release-4')?.upc, '093624755524');
    const links = await rows('links');
    assert.ok(
      links.some(({ id, url }) => id === 'discogs:label-1' && url === 'http://planet-e.net/'),
    );
  });

  test('acousticbrainz puts documents of both levels together', {
    skip: WITHOUT_DATA,
  }, async () => {
    const { record, rows } = await real('acousticbrainz', 'acousticbrainz');
    assert.deepEqual(record?.tables.features, { read: 1, kept: 1, merged: 0, refused: 0 });
    const [row] = await rows('features');
    assert.deepEqual(
      [row?.key, row?.mode, row?.tempo_bpm, row?.danceability],
      ['2', 'major', 139.925872803, 0.035318903625],
    );
  });

  test('acousticbrainz joins its CSV files, and of several submissions takes the first', async () => {
    const files = {
      'x-20220623-rhythm.csv': `mbid,submission_offset,bpm,danceability,onset_rate\n${A},1,90,1,1\n${A},0,120.5,1,1\n`,
      'x-20220623-tonal.csv': `mbid,submission_offset,key_key,key_scale\n${A},0,F#,minor\n${B},0,C,major\n`,
    };
    await imported('acousticbrainz', files, async ({ directory, record }) => {
      assert.equal(record?.dump.date, '2022-06-23');
      const rows = await rowsOf(directory, 'features');
      assert.deepEqual(
        rows.map(({ id, key, mode, tempo_bpm }) => [id, key, mode, tempo_bpm]),
        [
          [`mbid:${A}`, '6', 'minor', 120.5],
          [`mbid:${B}`, '0', 'major', null],
        ],
      );
    });
  });

  test('what is put together by queries is completed after a cut, with the same files', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, index) => `${A.replace('1111', String(1000 + index))},0,${60 + index}\n`,
    );
    using folder = folderOf({
      'x-20220623-rhythm.csv': `mbid,submission_offset,bpm\n${rows.join('')}`,
    });
    const request = {
      preset: findPreset('acousticbrainz'),
      paths: [path.join(folder.path, 'x-20220623-rhythm.csv')],
    };
    let calls = 0;
    const cutAt = (limit: number) => {
      calls = 0;
      const fsync = (descriptor: number) => {
        if (++calls > limit) throw new Error('cut');
        realDisk.fsync(descriptor);
      };
      return { disk: { ...realDisk, fsync }, pieceRows: 100 };
    };
    const whole = await runImport(request, depsOf(path.join(folder.path, 'whole'), cutAt(1000)));
    const wanted = filesIn(whole.directory);
    assert.deepEqual([...wanted.keys()].length, 5);
    const total = calls;
    for (const limit of [total >> 1, total - 4]) {
      const catalogue = path.join(folder.path, `cut-${limit}`);
      await assert.rejects(runImport(request, depsOf(catalogue, cutAt(limit))), /cut/);
      fs.mkdirSync(path.join(catalogue, 'imports', path.basename(whole.directory), 'door-1-1'));
      const done = await runImport(request, depsOf(catalogue, { pieceRows: 100 }));
      assert.deepEqual(filesIn(done.directory), wanted);
    }
  });

  test('fma takes tracks with their licences', async () => {
    const header =
      'track_id,album_id,album_title,artist_id,artist_name,artist_website,license_title,license_url,track_date_recorded,track_disc_number,track_duration,track_explicit,track_genres,track_listens,track_number,track_publisher,track_title';
    const row = `2,1,AWOL,1,AWOL,,Attribution,http://creativecommons.org/licenses/by/4.0/,11/26/2008,1,02:48,Radio-Unsafe,"[{'genre_id': '21', 'genre_title': 'Hip-Hop'}, {'genre_id': '3', 'genre_title': ""Rock'n'Roll""}]",1293,3,,Food`;
    await imported(
      'fma',
      { 'raw_tracks.csv': `${header}\n${row}\n` },
      async ({ directory, record }) => {
        assert.equal(record?.refusedValues, 0);
        const [track] = await rowsOf(directory, 'tracks');
        assert.deepEqual(
          [
            track?.id,
            track?.duration_ms,
            track?.explicit,
            track?.listens,
            track?.genres,
            track?.licence,
          ],
          [
            'fma:track-2',
            '168000',
            true,
            '1293',
            ['Hip-Hop', "Rock'n'Roll"],
            'http://creativecommons.org/licenses/by/4.0/',
          ],
        );
        assert.equal((await rowsOf(directory, 'links'))[0]?.kind, 'licence');
      },
    );
  });

  test('archive-org takes items of sound with their files, and passes others over', async () => {
    const item = {
      metadata: {
        identifier: 'a-show',
        mediatype: 'etree',
        title: 'A Show',
        creator: 'Band',
        date: '1999-05-02',
        licenseurl: 'http://creativecommons.org/licenses/by-nc/3.0/',
      },
      files: [
        {
          name: 'b01.flac',
          source: 'original',
          title: 'Opener',
          track: '01',
          length: '04:10',
          format: 'Flac',
        },
        { name: 'b01.mp3', source: 'derivative', title: 'Opener', length: '250.2' },
        { name: 'cover.jpg', source: 'original' },
      ],
    };
    const scraped = {
      items: [
        { identifier: 'x', mediatype: 'audio', title: 'X', creator: 'Y', downloads: 12 },
        { identifier: 'film', mediatype: 'movies' },
      ],
    };
    const files = {
      'a_metadata.json': JSON.stringify(item),
      'scrape-1.json': JSON.stringify(scraped),
    };
    await imported('archive-org', files, async ({ directory, record }) => {
      assert.deepEqual(record?.inputs.scraped, { read: 2, taken: 1, passed: 1, refused: 0 });
      const [track, ...others] = await rowsOf(directory, 'tracks');
      assert.deepEqual(others, []);
      assert.deepEqual(
        [track?.title, track?.artist, track?.album_id, track?.track_number, track?.duration_ms],
        ['Opener', 'Band', 'archive.org:a-show', '1', '250000'],
      );
      assert.deepEqual(await rowsOf(directory, 'counts'), [
        { id: 'archive.org:x', listens: '12', listeners: null },
      ]);
    });
  });

  test('archive-org passes over a collection that is not of sound', {
    skip: WITHOUT_DATA,
  }, async () => {
    const { record } = await real('archive-org', 'archive.org');
    assert.deepEqual(record?.inputs, { items: { read: 1, taken: 0, passed: 1, refused: 0 } });
  });
});

describe('musicbrainz-core', () => {
  const facts = {
    SCHEMA_SEQUENCE: '31\n',
    REPLICATION_SEQUENCE: '180000\n',
    TIMESTAMP: '2026-11-18 00:21:05.1+00\n',
  };
  const dump = (files: readonly string[]) =>
    Object.fromEntries(
      [...dumpTables(SQL, files)].map(([table, rows]) => [`mbdump/${table}`, rows]),
    );

  test('puts real tracks together with their recordings, releases and credits', {
    skip: WITHOUT_DATA,
  }, async () => {
    await imported(
      'musicbrainz-core',
      { ...facts, ...dump(['initial.sql.gz', 'tracklist.sql']) },
      async ({ record, directory }) => {
        assert.deepEqual(record?.dump, { date: '2026-11-18', sequence: 180_000 });
        const rows = await rowsOf(directory, 'tracks');
        const king = rows.find(({ title }) => title === 'King of the Mountain');
        assert.equal(king?.recording_id, 'mbid:54b9d183-7dab-42ba-94a3-7388a66604b8');
        assert.deepEqual(
          [king.artist, king.album, king.artist_ids, king.release_date],
          ['Artist', 'Aerial', ['mbid:945c079d-374e-4436-9448-da92dedef3cf'], '2007'],
        );
        assert.ok(rows.some(({ title }) => title === 'π'));
        for (const counts of Object.values(record.inputs)) assert.equal(counts.refused, 0);
        assert.ok(fs.readdirSync(directory).every((name) => !name.includes('staged')));
      },
    );
  });

  test('takes the language of a release, and none where its table is missing', {
    skip: WITHOUT_DATA,
  }, async () => {
    const tables = dump(['initial.sql.gz', 'tracklist.sql']);
    const english = /^(\d+)\t.*\tEnglish\t/m.exec(tables['mbdump/language']!)![1]!;
    const release = tables['mbdump/release']!.replace(
      /^((?:[^\t]*\t){7})[^\t]*/,
      (_, before: string) => before + english,
    );
    const { 'mbdump/language': _languages, ...others } = tables;
    for (const [files, wanted] of [
      [tables, 'eng'],
      [others, null],
    ] as const)
      await imported(
        'musicbrainz-core',
        { ...facts, ...files, 'mbdump/release': release },
        async ({ directory }) => {
          const [first, second] = await rowsOf(directory, 'albums');
          assert.deepEqual([first?.language, second?.language], [wanted, null]);
        },
      );
  });

  test('takes tags only when asked, and then says under which licence they stand', {
    skip: WITHOUT_DATA,
  }, async () => {
    const files = {
      ...facts,
      ...dump(['initial.sql.gz', 'the-beatles.sql']),
      'mbdump/genre': '1\tg\trock\t\t0\t\\N\n',
    };
    const genresOf = async ({ directory }: ImportReport) =>
      (await rowsOf(directory, 'artists')).find(({ name }) => name === 'The Beatles')?.genres;
    await imported('musicbrainz-core', files, async (report) => {
      assert.deepEqual(await genresOf(report), []);
      assert.deepEqual(report.record?.otherLicences, []);
    });
    await imported(
      'musicbrainz-core',
      files,
      async (report) => {
        assert.deepEqual(await genresOf(report), ['rock']);
        assert.ok(
          report.record?.otherLicences.every(({ licence }) => licence === 'CC-BY-NC-SA-3.0'),
        );
        assert.ok((await rowsOf(report.directory, 'links')).length > 0);
      },
      ['tags'],
    );
  });

  test('names the columns of its tables as MusicBrainz creates them', {
    skip: WITHOUT_DATA,
  }, () => {
    const create = zlib
      .gunzipSync(fs.readFileSync(path.join(SQL, 'CreateTables.sql.gz')))
      .toString();
    for (const { match, names } of findPreset('musicbrainz-core').files)
      assert.deepEqual(names, columnsOf(create, match[0]!), match[0]);
  });

  test('refuses a schema that it does not know, and a dump that does not say its own', async () => {
    const look = async () => undefined;
    await assert.rejects(imported('musicbrainz-core', { SCHEMA_SEQUENCE: '99\n' }, look), {
      code: 'IMPORT_SCHEMA_UNKNOWN',
    });
    await assert.rejects(
      imported('musicbrainz-core', { 'mbdump/isrc': `1\t1\tUSAB12012345\t0\t\\N\n` }, look),
      { code: 'IMPORT_DUMP_INCOMPLETE' },
    );
  });
});
