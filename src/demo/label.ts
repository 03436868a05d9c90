/** The catalogue of the demo label: four invented artists, six albums, and the files that are flawed on purpose. */
import { type Album, recipe } from './album.ts';
import { HAZEL_ALBUMS } from './albums-hazel.ts';
import { KOMBU_ALBUMS } from './albums-kombu.ts';
import { LAUNDROMAT_ALBUMS } from './albums-laundromat.ts';
import { MARISMA_ALBUMS } from './albums-marisma.ts';

/** Every album, in the order of the artists' first ones. */
export const ALBUMS: readonly Album[] = [
  ...MARISMA_ALBUMS,
  ...KOMBU_ALBUMS,
  ...HAZEL_ALBUMS,
  ...LAUNDROMAT_ALBUMS,
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
