/** Statistics of what the snapshot holds, of popularity and of listening. */
import {
  columnBars,
  curve,
  histogram,
  type Line,
  logarithmic,
  ranked,
  titled,
  withLog,
} from './pictures.ts';
import { number, type Statistic, text, whole } from './statistic.ts';

const SNAPSHOT = 'The snapshot';
const POPULARITY = 'Popularity';
const LISTENING = 'Listening';
const MODEL =
  'Where no source counts listens, they are modelled from popularity; the model and its bounds are in settings.sql. It is for shares, not for counts.';

function byPopularity(kind: 'tracks' | 'albums' | 'artists', title: string): Statistic {
  return {
    name: `${kind}-by-popularity`,
    title,
    section: POPULARITY,
    meaning:
      'Popularity is a whole number from 0 to 100 from the one origin named beside it. 0 is the lowest class of that origin: it says nothing of how many listens there are.',
    columns: [
      whole('from_popularity', 'From popularity'),
      whole('to_popularity', 'To popularity'),
      whole(kind, kind[0]!.toUpperCase() + kind.slice(1), kind),
    ],
    usesPopularity: true,
    pictures: withLog(
      histogram({
        from: 'from_popularity',
        to: 'to_popularity',
        edges: [-0.5, 0.5],
        x: { title: 'Popularity', unit: 'number' },
        y: { column: kind, title: kind[0]!.toUpperCase() + kind.slice(1), unit: 'count' },
      }),
    ),
  };
}

const IN_TOTAL: readonly Line[] = [
  { y: 'listens_counted', label: 'Counted' },
  { y: 'model_total', label: 'Modelled', low: 'model_total_low', high: 'model_total_high' },
];
const A_TRACK: readonly Line[] = [
  { y: 'counted_a_track', label: 'Counted' },
  { y: 'model_a_track', label: 'Modelled', low: 'model_a_track_low', high: 'model_a_track_high' },
];

function listensOver(title: string, lines: readonly Line[]) {
  const x = { column: 'popularity', title: 'Popularity', unit: 'number' } as const;
  const said =
    'Listens as they are counted and as they are modelled; the band is what the model leaves open.';
  return titled(title, curve(x, { title: 'Listens', unit: 'count' }, lines, said));
}

const COVERAGE_LINES = [
  { y: 'share_of_counted_listens', label: 'Counted listens' },
  {
    y: 'share_of_modelled_listens',
    label: 'Modelled listens',
    low: 'model_low',
    high: 'model_high',
  },
];
const COVERAGE_SAID =
  'The line rises steeply at first: few tracks hold most of the listens, and the last ones add little.';

function coverageOver(title: string, unit: 'share' | 'bytes', column: string) {
  const x = { column, title: unit === 'share' ? 'Share of tracks' : 'Bytes', unit };
  const y = { title: 'Share of listens', unit: 'share' } as const;
  return titled(title, curve(x, y, COVERAGE_LINES, COVERAGE_SAID));
}

