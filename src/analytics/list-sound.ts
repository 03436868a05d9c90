/** Statistics of genres, of the sound, of markets, of rights and of what is held. */
import type { Unit } from '../charts/chart.ts';
import { cells, columnBars, histogram, ranked, wordsOf } from './pictures.ts';
import { number, type Statistic, text, whole } from './statistic.ts';
import { numbersOf, type Table, textsOf } from './table.ts';

const GENRES = 'Genres';
const SOUND = 'Sound';
const MARKETS = 'Markets';
const RIGHTS = 'Rights';
const HELD = 'What is held';
const TRACKS = { column: 'tracks', title: 'Tracks', unit: 'count' } as const;
const ARTISTS = { column: 'artists', title: 'Artists', unit: 'count' } as const;
const tracks = whole('tracks', 'Tracks', 'tracks');
const artists = whole('artists', 'Artists', 'artists');

function measured(name: string, title: string, unit: 'BPM' | 'dB', meaning: string): Statistic {
  const end = unit.toLowerCase();
  return {
    name,
    title: `Tracks by ${name}`,
    section: SOUND,
    meaning,
    columns: [
      number(`from_${end}`, 'From', unit),
      number(`to_${end}`, 'To, without it', unit),
      tracks,
    ],
    pictures: {
      '': histogram({
        from: `from_${end}`,
        to: `to_${end}`,
        x: { title, unit: 'number' },
        y: TRACKS,
      }),
    },
  };
}

function perMarket(name: string, title: string, notes: readonly string[]): Statistic {
  return {
    name,
    title,
    section: MARKETS,
    meaning: 'Countries in which a track may be had according to the source of its album.',
    columns: [text('market', 'Market'), tracks],
    notes,
    usesPopularity: name.endsWith('heard'),
    pictures: { '': ranked('market', TRACKS, 40) },
  };
}

/** Families with their commonest genres below them. */
function tree(table: Table) {
  const [families, genres] = [textsOf(table, 'family'), textsOf(table, 'genre')];
  return {
    kind: 'nested' as const,
    ...wordsOf(table, 'Each family of genres by its artists, with its commonest genres below it.'),
    value: { title: 'Artists', unit: 'count' as Unit },
    labels: genres.map((genre, at) => genre || families[at]!),
    values: numbersOf(table, 'artists'),
    parents: genres.map((genre, at) => (genre === '' ? null : families[at]!)),
  };
}

/** The pairs as lying bars. */
function pairs(table: Table) {
  const [one, other] = [textsOf(table, 'genre'), textsOf(table, 'with_genre')];
  const chart = ranked('genre', ARTISTS)(table);
  const labels = one.slice(0, 30).map((genre, at) => `${genre} + ${other[at]}`);
  return chart.kind === 'ranked' ? { ...chart, labels } : chart;
}

