/** Charts of every kind for tests: as a report has them, with gaps, extremes and hostile words. */
import type { Chart, Measure } from './chart.ts';

const COUNT: Measure = { title: 'Tracks', unit: 'count' };
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE tracks; --",
  '\u202egnihton\u202c \u2066\u200f',
  'nul \u0000 bell \u0007 lone \ud800 and \uffff',
  '{"expr":"1+1"}',
  "datum['x'] + signal(window)",
  '&amp; ]]> <![CDATA[',
  '日本の伝統音楽と現代の実験音楽の非常に長い名前がここに続いてどこまでも続く',
  'مقام وموسيقى عربية',
  'a\nb\tc',
  '',
];

function sequence<T>(length: number, make: (at: number) => T): T[] {
  return Array.from({ length }, (_, at) => make(at));
}

const popularity = sequence(101, (at) =>
  at === 100 ? 0 : Math.round(1.8e8 * Math.exp(-at / 5) + (90 - at) * 40 * Number(at < 90)),
);
const tempo = sequence(60, (at) =>
  Math.round(3e6 * Math.exp(-(((at * 4 - 118) / 26) ** 2)) + 2e4 * (at % 7)),
);
const keys = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];
const keyShares = [
  9.3, 2.8, 7.9, 2.8, 7.5, 2.4, 2.1, 1.3, 3.0, 4.0, 4.6, 3.8, 3.2, 3.2, 8.3, 2.8, 4.5, 1.9, 5.1,
  4.6, 3.3, 3.8, 3.1, 4.6,
].map((percent) => percent / 100);
const features = [
  'acousticness',
  'danceability',
  'duration',
  'energy',
  'instrumentalness',
  'liveness',
  'loudness',
  'popularity',
  'speechiness',
  'tempo',
  'valence',
];
const budgets = sequence(30, (at) => Math.round(1e9 * 10 ** (at / 5)));
const coverage = (scale: number) => budgets.map((bytes) => 1 - Math.exp(-((bytes / scale) ** 0.4)));

