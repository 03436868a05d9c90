/**
 * The order of acquisition: which tracks come first, by the order that a policy names, and which the reserve takes. Each
 * order gives a track a key of 16 bits; tracks with the same key follow in the order of their ranks, so that one counting
 * sort makes every order and the order of the input rows never matters.
 */
import { OPUS, PASSED_OVER } from './plan-code.ts';
import type { PlanColumns } from './plan-columns.ts';
import { UNKNOWN_KEY } from './score.ts';
import { ARTIST_FIRST, codeOf } from './track-words.ts';

/** The ranks in order, and where each stage of the order ends. */
export interface OrderedTracks {
  readonly ranks: Uint32Array;
  /** The stages, first to last: name, and the place in `ranks` behind its last track. */
  readonly stages: readonly { readonly name: string; readonly end: number }[];
}

const KEYS = 65_536;
const MOST_KEY = KEYS - 1;
const COARSE = 7;
const COARSE_KEYS = 512;

/** What the policy of `columns` takes, in its order. Memory: 4 bytes a track taken. */
export function mainOrder(columns: PlanColumns): OrderedTracks {
  const { words } = columns;
  const { keyOf, stageOf, stages } = ORDERS[columns.policy.order](columns);
  const { ranks, ends } = sorted(words.length, keyOf, (rank) => codeOf(words[rank]!) < PASSED_OVER);
  // Stages never fall along the keys.
  const ended = stages.map((name, stage) => {
    let key = MOST_KEY;
    while (key >= 0 && stageOf(key) > stage) key -= 1;
    return { name, end: key < 0 ? 0 : ends[key]! };
  });
  return { ranks, stages: ended };
}

/**
 * What the reserve may take, the rarest first: tracks that the order would take as the tail's tier, and those whose score
 * is too low, one of each recording. First one of each place, then one of each artist, then by how many tracks of the
 * snapshot carry the recording. Nothing when the policy has no reserve.
 */
export function reserveOrder(columns: PlanColumns): Uint32Array {
  const { policy, words, copies } = columns;
  if (policy.reserve.share === 0) return new Uint32Array(0);
  return sorted(words.length, rarity(columns).keyOf, (rank) => copies[rank] !== 0).ranks;
}

interface Order {
  readonly stages: readonly string[];
  keyOf(rank: number): number;
  stageOf(key: number): number;
}

const ORDERS: Readonly<Record<PlanColumns['policy']['order'], (columns: PlanColumns) => Order>> = {
  popularity: ({ keys }) => ({
    stages: ['popularity above 0', 'popularity 0', 'popularity unknown'],
    keyOf: (rank) => keys[rank]!,
    stageOf: (key) => (key === 0 ? 0 : key < UNKNOWN_KEY ? 1 : 2),
  }),
  knapsack: (columns) => ({
    stages: ['most listens a byte'],
    keyOf: densityKey(columns),
    stageOf: () => 0,
  }),
  coverage: ({ keys, words, placeFirst, languageFirst, albumFirst }) => {
    const classOf = (rank: number) => {
      if (placeFirst.has(rank)) return 0;
      if (languageFirst.has(rank)) return 1;
      if (words[rank]! & ARTIST_FIRST) return 2;
      return albumFirst.has(rank) ? 3 : 4;
    };
    return {
      stages: ['place', 'language', 'artist', 'album']
        .map((group) => `one of each ${group}`)
        .concat('the rest'),
      keyOf: (rank) => {
        const first = classOf(rank);
        const key = keys[rank]!;
        return first === 4 ? 4 * COARSE_KEYS + key : first * COARSE_KEYS + (key >> COARSE);
      },
      stageOf: (key) => Math.min(4, Math.floor(key / COARSE_KEYS)),
    };
  },
  rarity: (columns) => rarity(columns),
};

/** 128 kinds of copies times 128 steps of the score, behind the first of each place and artist. */
function rarity({ keys, words, copies, placeFirst }: PlanColumns): Order {
  return {
    stages: ['one of each place', 'one of each artist', 'fewest copies first'],
    keyOf: (rank) => {
      const step = keys[rank]! >> 9;
      if (placeFirst.has(rank)) return step;
      if (words[rank]! & ARTIST_FIRST) return 128 + step;
      return 256 + copies[rank]! * 128 + step;
    },
    stageOf: (key) => (key < 128 ? 0 : key < 256 ? 1 : 2),
  };
}

/**
 * Listens a byte as 16 bits, the most first: the exponent and the first ten bits of the fraction, so that two tracks of
 * one key differ by a thousandth at most.
 */
function densityKey(columns: PlanColumns): (rank: number) => number {
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  const { words } = columns;
  // 2^-40 and less is nothing; 2^24 listens a byte is more than any track has.
  const lowest = (127 - 40) << 10;
  return (rank) => {
    const bytes =
      codeOf(words[rank]!) & OPUS ? columns.opusBytes(rank) : columns.originalBytes(rank);
    number[0] = columns.listens(rank) / Math.max(1, bytes);
    return MOST_KEY - Math.min(MOST_KEY, Math.max(0, (bits[0]! >>> 13) - lowest));
  };
}

/** The ranks that `takes` takes by rising key, ties by rank, and for each key the place behind its last. Two passes. */
function sorted(
  count: number,
  keyOf: (rank: number) => number,
  takes: (rank: number) => boolean,
): { ranks: Uint32Array; ends: Uint32Array } {
  const ends = new Uint32Array(KEYS + 1);
  for (let rank = 0; rank < count; rank += 1) if (takes(rank)) ends[keyOf(rank) + 1]! += 1;
  for (let key = 0; key < KEYS; key += 1) ends[key + 1]! += ends[key]!;
  const ranks = new Uint32Array(ends[KEYS]!);
  for (let rank = 0; rank < count; rank += 1) {
    if (!takes(rank)) continue;
    const key = keyOf(rank);
    ranks[ends[key]!] = rank;
    ends[key]! += 1;
  }
  return { ranks, ends };
}