/** In the order they are read. */
export const POPULARITY_STATISTICS: readonly Statistic[] = [
  {
    name: 'counters',
    title: 'What the snapshot holds',
    section: SNAPSHOT,
    meaning:
      'A track is a row of the catalogue: the same recording may be several tracks, and an ISRC is a code that stands on a track. None of the three is counted for another.',
    columns: [text('what', 'What'), whole('count', 'How many')],
    notes: ['Of a track with several ISRCs the first is counted.'],
    pictures: {
      '': logarithmic(ranked('what', { column: 'count', title: 'How many', unit: 'count' })),
    },
  },
  {
    name: 'sources',
    title: 'Sources compared',
    section: SNAPSHOT,
    meaning:
      'The dumps that the snapshot was built from. Rows read are before rows of the same id were made one; where the tables of the imports are still there, tracks and distinct ISRCs are counted in them. Of an import that was let go when the snapshot was built (--consume) nothing of that is known any more.',
    columns: [
      text('source', 'Source'),
      text('dump_date', 'Day of the dump'),
      text('licence', 'Licence of the data'),
      whole('tracks_read', 'Tracks read', 'tracks'),
      whole('tracks_kept', 'Tracks kept', 'tracks'),
      whole('tracks', 'Tracks in its tables', 'tracks'),
      whole('isrcs', 'Distinct ISRCs', 'ISRCs'),
      whole('shared_isrcs', 'ISRCs that another source has too', 'ISRCs'),
      whole('shared_ids', 'Track ids that another source has too', 'ids'),
    ],
    pictures: {
      '': ranked('source', { column: 'tracks_kept', title: 'Tracks kept', unit: 'count' }),
    },
  },
  {
    name: 'merged-rows',
    title: 'Rows that were made one',
    section: SNAPSHOT,
    meaning:
      'Rows that were made one with another when the snapshot was built: two sources, or two rows of one, gave the same id, or an id that now means another. It is known also after the tables of the imports are gone, and then all that is known of what sources have in common.',
    columns: [text('kind', 'Of'), text('reason', 'Reason'), whole('merged', 'Rows', 'rows')],
    pictures: { '': ranked('kind', { column: 'merged', title: 'Rows', unit: 'count' }) },
  },
  {
    name: 'dates',
    title: 'First and last dates',
    section: SNAPSHOT,
    meaning:
      'The earliest and the latest release year that rows give, plausible or not, and the days of the dumps that the snapshot was built from.',
    columns: [text('kind', 'Of'), text('first', 'First'), text('last', 'Last')],
  },
  byPopularity('tracks', 'Tracks by popularity'),
  byPopularity('albums', 'Albums by popularity'),
  byPopularity('artists', 'Artists by popularity'),
  {
    name: 'listens-by-popularity',
    title: 'Listens by popularity',
    section: LISTENING,
    meaning:
      'How much a track of each popularity is listened to, and how much all of them together. Tracks of unknown popularity have a row of their own.',
    columns: [
      whole('popularity', 'Popularity'),
      whole('tracks', 'Tracks', 'tracks'),
      whole('tracks_counted', 'Tracks with counted listens', 'tracks'),
      whole('listens_counted', 'Counted listens', 'listens'),
      number('counted_a_track', 'Counted listens a track', 'listens'),
      whole('model_a_track', 'Modelled listens a track', 'listens'),
      whole('model_a_track_low', 'at least', 'listens'),
      whole('model_a_track_high', 'at most', 'listens'),
      whole('model_total', 'Modelled listens in total', 'listens'),
      whole('model_total_low', 'at least', 'listens'),
      whole('model_total_high', 'at most', 'listens'),
    ],
    usesPopularity: true,
    notes: [MODEL],
    pictures: {
      '': listensOver('Listens in total by popularity', IN_TOTAL),
      'a-track': listensOver('Listens a track by popularity', A_TRACK),
      'a-track-log': logarithmic(listensOver('Listens a track by popularity', A_TRACK)),
    },
  },
  {
    name: 'coverage',
    title: 'Share of listens against tracks and bytes',
    section: LISTENING,
    meaning:
      'The tracks in the order of their popularity: what share of all listens the first of them hold, and how many bytes they are. Bytes are estimated from durations at the bitrates in settings.sql: all as originals, and with the tracks of popularity 0 at the rate of the tail.',
    columns: [
      whole('tracks', 'Tracks', 'tracks'),
      number('share_of_tracks', 'Share of tracks'),
      whole('bytes_original', 'Bytes, all as originals', 'bytes'),
      whole('bytes_with_tail', 'Bytes, popularity 0 re-encoded', 'bytes'),
      number('share_of_counted_listens', 'Share of counted listens'),
      number('share_of_modelled_listens', 'Share of modelled listens'),
      number('model_low', 'at least'),
      number('model_high', 'at most'),
    ],
    usesPopularity: true,
    notes: [MODEL, 'A track without a duration counts as the mean of those that have one.'],
    pictures: {
      '': coverageOver('Share of listens against tracks', 'share', 'share_of_tracks'),
      bytes: coverageOver('Share of listens against bytes', 'bytes', 'bytes_original'),
      'bytes-with-tail': coverageOver(
        'Share of listens against bytes, popularity 0 re-encoded',
        'bytes',
        'bytes_with_tail',
      ),
    },
  },
  {
    name: 'top-against-bottom',
    title: 'The top three against the bottom',
    section: LISTENING,
    meaning:
      'The listens of the three most heard tracks, and how many of the least heard tracks together do not exceed them.',
    columns: [
      text('measure', 'Measure'),
      whole('top_three', 'Listens of the top three', 'listens'),
      whole('bottom_tracks', 'Tracks at the bottom that do not exceed them', 'tracks'),
    ],
    usesPopularity: true,
    notes: [MODEL, 'By the model, tracks of unknown popularity are left out.'],
    pictures: {
      '': ranked('measure', {
        column: 'bottom_tracks',
        title: 'Tracks at the bottom',
        unit: 'count',
      }),
    },
  },
  {
    name: 'payment',
    title: 'What this listening pays',
    section: LISTENING,
    meaning:
      'Counted listens times a rate for each stream. 0.003 to 0.005 US dollars is what one independent label was paid a stream by Spotify, as it told in the Streaming Price Bible of the site The Trichordist: 0.00521 for 2014, 0.00437 for 2016 (4,370 dollars a million; some 150 albums and 115 million streams that year), 0.00397 for 2017, 0.00331 for 2018 and 0.00348 for 2019 (over 350 albums and 1.5 billion streams), before the fees of whoever distributes. What of it reaches an artist depends on contracts. The links beside the tracks of the samples below pay artists directly.',
    columns: [
      text('what', 'What'),
      whole('listens', 'Listens', 'listens'),
      number('usd_low', 'At 0.003 a stream', 'USD'),
      number('usd_2016', 'At 0.00437, told for 2016', 'USD'),
      number('usd_high', 'At 0.005 a stream', 'USD'),
    ],
    pictures: {
      '': columnBars({
        label: 'what',
        x: '',
        y: { column: 'usd_low', title: 'US dollars', unit: 'money' },
        series: [
          { column: 'usd_low', title: 'At 0.003', unit: 'money' },
          { column: 'usd_2016', title: 'At 0.00437', unit: 'money' },
          { column: 'usd_high', title: 'At 0.005', unit: 'money' },
        ],
      }),
    },
    notes: [
      "The rates are one label's and services pay others otherwise; later ones are not known to us from a source as plain. They are not from the sources of the snapshot.",
    ],
  },
];
