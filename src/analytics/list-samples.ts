/** Plausibility flags, and lists of tracks and artists by name. */
import { ranked } from './pictures.ts';
import type { Column } from './result.ts';
import { type Statistic, text, whole } from './statistic.ts';

const FLAGS = 'Plausibility';
const SAMPLES = 'Samples';
/** What `named` puts behind the rank of a track. */
const TRACK_COLUMNS: readonly Column[] = [
  whole('rank', 'Rank'),
  text('title', 'Title'),
  text('artist', 'Artist'),
  text('id', 'Id'),
  text('pays', 'Links that pay artists'),
  whole('popularity', 'Popularity'),
];
const DETAILS: readonly Column[] = [
  whole('duration_ms', 'Duration', 'ms'),
  whole('release_year', 'Release year', 'year'),
];
const LISTENS = whole('listens', 'Counted listens', 'listens');

/** In the order they are read. */
export const SAMPLE_STATISTICS: readonly Statistic[] = [
  {
    name: 'flags',
    title: 'Plausibility flags',
    section: FLAGS,
    meaning:
      'Facts about rows, and no verdict on the music: silence is composed, concerts last for days, and people write songs every day. A track may have several. A search for flag:NAME finds all tracks of one, flag:none leaves them out.',
    columns: [
      text('flag', 'Flag'),
      text('says', 'The row says'),
      whole('tracks', 'Tracks', 'tracks'),
    ],
    pictures: { '': ranked('flag', { column: 'tracks', title: 'Tracks', unit: 'count' }) },
  },
  {
    name: 'flagged-tracks',
    title: 'Flagged tracks',
    section: FLAGS,
    meaning:
      'The first hundred tracks of each flag, the most popular first, under each of its flags; a search finds all of them.',
    columns: [text('flag', 'Flag'), ...TRACK_COLUMNS, ...DETAILS],
    named: 'tracks',
    usesPopularity: true,
  },
  {
    name: 'productive-artists',
    title: 'Artists with the most tracks',
    section: FLAGS,
    meaning:
      'Artists named first on the most tracks. Collections such as "Various Artists" are among them where a source credits them.',
    columns: [
      whole('rank', 'Rank'),
      text('name', 'Artist'),
      text('id', 'Id'),
      whole('tracks', 'Tracks', 'tracks'),
      whole('popularity', 'Popularity'),
    ],
    pictures: { '': ranked('name', { column: 'tracks', title: 'Tracks', unit: 'count' }) },
    named: 'artists',
    usesPopularity: true,
  },
  {
    name: 'repeated-titles',
    title: 'Titles that the most tracks have',
    section: FLAGS,
    meaning:
      'Titles of several tracks, told apart as search folds them and shown as their most popular track writes them. Different works with one name are among them.',
    columns: [text('title', 'Title'), whole('tracks', 'Tracks', 'tracks')],
    pictures: { '': ranked('title', { column: 'tracks', title: 'Tracks', unit: 'count' }) },
  },
  {
    name: 'shuffle',
    title: 'True shuffle',
    section: SAMPLES,
    meaning:
      'Twenty tracks drawn evenly from all of them. The draw follows from the id of the snapshot.',
    columns: [...TRACK_COLUMNS, LISTENS, ...DETAILS],
    named: 'tracks',
    usesPopularity: true,
  },
  {
    name: 'shuffle-heard',
    title: 'True shuffle, popularity 10 or more',
    section: SAMPLES,
    meaning: 'Twenty tracks drawn evenly from those of popularity 10 or more.',
    columns: [...TRACK_COLUMNS, LISTENS, ...DETAILS],
    named: 'tracks',
    usesPopularity: true,
  },
  {
    name: 'top-tracks',
    title: 'The top 10,000',
    section: SAMPLES,
    meaning: 'The most popular tracks in order; among equals by album and id.',
    columns: [...TRACK_COLUMNS, LISTENS, ...DETAILS],
    named: 'tracks',
    usesPopularity: true,
  },
];
