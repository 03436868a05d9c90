import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { foldText } from '../model/fold.ts';
import { parseIsrc } from '../model/ids.ts';
import { generateLines, type TrackRange } from './generate-lines.ts';
import {
  GENERATED_COLUMNS,
  GENERATED_KINDS,
  type GeneratedKind,
  generatedMapping,
} from './generated-columns.ts';
import { GENRES, MARKET_COMBINATIONS, marketsText } from './genres-and-markets.ts';
import { BLOCK_TRACKS, explicitShare, meanDurationMs, POPULARITY_ABOVE } from './shape.ts';

type Row = Record<string, unknown>;

const ROWS = 25 * BLOCK_TRACKS;
const catalogue = { seed: 7, rows: ROWS, revision: 1 };

function textOf(kind: GeneratedKind, range: TrackRange, of = catalogue): string {
  return Buffer.concat([...generateLines(of, kind, range)]).toString('utf8');
}

function rowsOf(kind: GeneratedKind, range: TrackRange, of = catalogue): Row[] {
  const lines = textOf(kind, range, of).split('\n');
  assert.equal(lines.pop(), '', 'the last line ends');
  return lines.map((line) => JSON.parse(line) as Row);
}

const whole = { from: 0, to: ROWS };
const tracks = rowsOf('tracks', whole);
const albums = rowsOf('albums', whole);
const artists = rowsOf('artists', whole);

