/**
 * The label's folder as a list of files: where each lies, what is in it and what the table says of it. Nothing is
 * composed or written here.
 */

import { toSafeName } from '../base/safe-path.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { Album, Coding, Piece } from './album.ts';
import { ALBUMS, STRAYS } from './label.ts';
import { EXTENSIONS } from './make-file.ts';
import type { Recipe } from './recipe.ts';

/** The licence of everything the label publishes, its address, and who gives it. */
export const LICENCE = {
  id: 'CC0-1.0',
  url: 'https://creativecommons.org/publicdomain/zero/1.0/',
  holder: 'Fonoteca demo label',
  statement: 'LICENCE.txt',
} as const;

/** What is done to a file on purpose, so that a newcomer sees how it is told. */
export type Flaw = 'cut-short' | 'byte-changed' | 'without-right';

/** One sound file to be made. */
export interface SoundFile {
  /** Below the label's folder. */
  readonly path: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly number: number;
  readonly year: number;
  readonly coding: Coding;
  readonly recipe: Recipe;
  readonly popularity?: number | undefined;
  readonly lyrics?: readonly string[] | undefined;
  readonly flaw?: Flaw;
  readonly tags: readonly CommentField[];
  /** The album whose cover the file carries inside. */
  readonly embeds?: Album | undefined;
}

/** The folder of an album, below the label's. */
export function albumFolder(album: Album): string {
  return `${toSafeName(album.artist)}/${toSafeName(`${album.title} (${album.year})`)}`;
}

/** Every sound file of the label, the flawed ones last. */
export function soundFiles(): SoundFile[] {
  return [...ALBUMS.flatMap(filesOf), ...strayFiles()];
}

/** The sound files of one album, in order. */
function filesOf(album: Album): SoundFile[] {
  return album.pieces.map((piece, index) => {
    const number = index + 1;
    const { artist, title, year } = album;
    const place = { artist, album: title, number, year };
    return {
      ...piece,
      ...place,
      path: `${albumFolder(album)}/${fileName(piece, number)}`,
      tags: [
        ...tagsOf(piece.title, place),
        ['TRACKTOTAL', String(album.pieces.length)],
        ['GENRE', album.genre],
        ['LICENSE', LICENCE.url],
      ],
      ...(album.embedsCover ? { embeds: album } : {}),
    };
  });
}

function strayFiles(): SoundFile[] {
  const rescued = { artist: 'Marisma Lenta', album: 'Rescued from a Wet Box', year: 2016 };
  const found = { artist: 'Unknown Trio', album: 'Found in a Drawer', number: 1, year: 1998 };
  const licence: CommentField = ['LICENSE', LICENCE.url];
  const rescue = (piece: Piece, number: number, flaw: Flaw): SoundFile => ({
    ...piece,
    ...rescued,
    number,
    flaw,
    path: `${rescued.artist}/${rescued.album} (${rescued.year})/${fileName(piece, number)}`,
    tags: [...tagsOf(piece.title, { ...rescued, number }), licence],
  });
  return [
    rescue(STRAYS.cut, 1, 'cut-short'),
    rescue(STRAYS.flipped, 2, 'byte-changed'),
    {
      ...STRAYS.rightless,
      ...found,
      flaw: 'without-right',
      path: `${found.album}/${fileName(STRAYS.rightless, 1)}`,
      tags: tagsOf(STRAYS.rightless.title, found),
    },
  ];
}

function fileName(piece: Pick<Piece, 'title' | 'coding'>, number: number): string {
  const name = `${String(number).padStart(2, '0')} ${piece.title}`;
  return `${toSafeName(name)}.${EXTENSIONS[piece.coding]}`;
}

function tagsOf(
  title: string,
  place: { artist: string; album: string; number: number; year: number },
): CommentField[] {
  return [
    ['TITLE', title],
    ['ARTIST', place.artist],
    ['ALBUM', place.album],
    ['ALBUMARTIST', place.artist],
    ['TRACKNUMBER', String(place.number)],
    ['DATE', String(place.year)],
  ];
}
