/** The albums of The Hazel Telegraph: plucked strings by a kettle. Only data; how it sounds is in the styles. */
import { type Album, recipe } from './album.ts';

const HAZEL = 'The Hazel Telegraph';

/** The artist's albums in order. */
export const HAZEL_ALBUMS: readonly Album[] = [
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
];
