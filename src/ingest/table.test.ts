import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { trackIdOf } from '../model/ids.ts';
import type { AddReport } from './add-report.ts';
import { addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

/** Findings of the table by code and line. */
function lines(report: AddReport): string[] {
  return report.findings.flatMap(({ code, subject, seen }) => {
    const line = / line (\d+)$/.exec(subject)?.[1];
    return line === undefined ? [] : [`${line} ${code} ${seen}`];
  });
}

test('a row wins over tags field by field, and blank cells say nothing', async () => {
  await using bench = addBench(door);
  const bytes = await song(1, {
    TITLE: 'Tagged',
    ARTIST: 'Tag artist',
    GENRE: 'Son',
    ISRC: 'ES-A01-19-00001',
  });
  bench.put('a.ogg', bytes);
  bench.put(
    'tracks.csv',
    'Path;Track;ARTIST;Release;album_artist;No;disc;Year;isrc;mbid;popularity;Licence;Credit\n' +
      'a.ogg;;Row artist;Album;Various;3/12;2;2019-5-1;;f27ec8db-af05-4f36-916e-3d57f91ecf5e;41,5;CC-BY-4.0;By Ana\n',
  );
  const report = await bench.add();
  assert.deepEqual(report.findings, []);
  const track = await bench.deps.ledger.track(trackIdOf(sha256(bytes)));
  assert.deepEqual(track?.description, {
    title: 'Tagged',
    artist: 'Row artist',
    albumArtist: 'Various',
    album: 'Album',
    trackNumber: 3,
    discNumber: 2,
    date: '2019-05-01',
    genre: 'Son',
    isrc: 'ESA011900001',
    mbid: 'f27ec8db-af05-4f36-916e-3d57f91ecf5e',
    popularity: { value: 41.5, origin: 'operator-table', method: 'as given' },
    from: 'tags',
  });
  const holding = await bench.deps.ledger.holding(sha256(bytes));
  assert.equal(holding?.rights.licence, 'CC-BY-4.0');
  assert.equal(holding?.rights.attribution, 'By Ana');
  const table = await bench.deps.ledger.holding(
    sha256(fs.readFileSync(path.join(bench.music, 'tracks.csv'))),
  );
  assert.deepEqual([table?.kind, table?.role], ['companion', 'table']);
});

test('popularity from plays is logarithmic within the table; no plays is zero and blank is unknown', async () => {
  await using bench = addBench(door);
  const digests = [];
  for (const number of [0, 1, 2, 3]) {
    const bytes = await song(number);
    bench.put(`${number}.ogg`, bytes);
    digests.push(sha256(bytes));
  }
  bench.put(
    'tracks.csv',
    'path,plays,licence\n0.ogg,"9,999",CC0-1.0\n1.ogg,99,CC0-1.0\n2.ogg,0,CC0-1.0\n3.ogg,,CC0-1.0\n',
  );
  await bench.add();
  const values = [];
  for (const digest of digests)
    values.push((await bench.deps.ledger.track(trackIdOf(digest)))?.description.popularity);
  assert.deepEqual(
    values.map((one) => one?.value),
    [100, 50, 0, undefined],
  );
  assert.match(values[0]!.method, /^from plays: 100 log/);
  assert.equal(values[3], null);
});

test('bad rows and cells are told by line and reason, and the rest is used', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  bench.put('b.ogg', await song(2));
  bench.put('untold.ogg', await song(3));
  const rows = [
    'path,title,number,date,isrc,popularity,licence',
    'a.ogg,Title A,3,2019,,50,CC0-1.0',
    '../a.ogg,Out,,,,,CC0-1.0',
    '/etc/passwd,Out,,,,,CC0-1.0',
    'sub\\b.ogg,Out,,,,,CC0-1.0',
    'a\0.ogg,Out,,,,,CC0-1.0',
    ',Nothing,,,,,CC0-1.0',
    'gone.ogg,Gone,,,,,CC0-1.0',
    'a.ogg,Again,,,,,CC0-1.0',
    'b.ogg,Title B,none,19,XX,120,CC0-1.0',
    '"never closed',
  ];
  bench.put('tracks.csv', `${rows.join('\n')}\n`);
  const report = await bench.add();
  assert.deepEqual(
    lines(report).map((line) => line.replace(/(: |:? in ).*/, '')),
    [
      '6 TABLE_ROW_REFUSED a NUL',
      '11 TABLE_ROW_REFUSED Quote Not Closed',
      '3 PATH_UNSAFE the name ".."',
      '4 PATH_UNSAFE empty or absolute',
      '5 PATH_UNSAFE a backslash; folders are parted by /',
      '7 TABLE_ROW_REFUSED empty or absolute',
      '10 TABLE_CELL_IGNORED number',
      '10 TABLE_CELL_IGNORED date',
      '10 TABLE_CELL_IGNORED isrc',
      '10 TABLE_CELL_IGNORED popularity',
      '8 TABLE_ROW_UNMATCHED "gone.ogg"',
      '9 TABLE_ROW_DUPLICATE "a.ogg" is also line 2',
    ],
  );
  assert.deepEqual(report.withoutRow, ['untold.ogg']);
  assert.ok(told(report).includes('warned RIGHTS_UNKNOWN untold.ogg'));
  const b = await bench.deps.ledger.track(trackIdOf(sha256(await song(2))));
  assert.equal(b?.description.title, 'Title B');
  assert.equal(b?.description.popularity, null);
  assert.equal(report.acceptedAudio, 3);
});

