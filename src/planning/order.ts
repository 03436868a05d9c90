/**
 * The order of acquisition: which tracks come first, by the order that a policy names, and which the reserve takes. Each
 * order gives a track a key of 16 bits; tracks with the same key follow in the order of their ranks, so that one counting
 * sort makes every order and the order of the input rows never matters.
 */
import { LOW_SCORE, OPUS, PASSED_OVER } from './plan-code.ts';
import type { PlanColumns } from './plan-columns.ts';
import { BitSet, NO_SLOT } from './recording-slots.ts';
import { UNKNOWN_KEY } from './score.ts';

/** A list of ranks in order, and the stage of the order that each belongs to. */
export interface OrderedTracks {
  readonly ranks: Uint32Array;
  /** Names of the stages of this order, first to last. */
  readonly stages: readonly string[];
  /** The place of a track's stage in `stages`; it never falls along the list. */
  stageOf(rank: number): number;
}

const KEYS = 65_536;
const MOST_KEY = KEYS - 1;
const COARSE = 7;
const COARSE_KEYS = 512;

/** What the policy of `columns` takes, in its order. Memory: 4 bytes a track taken. */
export function mainOrder(columns: PlanColumns): OrderedTracks {
  const { codes } = columns;
  const { order } = columns.policy;
  const made = ORDERS[order](columns);
  const ranks = sorted(codes.length, made.keyOf, (rank) => codes[rank]! < PASSED_OVER);
  return { ranks, stages: made.stages, stageOf: (rank) => made.stageOf(made.keyOf(rank)) };
}

/**
 * What the reserve may take, the rarest first: tracks that the order would take as the tail's tier, and those whose score
 * is too low, one of each recording. First one of each place, then one of each artist, then by how many tracks of the
 * snapshot carry the recording. Nothing when the policy has no reserve.
 */
export function reserveOrder(columns: PlanColumns): Uint32Array {
  const { policy, codes, popularity, slots, seen, recordings, recordingFirst } = columns;
  if (policy.reserve.share === 0) return new Uint32Array(0);
  const lowSeen = new BitSet(recordings.size);
  const candidates = new BitSet(codes.length);
  for (let rank = 0; rank < codes.length; rank += 1) {
    if (popularity[rank] !== 0) continue;
    const code = codes[rank]!;
    if (code < PASSED_OVER) candidates.add(rank);
    if (code < LOW_SCORE) continue;
    const slot = slots[rank]!;
    const isFirst = slot === NO_SLOT || (!seen.has(slot) && lowSeen.add(slot));
    if (isFirst) recordingFirst.add(rank);
    if (isFirst || !policy.one_copy_per_recording) candidates.add(rank);
  }
  return sorted(codes.length, rarity(columns).keyOf, (rank) => candidates.has(rank));
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
  coverage: ({ keys, placeFirst, artistFirst, albumFirst }) => {
    const classOf = (rank: number) => {
      if (placeFirst.has(rank)) return 0;
      if (artistFirst.has(rank)) return 1;
      return albumFirst.has(rank) ? 2 : 3;
    };
    return {
      stages: ['one of each place', 'one of each artist', 'one of each album', 'the rest'],
      keyOf: (rank) => {
        const first = classOf(rank);
        const key = keys[rank]!;
        return first === 3 ? 3 * COARSE_KEYS + key : first * COARSE_KEYS + (key >> COARSE);
      },
      stageOf: (key) => Math.min(3, Math.floor(key / COARSE_KEYS)),
    };
  },
  rarity: (columns) => rarity(columns),
};

/** 256 kinds of copies times 128 steps of the score, behind the first of each place and artist. */
function rarity({ keys, slots, recordings, placeFirst, artistFirst }: PlanColumns): Order {
  return {
    stages: ['one of each place', 'one of each artist', 'fewest copies first'],
    keyOf: (rank) => {
      const step = keys[rank]! >> 9;
      if (placeFirst.has(rank)) return step;
      if (artistFirst.has(rank)) return 128 + step;
      return 256 + recordings.copies(slots[rank]!) * 128 + step;
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
  const { codes } = columns;
  // 2^-40 and less is nothing; 2^24 listens a byte is more than any track has.
  const lowest = (127 - 40) << 10;
  return (rank) => {
    const bytes = codes[rank]! & OPUS ? columns.opusBytes(rank) : columns.originalBytes(rank);
    number[0] = columns.listens(rank) / Math.max(1, bytes);
    return MOST_KEY - Math.min(MOST_KEY, Math.max(0, (bits[0]! >>> 13) - lowest));
  };
}

/** The ranks that `takes` takes by rising key, ties by rank. Two passes. */
function sorted(
  count: number,
  keyOf: (rank: number) => number,
  takes: (rank: number) => boolean,
): Uint32Array {
  const places = new Uint32Array(KEYS + 1);
  for (let rank = 0; rank < count; rank += 1) if (takes(rank)) places[keyOf(rank) + 1]! += 1;
  for (let key = 0; key < KEYS; key += 1) places[key + 1]! += places[key]!;
  const ranks = new Uint32Array(places[KEYS]!);
  for (let rank = 0; rank < count; rank += 1) {
    if (!takes(rank)) continue;
    const key = keyOf(rank);
    ranks[places[key]!] = rank;
    places[key]! += 1;
  }
  return ranks;
}
