/** The columns of artists and albums by rank that a plan of tracks needs: their part of the score, their place, and whether a filter takes them. */
import {
  albumsSql,
  artistsSql,
  checkOrder,
  MARK_BITS,
  type PlanSource,
  POPULARITY_AT,
  TAKEN_BIT,
} from './plan-input.ts';
import type { Policy } from './policy.ts';
import { BitSet } from './recording-slots.ts';
import { scoreOf } from './score.ts';

/** Which rows of a table a filter takes; those that are not in it as `unknown`. */
export interface Taken {
  has(rank: number): boolean;
  readonly unknown: boolean;
}

/** Artists by rank: score in ten-thousandths, place as two letters in 16 bits, what the filter takes. */
export interface ArtistColumns {
  readonly scores: Uint16Array;
  readonly places: Uint16Array;
  readonly taken: Taken;
}

/** The columns of all artists. */
export async function readArtists(source: PlanSource, policy: Policy): Promise<ArtistColumns> {
  const { artists: count } = source.rows;
  const { place, genre } = policy.filter;
  const scores = new Uint16Array(count);
  const places = new Uint16Array(count);
  const filter = startFilter(count, place.length + genre.length > 0);
  let first = 0;
  for await (const { rows, columns } of source.tables.numbers(artistsSql(source, policy), 3)) {
    const [packed, followers, place] = columns as [Uint32Array, Uint32Array, Uint32Array];
    for (let row = 0; row < rows; row += 1) {
      const rank = first + row;
      const artist = popularityOf(packed[row]!, rank);
      scores[rank] = scoreOf(policy, { artist, followers: followers[row]! });
      places[rank] = place[row]!;
      filter.add(rank, packed[row]!);
    }
    first += rows;
  }
  return { scores, places, taken: filter.taken };
}

/** Albums by rank: score in ten-thousandths, language as three letters in 15 bits, what the filter takes. */
export interface AlbumColumns {
  readonly scores: Uint16Array;
  /** Empty where nothing asks for it. */
  readonly languages: Uint16Array;
  readonly taken: Taken;
}

/** The columns of all albums. */
export async function readAlbums(source: PlanSource, policy: Policy): Promise<AlbumColumns> {
  const { albums: count } = source.rows;
  const scores = new Uint16Array(count);
  const languages = new Uint16Array(policy.order === 'coverage' ? count : 0);
  const { label, language } = policy.filter;
  const filter = startFilter(count, label.length + language.length > 0);
  const byPopularity = Array.from({ length: 101 }, (_, album) => scoreOf(policy, { album }));
  const sql = await albumsSql(source, policy);
  let first = 0;
  for await (const { rows, columns } of source.tables.numbers(sql, 2)) {
    const [packed, spoken] = columns as [Uint32Array, Uint32Array];
    if (languages.length > 0) languages.set(spoken.subarray(0, rows), first);
    for (let row = 0; row < rows; row += 1) {
      const rank = first + row;
      scores[rank] = byPopularity[popularityOf(packed[row]!, rank)]!;
      filter.add(rank, packed[row]!);
    }
    first += rows;
  }
  return { scores, languages, taken: filter.taken };
}

/** Checks that the row is that of `rank`; an unknown popularity counts as 0. */
function popularityOf(packed: number, rank: number): number {
  checkOrder(packed & MARK_BITS, rank);
  return Math.max(0, (packed >>> POPULARITY_AT) - 1);
}

/** What a filter takes, remembered only when there is one. */
function startFilter(count: number, isThere: boolean) {
  if (!isThere) return { add: () => {}, taken: { has: () => true, unknown: true } };
  const set = new BitSet(count);
  return {
    add(rank: number, packed: number) {
      if (packed & TAKEN_BIT) set.add(rank);
    },
    taken: { has: (rank: number) => set.has(rank), unknown: false },
  };
}
