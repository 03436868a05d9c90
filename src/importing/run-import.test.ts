import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import { realDisk } from '../base/disk.ts';
import type { ProgressEvent } from '../base/progress.ts';
import { importsDirectory, listImports } from '../catalogue/imports.ts';
import { parseMapping } from './mapping-file.ts';
import { runImport } from './run-import.ts';
import {
  DATA,
  depsOf,
  filesIn,
  folderOf,
  importInto,
  songMapping as mapping,
  rowsOf,
  WITHOUT_DATA,
} from './test-import.ts';

function songs(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `${JSON.stringify({ id: `s${index}`, title: `Song ${index}`, artist: `Artist ${index % 7}`, album: `a${index >> 2}`, s: index % 300 })}\n`,
  ).join('');
}

describe('an import', () => {
  test('leaves shards, a record that adds up, and what was refused with its place', async () => {
    const lines = [
      '{"id":"1","title":"One","artist":"A","isrc":["US-AB1-20-12345","nonsense"],"s":61.5}',
      '{"id":"2","title":"","artist":"A"}',
      '{"id":"1","title":"One again","artist":"A"}',
      '{"id":"3","title":',
      '{"id":"3","title":"Three","artist":"C","isrc":"USAB12012345","s":0}',
    ];
    using folder = folderOf({ 'in/songs.jsonl': lines.join('\n') });
    const { record, directory, fresh, findings } = await importInto(folder.path, mapping(), [
      path.join(folder.path, 'in'),
    ]);
    assert.ok(record && fresh);
    assert.deepEqual(record.inputs, { songs: { read: 5, taken: 4, passed: 0, refused: 1 } });
    assert.deepEqual(record.tables, { tracks: { read: 4, kept: 2, merged: 1, refused: 1 } });
    assert.equal(record.refusedValues, 1);
    assert.deepEqual(
      findings.map(({ code, subject, seen }) => `${code} ${subject} ${seen}`),
      [
        'IMPORT_RECORD_UNREADABLE songs.jsonl:4 column 19: Unexpected end of JSON input',
        'IMPORT_ROW_REFUSED songs.jsonl:2 tracks.title: ',
        'IMPORT_VALUE_REFUSED songs.jsonl:1 tracks.isrcs: nonsense',
      ],
    );
    const rows = await rowsOf(directory, 'tracks');
    assert.deepEqual(
      rows.map(({ id, title, isrcs, duration_ms }) => [id, title, isrcs, duration_ms]),
      [
        ['table-songs:1', 'One', ['USAB12012345'], '61500'],
        ['table-songs:3', 'Three', ['USAB12012345'], null],
      ],
    );
    assert.deepEqual(
      [...filesIn(directory).keys()],
      ['import.json', 'refused.jsonl', 'tracks-00000.parquet'],
    );
    assert.deepEqual(
      listImports(realDisk, folder.path).map(({ record: { id } }) => id),
      [record.id],
    );
  });

  test('of the same files changes nothing; of another file it is another one', async () => {
    using folder = folderOf({ 'songs.jsonl': songs(10) });
    const file = path.join(folder.path, 'songs.jsonl');
    const first = await importInto(folder.path, mapping(), [file]);
    const before = filesIn(first.directory);
    const again = await importInto(folder.path, mapping(), [file]);
    assert.equal(again.fresh, false);
    assert.deepEqual(again.record, first.record);
    assert.deepEqual(filesIn(first.directory), before);
    fs.writeFileSync(file, songs(11));
    const other = await importInto(folder.path, mapping(), [file]);
    assert.ok(other.fresh);
    assert.notEqual(other.directory, first.directory);
  });

  test('that was stopped or cut anywhere is completed with the same files', async () => {
    using folder = folderOf({ 'a.jsonl': songs(600), 'b.jsonl.gz': zlib.gzipSync(songs(900)) });
    const paths = ['a.jsonl', 'b.jsonl.gz'].map((name) => path.join(folder.path, name));
    const failingAfter = (calls: number) => {
      let left = calls;
      const fsync = (descriptor: number) => {
        if (left-- === 0) throw new Error('cut');
        realDisk.fsync(descriptor);
      };
      return { disk: { ...realDisk, fsync }, calls: () => calls - left };
    };
    const counted = failingAfter(1_000_000);
    const whole = await importInto(path.join(folder.path, 'whole'), mapping(), paths, {
      pieceRows: 100,
      disk: counted.disk,
    });
    const wanted = filesIn(whole.directory);
    const total = counted.calls();
    assert.ok(wanted.size > 10 && total > 20);
    for (const calls of [0, 1, 2, total >> 2, total >> 1, total - 9, total - 2, total - 1]) {
      const catalogue = path.join(folder.path, `cut-${calls}`);
      const { disk } = failingAfter(calls);
      const cut = runImport(
        { preset: mapping(), paths },
        depsOf(catalogue, { disk, pieceRows: 100 }),
      );
      await assert.rejects(cut, /cut/, `after ${calls} calls`);
      const done = await importInto(catalogue, mapping(), paths, { pieceRows: 100 });
      assert.deepEqual(filesIn(done.directory), wanted, `after ${calls} calls`);
    }
  });

  test('that is asked to stop says so, and goes on when asked again', async () => {
    using folder = folderOf({ 'a.jsonl': songs(500) });
    const stop = new AbortController();
    const progress = ({ stage }: ProgressEvent) => {
      if (stage === 'import') stop.abort();
    };
    const watch = { progress, stop: stop.signal };
    const file = path.join(folder.path, 'a.jsonl');
    const stopped = await importInto(folder.path, mapping(), [file], { watch, pieceRows: 100 });
    assert.equal(stopped.record, null);
    assert.deepEqual(listImports(realDisk, folder.path), []);
    const done = await importInto(folder.path, mapping(), [file], { pieceRows: 100 });
    assert.equal(done.record?.tables.tracks?.kept, 500);
    assert.equal(done.directory, stopped.directory);
  });

  test('of a dump older than the last one of its source is refused', async () => {
    using folder = folderOf({ 'new.jsonl': songs(2), 'old.jsonl': songs(3) });
    const preset = mapping();
    const run = (name: string, dumpDate: string) =>
      runImport({ preset, paths: [path.join(folder.path, name)], dumpDate }, depsOf(folder.path));
    await run('new.jsonl', '2026-11-01');
    await assert.rejects(run('old.jsonl', '2026-10-01'), { code: 'IMPORT_OLDER' });
    assert.ok((await run('old.jsonl', '2026-11-01')).record);
  });

  test('of no file that the preset knows, or of a broken one, is refused and leaves no import', async () => {
    const cut = zlib.gzipSync(songs(100)).subarray(0, 300);
    using folder = folderOf({
      'notes.txt': 'x',
      'cut.jsonl.gz': cut,
      'none/readme.md': 'x',
      'c.csv': 'a,b\n1,2\n',
    });
    const run = (name: string, preset = mapping()) =>
      importInto(folder.path, preset, [path.join(folder.path, name)]);
    await assert.rejects(run('none'), { code: 'IMPORT_NOTHING' });
    await assert.rejects(run('notes.txt'), { code: 'IMPORT_NOTHING' });
    await assert.rejects(run('gone.jsonl'), { code: 'FILE_MISSING' });
    await assert.rejects(run('cut.jsonl.gz'), { code: 'SOURCE_COMPRESSION' });
    const csv = mapping({ files: [{ ...mapping().files[0]!, match: ['*.csv'], format: 'csv' }] });
    await assert.rejects(run('c.csv', csv), {
      code: 'MAPPING_COLUMN_MISSING',
      seen: 'id; c.csv (songs) has the columns a, b',
    });
    assert.deepEqual(listImports(realDisk, folder.path), []);
  });

  test('loses one bad row in a hundred thousand, and nothing else', async () => {
    const lines = songs(100_000).split('\n');
    lines[54_321] = '{"id":"s54321","title":"Song';
    using folder = folderOf({ 'a.jsonl': lines.join('\n') });
    const { record, directory } = await importInto(folder.path, mapping(), [
      path.join(folder.path, 'a.jsonl'),
    ]);
    assert.deepEqual(record?.inputs.songs, { read: 100_000, taken: 99_999, passed: 0, refused: 1 });
    const [refused] = fs
      .readFileSync(path.join(directory, 'refused.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const { file, line, column } = JSON.parse(refused!);
    assert.deepEqual({ file, line, column }, { file: 'a.jsonl', line: 54_322, column: 29 });
  });
});

describe('Parquet of others', () => {
  const preset = (match: string) =>
    mapping({ files: [{ ...mapping().files[0]!, match: [match], format: 'parquet' }] });

  test('is read wherever it lies, and refused when it is forged', {
    skip: WITHOUT_DATA,
  }, async () => {
    const real = fs.readFileSync(path.join(DATA, 'listenbrainz/spark/full-dump-1/1.parquet'));
    const listens = mapping({
      files: [
        {
          kind: 'listens',
          match: ['*.parquet'],
          format: 'parquet',
          rows: [
            {
              table: 'tracks',
              when: [{ path: 'recording_mbid' }],
              columns: {
                id: 'recording_mbid',
                title: 'recording_name',
                artist: 'artist_name',
                artist_ids: 'artist_credit_mbids',
              },
            },
          ],
        },
      ],
    });
    const cut = real.subarray(0, real.length - 100);
    const forged = Buffer.from(real);
    const footer = real.length - 8 - real.readUInt32LE(real.length - 8);
    forged.fill(0xff, footer, footer + 60);
    const files = {
      'a.parquet': real,
      'b.parquet.gz': zlib.gzipSync(real),
      'cut.parquet': cut,
      'forged.parquet': forged,
      'text.parquet': 'PAR1 is what it says',
    };
    using folder = folderOf(files);
    const run = (name: string) => importInto(folder.path, listens, [path.join(folder.path, name)]);
    const [whole, packed] = [await run('a.parquet'), await run('b.parquet.gz')];
    assert.ok(whole.record!.tables.tracks!.kept > 0);
    assert.deepEqual(packed.record?.tables, whole.record?.tables);
    const [row] = await rowsOf(whole.directory, 'tracks');
    assert.match(String(row?.artist_ids), /^table-songs:[0-9a-f-]{36}/);
    assert.deepEqual([...filesIn(packed.directory).keys()], [...filesIn(whole.directory).keys()]);
    for (const name of ['cut.parquet', 'forged.parquet', 'text.parquet'])
      await assert.rejects(run(name), { code: 'SOURCE_PARQUET' }, name);
    assert.equal(listImports(realDisk, folder.path).length, 2);
  });

  test('without a column that the mapping names is refused', { skip: WITHOUT_DATA }, async () => {
    using folder = folderOf();
    const file = path.join(DATA, 'listenbrainz/spark/full-dump-1/1.parquet');
    await assert.rejects(importInto(folder.path, preset('*.parquet'), [file]), {
      code: 'MAPPING_COLUMN_MISSING',
    });
  });
});

test('a database of SQLite is bytes like others, whatever its name says and whatever is in it', async () => {
  using folder = folderOf();
  const made = path.join(folder.path, 'made');
  const database = new DatabaseSync(made);
  database.exec(`CREATE TABLE songs (id TEXT, title TEXT, artist TEXT);
    CREATE TABLE told (what TEXT);
    CREATE TRIGGER tells AFTER INSERT ON songs BEGIN INSERT INTO told VALUES (new.id); END;
    INSERT INTO songs VALUES ('1', 'One', 'A');
    CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
      SELECT i AS id FROM n;`);
  database.close();
  const whole = fs.readFileSync(made);
  const broken = Buffer.from(whole).fill(0xff, 4096, 5000);
  const importOf = async (format: 'jsonl' | 'csv' | 'parquet', bytes: Buffer) => {
    const preset = mapping({ files: [{ ...mapping().files[0]!, match: [`*.${format}`], format }] });
    const file = path.join(folder.path, `songs.${format}`);
    fs.writeFileSync(file, bytes);
    return (await importInto(folder.path, preset, [file])).record!.inputs.songs;
  };
  for (const bytes of [whole, broken]) {
    for (const format of ['jsonl', 'csv'] as const) {
      const { taken, refused } = (await importOf(format, bytes))!;
      assert.deepEqual([taken, refused > 0], [0, true], format);
    }
    await assert.rejects(importOf('parquet', bytes), { code: 'SOURCE_PARQUET' });
  }
  assert.deepEqual(fs.readFileSync(made), whole);
});

describe('a table of one’s own', () => {
  const SPOTIFY = path.join(DATA, 'spotify_songs.dev.csv.gz');
  const CLASSIC = path.join(DATA, 'classic-rock-song-list.csv');

  test('of real songs comes out right: repeated ids, dates of 4, 7 and 10 characters, NA for no name', {
    skip: WITHOUT_DATA,
  }, async () => {
    using folder = folderOf();
    const preset = mapping({
      files: [
        {
          kind: 'songs',
          match: ['spotify_songs*.csv'],
          format: 'csv',
          missing: ['', 'NA'],
          rows: [
            {
              table: 'tracks',
              columns: {
                id: 'track_id',
                title: 'track_name',
                artist: 'track_artist',
                album_id: 'track_album_id',
                duration_ms: 'duration_ms',
                popularity: 'track_popularity',
                release_date: 'track_album_release_date',
              },
            },
            {
              table: 'features',
              columns: {
                id: 'track_id',
                key: 'key',
                mode: 'mode',
                instrumentalness: 'instrumentalness',
                loudness_db: 'loudness',
              },
            },
          ],
        },
      ],
    });
    const { record, directory } = await importInto(folder.path, preset, [SPOTIFY]);
    assert.deepEqual(record?.tables, {
      tracks: { read: 16_229, kept: 14_021, merged: 2205, refused: 3 },
      features: { read: 16_229, kept: 14_023, merged: 2206, refused: 0 },
    });
    assert.equal(record.refusedValues, 0);
    const rows = await rowsOf(directory, 'tracks');
    assert.deepEqual(
      new Set(rows.map(({ release_date }) => String(release_date).length)),
      new Set([4, 7, 10]),
    );
    assert.ok(rows.every(({ title }) => title !== 'NA'));
    const quoted = rows.find(({ id }) => id === 'table-songs:6f807x0ima9a1j3VPbc7VN');
    assert.equal(quoted?.title, "I Don't Care (with Justin Bieber) - Loud Luxury Remix");
    const features = await rowsOf(directory, 'features');
    const tiny = features.find(({ id }) => id === 'table-songs:1z1Hg7Vb0AhHDiEmnDE79l');
    assert.equal(tiny?.instrumentalness, 2.33e-5);
  });

  test('of songs without ids has ids from their names, and plays as counts', {
    skip: WITHOUT_DATA,
  }, async () => {
    using folder = folderOf();
    const id = { from: ['Song Clean', 'ARTIST CLEAN'], as: 'name-id' as const };
    const preset = mapping({
      files: [
        {
          kind: 'songs',
          match: ['classic-rock*.csv'],
          format: 'csv',
          rows: [
            {
              table: 'tracks',
              columns: {
                id,
                title: 'Song Clean',
                artist: 'ARTIST CLEAN',
                release_date: 'Release Year',
                listens: 'PlayCount',
              },
            },
            { table: 'counts', columns: { id, listens: 'PlayCount' } },
          ],
        },
      ],
    });
    const { record, directory } = await importInto(folder.path, preset, [CLASSIC]);
    const tracks = record!.tables.tracks!;
    assert.equal(tracks.read, 2229);
    assert.equal(tracks.read, tracks.kept + tracks.merged + tracks.refused);
    const rows = await rowsOf(directory, 'tracks');
    const caught = rows.find(({ title }) => title === 'Caught Up in You');
    assert.deepEqual(
      [caught?.artist, caught?.release_date, caught?.listens],
      ['.38 Special', '1982', '82'],
    );
    assert.ok(rows.some(({ release_date }) => release_date === null));
  });

  test('is refused when its mapping is none', () => {
    const good = mapping();
    const bad: readonly (readonly [unknown, RegExp])[] = [
      ['{', /JSON/],
      [{ ...good, extra: 1 }, /extra/],
      [{ ...good, files: [] }, /files/],
      [{ ...good, files: [{ ...good.files[0], format: 'xls' }] }, /files\.0\.format/],
      [
        {
          ...good,
          files: [
            { ...good.files[0], rows: [{ table: 'tracks', columns: { id: 'id', title: 't' } }] },
          ],
        },
        /tracks needs artist/,
      ],
      [
        {
          ...good,
          files: [
            {
              ...good.files[0],
              rows: [{ table: 'artists', columns: { id: 'id', name: 'n', age: 'a' } }],
            },
          ],
        },
        /no column age/,
      ],
      [{ ...good, dated: '(' }, /dated/],
    ];
    for (const [value, seen] of bad)
      assert.throws(
        () => parseMapping(typeof value === 'string' ? value : JSON.stringify(value), 'm.json'),
        (error: Error & { code?: string }) =>
          error.code === 'MAPPING_INVALID' && seen.test(error.message),
        String(seen),
      );
  });

  test('imports live below the catalogue, each in a folder of its own', () => {
    assert.equal(importsDirectory('/a/catalogue'), '/a/catalogue/imports');
  });
});
