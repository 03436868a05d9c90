/**
 * What a plan is made from: the statistics of a snapshot through the door to DuckDB, and what is held of it. No row of
 * these is an object but for what is held.
 */

import assert from 'node:assert/strict';
import { parseLicence } from '../model/read-licence.ts';
import { decideDerivative, decideDistribution, UNKNOWN_RIGHTS } from '../model/rights.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import type { Policy } from './policy.ts';

/** A track of the snapshot that is held. */
export interface HeldTrack {
  readonly rank: number;
  /** Published bytes of its original; what is held is counted with its real size. */
  readonly originalBytes: number;
  /** Of its derivative, where one was made. */
  readonly opusBytes: number | undefined;
  readonly right: 'free' | 'dark' | 'no-derivatives';
  /** Its bytes are given to nobody any more. */
  readonly withdrawn: boolean;
  readonly isrcs: readonly string[];
}

/** The snapshot as the planner reads it. */
export interface PlanSource {
  readonly tables: Tables;
  /** The three statistics tables as table functions of SQL, checked. */
  readonly tracks: string;
  readonly albums: string;
  readonly artists: string;
  readonly rows: { readonly tracks: number; readonly albums: number; readonly artists: number };
  readonly held: readonly HeldTrack[];
  /** Called when all is read: the memory of DuckDB is free before that of the orders is taken. */
  release?(): Promise<void>;
}

/** Right of a track by its licence, as the number that SQL gives: a place in `RIGHTS` of plan-code.ts, or refused. */
export const REFUSED_RIGHT = 4;
const WANTED = 2;
/** A catalogue words its licences in a handful of ways; of more than this, the commonest are read. */
const MOST_LICENCES = 1000;

/** The right that a licence gives, by the number of `RIGHTS`. `day` is `YYYY-MM-DD`. */
function rightOf(text: string, refused: readonly string[], day: string): number {
  const licence = parseLicence(text);
  if (refused.includes(text) || (licence !== undefined && refused.includes(licence)))
    return REFUSED_RIGHT;
  if (licence === undefined || licence.startsWith('LicenseRef-')) return WANTED;
  const rights = { ...UNKNOWN_RIGHTS, licence };
  if (!decideDistribution(rights, day).allowed) return 1;
  return decideDerivative(rights, day).allowed ? 0 : 3;
}

/** A prime, so that no shift by whole vectors or groups of rows goes unnoticed, in few bits. */
const ORDER_MARK = 997;

/** Throws unless a row with this `mark` may be the one of `rank`: a plan of an engine that reorders rows would be another plan. */
export function checkOrder(mark: number, rank: number): void {
  if (mark !== rank % ORDER_MARK) assert.fail(`a row marked ${mark} came as row ${rank}`);
}

/** Whether the snapshot counts listens at all. */
export async function hasCounts({ tables, tracks }: PlanSource): Promise<boolean> {
  const rows = await tables.rows(`SELECT 1 FROM ${tracks} WHERE listens IS NOT NULL LIMIT 1`);
  return rows.length > 0;
}

/**
 * Parts of the first column of a row, from the right: mark of the rank (10 bits), whether the filter takes it (1), right
 * (3), popularity and 1 (7), the upper bits of listens and 1 (11). 0 stands for unknown; SQL knows no shorter way.
 */
export const MARK_BITS = 1023;
/** Set when the filter takes the row. */
export const TAKEN_BIT = 1024;
/** Where the right begins. */
export const RIGHT_AT = 11;
/** Where the popularity begins. */
export const POPULARITY_AT = 14;
/** Where the upper bits of listens begin. */
export const LISTENS_AT = 21;
const MOST_POPULARITY = 100;
const MOST_LISTENS = 2 ** 43 - 2;
const WORD = 2 ** 32;

/** SQL of the columns of artists: the packed column, followers, place as two bytes. */
export function artistsSql({ artists }: PlanSource, { filter }: Policy): string {
  const tests = [
    anyOf('place', filter.place),
    filter.genre.length === 0 ? 'true' : `list_has_any(genres, [${literals(filter.genre)}])`,
  ];
  const place =
    'CASE WHEN strlen(place) = 2 AND length(place) = 2 THEN ascii(place) * 256 + ascii(place[2:]) ELSE 0 END';
  return columnsOf(artists, [
    `${MARK} + ${flag(tests)} + ${POPULARITY}`,
    `least(coalesce(followers, 0), ${WORD - 1})`,
    place,
  ]);
}

