/** The texts that lie beside the label's sound: cue sheets, playlists, lyrics, the table of tracks, the statement. */
import type { Album, Piece } from './album.ts';
import { LICENCE, type SoundFile } from './label-files.ts';
import { layOut } from './section.ts';

/** A track as lists name it: by the name of its file in the same folder. */
export interface ListedTrack {
  readonly name: string;
  readonly title: string;
  readonly durationMs: number;
}

/** A cue sheet for an album of one file a track (CDRWIN's format, as players read it). */
export function cueSheet(album: Album, tracks: readonly ListedTrack[]): string {
  const lines = [
    `REM GENRE ${album.genre}`,
    `REM DATE ${album.year}`,
    `PERFORMER "${album.artist}"`,
    `TITLE "${album.title}"`,
  ];
  tracks.forEach((track, index) => {
    lines.push(
      `FILE "${track.name}" WAVE`,
      `  TRACK ${String(index + 1).padStart(2, '0')} AUDIO`,
      `    TITLE "${track.title}"`,
      `    PERFORMER "${album.artist}"`,
      '    INDEX 01 00:00:00',
    );
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** An extended M3U playlist in UTF-8. */
export function playlist(album: Album, tracks: readonly ListedTrack[]): string {
  const entries = tracks.map(
    ({ name, title, durationMs }) =>
      `#EXTINF:${Math.round(durationMs / 1000)},${album.artist} - ${title}\n${name}\n`,
  );
  return `#EXTM3U\n#PLAYLIST:${album.title}\n${entries.join('')}`;
}

/** Timed lyrics (LRC): one line of the words to every two bars of the themes, for as long as there are words. */
export function timedLyrics(
  piece: Pick<Piece, 'title' | 'recipe'>,
  words: readonly string[],
  artist: string,
): string {
  const { recipe } = piece;
  const secondsPerBeat = 60 / recipe.tempoBpm;
  const themes = layOut(recipe.form, recipe.harmony, recipe.metre).filter(
    ({ letter }) => letter === 'A' || letter === 'B',
  );
  const starts = themes.flatMap(({ beat, beats }) => {
    const step = 2 * recipe.metre;
    return Array.from({ length: Math.floor(beats / step) }, (_, line) => beat + line * step);
  });
  const lines = words
    .slice(0, starts.length)
    .map((line, index) => `[${clock(starts[index]! * secondsPerBeat)}]${line}`);
  return [`[ar:${artist}]`, `[ti:${piece.title}]`, ...lines, ''].join('\n');
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(2).padStart(5, '0');
  return `${String(minutes).padStart(2, '0')}:${rest}`;
}

const COLUMNS = [
  'path',
  'title',
  'artist',
  'album',
  'album_artist',
  'number',
  'date',
  'isrc',
  'popularity',
  'licence',
  'holder',
  'evidence',
] as const;

/** The table of tracks: a row for each sound file with a right and for each companion. ISRCs are not ours to invent. */
export function tracksTable(sounds: readonly SoundFile[], companions: readonly string[]): string {
  const right = [LICENCE.id, LICENCE.holder, LICENCE.statement];
  const rows = sounds
    .filter(({ flaw }) => flaw !== 'without-right')
    .map((sound) => [
      sound.path,
      sound.title,
      sound.artist,
      sound.album,
      sound.artist,
      String(sound.number),
      String(sound.year),
      '',
      sound.popularity === undefined ? '' : String(sound.popularity),
      ...right,
    ]);
  const others = companions.map((path) => [path, '', '', '', '', '', '', '', '', ...right]);
  return [COLUMNS, ...rows, ...others]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
}

/** A cell of RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The statement that every row names as evidence. */
export const STATEMENT = `Fonoteca demo label
===================

The music, covers, words and lists in this folder were written by the program Fonoteca:
composed, played and drawn by code from a seed. The artists, albums and titles are invented.

To the extent that any right arises, ${LICENCE.holder} dedicates all of it to the public
domain under ${LICENCE.id}: ${LICENCE.url}

One recording here is not covered by this statement, on purpose: the one in "Found in a
Drawer". Nobody knows who holds the right to it, so the archive keeps it dark. Two files in
"Rescued from a Wet Box" are damaged, on purpose as well.
`;
