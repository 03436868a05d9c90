import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { foldText } from '../src/model/fold.ts';
import { judgeReport, readStatistic } from './support/report-judge.ts';
import {
  PLAY_RULES,
  PLAYS,
  reportOnTable,
  SONG_RULES,
  SONGS,
  WITHOUT_DATA,
} from './support/table-report.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-real-rows-'));
after(() => fs.rmSync(root, { recursive: true }));

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
    const out = await reportOnTable(root, 'songs', SONGS, SONG_RULES);
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
    const out = await reportOnTable(root, 'plays', PLAYS, PLAY_RULES);
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