/** SQL of the columns of albums: the packed column, the language as three letters in 15 bits (0 unknown). */
export async function albumsSql(
  { tables, albums }: PlanSource,
  { filter }: Policy,
): Promise<string> {
  const columns = await tables.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${albums})`);
  // Snapshots of earlier versions know no language.
  const isKnown = columns.some(([name]) => name === 'language');
  const source = isKnown ? albums : `(SELECT *, NULL::VARCHAR AS language FROM ${albums})`;
  const taken = flag([anyOf('label', filter.label), anyOf('language', filter.language)]);
  const letter = (at: number) => `(ascii(language[${at}:]) - 96) * ${32 ** (3 - at)}`;
  return columnsOf(source, [
    `${MARK} + ${taken} + ${POPULARITY}`,
    `CASE WHEN regexp_full_match(language, '[a-z]{3}') THEN ${letter(1)} + ${letter(2)} + ${letter(3)} ELSE 0 END`,
  ]);
}

/**
 * SQL of the columns of tracks, in the order of their ranks: the packed column; duration in milliseconds, rank of the album
 * and of the artist, each and 1, 0 unknown; the lower and upper half of a hash of the ISRC, both 0 for none; and with
 * `counts` the lower 32 bits of listens and 1.
 */
export async function tracksSql(
  { tables, tracks }: PlanSource,
  { filter, rights }: Policy,
  { counts, day }: { counts: boolean; day: string },
): Promise<string> {
  const found = await tables.rows(
    `SELECT licence, count(*) AS tracks FROM ${tracks} WHERE licence IS NOT NULL GROUP BY licence ORDER BY tracks DESC, licence LIMIT ${MOST_LICENCES}`,
  );
  const licences = found.map(([text]) => String(text));
  const byRight = Map.groupBy(licences, (text) => rightOf(text, rights.refuse, day));
  const cases = [...byRight]
    .filter(([right]) => right !== WANTED)
    .map(([right, texts]) => `WHEN ${anyOf('licence', texts)} THEN ${right * 2 ** RIGHT_AT}`);
  const unknown = WANTED * 2 ** RIGHT_AT;
  const right = cases.length === 0 ? `${unknown}` : `CASE ${cases.join(' ')} ELSE ${unknown} END`;
  const tests = [
    anyOf('licence', filter.licence),
    atLeast('release_year', filter.year_from),
    atMost('release_year', filter.year_to),
    atLeast('popularity', filter.popularity_from),
    atMost('popularity', filter.popularity_to),
  ];
  const heard = `least(coalesce(listens, -1) + 1, ${MOST_LISTENS})`;
  const packed = [MARK, flag(tests), right, POPULARITY];
  if (counts) packed.push(`(${heard} >> 32) * ${2 ** LISTENS_AT}`);
  const hash = `CASE WHEN isrc IS NULL OR isrc = '' THEN 0 ELSE ${ISRC_HASH} END AS recording`;
  return columnsOf(`(SELECT *, ${hash} FROM ${tracks})`, [
    packed.join(' + '),
    `least(coalesce(duration_ms, -1) + 1, ${WORD - 1})`,
    'coalesce(album, -1) + 1',
    'coalesce(artist, -1) + 1',
    ...HALVES,
    ...(counts ? [`${heard} & ${WORD - 1}`] : []),
  ]);
}

/** SQL of the album and the artist of each track, in the order of their ranks: mark of the rank, rank of each and 1, 0 unknown. */
export function groupsSql({ tracks }: Pick<PlanSource, 'tracks'>): string {
  return columnsOf(tracks, [MARK, 'coalesce(album, -1) + 1', 'coalesce(artist, -1) + 1']);
}

/** SQL of the lower and upper halves of the hashes of `isrcs`, as `tracksSql` has them. */
export function isrcsSql(isrcs: readonly string[]): string {
  return columnsOf(
    `(SELECT ${ISRC_HASH} AS recording FROM (SELECT unnest([${literals(isrcs)}]) AS isrc))`,
    HALVES,
  );
}

const ISRC_HASH = 'hash(isrc)';
const HALVES = [`recording & ${WORD - 1}`, 'recording >> 32'];
const MARK = `file_row_number % ${ORDER_MARK}`;
const POPULARITY = `(least(coalesce(popularity, -1), ${MOST_POPULARITY}) + 1) * ${2 ** POPULARITY_AT}`;

function columnsOf(source: string, columns: readonly string[]): string {
  return `SELECT ${columns.map((column, at) => `(${column})::UINTEGER AS c${at}`).join(', ')} FROM ${source}`;
}

function flag(tests: readonly string[]): string {
  const real = tests.filter((test) => test !== 'true');
  return real.length === 0
    ? `${TAKEN_BIT}`
    : `CASE WHEN ${real.join(' AND ')} THEN ${TAKEN_BIT} ELSE 0 END`;
}

function anyOf(column: string, values: readonly string[]): string {
  // Five texts and more in an IN become a join, whose rows come out in any order.
  return values.length === 0 ? 'true' : `list_contains([${literals(values)}], ${column})`;
}

function atLeast(column: string, value: number | undefined): string {
  return value === undefined ? 'true' : `${column} >= ${value}`;
}

function atMost(column: string, value: number | undefined): string {
  return value === undefined ? 'true' : `${column} <= ${value}`;
}

function literals(texts: readonly string[]): string {
  return texts.map(quoted).join(', ');
}
