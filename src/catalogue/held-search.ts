/**
 * Search over what is held, on SQLite FTS5 in memory: derived from the ledger at first use and again when the ledger
 * has grown, so that nothing on disk can go stale. Right for collections up to about a million tracks.
 */
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Description } from '../model/description.ts';
import { termsOf } from '../model/search-terms.ts';
import { asksNothing, FIELDS, type ParsedQuery, parseQuery } from './query-language.ts';
import type { CatalogueSearch, SearchPage } from './search.ts';

/** A track to be found. */
export interface FindableTrack {
  readonly id: string;
  readonly artistId: string;
  readonly albumId: string | null;
  readonly description: Description;
  /** Held no more for anybody: not to be found. */
  readonly withdrawn: boolean;
}

/** Where the tracks come from; the ledger is one. */
export interface TrackSource {
  /** Tracks by id, a page of them after an id. */
  tracks(page: { after?: string | undefined; limit: number }): Promise<readonly FindableTrack[]>;
  /** Those that are held without being shown. */
  darkTracks(): Promise<ReadonlySet<string>>;
  /** Grows whenever anything changed. */
  lastSeq(): Promise<number>;
}

const PAGE_ROWS = 1000;
/** Most artists and albums shown beside the tracks. */
const MAX_GROUPS = 12;

/** Rows that are put into the index before others have their turn in this thread. */
const AT_ONCE = 1000;
/** `w` goes on among whole names and `r` among the rest, from the rank behind it. */
const CURSOR = /^(?<stage>[wr])(?<from>\d{1,15})$/;

/** Search over the tracks of `source`. */
export function openHeldSearch(source: TrackSource): CatalogueSearch {
  let latest: { readonly seq: number; readonly built: Promise<DatabaseSync> } | undefined;
  const letGo = (built: Promise<DatabaseSync> | undefined) => {
    // Those who waited for it have read it before this thread turns to anything else.
    built?.then((database) => setImmediate(() => database.close())).catch(() => undefined);
  };
  const current = async (): Promise<DatabaseSync> => {
    const seq = await source.lastSeq();
    if (latest?.seq === seq) return latest.built;
    const next = { seq, built: buildIndex(source) };
    letGo(latest?.built);
    latest = next;
    next.built.catch(() => {
      if (latest === next) latest = undefined;
    });
    return next.built;
  };
  return {
    search: async (query, { cursor, limit }) => {
      const asked = parseQuery(query, { typing: true });
      const expression = expressionOf(asked);
      if (expression === null || asksNothing(asked))
        return { artists: [], albums: [], tracks: [], next: null, bounds: [] };
      const database = await current();
      return answer(database, { expression, asked }, { cursor, limit });
    },
    [Symbol.dispose]: () => letGo(latest?.built),
  };
}