/** `count` of `of` is `share` of it, within `tolerance` of that share. */
function assertShare(count: number, of: number, share: number, tolerance: number): void {
  const seen = count / of;
  assert.ok(
    Math.abs(seen / share - 1) <= tolerance,
    `${count} of ${of} is ${seen}, wanted ${share} within ${tolerance * 100} %`,
  );
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const numbers = (rows: readonly Row[], column: string) =>
  rows.flatMap((row) => (row[column] === undefined ? [] : [row[column] as number]));
const yearOf = (row: Row) => Number(String(row.date).slice(0, 4));

describe('a generated catalogue', () => {
  test('is the same for the same seed, and another for another', () => {
    const range = { from: 100, to: 200 };
    assert.equal(textOf('tracks', range), textOf('tracks', range));
    const other = { ...catalogue, seed: 8 };
    assert.notEqual(textOf('tracks', range), textOf('tracks', range, other));
    const ids = new Set(rowsOf('tracks', range).map(({ id }) => id));
    assert.ok(rowsOf('tracks', range, other).every(({ id }) => !ids.has(id)));
  });

  test('comes out alike in stretches of any size', () => {
    const of = { ...catalogue, rows: 3 * BLOCK_TRACKS - 77, revision: 3 };
    const cuts = [0, 1, 2000, BLOCK_TRACKS, BLOCK_TRACKS + 5, 2 * BLOCK_TRACKS + 900, of.rows];
    for (const kind of GENERATED_KINDS) {
      const parts = cuts.slice(1).map((to, at) => textOf(kind, { from: cuts[at]!, to }, of));
      assert.equal(parts.join(''), textOf(kind, { from: 0, to: of.rows }, of), kind);
    }
  });

  test('does not change its rows when it gets longer', () => {
    const range = { from: 0, to: BLOCK_TRACKS };
    const longer = { ...catalogue, rows: 50_000_000 };
    assert.equal(textOf('tracks', range), textOf('tracks', range, longer));
  });

  for (const [kind, rows] of [
    ['tracks', tracks],
    ['albums', albums],
    ['artists', artists],
  ] as const)
    test(`has in ${kind} the columns that are told, in their order, and each of them`, () => {
      const told = GENERATED_COLUMNS[kind].map(({ column }) => column);
      for (const row of rows.slice(0, 5000))
        assert.deepEqual(
          Object.keys(row),
          told.filter((column) => column in row),
        );
      for (const column of told)
        assert.ok(
          rows.some((row) => row[column] !== undefined),
          column,
        );
    });

  test('is mapped column by column', () => {
    const { files } = generatedMapping('x') as unknown as {
      files: { kind: string; rows: { table: string; columns: Row }[] }[];
    };
    assert.deepEqual(
      files.map(({ kind }) => kind),
      [...GENERATED_KINDS],
    );
    const features = files[0]!.rows[1]!;
    assert.equal(features.table, 'features');
    assert.deepEqual([features.columns.id, features.columns.tempo_bpm], ['id', 'tempo']);
    assert.deepEqual(files[1]!.rows[0]!.columns.markets, { from: 'markets', split: ' ' });
  });

  test('has ids of their own, and albums and artists for all that is named', () => {
    for (const rows of [tracks, albums, artists]) {
      const ids = new Set(rows.map(({ id }) => id));
      assert.equal(ids.size, rows.length);
      for (const id of ids) assert.match(String(id), /^[0-9A-Za-z]{22}$/);
    }
    const [albumIds, artistIds, trackIds] = [albums, artists, tracks].map(
      (rows) => new Set(rows.map(({ id }) => id)),
    );
    for (const row of tracks) {
      assert.ok(albumIds!.has(row.album_id));
      for (const id of row.artist_ids as string[]) assert.ok(artistIds!.has(id));
      if (row.recording_id !== undefined) assert.ok(trackIds!.has(row.recording_id));
    }
    const counted = Map.groupBy(tracks, ({ album_id }) => album_id);
    for (const album of albums) assert.equal(album.tracks, counted.get(album.id)?.length);
  });
});

test('the worked lines of the specification are what is generated', () => {
  const page = path.resolve(import.meta.dirname, '../../docs/formats/generated-catalogue.md');
  const of = { seed: 1, rows: 2 * BLOCK_TRACKS, revision: 1 };
  const lines = (['tracks', 'albums', 'artists'] as const).map(
    (kind) => textOf(kind, { from: BLOCK_TRACKS, to: of.rows }, of).split('\n')[0],
  );
  assert.ok(fs.readFileSync(page, 'utf8').includes(`\n${lines.join('\n')}\n`));
});

describe('the published shape', () => {
  test('tracks, albums, artists and credits are in their proportion, within 1 %', () => {
    assertShare(albums.length, tracks.length, 58_590_982 / 256_039_007, 0.01);
    assertShare(artists.length, tracks.length, 15_430_442 / 256_039_007, 0.01);
    const credits = tracks.reduce((sum, row) => sum + (row.artist_ids as string[]).length, 0);
    assertShare(credits, tracks.length, 1.3594, 0.01);
    const singles = albums.filter((row) => row.tracks === 1).length;
    assert.ok(singles / albums.length > 0.5, 'most albums are singles');
  });

  test('popularity: 74 % at zero within 1 %, and the tail falls as published, within 25 %', () => {
    const values = numbers(tracks, 'popularity');
    assert.equal(values.length, tracks.length);
    assertShare(values.filter((value) => value === 0).length, values.length, 0.74, 0.01);
    for (const least of [5, 10, 20, 30, 40, 50])
      assertShare(
        values.filter((value) => value >= least).length,
        values.length,
        POPULARITY_ABOVE[least]!,
        0.25,
      );
    assert.ok(Math.abs(POPULARITY_ABOVE[50]! * 256e6 - 210_000) < 1000);
    assert.ok(Math.abs(POPULARITY_ABOVE[70]! * 256e6 - 10_000) < 100);
  });

  test('at least 70 % of the tracks have under 1,000 listens, and popular ones most of them', () => {
    const few = tracks.filter((row) => (row.listens as number) < 1000).length;
    assert.ok(few / tracks.length >= 0.7);
    const listensOf = (rows: readonly Row[]) =>
      numbers(rows, 'listens').reduce((sum, value) => sum + value, 0);
    const held = listensOf(tracks.filter((row) => (row.popularity as number) > 0));
    assert.ok(held / listensOf(tracks) > 0.99);
    assert.ok(tracks.every((row) => (row.listeners as number) <= (row.listens as number)));
  });

  test('ISRCs: 77.3 % of the tracks carry one, 186 distinct to 256 tracks, within 1 %', () => {
    const isrcs = tracks.flatMap((row) => (row.isrc as string[] | undefined) ?? []);
    assertShare(isrcs.length, tracks.length, 198 / 256.04, 0.01);
    assertShare(new Set(isrcs).size, tracks.length, 186 / 256.04, 0.01);
    for (const isrc of isrcs.slice(0, 2000)) assert.equal(parseIsrc(isrc), isrc);
    const repeated = Map.groupBy(isrcs, (isrc) => isrc).values();
    assert.ok(Math.max(...repeated.map(({ length }) => length)) >= 10, 'some come many times');
  });

  test('tracks that share an ISRC share title, artist and duration', () => {
    const byIsrc = Map.groupBy(
      tracks.filter((row) => row.isrc),
      (row) => (row.isrc as string[])[0]!,
    );
    for (const rows of byIsrc.values())
      for (const row of rows)
        for (const column of ['title', 'artist', 'duration_ms'])
          assert.equal(row[column], rows[0]![column]);
  });

  test('explicit: 13.5 % within 5 %, rising from 2000 to 2024', () => {
    const share = (rows: readonly Row[]) =>
      rows.filter((row) => row.explicit === true).length / rows.length;
    assertShare(share(tracks) * 1e6, 1e6, 0.135, 0.05);
    assert.equal(explicitShare(2000), 0.0245);
    assert.equal(explicitShare(2024), 0.1784);
    assertShare(share(tracks.filter((row) => yearOf(row) === 2024)) * 1e6, 1e6, 0.1784, 0.06);
  });

  test('durations: the means of the years within 2 %, and peaks at 2:00, 3:00 and 4:00', () => {
    assert.deepEqual([2000, 2010, 2024].map(meanDurationMs), [248_200, 252_000, 193_800]);
    const recent = tracks.filter((row) => yearOf(row) === 2024 && !row.recording_id);
    assertShare(mean(numbers(recent, 'duration_ms')), 1, 193_800, 0.02);
    const older = tracks.filter((row) => yearOf(row) <= 2014 && !row.recording_id);
    const wanted = mean(older.map((row) => meanDurationMs(yearOf(row))));
    assertShare(mean(numbers(older, 'duration_ms')), 1, wanted, 0.03);
    const at = Map.groupBy(numbers(tracks, 'duration_ms'), (value) => value);
    const usual = tracks.length / at.size;
    for (const minutes of [2, 3, 4]) assert.ok(at.get(minutes * 60_000)!.length > 50 * usual);
  });

  test('release years: 17 % of the albums are of 2023 and few from before 2015; dates of 4, 7, 10', () => {
    const of2023 = albums.filter((row) => yearOf(row) === 2023).length;
    assert.ok((of2023 / albums.length) * 58_590_982 > 9_900_000);
    assert.ok(albums.filter((row) => yearOf(row) < 2015).length / albums.length < 0.1);
    const lengths = new Set(albums.map((row) => String(row.date).length));
    assert.deepEqual(
      [...lengths].sort((a, b) => a - b),
      [4, 7, 10],
    );
  });

  test('genres: 768, on artists alone, 2.23 million pairs to 15.4 million artists, within 10 %', () => {
    assert.equal(new Set(GENRES).size, 768);
    const longer = { ...catalogue, rows: 100 * BLOCK_TRACKS };
    const many = rowsOf('artists', { from: 0, to: longer.rows }, longer);
    const pairs = many.flatMap((row) => (row.genres as string[] | undefined) ?? []);
    assertShare(pairs.length, many.length, 2_229_947 / 15_430_442, 0.1);
    assert.ok(pairs.every((genre) => GENRES.includes(genre)));
    assert.ok(!tracks.some((row) => 'genres' in row));
  });

  test('markets: 89,501 different combinations, each of them countries in order', () => {
    const all = Array.from({ length: MARKET_COMBINATIONS }, (_, at) => marketsText(at));
    assert.equal(new Set(all).size, MARKET_COMBINATIONS);
    for (const text of all.slice(0, 1000)) {
      const codes = text.split(' ');
      assert.deepEqual(
        codes,
        [...codes].sort((a, b) => (a < b ? -1 : 1)),
      );
    }
    const told = new Set(all);
    for (const { markets } of albums)
      assert.ok(markets === undefined || told.has(markets as string));
  });

  test('languages: of two albums in three, in codes of three letters', () => {
    const told = Map.groupBy(albums, ({ language }) => language as string | undefined);
    assertShare(told.get(undefined)!.length, albums.length, 0.35, 0.03);
    assertShare(told.get('zxx')!.length, albums.length, 0.05, 0.1);
    told.delete(undefined);
    assert.equal(told.size, 19 + 2);
    for (const language of told.keys()) assert.match(language!, /^[a-z]{3}$/);
  });

  test('features: 99.8 % have them, within a tenth of a percent; keys and modes as published', () => {
    const measured = tracks.filter((row) => row.key !== undefined);
    assertShare(measured.length, tracks.length, 0.998, 0.001);
    const cMajor = measured.filter((row) => row.key === 0 && row.mode === 'major').length;
    assertShare(cMajor, measured.length, 0.093, 0.05);
    const minor = measured.filter((row) => row.mode === 'minor').length;
    assertShare(minor, measured.length, 0.38, 0.02);
    assertShare(mean(numbers(measured, 'tempo')), 1, 120, 0.02);
    assert.ok(mean(numbers(measured, 'speechiness')) < 0.25);
    const loudOf = (rows: readonly Row[]) => mean(numbers(rows, 'loudness'));
    const loud = measured.filter((row) => (row.energy as number) > 0.8);
    const quiet = measured.filter((row) => (row.energy as number) < 0.3);
    assert.ok(loudOf(loud) > loudOf(quiet) + 8, 'loudness rises with energy');
  });

  test('words of many scripts', () => {
    const scripts = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Han', 'Hiragana'];
    for (const script of [...scripts, 'Katakana', 'Hangul', 'Thai', 'Devanagari']) {
      const pattern = new RegExp(`\\p{Script=${script}}`, 'u');
      const count = tracks.filter((row) => pattern.test(String(row.title))).length;
      assert.ok(count / tracks.length > 0.002, `${script}: ${count}`);
    }
    const words = new Set(tracks.flatMap((row) => foldText(String(row.title)).split(' ')));
    assert.ok(words.size > 60_000, `${words.size} words`);
  });

  test('UPCs have their check digit and now and then come twice', () => {
    const upcs = albums.flatMap((row) => (row.upc as string | undefined) ?? []);
    assertShare(upcs.length, albums.length, 0.95, 0.01);
    for (const upc of upcs) {
      const sum = [...upc].reduce(
        (total, digit, at) => total + Number(digit) * (at % 2 ? 1 : 3),
        0,
      );
      assert.ok(upc.length === 12 && sum % 10 === 0, upc);
    }
    assertShare(new Set(upcs).size, upcs.length, 0.968, 0.01);
  });
});

describe('a further revision', () => {
  const second = { ...catalogue, revision: 2 };
  const renewed = rowsOf('tracks', whole, second);
  const redirects = rowsOf('redirects', whole, second);

  test('changes 2 % of the tracks in one value and gives 0.5 % new ids, within 10 %', () => {
    const differing = renewed.map((row, at) =>
      Object.keys(row).filter((column) => String(row[column]) !== String(tracks[at]![column])),
    );
    const renamed = differing.filter((columns) => columns.includes('id')).length;
    assertShare(renamed, ROWS, 0.005, 0.1);
    const changed = differing.filter(
      (columns) =>
        columns.length > 0 && !columns.includes('id') && !columns.includes('recording_id'),
    );
    assertShare(changed.length, ROWS, 0.02, 0.1);
    for (const column of ['popularity', 'title', 'duration_ms', 'explicit'])
      assert.ok(
        changed.some((columns) => columns.includes(column)),
        column,
      );
  });

  test('redirects each id that is gone to the one in its place', () => {
    const to = new Map(redirects.map((row) => [row.from, row.to]));
    for (const [at, row] of renewed.entries())
      if (row.id !== tracks[at]!.id) assert.equal(to.get(tracks[at]!.id), row.id);
    assert.equal(to.size, renewed.filter((row, at) => row.id !== tracks[at]!.id).length);
    assert.equal(rowsOf('redirects', whole).length, 0);
  });

  test('leaves albums and artists as they are', () => {
    assert.equal(textOf('albums', whole, second), textOf('albums', whole));
    assert.equal(textOf('artists', whole, second), textOf('artists', whole));
  });
});
