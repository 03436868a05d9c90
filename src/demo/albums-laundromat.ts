/** The albums of Sunday Laundromat: electric piano, tape and a slow beat. Only data; how it sounds is in the styles. */
import { type Album, recipe } from './album.ts';

const LAUNDROMAT = 'Sunday Laundromat';

/** The artist's albums in order. */
export const LAUNDROMAT_ALBUMS: readonly Album[] = [
  {
    artist: LAUNDROMAT,
    title: 'Slow Cycle',
    year: 2023,
    genre: 'Lo-fi',
    cover: { motif: 'rings', palette: ['#f7d6c4', '#e07a5f', '#3d405b', '#81b29a', '#f2cc8f'] },
    embedsCover: true,
    pieces: [
      {
        title: 'Warm Socks',
        coding: 'vorbis',
        popularity: 82,
        recipe: recipe(
          'laundry',
          [60, 'major', 80, 4],
          'iABo',
          '2:9 5:9 1:9 6:7 | 4:9 3:7 2:9 5:9',
          'vibraphone',
          0,
        ),
      },
      {
        title: 'Coin Tray Rain',
        coding: 'mp3',
        popularity: 66,
        recipe: recipe(
          'laundry',
          [57, 'minor', 76, 4],
          'ABo',
          '1:9 4:9 6:9 5:7 | 6:9 7 3:7 1:9',
          'electricPiano',
          1,
        ),
      },
      {
        title: 'The Other Glove',
        coding: 'vorbis',
        popularity: 47,
        recipe: recipe(
          'laundry',
          [65, 'major', 84, 4],
          'iABo',
          '1:9 3:7 4:9 5:9 | 6:7 2:9 4:9 5:9',
          'kalimba',
          2,
        ),
      },
      {
        title: 'Lint (Interlude)',
        coding: 'opus',
        recipe: recipe('laundry', [62, 'dorian', 82, 4], 'Ao', '1:9 4:9 1:9 4:9 | 1 4', 'glass', 0),
      },
      {
        title: 'Fold Everything Twice',
        coding: 'vorbis-high',
        popularity: 0,
        recipe: recipe(
          'laundry',
          [58, 'lydian', 78, 4],
          'ABo',
          '1:9 2:9 6:7 5:7 | 3:7 6:9 2:9 5',
          'vibraphone',
          1,
        ),
      },
    ],
  },
  {
    artist: LAUNDROMAT,
    title: 'Studies for a Small Kitchen',
    year: 2024,
    genre: 'Piano',
    cover: { motif: 'tiles', palette: ['#eef1ef', '#31493c', '#b3efb2', '#7a9e7e', '#e08e45'] },
    embedsCover: false,
    playlist: 'cue',
    pieces: [
      {
        title: 'Study in Steam',
        coding: 'flac',
        popularity: 0,
        recipe: recipe(
          'kitchen',
          [60, 'major', 92, 4],
          'AABo',
          '1:2 5 6:7 4:2 | 4 1 2:7 5:4',
          'glass',
          0,
        ),
      },
      {
        title: 'Spoons',
        coding: 'wav',
        popularity: 0,
        recipe: recipe('kitchen', [57, 'minor', 132, 3], 'ABo', '1 6 3 7 | 4 1 6 5', 'kalimba', 1),
      },
      {
        title: 'Window, Half Open',
        coding: 'flac',
        popularity: 3,
        recipe: recipe(
          'kitchen',
          [65, 'major', 84, 4],
          'ABo',
          '1:9 3:7 4:9 1 | 6:7 4:9 2:7 5:4',
          'vibraphone',
          2,
        ),
      },
      {
        title: 'The Last Orange',
        coding: 'wav',
        popularity: 0,
        recipe: recipe('kitchen', [62, 'dorian', 120, 3], 'ABo', '1 4 7 1 | 3 7 4 5', 'glass', 2),
      },
    ],
  },
];
