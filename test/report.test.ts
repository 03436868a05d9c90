import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Archive, createArchive, openArchive, type World } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { sha256 } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { openCatalogue, runCatalogueCheck } from '../src/catalogue-snapshots.ts';
import { previewReport, runReport } from '../src/reporting.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';
import { sampleTrack, writeSampleImport } from '../src/snapshots/import-samples.ts';
import { type JudgedTrack, judgeReport, readStatistic } from './support/report-judge.ts';
import { runFonoteca } from './support/run-fonoteca.ts';
import { buildSmallCatalogue } from './support/small-catalogue.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-report-'));
const out = path.join(root, 'report');
const home = path.join(root, 'archive');
const catalogue = path.join(home, 'catalogue');
const world: World = {
  disk: realDisk,
  clock: fixedClock('2026-11-21T10:00:00Z'),
  random: { bytes: (count) => new Uint8Array(count).fill(7) },
};
const ROWS = 3 * 4148;
after(() => fs.rmSync(root, { recursive: true }));

async function withArchive<T>(body: (archive: Archive) => Promise<T>, place = home): Promise<T> {
  await using archive = await openArchive(place, { write: true }, world);
  return await body(archive);
}

function lines(kind: string): Record<string, unknown>[] {
  const text = fs.readFileSync(path.join(catalogue, 'input', `${kind}-00000.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function judged(row: Record<string, unknown>): JudgedTrack {
  const number = (name: string) => (row[name] === undefined ? null : Number(row[name]));
  const { mode, date } = row;
  return {
    popularity: number('popularity'),
    listens: number('listens'),
    durationMs: number('duration_ms'),
    year: date === undefined ? null : Number(String(date).slice(0, 4)),
    key: number('key'),
    mode: mode === undefined ? null : Number(mode === 'major'),
    tempo: number('tempo'),
    loudness: number('loudness'),
    energy: number('energy'),
  };
}

function asPlain(cell: unknown): unknown {
  return typeof cell === 'bigint' ? Number(cell) : cell;
}

/** Names and digests of all files of a report. */
function filesOf(folder: string): Map<string, string> {
  const names = fs.readdirSync(folder);
  return new Map(names.map((name) => [name, sha256(fs.readFileSync(path.join(folder, name)))]));
}

describe('a report on a generated catalogue', () => {
  before(async () => {
    await createArchive(home, { name: 'A', contact: 'a@example.org' }, world);
    await buildSmallCatalogue(catalogue, { generated: { seed: 1, rows: ROWS, revision: 1 } });
    await withArchive((archive) => runReport(archive, out, { memory: '256MB' }, unwatched));
  });

  test('kept for the site, lies beside the snapshot, which is still whole', async () => {
    await withArchive(async (archive) => {
      const kept = await runReport(archive, undefined, { memory: '256MB' }, unwatched);
      assert.ok(kept);
      const [snapshot] = await runCatalogueCheck(archive, undefined, unwatched);
      assert.deepEqual([snapshot?.kind, snapshot?.findings], ['snapshot', []]);
      using current = openCatalogue(archive);
      const { directory } = current;
      assert.ok(fs.existsSync(path.join(directory, 'report', 'report.json')));
      assert.ok(fs.existsSync(path.join(directory, 'flag-any.bitmap')));
      fs.writeFileSync(path.join(directory, 'report.txt'), '');
      const [again] = await runCatalogueCheck(archive, undefined, unwatched);
      assert.deepEqual(again?.findings, [
        { code: 'SNAPSHOT_FILE_UNKNOWN', subject: 'report.txt', seen: 'not in the manifest' },
      ]);
      fs.rmSync(path.join(directory, 'report.txt'));
    });
  });

  test('counts what plain code counts, and what is missing', () => {
    judgeReport(out, lines('tracks').map(judged));
  });

  test('keeps tracks, ISRCs, albums and artists apart', () => {
    const [tracks, albums, artists] = ['tracks', 'albums', 'artists'].map(lines);
    const isrcs = tracks!.flatMap(({ isrc }) => (isrc as string[] | undefined)?.slice(0, 1) ?? []);
    const tags = artists!.flatMap(({ genres }) => [...new Set((genres as string[]) ?? [])]);
    const counters = new Map(
      readStatistic(out, 'counters').rows.map(([what, count]) => [what, count]),
    );
    assert.deepEqual(
      [
        'tracks',
        'albums',
        'artists',
        'tracks with an ISRC',
        'distinct ISRCs',
        'genre tags of artists',
        'distinct genres',
        'track credits of artists',
      ].map((what) => counters.get(what)),
      [
        ROWS,
        albums!.length,
        artists!.length,
        isrcs.length,
        new Set(isrcs).size,
        tags.length,
        new Set(tags).size,
        tracks!.reduce((sum, row) => sum + new Set(row.artist_ids as string[]).size, 0),
      ],
    );
  });

  test('has a storage curve that rises to all listens and all bytes', () => {
    const { rows } = readStatistic(out, 'coverage');
    for (const [at, row] of rows.entries())
      row.forEach((value, column) => {
        if (at > 0) assert.ok(Number(value) >= Number(rows[at - 1]![column]), `row ${at}`);
      });
    const durations = lines('tracks').map((row) => Number(row.duration_ms));
    const bytes = durations.reduce((sum, durationMs) => sum + durationMs * 20, 0);
    const [tracks, share, original, withTail, ...listens] = rows.at(-1)!;
    assert.deepEqual([tracks, share, ...listens], [ROWS, 1, 1, 1, 1, 1]);
    assert.ok(Math.abs(Number(original) - bytes) < rows.length, `${original} of ${bytes}`);
    assert.ok(Number(withTail) < Number(original));
  });

  test('counts tracks per market by the market of the album', () => {
    const places = new Map(
      lines('albums').map((row) => [row.id, row.markets as string | undefined]),
    );
    const counts = new Map<string, number>();
    let unknown = 0;
    for (const { album_id: album } of lines('tracks')) {
      const markets = places.get(album);
      if (markets === undefined) unknown += 1;
      else
        for (const market of markets.split(' ')) counts.set(market, (counts.get(market) ?? 0) + 1);
    }
    const { rows, accounts } = readStatistic(out, 'tracks-per-market');
    assert.deepEqual(new Map(rows.map(([market, count]) => [market, count])), counts);
    const missing = accounts[0]!.missing.find(({ what }) => what === 'markets unknown');
    assert.equal(missing?.count, unknown);
  });

  test('draws and names what the catalogue has', () => {
    const titles = new Map(lines('tracks').map((row) => [`table-made:${row.id}`, row.title]));
    for (const name of ['shuffle', 'shuffle-heard', 'top-tracks']) {
      const { rows, columns } = readStatistic(out, name);
      const at = (column: string) => columns.findIndex((each) => each.name === column);
      assert.equal(rows.length, name === 'top-tracks' ? 10_000 : 20);
      for (const row of rows) assert.equal(row[at('title')], titles.get(String(row[at('id')])));
      if (name === 'shuffle-heard')
        assert.ok(rows.every((row) => Number(row[at('popularity')]) >= 10));
      if (name === 'top-tracks')
        rows.forEach((row, rank) => {
          assert.equal(row[at('rank')], rank);
        });
    }
  });

  test('names every file with its digest, and each picture has its specification', () => {
    const files = filesOf(out);
    const about = JSON.parse(fs.readFileSync(path.join(out, 'report.json'), 'utf8'));
    for (const { file, sha256: digest } of about.files) assert.equal(files.get(file), digest, file);
    assert.equal(about.files.length, files.size - 1);
    const charts = about.statistics.flatMap((one: { pictures: { name: string }[] }) =>
      one.pictures.map(({ name }) => name),
    );
    assert.ok(charts.length > 40);
    for (const name of charts) assert.ok(files.has(`${name}.svg`) && files.has(`${name}.vl.json`));
    for (const { name } of about.statistics)
      for (const end of ['sql', 'csv', 'json']) assert.ok(files.has(`${name}.${end}`), name);
    assert.ok(files.has('index.html') && files.has('settings.sql'));
  });

  test('is what its own published queries say to DuckDB', async () => {
    const snapshot = fs.readFileSync(path.join(catalogue, 'current'), 'utf8').trim();
    const statistics = path.join(catalogue, 'snapshots', snapshot, 'statistics/');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const read = (name: string) => fs.readFileSync(path.join(out, `${name}.sql`), 'utf8');
    await connection.run(read('settings').replaceAll("'statistics/", `'${statistics}`));
    for (const name of ['coverage', 'genre-tree', 'feature-grid', 'sources', 'flags']) {
      const [rows] = read(name).split(';\n');
      const reader = await connection.runAndReadAll(rows!);
      const plain = reader.getRows().map((row) => row.map((cell) => asPlain(cell)));
      assert.deepEqual(plain, readStatistic(out, name).rows, name);
    }
  });

  test('is the same bytes twice, in place of the first, and has another snapshot beside it', async () => {
    const first = filesOf(out);
    await withArchive((archive) => runReport(archive, out, { memory: '512MB' }, unwatched));
    assert.deepEqual(filesOf(out), first);
    assert.deepEqual(
      fs.readdirSync(root).filter((name) => name.startsWith('.')),
      [],
    );
    const older = fs.readFileSync(path.join(catalogue, 'current'), 'utf8').trim();
    await buildSmallCatalogue(catalogue, {
      generated: { seed: 1, rows: ROWS, revision: 2 },
      date: '2026-02-02',
    });
    const beside = path.join(root, 'compared');
    await withArchive((archive) => runReport(archive, beside, { compare: older }, unwatched));
    const { rows } = readStatistic(beside, 'compared-counters');
    assert.deepEqual(rows[0], ['tracks', ROWS, ROWS, 0]);
    const listens = rows.find(([what]) => what === 'listens')!;
    assert.notEqual(listens[3], 0);
    assert.equal(Number(listens[2]) - Number(listens[1]), listens[3]);
    const about = JSON.parse(fs.readFileSync(path.join(beside, 'report.json'), 'utf8'));
    const names: string[] = about.statistics.map(({ name }: { name: string }) => name);
    const compared = names.filter((name) => name.startsWith('compared-'));
    assert.ok(compared.length > 35, compared.join(' '));
    for (const name of compared) {
      const { rows: pairs, columns } = readStatistic(beside, name);
      const [own, now] = [
        readStatistic(beside, name.slice('compared-'.length)),
        columns.length - 2,
      ];
      const value = columns[now]!.name === 'now' ? null : columns[now]!.name.slice(0, -4);
      for (const row of pairs)
        if (row[now] !== null && row[now - 1] !== null)
          assert.ok(
            Math.abs(Number(row[now]) - Number(row[now - 1]) - Number(row[now + 1])) < 1e-5,
            name,
          );
      const at = value === null ? -1 : own.columns.findIndex((column) => column.name === value);
      assert.ok(value === null || at >= 0, `${name}: ${value}`);
      assert.ok(pairs.some((row) => row[now] !== null) || own.rows.length === 0, name);
      for (const end of ['csv', 'sql'])
        assert.ok(fs.existsSync(path.join(beside, `${name}.${end}`)), name);
    }
    assert.ok(fs.existsSync(path.join(beside, 'compared-tracks-by-popularity-difference.svg')));
  });
});

