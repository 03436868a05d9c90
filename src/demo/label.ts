/**
 * The catalogue of the demo label: four invented artists, six albums, and the choices that make each piece. Only data;
 * how it sounds is in the styles.
 */
import { type Album, recipe } from './album.ts';

const MARISMA = 'Marisma Lenta';
const KOMBU = 'Kombu Circuit';
const HAZEL = 'The Hazel Telegraph';
const LAUNDROMAT = 'Sunday Laundromat';

/** Every album, in the order of the artists' first ones. */
export const ALBUMS: readonly Album[] = [
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
  {
    artist: HAZEL,
    title: 'Kettle Songs',
    year: 2017,
    genre: 'Folk',
    cover: { motif: 'leaves', palette: ['#f4ecd8', '#5b7553', '#c96f3b', '#2f4032', '#e3b23c'] },
    embedsCover: false,
    pieces: [
      {
        title: 'The Kettle Knows the Way',
        coding: 'vorbis',
        popularity: 58,
        recipe: recipe(
          'hearth',
          [60, 'major', 132, 3],
          'iAABAo',
          '1 4 1 5 | 6 4 2 5',
          'mandolin',
          0,
        ),
        lyrics: [
          'The kettle knows the way to sing',
          'before the road is light,',
          'it hums of every little thing',
          'we put away last night.',
          'So hang your coat beside the door',
          'and let the winter call,',
          'there is a cup for one friend more',
          'and room enough for all.',
        ],
      },
      {
        title: 'Берёзовый телеграф',
        coding: 'opus',
        popularity: 27,
        recipe: recipe('hearth', [57, 'minor', 108, 4], 'iABo', '1 4 7 3 | 6 3 4 5', 'mandolin', 1),
      },
      {
        title: 'Nine Buttons',
        coding: 'vorbis',
        popularity: 19,
        recipe: recipe(
          'hearth',
          [62, 'mixolydian', 116, 4],
          'AABo',
          '1 7 4 1 | 5 4 7 1',
          'whistle',
          2,
        ),
      },
      {
        title: 'Письмо с кордона',
        coding: 'flac',
        popularity: 0,
        recipe: recipe('hearth', [64, 'dorian', 126, 3], 'iABAo', '1 7 4 1 | 3 7 4 5', 'reed', 1),
      },
      {
        title: 'Lantern for Two',
        coding: 'mp3',
        popularity: 8,
        recipe: recipe('hearth', [55, 'major', 96, 4], 'ABo', '1:2 6 4:2 5 | 2 4 1 5', 'steel', 0),
      },
    ],
  },
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

/** Pieces that stand apart from the albums: what a newcomer is to see told as damaged or without a right. */
export const STRAYS = {
  cut: {
    title: 'Harbour Tape, Side B',
    coding: 'vorbis',
    popularity: 15,
    recipe: recipe('tide', [62, 'major', 80, 4], 'Ao', '1:9 4:9 6:7 5:4 | 1 4', 'glass', 1),
  },
  flipped: {
    title: 'Cellar Bells',
    coding: 'flac',
    popularity: 4,
    recipe: recipe('kitchen', [60, 'minor', 96, 4], 'Ao', '1 6 4 5 | 1 4', 'bell', 0),
  },
  rightless: {
    title: 'Unlabelled Cassette',
    coding: 'mp3',
    recipe: recipe('hearth', [62, 'major', 112, 4], 'Ao', '1 4 6 5 | 1 4', 'steel', 0),
  },
} as const;
