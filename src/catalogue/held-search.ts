/**
 * Search over what is held, on SQLite FTS5 in memory: derived from the ledger at first use and again when the ledger
 * has grown, so that nothing on disk can go stale. Right for collections up to about a million tracks.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Description } from '../model/description.ts';
import { queryTerms, termsOf } from '../model/search-terms.ts';
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
  /** Grows whenever anything changed. */
  lastFact(): Promise<{ readonly seq: number } | undefined>;
}

const PAGE_ROWS = 1000;
/** Most artists and albums shown beside the tracks. */
const MAX_GROUPS = 12;

/** Search over the tracks of `source`. */
export function openHeldSearch(source: TrackSource): CatalogueSearch {
  let index: { database: DatabaseSync; seq: number } | undefined;
  const current = async (): Promise<DatabaseSync> => {
    const seq = (await source.lastFact())?.seq ?? 0;
    if (index?.seq === seq) return index.database;
    const database = await buildIndex(source);
    index?.database.close();
    index = { database, seq };
    return database;
  };
  return {
    search: async (query, { cursor, limit }) => {
      const terms = queryTerms(query);
      if (terms.length === 0)
        return { artists: [], albums: [], tracks: [], next: null, bounds: [] };
      return answer(await current(), terms, cursor, limit);
    },
    [Symbol.dispose]: () => index?.database.close(),
  };
}

async function buildIndex(source: TrackSource): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE TABLE track (rank INTEGER PRIMARY KEY, id TEXT, artist_id TEXT, album_id TEXT) STRICT;
    CREATE TABLE whole (text TEXT, rank INTEGER, PRIMARY KEY (text, rank)) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5 (title, artist, album, content='', tokenize='unicode61 remove_diacritics 0', prefix='2 3');
    BEGIN;`);
  const rows = (await allTracks(source)).filter(({ withdrawn }) => !withdrawn);
  const addTrack = database.prepare('INSERT INTO track VALUES (?, ?, ?, ?)');
  const addWhole = database.prepare('INSERT OR IGNORE INTO whole VALUES (?, ?)');
  const addWords = database.prepare(
    'INSERT INTO words (rowid, title, artist, album) VALUES (?, ?, ?, ?)',
  );
  rows.sort(
    (a, b) =>
      (b.description.popularity?.value ?? -1) - (a.description.popularity?.value ?? -1) ||
      (a.id < b.id ? -1 : 1),
  );
  rows.forEach((row, rank) => {
    const { title, artist, album } = row.description;
    addTrack.run(rank, row.id, row.artistId, row.albumId);
    addWords.run(rank, joined(title), joined(artist), joined(album ?? ''));
    for (const text of [title, artist, album ?? '', `${artist} ${title}`])
      if (text !== '') addWhole.run(joined(text), rank);
  });
  database.exec('COMMIT');
  return database;
}

function answer(
  database: DatabaseSync,
  terms: readonly string[],
  cursor: string | null,
  limit: number,
): SearchPage {
  const whole = terms.join(' ');
  const after = cursor !== null && /^\d{1,15}$/.test(cursor) ? Number(cursor) : -1;
  const exact = database
    .prepare('SELECT rank FROM whole WHERE text = ? ORDER BY rank LIMIT ?')
    .all(whole, limit)
    .map(rankOf);
  const match = matchExpression(terms);
  const rest = database
    .prepare(
      'SELECT rowid AS rank FROM words WHERE words MATCH ? AND rowid > ? AND rowid NOT IN (SELECT rank FROM whole WHERE text = ?) ORDER BY rowid LIMIT ?',
    )
    .all(match, after, whole, limit + 1)
    .map(rankOf);
  const leading = after < 0 ? exact : [];
  const shown = rest.slice(0, Math.max(1, limit - leading.length));
  const next = rest.length > shown.length ? String(shown.at(-1)) : null;
  const idOf = database.prepare('SELECT id, artist_id, album_id FROM track WHERE rank = ?');
  const tracks = [...leading, ...shown].map((rank) => String(idOf.get(rank)?.id));
  if (after >= 0) return { artists: [], albums: [], tracks, next, bounds: [] };
  return {
    artists: groups(database, terms, 'artist'),
    albums: groups(database, terms, 'album'),
    tracks,
    next,
    bounds: [],
  };
}

/** Artists or albums whose own name holds all the terms, the most popular first. */
function groups(
  database: DatabaseSync,
  terms: readonly string[],
  column: 'artist' | 'album',
): string[] {
  const sql = `SELECT ${column}_id AS id, min(track.rank) AS best FROM words JOIN track ON track.rank = words.rowid
    WHERE words MATCH ? AND ${column}_id IS NOT NULL GROUP BY ${column}_id ORDER BY best LIMIT ?`;
  const statement: StatementSync = database.prepare(sql);
  return statement
    .all(`${column} : (${matchExpression(terms)})`, MAX_GROUPS)
    .map((row) => String(row.id));
}

/** Every term quoted, so that no syntax is left; the last one also as a prefix, since it may be half typed. */
function matchExpression(terms: readonly string[]): string {
  const quoted = terms.map((term) => `"${term.replaceAll('"', '""')}"`);
  return `${quoted.join(' AND ')}${terms.at(-1)!.length >= 2 ? ' *' : ''}`;
}

function joined(text: string): string {
  return termsOf(text).join(' ');
}

function rankOf(row: Record<string, unknown>): number {
  return Number(row.rank);
}

async function allTracks(source: TrackSource): Promise<FindableTrack[]> {
  const rows: FindableTrack[] = [];
  for (;;) {
    const page = await source.tracks({ after: rows.at(-1)?.id, limit: PAGE_ROWS });
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}