/** In the order they are read. */
export const SOUND_STATISTICS: readonly Statistic[] = [
  {
    name: 'genres-by-artists',
    title: 'Genres by artists',
    section: GENRES,
    meaning:
      'How many artists have a genre. Sources give genres to artists, not to tracks; an artist may have several.',
    columns: [text('genre', 'Genre'), artists],
    pictures: { '': ranked('genre', ARTISTS) },
  },
  {
    name: 'genre-tree',
    title: 'Families of genres',
    section: GENRES,
    meaning:
      'Genres gathered into families by the words of their names (settings.sql lists the words; what has none of them is Other). Artists are counted once in a family, tags as often as an artist has a genre of it.',
    columns: [
      text('family', 'Family'),
      text('genre', 'Genre'),
      artists,
      whole('tags', 'Tags of artists', 'tags'),
    ],
    pictures: { '': tree },
  },
  {
    name: 'genre-pairs',
    title: 'Genres that go together',
    section: GENRES,
    meaning: 'The pairs of genres that the most artists have both of.',
    columns: [text('genre', 'Genre'), text('with_genre', 'with'), artists],
    pictures: { '': pairs },
  },
  {
    name: 'key-and-mode',
    title: 'Key and mode',
    section: SOUND,
    meaning:
      'As an algorithm heard them: keys a fifth or a third apart are often taken for one another.',
    columns: [
      text('key', 'Key'),
      whole('major', 'Major', 'tracks'),
      whole('minor', 'Minor', 'tracks'),
      number('percent_major', 'Major', '%'),
      number('percent_minor', 'Minor', '%'),
    ],
    pictures: {
      '': columnBars({
        label: 'key',
        x: 'Key',
        y: { column: 'percent_major', title: 'Share of tracks (%)', unit: 'number' },
        series: [
          { column: 'percent_major', title: 'Major', unit: 'number' },
          { column: 'percent_minor', title: 'Minor', unit: 'number' },
        ],
      }),
    },
  },
  measured(
    'tempo',
    'Tempo (beats a minute)',
    'BPM',
    'As an algorithm heard it; half and double of the real tempo are common mistakes. 0 is what the source gives where it heard no beat.',
  ),
  measured('loudness', 'Loudness (dB)', 'dB', 'As the source measures it over the whole track.'),
  {
    name: 'likelihoods',
    title: 'Other qualities of the sound',
    section: SOUND,
    meaning: 'Each from 0 to 1, as an algorithm judged it, in tenths.',
    columns: [
      text('feature', 'Quality'),
      number('from_value', 'From'),
      number('to_value', 'To'),
      tracks,
      number('share', 'Share'),
    ],
    pictures: {
      '': cells(
        {
          column: 'from_value',
          row: 'feature',
          value: { column: 'share', title: 'Share of tracks', unit: 'share' },
          tint: 'sequential',
        },
        { x: 'From', y: '' },
        'How the tracks are spread over each quality.',
      ),
    },
  },
  {
    name: 'feature-grid',
    title: 'Feature against feature',
    section: SOUND,
    meaning:
      "Pearson's coefficient for each two features over the tracks that have both: 1 rise together, -1 one falls as the other rises, near 0 no straight line between them.",
    columns: [
      text('feature', 'Feature'),
      text('with_feature', 'with'),
      tracks,
      number('correlation', 'Coefficient'),
    ],
    pictures: {
      '': cells(
        {
          column: 'feature',
          row: 'with_feature',
          value: { column: 'correlation', title: 'Coefficient', unit: 'number' },
          tint: 'diverging',
        },
        {},
        'A table of coefficients of correlation between nine features; the diagonal is 1.',
      ),
    },
  },
  {
    name: 'loudness-and-energy',
    title: 'Loudness and energy',
    section: SOUND,
    meaning: 'Tracks by both at once, in steps of 5 dB and of a tenth.',
    columns: [
      number('from_db', 'Loudness from', 'dB'),
      number('to_db', 'to', 'dB'),
      number('from_energy', 'Energy from'),
      number('to_energy', 'to'),
      tracks,
    ],
    pictures: {
      '': cells(
        { column: 'from_energy', row: 'from_db', value: TRACKS, tint: 'sequential' },
        { x: 'Energy', y: 'Loudness (dB)' },
        'How many tracks there are of each loudness and energy.',
      ),
    },
  },
  perMarket('tracks-per-market-heard', 'Tracks per market, popularity 10 or more', []),
  perMarket('tracks-per-market', 'Tracks per market, all', []),
  {
    name: 'licences',
    title: 'Licences',
    section: RIGHTS,
    meaning: 'As the sources word them. A track without one has an unknown right: it is not free.',
    columns: [text('licence', 'Licence'), tracks, number('percent', 'Share', '%')],
    pictures: { '': ranked('licence', TRACKS) },
  },
  {
    name: 'held-formats',
    title: 'Formats of what is held',
    section: HELD,
    meaning: 'Originals in this archive that are not withdrawn, by container and codec.',
    columns: [
      text('kind', 'Kind'),
      text('format', 'Format'),
      whole('files', 'Files', 'files'),
      whole('size_bytes', 'Size', 'bytes'),
    ],
    pictures: { '': ranked('format', { column: 'files', title: 'Files', unit: 'count' }) },
  },
  {
    name: 'held-fixity',
    title: 'State of what is held',
    section: HELD,
    meaning:
      'What reading each audio file to its end said when it came. Damaged files came so and are kept so.',
    columns: [
      text('state', 'State'),
      whole('files', 'Files', 'files'),
      whole('size_bytes', 'Size', 'bytes'),
    ],
    pictures: { '': ranked('state', { column: 'files', title: 'Files', unit: 'count' }) },
  },
  {
    name: 'files-per-fingerprint',
    title: 'Held files per fingerprint',
    section: HELD,
    meaning:
      'On how many held audio files the very same acoustic fingerprint stands. Several files of one recording are common; very many tracks of one sound are not.',
    columns: [
      whole('from_n', 'From', 'files'),
      whole('to_n', 'To', 'files'),
      whole('fingerprints', 'Fingerprints'),
      whole('files', 'Files', 'files'),
    ],
    pictures: {
      '': columnBars({
        label: 'from_n',
        to: 'to_n',
        x: 'Files with the same fingerprint',
        y: { column: 'fingerprints', title: 'Fingerprints', unit: 'count' },
      }),
    },
  },
];
