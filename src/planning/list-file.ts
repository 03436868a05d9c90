/**
 * A list of tracks that a person brings: ISRCs or MusicBrainz ids a line, or a playlist (M3U, JSPF, XSPF) or a table (CSV).
 * Bytes in, one entry for each line or track out; what is none is told. Bounded, and nothing is fetched.
 */
import { FonotecaError } from '../base/errors.ts';
import { readCsvTable } from '../formats/csv-table.ts';
import { readXspf } from './read-xspf.ts';

/** One track that was asked for; what is not told is undefined. */
export interface ListEntry {
  /** Its line in a text or table, or its place in a playlist, from 1. */
  readonly line: number;
  readonly isrc?: string;
  /** A MusicBrainz id, lower case. */
  readonly mbid?: string;
  /** A stable id of the catalogue. */
  readonly id?: string;
  readonly title?: string;
  readonly artist?: string;
}

const MOST_BYTES = 20e6;
const MOST_ENTRIES = 100_000;
const MOST_TEXT = 1024;
const ISRC = /^[A-Z]{2}-?[A-Z0-9]{3}-?\d{2}-?\d{5}$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The entries of the list in `bytes`; `name` is its file name. `PLAN_LIST`. */
export function readList(bytes: Uint8Array, name: string): ListEntry[] {
  if (bytes.length > MOST_BYTES) throw new FonotecaError('PLAN_LIST', `${bytes.length} bytes`);
  const text = new TextDecoder('utf-8').decode(bytes).replace(/^\uFEFF/, '');
  const entries = entriesOf(bytes, text, name.toLowerCase());
  if (entries.length === 0) throw new FonotecaError('PLAN_LIST', `no track in ${name}`);
  return entries;
}

function entriesOf(bytes: Uint8Array, text: string, name: string): ListEntry[] {
  const start = text.trimStart();
  if (start.startsWith('{')) return fromJspf(text);
  if (start.startsWith('<')) return fromXspf(text);
  if (name.endsWith('.m3u') || name.endsWith('.m3u8') || start.startsWith('#EXTM3U'))
    return fromM3u(text);
  if (name.endsWith('.csv') || name.endsWith('.tsv')) return fromTable(bytes);
  return bounded(linesOf(text)).flatMap(([line, word]) => {
    if (word.startsWith('#')) return [];
    return [{ line, ...identifier(word) }];
  });
}

/** Lines that are not blank, numbered from 1. */
function* linesOf(text: string): Generator<[number, string]> {
  let line = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    line += 1;
    const word = text.slice(from, to).trim().slice(0, MOST_TEXT);
    if (word !== '') yield [line, word];
    from = to + 1;
  }
}

function bounded<Item>(items: Iterable<Item>): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length === MOST_ENTRIES)
      throw new FonotecaError('PLAN_LIST', `more than ${MOST_ENTRIES} entries`);
    taken.push(item);
  }
  return taken;
}

/** What a word names: an ISRC, a MusicBrainz id in any of its forms, else a stable id. */
function identifier(word: string): Omit<ListEntry, 'line'> {
  const upper = word.toUpperCase().replace(/^(?:URN:)?ISRC:/, '');
  if (ISRC.test(upper)) return { isrc: upper.replaceAll('-', '') };
  const uuid = UUID.exec(word)?.[0].toLowerCase();
  return uuid === undefined ? { id: word } : { mbid: uuid };
}

/** `#EXTINF:SECONDS,ARTIST - TITLE` before each address. */
function fromM3u(text: string): ListEntry[] {
  let told: Pick<ListEntry, 'artist' | 'title'> = {};
  const entries = bounded(linesOf(text)).flatMap(([line, word]): ListEntry[] => {
    const info = /^#EXTINF:[^,]*,(.*)$/.exec(word)?.[1];
    if (info !== undefined) told = artistAndTitle(info);
    if (word.startsWith('#')) return [];
    const file = word
      .split(/[\\/]/)
      .at(-1)!
      .replace(/\.[a-z0-9]{2,5}$/i, '');
    const entry = { line, ...(told.title === undefined ? artistAndTitle(file) : told) };
    told = {};
    return [entry];
  });
  return entries;
}

function artistAndTitle(text: string): Pick<ListEntry, 'artist' | 'title'> {
  const at = text.indexOf(' - ');
  return at < 0
    ? { title: text.trim() }
    : { artist: text.slice(0, at).trim(), title: text.slice(at + 3).trim() };
}

/** JSPF: `playlist.track[]` with `title`, `creator` and `identifier`. */
function fromJspf(text: string): ListEntry[] {
  let tracks: unknown;
  try {
    tracks = (JSON.parse(text) as { playlist?: { track?: unknown } }).playlist?.track;
  } catch (error) {
    throw new FonotecaError('PLAN_LIST', 'no JSON', { cause: error });
  }
  if (!Array.isArray(tracks)) throw new FonotecaError('PLAN_LIST', 'no playlist.track');
  return bounded(tracks as unknown[]).map((track, at) => {
    const fields = (typeof track === 'object' && track !== null ? track : {}) as Record<
      string,
      unknown
    >;
    const first = Array.isArray(fields.identifier)
      ? (fields.identifier as unknown[])[0]
      : fields.identifier;
    const named = textOf(first) === undefined ? {} : identifier(textOf(first)!);
    return entryOf(at + 1, named, { title: textOf(fields.title), artist: textOf(fields.creator) });
  });
}

/** XSPF: each track with its title, creator and identifier. */
function fromXspf(text: string): ListEntry[] {
  const tracks = readXspf(text, { tracks: MOST_ENTRIES, text: MOST_TEXT });
  return tracks.map(({ identifier: named, title, creator }, at) => {
    const word = textOf(named);
    return entryOf(at + 1, word === undefined ? {} : identifier(word), {
      title: textOf(title),
      artist: textOf(creator),
    });
  });
}

/** A table with columns `isrc`, `mbid`, `id`, `title`, `artist`, in any order and case. */
function fromTable(bytes: Uint8Array): ListEntry[] {
  const table = readCsvTable(bytes);
  if ('reason' in table) throw new FonotecaError('PLAN_LIST', table.reason);
  const header = table.header.map((name) => name.toLowerCase());
  return bounded(table.rows).map(({ line, cells }) => {
    const cell = (name: string) => textOf(cells[header.indexOf(name)]);
    const word = cell('isrc') ?? cell('mbid') ?? cell('id');
    return entryOf(line, word === undefined ? {} : identifier(word), {
      title: cell('title'),
      artist: cell('artist'),
    });
  });
}

function entryOf(
  line: number,
  named: Omit<ListEntry, 'line'>,
  { title, artist }: { title: string | undefined; artist: string | undefined },
): ListEntry {
  return { line, ...named, ...(title && { title }), ...(artist && { artist }) };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, MOST_TEXT);
  return text === '' ? undefined : text;
}