async function buildIndex(source: TrackSource): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE TABLE track (rank INTEGER PRIMARY KEY, id TEXT, artist_id TEXT, album_id TEXT, year INTEGER, isrc TEXT, dark INTEGER) STRICT;
    CREATE TABLE whole (text TEXT, rank INTEGER, PRIMARY KEY (text, rank)) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5 (title, artist, album, genre, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'", prefix='2 3');
    BEGIN;`);
  const rows = (await allTracks(source)).filter(({ withdrawn }) => !withdrawn);
  const dark = await source.darkTracks();
  const addTrack = database.prepare('INSERT INTO track VALUES (?, ?, ?, ?, ?, ?, ?)');
  const addWhole = database.prepare('INSERT OR IGNORE INTO whole VALUES (?, ?)');
  const addWords = database.prepare(
    'INSERT INTO words (rowid, title, artist, album, genre) VALUES (?, ?, ?, ?, ?)',
  );
  rows.sort(
    (a, b) =>
      (b.description.popularity?.value ?? -1) - (a.description.popularity?.value ?? -1) ||
      (a.id < b.id ? -1 : 1),
  );
  for (const [rank, row] of rows.entries()) {
    if (rank % AT_ONCE === 0) await nextTurn();
    const { title, artist, album, genre, date, isrc } = row.description;
    const year = date === undefined ? null : Number(date.slice(0, 4));
    const isDark = dark.has(row.id) ? 1 : 0;
    addTrack.run(rank, row.id, row.artistId, row.albumId, year, isrc ?? null, isDark);
    addWords.run(rank, joined(title), joined(artist), joined(album ?? ''), joined(genre ?? ''));
    for (const text of [title, `${artist} ${title}`]) addWhole.run(joined(text), rank);
  }
  database.exec('COMMIT');
  return database;
}

/** What is asked of the index: words as FTS5 reads them, and all else. */
interface Asked {
  readonly expression: string;
  readonly asked: ParsedQuery;
}

function answer(
  database: DatabaseSync,
  { expression, asked }: Asked,
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
): SearchPage {
  const place = CURSOR.exec(cursor ?? '')?.groups;
  const { stage = 'w', from = '0' } = place ?? {};
  const { sql, values } = filterOf(asked);
  const whole = asked.free.join(' ');
  const wholeFrom = (first: number, most: number) => {
    // A whole name has the free words, and to look a half-typed one up for each costs more than all the rest.
    const besides = matching(expressionOf({ ...asked, words: withField(asked) }) ?? '');
    return ranks(
      database,
      `SELECT rank FROM whole CROSS JOIN track USING (rank) WHERE text = ? AND rank >= ?${sql}
        AND EXISTS (SELECT 1 FROM words WHERE ${besides.sql} AND rowid = whole.rank) ORDER BY rank LIMIT ?`,
      [whole, first, ...values, ...besides.values, most],
    );
  };
  const othersFrom = (first: number, most: number) => {
    const all = matching(expression);
    return ranks(
      database,
      `SELECT track.rank FROM words JOIN track ON track.rank = words.rowid WHERE ${all.sql} AND words.rowid >= ?${sql}
        AND words.rowid NOT IN (SELECT whole.rank FROM whole WHERE text = ?) ORDER BY words.rowid LIMIT ?`,
      [...all.values, first, ...values, whole, most],
    );
  };
  // One more than is shown tells whether there are others.
  const leading = stage === 'w' ? wholeFrom(Number(from), limit + 1) : [];
  const room = limit - Math.min(limit, leading.length);
  const rest = leading.length > limit ? [] : othersFrom(stage === 'r' ? Number(from) : 0, room + 1);
  const next =
    leading.length > limit ? `w${leading[limit]}` : rest.length > room ? `r${rest[room]}` : null;
  const shown = [...leading.slice(0, limit), ...rest.slice(0, room)];
  const idOf = database.prepare('SELECT id FROM track WHERE rank = ?');
  const tracks = shown.map((rank) => String(idOf.get(rank)?.id));
  const groups = (column: 'artist' | 'album') =>
    place === undefined && asked.freeWords.length > 0 ? groupsOf(database, asked, column) : [];
  return { artists: groups('artist'), albums: groups('album'), tracks, next, bounds: [] };
}

function ranks(
  database: DatabaseSync,
  sql: string,
  values: readonly (string | number)[],
): number[] {
  return database
    .prepare(sql)
    .all(...values)
    .map(({ rank }) => Number(rank));
}

/** A condition on the words; an empty expression leaves out none. */
function matching(expression: string): { readonly sql: string; readonly values: string[] } {
  return expression === ''
    ? { sql: 'true', values: [] }
    : { sql: 'words MATCH ?', values: [expression] };
}

/** The words that were asked of one field. */
function withField({ words, freeWords }: ParsedQuery): ParsedQuery['words'] {
  return words.filter((_, at) => !freeWords.includes(at));
}

/**
 * Words of names and genres as an FTS5 expression, every term quoted, so that no syntax is left: empty without such words, null where
 * nothing can be found.
 */
function expressionOf({ words, phrases, own }: ParsedQuery): string | null {
  // What is held says no label, and its licence is asked of the ledger.
  if (own.some(({ kind }) => kind !== 'genre')) return null;
  const parts = [
    ...words.map(({ word, fields, isPrefix }) =>
      inColumns(columnsOf(fields), phraseOf(termsOf(word), isPrefix)),
    ),
    ...phrases.map(({ terms, fields, isPrefix }) =>
      inColumns(columnsOf(fields), phraseOf(terms, isPrefix)),
    ),
    ...own.map(({ term }) => inColumns(['genre'], phraseOf([term], false))),
  ];
  return parts.join(' AND ');
}

const NAME_COLUMNS = ['title', 'artist', 'album'] as const;

function columnsOf(fields: number): string[] {
  return NAME_COLUMNS.filter((column) => (fields & FIELDS[column]) !== 0);
}

function inColumns(columns: readonly string[], phrase: string): string {
  return `{${columns.join(' ')}} : ${phrase}`;
}

function phraseOf(terms: readonly string[], isPrefix: boolean): string {
  const isOpen = isPrefix && terms.at(-1)!.length >= 2;
  return `"${terms.join(' ').replaceAll('"', '""')}"${isOpen ? ' *' : ''}`;
}

/** What is not asked of words: conditions that follow others, and their values. */
function filterOf({ years, isrcs, held, explicit, flags }: ParsedQuery): {
  readonly sql: string;
  readonly values: readonly (string | number)[];
} {
  const parts = years.map(() => 'year BETWEEN ? AND ?');
  const values: (string | number)[] = years.flat();
  for (const isrc of isrcs) {
    parts.push('isrc = ?');
    values.push(isrc);
  }
  // What is dark is in no list that visitors may filter.
  if (held.includes(true)) parts.push('dark = 0');
  // All of it is held; that it is explicit nobody says, and no report has flagged it.
  if (held.includes(false) || explicit.includes(true) || flags.length > 0) parts.push('false');
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values };
}

/** Artists or albums whose own name holds all that was asked without a field, the most popular first. */
function groupsOf(
  database: DatabaseSync,
  { words, freeWords }: ParsedQuery,
  column: 'artist' | 'album',
): string[] {
  const free = freeWords.flatMap((at) => words[at] ?? []);
  const sql = `SELECT ${column}_id AS id, min(track.rank) AS best FROM words JOIN track ON track.rank = words.rowid
    WHERE words MATCH ? AND ${column}_id IS NOT NULL GROUP BY ${column}_id ORDER BY best LIMIT ?`;
  const expression = free
    .map(({ word, isPrefix }) => inColumns([column], phraseOf(termsOf(word), isPrefix)))
    .join(' AND ');
  return database
    .prepare(sql)
    .all(expression, MAX_GROUPS)
    .map((row) => String(row.id));
}

function joined(text: string): string {
  return termsOf(text).join(' ');
}

async function allTracks(source: TrackSource): Promise<FindableTrack[]> {
  const rows: FindableTrack[] = [];
  for (;;) {
    const page = await source.tracks({ after: rows.at(-1)?.id, limit: PAGE_ROWS });
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}
