/**
 * What is said of a track, from its file alone and then with the operator's row over it. The file's own words stay
 * with the holding; the row's win field by field.
 */
import type { Description } from '../model/description.ts';
import { readDate, readIsrc, readMbid, readPosition, readText } from './field-values.ts';
import { folderOf, nameOf } from './source-path.ts';
import type { TableCells } from './tracks-table.ts';

const DISC_FOLDER = /^(?:cd|dis[ck]|disque|disco|side)[ _.-]*(?:\d{1,3}|[a-d])$/i;
const UNKNOWN_ARTIST = 'Unknown artist';

/** The description a file gives of itself: its tags, its name where they give no title, its folders where they give no artist. */
export function describeFile(
  path: string,
  tags: ReadonlyMap<string, readonly string[]>,
): Description {
  const first = <T>(field: string, read: (text: string) => T | undefined): T | undefined =>
    (tags.get(field) ?? []).map((text) => read(text)).find((value) => value !== undefined);
  const title = first('TITLE', (text) => readText(text));
  const named = fromName(nameOf(path));
  const artist = first('ARTIST', (text) => readText(text)) ?? artistOfFolders(path);
  const genres = (tags.get('GENRE') ?? [])
    .map((text) => readText(text))
    .filter((text) => text !== undefined);
  return fieldsOf({
    title: title ?? named.title,
    artist,
    albumArtist: first('ALBUMARTIST', (text) => readText(text)),
    album: first('ALBUM', (text) => readText(text)),
    trackNumber:
      first('TRACKNUMBER', (text) => readPosition(text, 9999)) ??
      (title === undefined ? named.number : undefined),
    discNumber: first('DISCNUMBER', (text) => readPosition(text, 999)),
    date: first('DATE', readDate) ?? first('ORIGINALDATE', readDate),
    genre: readText([...new Set(genres)].join('; ')),
    isrc: first('ISRC', readIsrc),
    mbid: first('MUSICBRAINZ_TRACKID', readMbid),
    popularity: null,
    from: title === undefined ? 'name' : 'tags',
  });
}

/** `own` with what the row `cells` says over it. */
export function describeByRow(own: Description, cells: TableCells | undefined): Description {
  if (!cells) return own;
  return fieldsOf({
    title: cells.title ?? own.title,
    artist: cells.artist ?? own.artist,
    albumArtist: cells.albumArtist ?? own.albumArtist,
    album: cells.album ?? own.album,
    trackNumber: cells.trackNumber ?? own.trackNumber,
    discNumber: cells.discNumber ?? own.discNumber,
    date: cells.date ?? own.date,
    genre: cells.genre ?? own.genre,
    isrc: cells.isrc ?? own.isrc,
    mbid: cells.mbid ?? own.mbid,
    popularity: cells.popularity ?? own.popularity,
    from: cells.title === undefined ? own.from : 'table',
  });
}

/** Whether two descriptions say the same. */
export function sameDescription(a: Description, b: Description): boolean {
  return JSON.stringify(fieldsOf(a)) === JSON.stringify(fieldsOf(b));
}

/** Whether `name` is a folder that holds one disc of an album. */
export function isDiscFolder(name: string): boolean {
  return DISC_FOLDER.test(name);
}

/** The title in a file name, and the number before it: `03 - Title`, `1-03. Title`, `03 Title`. */
function fromName(name: string): { title: string; number: number | undefined } {
  const bare = (readText(name) ?? name).replaceAll(/\ufffd[0-9a-f]{2}/g, '\ufffd');
  const stem = bare.replace(/\.[A-Za-z0-9]{1,16}$/, '');
  const match = /^(?:\d{1,2}[-.])?(\d{1,3})(?:\s*[-._)]\s*|(?<=\b\d{2})\s+)(?=\S)(.+)$/u.exec(stem);
  const title = readText(match?.[2] ?? stem) ?? readText(bare) ?? 'untitled';
  return { title, number: match ? readPosition(match[1]!, 9999) : undefined };
}

/** `Artist/Album/file` and `Artist/file` name their artist; a folder that holds one disc says nothing. */
function artistOfFolders(path: string): string {
  const folders = folderOf(path)
    .split('/')
    .filter((name) => name !== '' && !DISC_FOLDER.test(name));
  return readText(folders.at(-2) ?? folders.at(-1) ?? '') ?? UNKNOWN_ARTIST;
}

type Fields = { [K in keyof Description]: Description[K] | undefined };

/** A description in one order of fields, without those that are undefined. */
function fieldsOf(fields: Fields): Description {
  const { title, artist, albumArtist, album, trackNumber, discNumber } = fields;
  const { date, genre, isrc, mbid, popularity, from } = fields;
  const all = {
    title,
    artist,
    albumArtist,
    album,
    trackNumber,
    discNumber,
    date,
    genre,
    isrc,
    mbid,
  };
  const known = Object.entries(all).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(known) as unknown as Description),
    popularity: popularity ?? null,
    from: from ?? 'name',
  };
}
