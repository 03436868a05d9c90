import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createArchive, openArchive, type World } from '../src/archive.ts';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { parseMapping } from '../src/importing/mapping-file.ts';
import { runImport } from '../src/importing/run-import.ts';
import { foldText } from '../src/model/fold.ts';
import { runReport } from '../src/reporting.ts';
import { buildSnapshot } from '../src/snapshots/build-snapshot.ts';
import { judgeReport, readStatistic } from './support/report-judge.ts';

const DATA = path.resolve(import.meta.dirname, '../../shared/data/catalog');
const WITHOUT_DATA = fs.existsSync(DATA) ? false : `no data at ${DATA}`;
const SONGS = path.join(DATA, 'spotify_songs.dev.csv.gz');
const PLAYS = path.join(DATA, 'classic-rock-song-list.csv');
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-real-rows-'));
const world: World = {
  disk: realDisk,
  clock: fixedClock('2026-11-21T10:00:00Z'),
  random: { bytes: (count) => new Uint8Array(count).fill(7) },
};
after(() => fs.rmSync(root, { recursive: true }));

const FEATURES = {
  key: 'key',
  mode: 'mode',
  tempo_bpm: 'tempo',
  loudness_db: 'loudness',
  energy: 'energy',
};
const SONG_RULES = [
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
  { table: 'features', columns: { id: 'track_id', ...FEATURES } },
  {
    table: 'artists',
    columns: {
      id: { from: ['track_artist'], as: 'name-id' },
      name: 'track_artist',
      genres: { from: 'playlist_genre', split: ';' },
    },
  },
];
const PLAYED = { from: ['Song Clean', 'ARTIST CLEAN'], as: 'name-id' };
const PLAY_RULES = [
  {
    table: 'tracks',
    columns: {
      id: PLAYED,
      title: 'Song Clean',
      artist: 'ARTIST CLEAN',
      release_date: 'Release Year',
      listens: 'PlayCount',
    },
  },
];

/** The report of `file`, imported alone by `rules`. */
async function reportOf(name: string, file: string, rules: readonly object[]): Promise<string> {
  const home = path.join(root, name);
  await createArchive(home, { name, contact: 'a@example.org' }, world);
  const mapping = {
    format: 'fonoteca-mapping/1',
    name,
    namespace: `table-${name}`,
    licence: null,
    popularity: { origin: name, method: 'as the file has it' },
    files: [{ kind: 'songs', match: ['*.csv'], format: 'csv', missing: ['', 'NA'], rows: rules }],
  };
  const catalogue = path.join(home, 'catalogue');
  const deps = { ...world, catalogue, watch: unwatched };
  await runImport({ preset: parseMapping(JSON.stringify(mapping), name), paths: [file] }, deps);
  await buildSnapshot({}, { ...deps, threads: 1 });
  await using archive = await openArchive(home, { write: true }, world);
  const out = path.join(root, `${name}-report`);
  await runReport(archive, out, { memory: '256MB' }, unwatched);
  return out;
}

/** CSV as RFC 4180 has it, by header; the files have no line breaks in their fields. */
function readCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/).map(fieldsOf);
  return lines.map((fields) => Object.fromEntries(header!.map((name, at) => [name, fields[at]!])));
}

function fieldsOf(line: string): string[] {
  const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return fields.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

describe('a report on real rows', { skip: WITHOUT_DATA }, () => {
  test('of 14,021 songs says what plain code says of the file', async () => {
    const out = await reportOf('songs', SONGS, SONG_RULES);
    const all = readCsv(gunzipSync(fs.readFileSync(SONGS)).toString('utf8'));
    const named = all.filter((row) => row.track_name !== 'NA' && row.track_artist !== 'NA');
    const rows = [...new Map(named.toReversed().map((row) => [row.track_id, row])).values()];
    const number = (text: string | undefined) =>
      text === '' || text === 'NA' ? null : Number(text);
    judgeReport(
      out,
      rows.map((row) => ({
        popularity: number(row.track_popularity),
        listens: null,
        durationMs: number(row.duration_ms),
        year: number(row.track_album_release_date!.slice(0, 4)),
        key: number(row.key),
        mode: number(row.mode),
        tempo: number(row.tempo),
        loudness: number(row.loudness),
        energy: number(row.energy),
      })),
    );
    const artists = new Map(
      named.toReversed().map((row) => [foldText(row.track_artist!), row.playlist_genre!] as const),
    );
    const genres = readStatistic(out, 'genres-by-artists');
    assert.deepEqual(
      new Map(genres.rows.map(([genre, count]) => [genre, count])),
      countsOf([...artists.values()]),
    );
    assert.equal(genres.accounts[0]!.counted, artists.size);
  });

  test('of 2,229 songs with counted plays has a curve of these plays', async () => {
    const out = await reportOf('plays', PLAYS, PLAY_RULES);
    const rows = readCsv(fs.readFileSync(PLAYS, 'utf8'));
    const plays = rows.map((row) => Number(row.PlayCount));
    const total = plays.reduce((sum, count) => sum + count, 0);
    const { rows: curve } = readStatistic(out, 'coverage');
    const { rows: byPopularity } = readStatistic(out, 'listens-by-popularity');
    assert.equal(
      byPopularity.reduce((sum, row) => sum + Number(row[3]), 0),
      total,
    );
    // Popularity follows from the plays, so the curve is that of the plays from most to least, but for equals of rounding.
    const sorted = plays.toSorted((a, b) => b - a);
    for (const [tracks, , , , share] of curve) {
      const best = sorted.slice(0, Number(tracks)).reduce((sum, count) => sum + count, 0) / total;
      assert.ok(
        Number(share) <= best + 1e-6 && Number(share) > best - 0.005,
        `${tracks}: ${share}, ${best}`,
      );
    }
    assert.ok(Number(curve.find(([tracks]) => Number(tracks) >= 222)![4]) > 0.3);
    const years = readStatistic(out, 'tracks-by-year');
    const dated = rows.filter((row) => /^\d{4}$/.test(row['Release Year']!)).length;
    assert.equal(years.accounts[0]!.counted, dated);
    assert.equal(years.accounts[0]!.missing[0]!.count, rows.length - dated);
    const { rows: bottom } = readStatistic(out, 'top-against-bottom');
    const top = sorted.slice(0, 3).reduce((sum, count) => sum + count, 0);
    let [sum, least] = [0, 0];
    for (const count of sorted.toReversed()) {
      if (sum + count > top) break;
      sum += count;
      least += 1;
    }
    assert.deepEqual(bottom[0], ['counted listens', top, least]);
  });
});