test('a path of the table means its file in whatever Unicode form the disk keeps', async () => {
  await using bench = addBench(door);
  bench.put('Canción.ogg'.normalize('NFD'), await song(1));
  bench.put(
    'tracks.csv',
    `path,title,licence\n${'Canción.ogg'.normalize('NFC')},Canción,CC0-1.0\n`,
  );
  const report = await bench.add();
  assert.deepEqual(report.findings, []);
  assert.equal(
    (await bench.deps.ledger.track(trackIdOf(sha256(await song(1)))))?.description.title,
    'Canción',
  );
});

test('a changed table changes descriptions and rights of what is held, and no audio is read again', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1, { TITLE: 'Tag A' }));
  bench.put('b.ogg', await song(2, { TITLE: 'Tag B' }));
  bench.put(
    'tracks.csv',
    'path,title,licence,holder\na.ogg,Row A,CC0-1.0,Ana\nb.ogg,Row B,CC0-1.0,Ana\n',
  );
  await bench.add();
  bench.put(
    'tracks.csv',
    'path,title,licence,holder\na.ogg,,CC-BY-4.0,Ana\nb.ogg,Row B,CC0-1.0,Ana\nmore.ogg,,,\n',
  );
  bench.opened.length = 0;
  const report = await bench.add();
  assert.deepEqual(bench.opened, ['tracks.csv']);
  assert.deepEqual([report.redescribed, report.rightsChanged], [1, 1]);
  const a = sha256(await song(1, { TITLE: 'Tag A' }));
  const track = await bench.deps.ledger.track(trackIdOf(a));
  assert.deepEqual([track?.description.title, track?.description.from], ['Tag A', 'tags']);
  assert.equal((await bench.deps.ledger.holding(a))?.rights.licence, 'CC-BY-4.0');
  const before = (await bench.deps.ledger.history(0, 1000)).length;
  await bench.add();
  assert.equal(
    (await bench.deps.ledger.history(0, 1000)).length,
    before,
    'a third run says nothing new',
  );
});

test('a table elsewhere speaks of files below its own folder and is held beside', async () => {
  await using bench = addBench(door);
  bench.put('label/a.ogg', await song(1));
  const table = bench.put(
    'all.tsv',
    'Datei\tTitel\tlicense\nlabel/a.ogg\tEins\tCC0-1.0\nelsewhere.txt\t\t\n',
  );
  bench.put('elsewhere.txt', 'not added');
  const report = await bench.add(
    { table, columns: { path: 'Datei', title: 'titel' } },
    { paths: [path.join(bench.music, 'label')] },
  );
  assert.deepEqual(report.findings, []);
  const track = await bench.deps.ledger.track(trackIdOf(sha256(await song(1))));
  assert.deepEqual([track?.description.title, track?.description.from], ['Eins', 'table']);
  const held = await bench.deps.ledger.holding(sha256(fs.readFileSync(table)));
  assert.equal(held?.role, 'table');
  assert.deepEqual(await bench.deps.ledger.sourcesOf(sha256(fs.readFileSync(table))), []);
});

test('a table that cannot be used stops the run when it was named, and is told when it was found', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  const table = bench.put('tracks.csv', 'title,artist\nA,B\n');
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.deepEqual(told(report), [
    'warned TABLE_UNREADABLE tracks.csv',
    'left SOURCE_LEFT tracks.csv',
  ]);
  const failures: readonly [Parameters<typeof bench.add>[0], string][] = [
    [{ table }, 'TABLE_UNREADABLE'],
    [{ table: `${table}.gone` }, 'FILE_MISSING'],
    [{ columns: { pfad: 'title' } }, 'USAGE'],
    [{ licence: 'all mine' }, 'RIGHTS_LICENCE_UNREADABLE'],
  ];
  for (const [options, code] of failures)
    await assert.rejects(
      bench.add(options),
      (error) => error instanceof FonotecaError && error.code === code,
    );
});
