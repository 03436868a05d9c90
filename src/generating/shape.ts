/**
 * The shape of a catalogue of 256 million tracks as it has been published: the shares, means and peaks that the generated
 * one follows at any size. What is not published is set here and said to be so in docs/formats/generated-catalogue.md.
 */

/** Tracks of a block; to albums and artists they are as 256,039,007 to 58,590,982 to 15,430,442, within 0.03 %. */
export const BLOCK_TRACKS = 4148;
/** Albums of a block. */
export const BLOCK_ALBUMS = 949;
/** Artists of a block. */
export const BLOCK_ARTISTS = 250;

/** Albums of a block by their number of tracks: most are singles, the sums are the block's. */
const ALBUMS_BY_TRACKS: readonly (readonly [tracks: number, albums: number])[] = [
  [1, 498],
  [2, 62],
  [3, 36],
  [4, 42],
  [5, 42],
  [6, 36],
  [7, 18],
  [8, 19],
  [9, 15],
  [10, 46],
  [11, 30],
  [12, 41],
  [13, 21],
  [14, 20],
  [15, 6],
  [16, 4],
  [18, 3],
  [20, 3],
  [24, 2],
  [30, 2],
  [41, 1],
  [60, 1],
  [99, 1],
];

/** The number of tracks of each album of a block, ascending. */
export const TRACK_COUNTS: Uint8Array = Uint8Array.from(
  ALBUMS_BY_TRACKS.flatMap(([tracks, albums]) => Array.from({ length: albums }, () => tracks)),
);

/** Share of the tracks with an ISRC: 198 of 256 million. */
export const ISRC_SHARE = 0.7733;
/** Of those, the ones whose ISRC is that of another track. */
export const REPEATED_ISRC_SHARE = 0.0606;
/** Tracks with measured features. */
export const FEATURES_SHARE = 0.998;
/** Of an artist credit, how often there are more than 0, 1, 2, 3 guests: 0.36 on average. */
export const GUESTS_ABOVE = [0.26, 0.075, 0.02, 0.005];

/**
 * Share of the tracks with at least popularity 1, 50, 70 and 100: a quarter, 210,000, 10,000 and three of 256 million;
 * between them it falls evenly on a logarithmic scale.
 */
const POPULARITY_POINTS: readonly (readonly [popularity: number, share: number])[] = [
  [1, 0.26],
  [50, 8.2e-4],
  [70, 3.9e-5],
  [100, 1.2e-8],
];

/** By popularity, the share of tracks that have at least it. */
export const POPULARITY_ABOVE: Float64Array = Float64Array.from({ length: 101 }, (_, popularity) =>
  popularity === 0 ? 1 : between(POPULARITY_POINTS, popularity),
);

/** Decimal logarithm of the streams of a track at a popularity: 1,000 at 1, three billion at 100, steep below 60. */
const STREAMS_POINTS: readonly (readonly [popularity: number, streams: number])[] = [
  [1, 1200],
  [60, 1.4e8],
  [100, 3e9],
];

/** By popularity, the streams in the middle of those that have it; what popularity 0 has is far below 1,000. */
export const STREAMS_AT: Float64Array = Float64Array.from({ length: 101 }, (_, popularity) =>
  popularity === 0 ? 150 : between(STREAMS_POINTS, popularity),
);

/** The value at `x` on lines through the points, drawn on a logarithmic scale. */
function between(points: readonly (readonly [number, number])[], x: number): number {
  const next = Math.max(
    1,
    points.findIndex(([at]) => at >= x),
  );
  const [[fromX, from], [toX, to]] = [points[next - 1]!, points[next]!];
  return from * (to / from) ** ((x - fromX) / (toX - fromX));
}

const FIRST_YEAR = 1950;
const LAST_YEAR = 2025;
/** Share of the albums of a year: 10 of 58.6 million are of 2023, and hardly any were before 2015. */
const YEAR_SHARES = new Map([
  [2025, 0.118],
  [2024, 0.15],
  [2023, 0.176],
  [2022, 0.135],
  [2021, 0.105],
  [2020, 0.077],
  [2019, 0.052],
  [2018, 0.039],
  [2017, 0.029],
  [2016, 0.022],
  [2015, 0.016],
]);
const RECENT_SHARE = YEAR_SHARES.values().reduce((sum, share) => sum + share, 0);
/** A year's share before 2015 against that of the year after it. */
const OLDER_BY = 0.9;

function yearShare(year: number): number {
  const known = YEAR_SHARES.get(year);
  if (known !== undefined) return known;
  const older = 2014 - FIRST_YEAR + 1;
  const weight = OLDER_BY ** (2014 - year);
  return ((1 - RECENT_SHARE) * weight * (1 - OLDER_BY)) / (1 - OLDER_BY ** older);
}

const YEAR_STEPS = 8192;
/** The release year of each 8,192nd of the albums. */
export const YEARS: Uint16Array = steps(
  Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => FIRST_YEAR + at),
  yearShare,
  YEAR_STEPS,
);

/** The share of explicit tracks of a year: 2.45 % in 2000, 17.84 % in 2024, 13.5 % of all. */
export function explicitShare(year: number): number {
  if (year < 2000) return 0.01;
  return (
    0.0245 +
    ((0.1784 - 0.0245) * (Math.min(year, 2024) - 2000) ** EXPLICIT_RISE) / 24 ** EXPLICIT_RISE
  );
}
/** Bends the rise so that all years together come to 13.5 %. */
const EXPLICIT_RISE = 2.8;

/** Mean duration of a year's tracks: 248.2 s in 2000, 252.0 s in 2010, 193.8 s in 2024. */
export function meanDurationMs(year: number): number {
  if (year <= 2000) return 248_200 - (2000 - year) * 500;
  if (year <= 2010) return 248_200 + (year - 2000) * 380;
  return 252_000 - ((Math.min(year, 2024) - 2010) * (252_000 - 193_800)) / 14;
}

/** Percent of tracks by key (C first), in major and in minor. */
const KEY_SHARES: readonly (readonly [major: number, minor: number])[] = [
  [9.3, 2.8],
  [7.9, 2.8],
  [7.5, 2.4],
  [2.1, 1.3],
  [3.0, 4.0],
  [4.6, 3.8],
  [3.2, 3.2],
  [8.3, 2.8],
  [4.5, 1.9],
  [5.1, 4.6],
  [3.3, 3.8],
  [3.1, 4.6],
];

const KEY_STEPS = 999;
/** Key times two, plus one in minor, of each 999th of the tracks. */
export const KEYS: Uint16Array = steps(
  Array.from({ length: 24 }, (_, at) => at),
  (at) => KEY_SHARES[at >> 1]![at & 1]! / 99.9,
  KEY_STEPS,
);

/** A table of `count` entries in which each value stands as often as its share says. */
function steps(values: readonly number[], share: (value: number) => number, count: number) {
  const table = new Uint16Array(count);
  let [at, sum] = [0, 0];
  for (const value of values) {
    sum += share(value);
    for (; at < Math.min(count, Math.round(sum * count)); at += 1) table[at] = value;
  }
  return table.fill(values.at(-1)!, at);
}
