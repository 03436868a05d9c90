/** What a report must say of rows, computed row by row in plain code: the judge of its queries. For 10,000 to 99,999 tracks. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

/** A track as its source tells it; null where it does not. */
export interface JudgedTrack {
  readonly popularity: number | null;
  readonly listens: number | null;
  readonly durationMs: number | null;
  readonly year: number | null;
  readonly key: number | null;
  /** 1 is major. */
  readonly mode: number | null;
  readonly tempo: number | null;
  readonly loudness: number | null;
  readonly energy: number | null;
}

type Row = readonly (string | number | null)[];

/** A statistic as its file has it. */
export interface ReadStatistic {
  readonly rows: readonly Row[];
  readonly columns: readonly { readonly name: string }[];
  readonly accounts: readonly {
    readonly of: string;
    readonly counted: number;
    readonly missing: readonly { readonly what: string; readonly count: number }[];
  }[];
}

/** The statistic `name` of the report in `folder`. */
export function readStatistic(folder: string, name: string): ReadStatistic {
  return JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'));
}

/** Asserts what the report in `folder` says of `tracks`: seven statistics to the last number, and all that was missing. */
export function judgeReport(folder: string, tracks: readonly JudgedTrack[]): void {
  assert.ok(tracks.length >= 10_000 && tracks.length < 100_000, `${tracks.length} tracks`);
  const check = (name: string, rows: readonly Row[], counted: number) => {
    const told = readStatistic(folder, name);
    assert.deepEqual(told.rows, rows, name);
    const account = told.accounts.find(({ of }) => of === 'tracks')!;
    assert.equal(account.counted, counted, `${name}: counted`);
    const missing = account.missing.reduce((sum, { count }) => sum + count, 0);
    assert.equal(missing, tracks.length - counted, `${name}: missing`);
  };
  const classed = (
    name: string,
    width: number,
    measureOf: (track: JudgedTrack) => number | null,
  ) => {
    const counts = countBy(tracks, (track) => {
      const value = measureOf(track);
      return value === null ? null : Math.floor(value / width) * width;
    });
    const rows = counts.map(([from, count]) => [from, from + width, count]);
    check(name, rows, sumOf(counts));
  };
  const popularity = countBy(tracks, (track) => track.popularity);
  check(
    'tracks-by-popularity',
    popularity.map(([at, count]) => [at, at, count]),
    sumOf(popularity),
  );
  const years = countBy(tracks, (track) => track.year);
  check(
    'tracks-by-year',
    years.map(([at, count]) => [at, at, count]),
    sumOf(years),
  );
  classed('durations', 5, ({ durationMs }) =>
    durationMs === null || durationMs >= 600_000 ? null : Math.floor(durationMs / 1000),
  );
  classed('tempo', 2, ({ tempo }) => (tempo === null ? null : rounded(tempo, 2)));
  classed('loudness', 1, ({ loudness }) => (loudness === null ? null : rounded(loudness, 2)));
  judgeKeys(tracks, check);
  judgeCorrelation(folder, tracks);
}

function judgeKeys(
  tracks: readonly JudgedTrack[],
  check: (name: string, rows: readonly Row[], counted: number) => void,
): void {
  const known = tracks.filter(({ key, mode }) => key !== null && mode !== null);
  const percent = (count: number) => rounded((100 * count) / known.length, 3);
  const names = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
  const rows = names.map((name, key) => {
    const [major, minor] = [1, 0].map(
      (mode) => known.filter((track) => track.key === key && track.mode === mode).length,
    ) as [number, number];
    return [name, major, minor, percent(major), percent(minor)];
  });
  check('key-and-mode', rows, known.length);
}

/** Pearson's coefficient by its definition, in floating point and two passes. */
function judgeCorrelation(folder: string, tracks: readonly JudgedTrack[]): void {
  const both = tracks.filter(({ loudness, energy }) => loudness !== null && energy !== null);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const xs = both.map(({ loudness }) => loudness!);
  const ys = both.map(({ energy }) => energy!);
  const [x, y] = [mean(xs), mean(ys)];
  const product = xs.reduce((sum, each, at) => sum + (each - x) * (ys[at]! - y), 0);
  const spread = (values: readonly number[], middle: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0));
  const wanted = product / (spread(xs, x) * spread(ys, y));
  const { rows } = readStatistic(folder, 'feature-grid');
  const told = rows.find(([feature, other]) => feature === 'loudness' && other === 'energy')!;
  assert.equal(told[2], both.length);
  assert.ok(Math.abs(Number(told[3]) - wanted) < 2e-4, `${told[3]}, wanted ${wanted}`);
}

function countBy(
  tracks: readonly JudgedTrack[],
  keyOf: (track: JudgedTrack) => number | null,
): [number, number][] {
  const counts = new Map<number, number>();
  for (const track of tracks) {
    const key = keyOf(track);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

function sumOf(counts: readonly (readonly [number, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** Halves go away from zero, as in the tables of a snapshot. */
function rounded(value: number, digits: number): number {
  return (Math.sign(value) * Math.round(Math.abs(value) * 10 ** digits)) / 10 ** digits;
}
