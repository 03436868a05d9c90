/** Statistics of durations, years, identifiers, albums, people and labels. */
import {
  classesOf,
  columnBars,
  curve,
  histogram,
  logarithmic,
  ranked,
  withLog,
} from './pictures.ts';
import { number, type Statistic, text, whole } from './statistic.ts';

const DURATIONS = 'Durations';
const YEARS = 'Years';
const IDENTIFIERS = 'Identifiers and albums';
const PEOPLE = 'People and labels';
const TRACKS = { column: 'tracks', title: 'Tracks', unit: 'count' } as const;
const ALBUMS = { column: 'albums', title: 'Albums', unit: 'count' } as const;
const YEAR = { column: 'from_year', title: 'Release year', unit: 'year' } as const;
const YEAR_COLUMNS = [whole('from_year', 'From year', 'year'), whole('to_year', 'To year', 'year')];
const tracks = whole('tracks', 'Tracks', 'tracks');
const albums = whole('albums', 'Albums', 'albums');
const MINUTES = [1, 2, 3, 4, 5].map((minute) => ({ at: minute * 60, label: `${minute}:00` }));

/** How many things stand on one other thing, in classes. */
function perOne(
  fields: Pick<Statistic, 'name' | 'title' | 'meaning' | 'section' | 'notes'>,
  { of, on, x }: { of: string; on: string; x: string },
): Statistic {
  const titled = (name: string) => name[0]!.toUpperCase() + name.slice(1);
  const draw = columnBars({
    label: 'from_n',
    to: 'to_n',
    x,
    y: { column: of.toLowerCase(), title: titled(of), unit: 'count' },
  });
  return {
    ...fields,
    columns: [
      whole('from_n', `From ${on}`, on),
      whole('to_n', `To ${on}`, on),
      whole(of.toLowerCase(), titled(of), of),
      whole(on, titled(on), on),
    ],
    pictures: withLog(draw),
  };
}

function byYear(kind: 'tracks' | 'albums'): Statistic {
  return {
    name: `${kind}-by-year`,
    title: `${kind === 'tracks' ? 'Tracks' : 'Albums'} by release year`,
    section: YEARS,
    meaning:
      'The year that the source gives, which may be that of a later release. Years that cannot be are in the flags.',
    columns: [...YEAR_COLUMNS, kind === 'tracks' ? tracks : albums],
    pictures: withLog(
      histogram({
        from: 'from_year',
        to: 'to_year',
        edges: [0, 1],
        x: YEAR,
        y: kind === 'tracks' ? TRACKS : ALBUMS,
      }),
    ),
  };
}

