/** The albums of Marisma Lenta: tides, bells and slow chords. Only data; how it sounds is in the styles. */
import { type Album, recipe } from './album.ts';

const MARISMA = 'Marisma Lenta';

/** The artist's albums in order. */
export const MARISMA_ALBUMS: readonly Album[] = [
  {
    artist: MARISMA,
    title: 'Cartas a la niebla',
    year: 2019,
    genre: 'Ambient',
    cover: { motif: 'dunes', palette: ['#16324f', '#2a628f', '#7ba7bc', '#e8d9c0', '#f3b562'] },
    embedsCover: false,
    pieces: [
      {
        title: 'Muelle sin nombre',
        coding: 'flac',
        popularity: 0,
        recipe: recipe(
          'tide',
          [62, 'dorian', 74, 4],
          'ABo',
          '1:9 4:7 1:9 5:4 | 6:7 4:9 7 5:4',
          'kalimba',
          1,
        ),
      },
      {
        title: 'La garza y el reloj',
        coding: 'flac',
        popularity: 0,
        recipe: recipe(
          'tide',
          [65, 'lydian', 78, 4],
          'ABo',
          '1:9 2 6:7 1:+ | 3:7 6:7 2 5',
          'glass',
          2,
        ),
      },
      {
        title: 'Niña de sal',
        coding: 'vorbis-high',
        popularity: 0,
        recipe: recipe(
          'tide',
          [57, 'minor', 72, 4],
          'Ao',
          '1:+ 6:7 3 7:4 | 4:9 1:+ 6:7 5:4',
          'bell',
          1,
        ),
      },
      {
        title: 'Última barca',
        coding: 'vorbis',
        popularity: 12,
        recipe: recipe(
          'tide',
          [60, 'major', 76, 4],
          'ABo',
          '1:9 6:9 4:9 5:4 | 2:7 5:4 3:7 6:9',
          'vibraphone',
          2,
        ),
      },
    ],
  },
  {
    artist: MARISMA,
    title: 'Tide Tables',
    year: 2022,
    genre: 'Ambient',
    cover: { motif: 'waves', palette: ['#0b2027', '#40798c', '#70a9a1', '#cfd7c7', '#f6f1d1'] },
    embedsCover: true,
    pieces: [
      {
        title: 'First Low Water',
        coding: 'vorbis',
        popularity: 36,
        recipe: recipe(
          'tide',
          [58, 'lydian', 76, 4],
          'iABo',
          '1:9 2 1:9 5:4 | 6:7 3:7 2 1:9',
          'glass',
          1,
        ),
      },
      {
        title: 'Slack',
        coding: 'opus',
        popularity: 22,
        recipe: recipe(
          'tide',
          [64, 'minor', 80, 4],
          'Ao',
          '1:9 7 6:9 7:4 | 4:9 6:7 1:9 5:4',
          'vibraphone',
          2,
        ),
      },
      {
        title: 'Salt Arithmetic',
        coding: 'flac',
        popularity: 0,
        recipe: recipe(
          'tide',
          [55, 'dorian', 78, 4],
          'ABo',
          '1:9 4:7 7 1:9 | 3 7:2 4:7 5:7',
          'kalimba',
          2,
        ),
      },
      {
        title: 'Lighthouse Keeper’s Day Off',
        coding: 'vorbis',
        recipe: recipe(
          'tide',
          [60, 'mixolydian', 74, 4],
          'ABo',
          '1:2 7 4:9 1:9 | 6:7 4:9 7 5:4',
          'bell',
          1,
        ),
      },
    ],
  },
];