/** By name, a chart as a report has it. */
export const CHART_SAMPLES: Readonly<Record<string, Chart>> = {
  'histogram-linear': {
    kind: 'histogram',
    title: 'Tracks by popularity',
    subtitle: '256,039,007 tracks; popularity of July 2025',
    description: 'Most tracks have popularity 0; the number falls steeply from there.',
    x: { title: 'Popularity', unit: 'number' },
    y: COUNT,
    from: sequence(101, (at) => at - 0.5),
    to: sequence(101, (at) => at + 0.5),
    values: popularity,
  },
  'histogram-log': {
    kind: 'histogram',
    title: 'Tracks by popularity, on a logarithmic axis',
    subtitle: '256,039,007 tracks; popularity of July 2025',
    description: 'Each ten points of popularity hold about a tenth of the tracks of the ten below.',
    x: { title: 'Popularity', unit: 'number' },
    y: { ...COUNT, scale: 'log' },
    from: sequence(101, (at) => at - 0.5),
    to: sequence(101, (at) => at + 0.5),
    values: popularity,
    marks: [
      { at: 0, label: 'kept as Opus' },
      { at: 1, label: 'kept as it came' },
      { at: 50, label: '210,000 tracks from here on' },
      { at: 95, label: 'top 10,000' },
    ],
  },
  'histogram-durations': {
    kind: 'histogram',
    title: 'Duration of tracks',
    description: 'Most tracks last three to four minutes.',
    x: { title: 'Duration (minutes)', unit: 'duration' },
    y: COUNT,
    from: sequence(120, (at) => at * 5),
    to: sequence(120, (at) => at * 5 + 5),
    values: sequence(120, (at) =>
      at === 7 ? null : Math.round(1e6 * Math.exp(-(((at - 40) / 17) ** 2))),
    ),
    marks: [120, 180, 240].map((at) => ({ at, label: `${at / 60}:00` })),
  },
  'histogram-long': {
    kind: 'histogram',
    title: 'Long durations',
    description: 'The number falls with the square of the duration.',
    x: { title: 'Duration (hours)', unit: 'duration', scale: 'log' },
    y: { ...COUNT, scale: 'log' },
    from: sequence(20, (at) => 600 * 1.35 ** at),
    to: sequence(20, (at) => 600 * 1.35 ** (at + 1)),
    values: sequence(20, (at) => Math.round(2e6 / 1.9 ** at)),
  },
  'histogram-tempo': {
    kind: 'histogram',
    title: 'Tempo',
    description: 'Most tracks have about 120 beats a minute.',
    x: { title: 'Beats a minute', unit: 'number' },
    y: COUNT,
    from: sequence(60, (at) => at * 4),
    to: sequence(60, (at) => at * 4 + 4),
    values: tempo,
  },
  'histogram-years': {
    kind: 'histogram',
    title: 'Albums by year of release',
    description: 'Over half of all albums came out after 2015.',
    x: { title: 'Year', unit: 'year' },
    y: { title: 'Albums', unit: 'count' },
    from: sequence(126, (at) => 1900 + at),
    to: sequence(126, (at) => 1901 + at),
    values: sequence(126, (at) => Math.round(40 * Math.exp(at / 10))),
  },
  columns: {
    kind: 'columns',
    title: 'Tracks per ISRC, on a logarithmic axis',
    description: 'Nearly every ISRC stands on one track.',
    x: 'Tracks with the same ISRC',
    y: { title: 'ISRCs', unit: 'count', scale: 'log' },
    labels: ['1', '2', '3', '4', '5', '6 to 10', '11 to 20', 'over 20'],
    series: [{ label: 'ISRCs', values: [1.7e8, 1.2e7, 2.1e6, 4e5, 9e4, 3e4, 800, 1] }],
  },
  'columns-two': {
    kind: 'columns',
    title: 'Keys, major and minor',
    description: 'C major is the most frequent.',
    x: 'Key',
    y: { title: 'Share of tracks', unit: 'share' },
    labels: keys,
    series: ['major', 'minor'].map((label, mode) => ({
      label,
      values: keys.map((_, key) => keyShares[key * 2 + mode]!),
    })),
  },
  'curve-coverage': {
    kind: 'curve',
    title: 'What a budget keeps: share of listening against bytes held',
    subtitle: 'Policy default, rights known, 256,039,007 tracks',
    description: 'At 300 TB more than 99 % of listening is kept.',
    x: { title: 'Bytes held', unit: 'bytes', scale: 'log' },
    y: { title: 'Share of listening', unit: 'share' },
    lines: [
      { label: 'listens, popularity-2025', x: budgets, y: coverage(1.5e12) },
      { label: 'artists, popularity-2025', x: budgets, y: coverage(3e12) },
      { label: 'coverage first', x: budgets, y: coverage(2e13) },
    ],
    marks: [
      { at: 3e13, label: 'popularity above 0 ends' },
      { at: 3e14, label: '300 TB' },
    ],
  },
  'curve-band': {
    kind: 'curve',
    title: 'Estimated streams per track by popularity',
    description:
      'From a thousand streams at popularity 10 to a thousand million at 90; at 0 hardly anything is known.',
    x: { title: 'Popularity', unit: 'number' },
    y: { title: 'Streams per track', unit: 'count', scale: 'log' },
    lines: [
      {
        label: 'estimate',
        x: sequence(101, (at) => at),
        y: sequence(101, (at) => 50 * 10 ** (at / 13)),
        low: sequence(101, (at) => (at === 0 ? 0 : 20 * 10 ** (at / 13))),
        high: sequence(101, (at) => (at === 0 ? 5000 : 120 * 10 ** (at / 13))),
      },
    ],
  },
  'curve-years': {
    kind: 'curve',
    title: 'Mean duration by year of release',
    description: 'Tracks have become shorter since 2010.',
    x: { title: 'Year', unit: 'year' },
    y: { title: 'Mean duration (minutes)', unit: 'duration' },
    lines: [
      {
        label: 'mean',
        x: sequence(25, (at) => 2000 + at),
        y: sequence(25, (at) => (at === 7 || at === 9 ? null : 250 - Math.max(0, at - 10) * 4)),
      },
    ],
  },
  ranked: {
    kind: 'ranked',
    title: 'Genres by artists that carry them',
    subtitle: '768 genres on 520,000 artists; an artist may carry several',
    description: 'Opera leads with 22,800 artists.',
    value: { title: 'Artists', unit: 'count' },
    labels: [
      'opera',
      'choral',
      'chamber music',
      'early music from before the invention of the gramophone',
      'polka',
      'unheard',
    ],
    values: [22_800, 21_200, 20_500, 1999, 12, null],
  },
  'ranked-log': {
    kind: 'ranked',
    title: 'The top three tracks against the bottom twenty million',
    description: 'Three tracks are played more often than twenty million others together.',
    value: { title: 'Streams', unit: 'count', scale: 'log' },
    labels: ['top three', 'bottom 20 million', 'one'],
    values: [7.3e9, 6.9e9, 1],
  },
  nested: {
    kind: 'nested',
    title: 'Genre tags by family',
    description: 'Electronic music has most tags.',
    value: { title: 'Tags on artists', unit: 'count' },
    labels: [
      'Electronic/Dance',
      'house',
      'techno',
      'Rock',
      'indie rock',
      'metal',
      'World/Traditional',
    ],
    values: [520_075, 120_000, 88_000, 370_179, 99_000, 80_210, 202_529],
    parents: [null, 'Electronic/Dance', 'Electronic/Dance', null, 'Rock', 'Rock', null],
  },
  'grid-keys': {
    kind: 'grid',
    title: 'Key and mode',
    subtitle: 'Percent of 255,594,909 tracks',
    description: 'C major holds 9.3 % of the tracks, D sharp minor 1.3 %.',
    value: { title: 'Share of tracks', unit: 'share' },
    tint: 'sequential',
    x: 'Mode',
    y: 'Key',
    columns: ['major', 'minor'],
    rows: keys,
    values: keyShares,
  },
  'grid-features': {
    kind: 'grid',
    title: 'How features go together',
    subtitle: 'Pearson correlation over 255,594,909 tracks',
    description: 'Loudness rises with energy.',
    value: { title: 'Correlation', unit: 'number' },
    tint: 'diverging',
    x: '',
    y: '',
    columns: features,
    rows: features,
    values: features.flatMap((_, row) =>
      features.map((__, column) =>
        row === column
          ? 1
          : row === 4 && column === 9
            ? null
            : Math.sin(row * 3 + column * 3) * 0.9,
      ),
    ),
  },
  shares: {
    kind: 'shares',
    title: 'Where the bytes of the archive stand',
    description: 'A third of the tracks is held.',
    value: { title: 'Share', unit: 'count' },
    rows: ['tracks', 'bytes', 'listening'],
    parts: ['held', 'planned as Opus', 'no right', 'same ISRC held', 'low priority'],
    values: [
      86e6, 20e6, 5e6, 60e6, 85e6, 3e14, 4e13, 1e13, 2e14, 3e14, 9.96e11, 1e9, 1e9, 1e9, 1e9,
    ],
  },
  'hostile-ranked': {
    kind: 'ranked',
    title: HOSTILE[0]!,
    subtitle: HOSTILE[4]!,
    description: HOSTILE.join(' '),
    value: { title: HOSTILE[1]!, unit: 'count' },
    labels: HOSTILE,
    values: HOSTILE.map((_, at) => at * 1234.5),
  },
  'hostile-columns': {
    kind: 'columns',
    title: HOSTILE.join(' '),
    description: HOSTILE[7]!,
    x: HOSTILE[1]!,
    y: { title: HOSTILE[5]!, unit: 'count' },
    labels: [...HOSTILE, ...HOSTILE],
    series: HOSTILE.slice(0, 2).map((label) => ({
      label,
      values: [...HOSTILE, ...HOSTILE].map((_, at) => at),
    })),
  },
  'hostile-curve': {
    kind: 'curve',
    title: HOSTILE[6]!,
    description: HOSTILE[6]!,
    x: { title: HOSTILE[6]!, unit: 'number' },
    y: { title: HOSTILE[0]!, unit: 'number' },
    lines: HOSTILE.map((label, line) => ({ label, x: [0, 1, 2], y: [line, null, -line] })),
    marks: HOSTILE.map((label, at) => ({ at: at / 6, label })),
  },
  'hostile-grid': {
    kind: 'grid',
    title: HOSTILE[8]!,
    description: HOSTILE[4]!,
    value: { title: HOSTILE[0]!, unit: 'number' },
    tint: 'sequential',
    x: HOSTILE[0]!,
    y: HOSTILE[1]!,
    columns: HOSTILE,
    rows: HOSTILE,
    values: HOSTILE.flatMap((_, row) => HOSTILE.map((__, column) => row * column)),
  },
  'hostile-shares': {
    kind: 'shares',
    title: HOSTILE[3]!,
    description: HOSTILE[3]!,
    value: { title: HOSTILE[1]!, unit: 'count' },
    rows: HOSTILE.slice(0, 4),
    parts: HOSTILE.slice(0, 8),
    values: sequence(32, (at) => (at % 9 === 0 ? null : at)),
  },
  empty: {
    kind: 'histogram',
    title: 'Tempo',
    description: 'No track has a tempo.',
    x: { title: 'Beats a minute', unit: 'number' },
    y: COUNT,
    from: [],
    to: [],
    values: [],
  },
  'one-bar': {
    kind: 'histogram',
    title: 'One track alone',
    description: 'There is one.',
    x: { title: 'Popularity', unit: 'number' },
    y: { ...COUNT, scale: 'log' },
    from: [0],
    to: [1],
    values: [1],
  },
};