/** In the order they are read. */
export const CATALOGUE_STATISTICS: readonly Statistic[] = [
  {
    name: 'durations',
    title: 'Tracks by duration',
    section: DURATIONS,
    meaning:
      'Tracks under ten minutes, by the second where there are enough of them. What lasts longer is told apart.',
    columns: [whole('from_s', 'From', 's'), whole('to_s', 'To, without it', 's'), tracks],
    pictures: {
      '': histogram({
        from: 'from_s',
        to: 'to_s',
        x: { title: 'Duration', unit: 'duration' },
        y: TRACKS,
        marks: MINUTES,
      }),
    },
  },
  {
    name: 'whole-minutes',
    title: 'Peaks at whole minutes',
    section: DURATIONS,
    meaning:
      'How many tracks last a whole number of minutes to the second, against the mean of the five seconds before and after: well above 1 where people compose to the clock.',
    columns: [
      whole('minute', 'Minutes', 'min'),
      tracks,
      number('mean_around', 'Mean of the seconds around', 'tracks'),
      number('times', 'Times as many'),
    ],
    pictures: {
      '': columnBars({
        label: 'minute',
        x: 'Minutes',
        y: { column: 'times', title: 'Times as many as around', unit: 'number' },
      }),
    },
  },
  {
    name: 'long-durations',
    title: 'Tracks of ten minutes and longer',
    section: DURATIONS,
    meaning: 'Tracks of ten minutes and longer in classes that grow wider.',
    columns: [whole('from_s', 'From', 's'), whole('to_s', 'To, without it', 's'), tracks],
    pictures: withLog((table) => {
      const names = ['10–15 min', '15–20 min', '20–30 min', '30–60 min', '1–2 h', '2–4 h'];
      names.push('4–12 h', '12–24 h', '24 h and more');
      const chart = columnBars({ label: 'from_s', x: 'Duration', y: TRACKS })(table);
      return chart.kind === 'columns' ? { ...chart, labels: names } : chart;
    }),
  },
  {
    name: 'mean-duration-by-year',
    title: 'Mean duration by release year',
    section: DURATIONS,
    meaning: 'The mean duration of tracks by release year; years with few tracks swing.',
    columns: [...YEAR_COLUMNS, tracks, number('mean_s', 'Mean duration', 's')],
    pictures: {
      '': curve(
        YEAR,
        { title: 'Mean duration', unit: 'duration' },
        [{ y: 'mean_s', label: 'Mean duration' }],
        'How long tracks of each release year last on average.',
      ),
    },
  },
  byYear('tracks'),
  byYear('albums'),
  {
    name: 'explicit',
    title: 'Explicit tracks',
    section: YEARS,
    meaning:
      'Of the tracks that a source marks either way. Unmarked is not the same as not explicit.',
    columns: [text('mark', 'Mark'), tracks, number('percent', 'Share', '%')],
    pictures: { '': ranked('mark', TRACKS) },
  },
  {
    name: 'explicit-by-year',
    title: 'Explicit tracks by release year',
    section: YEARS,
    meaning: 'The share among the tracks of a year that a source marks either way.',
    columns: [
      ...YEAR_COLUMNS,
      tracks,
      whole('explicit_tracks', 'Explicit', 'tracks'),
      number('percent', 'Share', '%'),
    ],
    pictures: {
      '': curve(
        YEAR,
        { title: 'Explicit (%)', unit: 'number' },
        [{ y: 'percent', label: 'Explicit' }],
        'The share of explicit tracks by release year.',
      ),
    },
  },
  perOne(
    {
      name: 'tracks-per-isrc',
      title: 'Tracks per ISRC',
      section: IDENTIFIERS,
      meaning:
        'On how many tracks an ISRC stands. An ISRC is meant to name one recording, which may be on several albums.',
      notes: ['Of a track with several ISRCs the first is counted.'],
    },
    { of: 'ISRCs', on: 'tracks', x: 'Tracks with the same ISRC' },
  ),
  perOne(
    {
      name: 'albums-per-upc',
      title: 'Albums per UPC',
      section: IDENTIFIERS,
      meaning: 'On how many albums a UPC or EAN stands. It is meant to name one product.',
    },
    { of: 'UPCs', on: 'albums', x: 'Albums with the same UPC' },
  ),
  perOne(
    {
      name: 'tracks-per-album',
      title: 'Tracks per album',
      section: IDENTIFIERS,
      meaning:
        'How many tracks of the snapshot stand on an album. Where a source gives a part of its tracks alone, an album has fewer here than in a shop.',
    },
    { of: 'albums', on: 'tracks', x: 'Tracks of the album' },
  ),
  {
    name: 'album-types',
    title: 'Types of albums',
    section: IDENTIFIERS,
    meaning: 'As the sources call them.',
    columns: [text('type', 'Type'), albums],
    pictures: { '': ranked('type', ALBUMS) },
  },
  {
    name: 'artists-per-track',
    title: 'Artists per track',
    section: PEOPLE,
    meaning: 'How many artists a track credits: how often people work together.',
    columns: [
      whole('from_artists', 'From', 'artists'),
      whole('to_artists', 'To', 'artists'),
      tracks,
    ],
    pictures: withLog((table) => {
      const chart = columnBars({ label: 'from_artists', x: 'Artists', y: TRACKS })(table);
      const labels = classesOf(table, 'from_artists', 'to_artists');
      return chart.kind === 'columns' ? { ...chart, labels } : chart;
    }),
  },
  perOne(
    {
      name: 'tracks-per-artist',
      title: 'Tracks per artist',
      section: PEOPLE,
      meaning: 'How many tracks of the snapshot name an artist first.',
    },
    { of: 'artists', on: 'tracks', x: 'Tracks that name the artist first' },
  ),
  {
    name: 'artists-by-place',
    title: 'Artists by country',
    section: PEOPLE,
    meaning: 'The country that a source gives the artist; ISO 3166-1.',
    columns: [text('place', 'Country'), whole('artists', 'Artists', 'artists')],
    pictures: { '': ranked('place', { column: 'artists', title: 'Artists', unit: 'count' }) },
  },
  {
    name: 'labels',
    title: 'Labels by albums',
    section: PEOPLE,
    meaning:
      'The labels with the most albums, as the sources write them: spellings are not made one, and owners are not known.',
    columns: [text('label', 'Label'), albums, number('percent', 'Share of known labels', '%')],
    pictures: { '': ranked('label', ALBUMS), log: logarithmic(ranked('label', ALBUMS)) },
  },
];
