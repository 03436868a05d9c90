/**
 * What a plan is made from: the statistics of a snapshot through the door to DuckDB, and what is held of it. No row of
 * these is an object but for what is held.
 */

import assert from 'node:assert/strict';
import { parseLicence } from '../model/licence.ts';
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

/** A prime, so that no shift by whole vectors or groups of rows goes unnoticed, in few digits. */
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

/** SQL of the columns of artists: a mark of the rank, popularity, followers, whether the filter takes them, place. */
export function artistsSql({ artists }: PlanSource, { filter }: Policy): string {
  const tests = [
    anyOf('place', filter.place),
    filter.genre.length === 0 ? 'true' : `list_has_any(genres, [${literals(filter.genre)}])`,
  ];
  return `SELECT file_row_number % ${ORDER_MARK}, coalesce(popularity, 0), coalesce(followers, 0), ${flag(tests)}, coalesce(place, '') FROM ${artists}`;
}

/** SQL of the columns of albums: a mark of the rank, popularity, whether the filter takes them. */
export function albumsSql({ albums }: PlanSource, { filter }: Policy): string {
  return `SELECT file_row_number % ${ORDER_MARK}, coalesce(popularity, 0), ${flag([anyOf('label', filter.label)])} FROM ${albums}`;
}

/** SQL of the columns of tracks, in the order of their ranks: a packed number, album, artist, listens (-1 unknown each), ISRC. */
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
    .map(([right, texts]) => `WHEN ${anyOf('licence', texts)} THEN ${right}`);
  const right = cases.length === 0 ? `${WANTED}` : `CASE ${cases.join(' ')} ELSE ${WANTED} END`;
  const tests = [
    anyOf('licence', filter.licence),
    atLeast('release_year', filter.year_from),
    atMost('release_year', filter.year_to),
    atLeast('popularity', filter.popularity_from),
    atMost('popularity', filter.popularity_to),
  ];
  const packed = [
    `(least(coalesce(duration_ms, -1), ${MOST_DURATION_MS}) + 1) * ${DURATION_UNIT}`,
    `(coalesce(popularity, -1) + 1) * ${POPULARITY_UNIT}`,
    `(${right}) * ${RIGHT_UNIT}`,
    `(${flag(tests)}) * ${TAKEN_UNIT}`,
    `file_row_number % ${ORDER_MARK}`,
  ];
  const listens = counts ? 'coalesce(listens, -1)' : '0';
  return `SELECT ${packed.join(' + ')}, coalesce(album, -1), coalesce(artist, -1), ${listens}, coalesce(isrc, '') FROM ${tracks}`;
}

/** Units of the parts of a packed number; from the right: mark of the rank, whether the filter takes it, right, popularity, duration. */
const TAKEN_UNIT = 2 ** 10;
const RIGHT_UNIT = 2 ** 11;
const POPULARITY_UNIT = 2 ** 14;
const DURATION_UNIT = 2 ** 21;
/** 49 days, which leaves the whole within 2^53. */
const MOST_DURATION_MS = 2 ** 32 - 3;

/** The parts of a row of `tracksSql`. */
export interface UnpackedRow {
  mark: number;
  isTaken: boolean;
  right: number;
  popularity: number;
  durationMs: number;
}

/** Takes the first number of a row of `tracksSql` apart into `row`: half the text costs half the time of the pipe. */
export function unpack(packed: number, row: UnpackedRow): void {
  const duration = Math.floor(packed / DURATION_UNIT);
  const flags = packed - duration * DURATION_UNIT;
  row.mark = flags & (TAKEN_UNIT - 1);
  row.isTaken = (flags & TAKEN_UNIT) !== 0;
  row.right = (flags >> 11) & 7;
  row.popularity = (flags >> 14) - 1;
  row.durationMs = duration - 1;
}

function flag(tests: readonly string[]): string {
  const real = tests.filter((test) => test !== 'true');
  return real.length === 0 ? '1' : `CASE WHEN ${real.join(' AND ')} THEN 1 ELSE 0 END`;
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
