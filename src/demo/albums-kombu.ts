/** The albums of Kombu Circuit: pulse waves and arcades. Only data; how it sounds is in the styles. */
import { type Album, recipe } from './album.ts';

const KOMBU = 'Kombu Circuit';

/** The artist's albums in order. */
export const KOMBU_ALBUMS: readonly Album[] = [
  {
    artist: KOMBU,
    title: 'Vending Machine Moon',
    year: 2020,
    genre: 'Chiptune',
    cover: { motif: 'blocks', palette: ['#1b1035', '#ff5d8f', '#ffd166', '#3ddbd9', '#6a4cff'] },
    embedsCover: true,
    playlist: 'm3u8',
    pieces: [
      {
        title: 'Insert Coin, Receive Ocean',
        coding: 'mp3',
        popularity: 90,
        recipe: recipe(
          'arcade',
          [60, 'major', 138, 4],
          'iABAo',
          '1 5 6 4 | 4 5 3 6',
          'chipLead',
          0,
        ),
      },
      {
        title: '夜の自動販売機',
        coding: 'mp3',
        popularity: 74,
        recipe: recipe('arcade', [57, 'minor', 128, 4], 'AABo', '1 6 3 7 | 6 7 1 5', 'chipLead', 1),
      },
      {
        title: 'Tiny Elevator Championship',
        coding: 'mp3',
        popularity: 41,
        recipe: recipe(
          'arcade',
          [62, 'mixolydian', 150, 4],
          'iABAo',
          '1 7 4 1 | 6 4 7 5',
          'chipPair',
          2,
        ),
      },
      {
        title: 'みかん色の電車',
        coding: 'opus',
        popularity: 33,
        recipe: recipe(
          'arcade',
          [65, 'lydian', 132, 4],
          'iABo',
          '1:7 2 1:7 5 | 6 3 2 5',
          'chipLead',
          2,
        ),
      },
      {
        title: 'Low Battery Lullaby',
        coding: 'vorbis',
        popularity: 5,
        recipe: recipe(
          'arcade',
          [55, 'major', 104, 4],
          'ABo',
          '1:7 6:7 4:7 5 | 2:7 5 1:7 6:7',
          'chipLead',
          1,
        ),
      },
    ],
  },
];
