/** A finished report for tests: every kind of picture, hostile titles, and a table of several pages. */
import { CHART_SAMPLES } from '../../charts/chart-samples.ts';
import type { Column, Report, StatisticResult } from '../result.ts';

/** Words that must never become markup, an address or a direction. */
export const HOSTILE_WORDS: readonly string[] = [
  '<script>document.title = "taken"</script>',
  '"><img src="http://[::1]:9/x.png" onerror="document.title = 1">',
  "' onmouseover='document.title = 1",
  'javascript:document.title=1',
  '\u202egnp.exe\u202c and \u2067more',
  'nul \u0000 bell \u0007 lone \ud800 end',
  '</td></table></main><h1>Out</h1>',
  '&lt;b&gt; &amp; --> ]]>',
  'A'.repeat(300),
];

const TRACK_COLUMNS: readonly Column[] = [
  { name: 'rank', title: 'Rank', unit: null, kind: 'whole' },
  { name: 'title', title: 'Title', unit: null, kind: 'text' },
  { name: 'pays', title: 'Links that pay artists', unit: null, kind: 'text' },
  { name: 'duration_ms', title: 'Duration', unit: 'ms', kind: 'whole' },
  { name: 'release_year', title: 'Release year', unit: 'year', kind: 'whole' },
  { name: 'listens', title: 'Counted listens', unit: 'listens', kind: 'whole' },
];

/** A statistic without pictures, of `count` rows with hostile titles. */
function tracks(name: string, title: string, count: number): StatisticResult {
  return {
    name,
    title,
    section: 'Samples',
    meaning: 'Tracks by name, with the links that pay their artists.',
    columns: TRACK_COLUMNS,
    rows: Array.from({ length: count }, (_, at) => [
      at,
      HOSTILE_WORDS[at % HOSTILE_WORDS.length]!,
      at % 4 === 0
        ? 'https://example.org/"><b>pay</b> https://example.net/'
        : 'javascript:alert(1)',
      at % 5 === 0 ? null : 180_000 + at * 1000,
      at % 6 === 0 ? null : 1900 + (at % 120),
      at % 7 === 0 ? null : 3_100_000_000 - at,
    ]),
    accounts: [{ of: 'tracks', counted: count, missing: [] }],
    notes: [],
    usesPopularity: true,
    charts: [],
  };
}

/** The linear and the logarithmic picture of one statistic stand together. */
function pictured(): StatisticResult[] {
  const { 'histogram-linear': linear, 'histogram-log': log, ...others } = CHART_SAMPLES;
  const of = (name: string, charts: StatisticResult['charts']): StatisticResult => ({
    name: `shows-${name}`,
    title: charts[0]!.chart.title,
    section: name.startsWith('hostile') ? HOSTILE_WORDS[0]! : 'What was counted',
    meaning:
      'Every track is counted once. Popularity 0 is a number of its source, and says nothing of streams.',
    columns: [{ name: 'tracks', title: 'Tracks', unit: 'tracks', kind: 'whole' }],
    rows: [[1]],
    accounts: [
      {
        of: 'tracks',
        counted: 255_594_909,
        missing: [
          {
            what: name.startsWith('hostile') ? HOSTILE_WORDS[1]! : 'features unknown',
            count: 444_098,
          },
        ],
      },
    ],
    notes: name.startsWith('hostile') ? HOSTILE_WORDS : [],
    usesPopularity: name.startsWith('histogram'),
    charts,
  });
  return [
    of('popularity', [
      { name: 'popularity', chart: linear! },
      { name: 'popularity-log', chart: log! },
    ]),
    ...Object.entries(others).map(([name, chart]) => of(name, [{ name, chart }])),
  ];
}

/** The report. */
export const REPORT_SAMPLE: Report = {
  head: {
    snapshot: 'sample-2026-11-21',
    rows: { tracks: 256_039_007, albums: 58_590_982, artists: 15_430_442 },
    sources: [
      { source: 'listenbrainz', licence: 'CC0-1.0', date: '2026-11-01' },
      { source: HOSTILE_WORDS[2]!, licence: null, date: null },
    ],
    popularity: { origin: 'listenbrainz', method: HOSTILE_WORDS[0]!, date: '2026-11-01' },
  },
  statistics: [
    ...pictured(),
    tracks('shuffle', 'True shuffle', 20),
    tracks('flagged', 'Flagged tracks', 90),
    tracks('none', 'Withdrawn tracks', 0),
    tracks('top-tracks', 'The top 10,000', 1250),
  ],
};