describe('a report that cannot be', () => {
  const place = path.join(root, 'bare');
  const bare = path.join(place, 'catalogue');
  const deps = { disk: realDisk, catalogue: bare, watch: unwatched, threads: 1 };
  before(() => createArchive(place, { name: 'B', contact: 'b@example.org' }, world));

  test('says so: no snapshot, no track, a folder of other things, a folder in the archive', async () => {
    const report = (folder: string) =>
      withArchive((archive) => runReport(archive, folder, {}, unwatched), place);
    await assert.rejects(report(path.join(root, 'a')), { code: 'SNAPSHOT_MISSING' });
    writeSampleImport(bare, { tracks: [] }, { source: 'none' });
    await buildSnapshot({ memoryBytes: 2 ** 28 }, deps);
    await assert.rejects(report(catalogue), { code: 'REPORT_FOLDER' });
    await assert.rejects(report(path.join(place, 'volumes')), { code: 'REPORT_FOLDER' });
    await assert.rejects(report(path.join(root, 'a')), { code: 'REPORT_EMPTY' });
    assert.ok(!fs.existsSync(path.join(root, 'a')));
  });

  test('is clear where nothing is known of the tracks but that they are', async () => {
    const tracks = ['x:a', 'x:b', 'x:c'].map((id) => sampleTrack({ id }));
    writeSampleImport(bare, { tracks }, { source: 'plain', date: '2026-02-01' });
    await buildSnapshot({ memoryBytes: 2 ** 28, imports: ['plain'] }, deps).catch(() => undefined);
    await buildSnapshot({ memoryBytes: 2 ** 28 }, deps);
    const folder = path.join(root, 'plain');
    const written = await withArchive(
      (archive) => runReport(archive, folder, {}, unwatched),
      place,
    );
    assert.ok(written!.statistics > 40);
    for (const name of ['tracks-by-popularity', 'durations', 'tempo', 'key-and-mode']) {
      const { rows, accounts } = readStatistic(folder, name);
      assert.deepEqual([name, accounts[0]!.counted, accounts[0]!.missing[0]!.count], [name, 0, 3]);
      assert.ok(rows.every((row) => row.slice(1).every((value) => value === 0 || value === null)));
    }
    const { rows } = readStatistic(folder, 'shuffle');
    assert.deepEqual(new Set(rows.map((row) => row[3])), new Set(['x:a', 'x:b', 'x:c']));
  });

  test('leaves the earlier one whole when it is stopped', async () => {
    const stop = new AbortController();
    const watch = {
      stop: stop.signal,
      progress: ({ stage }: { stage: string }) => {
        if (stage === 'pictures') stop.abort();
      },
    };
    const folder = path.join(root, 'plain');
    const before = filesOf(folder);
    const stopped = await withArchive((archive) => runReport(archive, folder, {}, watch), place);
    assert.equal(stopped, null);
    assert.deepEqual(filesOf(folder), before);
    assert.ok(!fs.existsSync(path.join(root, '.plain.part')));
  });

  test('tells what it would count on the command line', async () => {
    const args = ['report', '--out', path.join(root, 'dry'), '--archive', place];
    const { code, stdout, stderr } = await runFonoteca([...args, '--dry-run']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /would count \d+ statistics over 3 tracks/);
    assert.ok(!fs.existsSync(path.join(root, 'dry')));
    await withArchive(async (archive) => {
      assert.ok(previewReport(archive, path.join(root, 'dry'), {}).statistics.includes('coverage'));
    }, place);
  });
});
