/**
 * From ids to ranks, in memory that all threads share: 12 bytes a slot, at most two thirds of the slots used (1.1 GB for 58.6
 * million albums).
 */
import { createKeyedHash, type HashKey } from './keyed-hash.ts';

/** The memory of a map. */
export interface SharedRanks {
  readonly key: HashKey;
  readonly high: Uint32Array<SharedArrayBuffer>;
  readonly low: Uint32Array<SharedArrayBuffer>;
  readonly ranks: Uint32Array<SharedArrayBuffer>;
}

/** Ranks by id. Ids are told apart by 64 bits of keyed hash; two that have the same ones have no rank here. */
export interface RankMap {
  set(id: string, rank: number): void;
  /** The same for the id that has this hash. */
  setHashed(high: number, low: number, rank: number): void;
  /** The rank of `id`, or null. */
  get(id: string): number | null;
}

const EMPTY = 0xffffffff;
const SHARED = 0xfffffffe;

/** Room for `count` ids. */
export function createRanks(count: number, key: HashKey): SharedRanks {
  // A power of two would waste up to half of it; the remainder of a division spreads a good hash as well.
  const slots = Math.max(16, Math.ceil(count * 1.5));
  return {
    key,
    high: sharedWords(slots),
    low: sharedWords(slots),
    ranks: sharedWords(slots).fill(EMPTY),
  };
}

/** `count` words that all threads share. */
export function sharedWords(count: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(count * 4));
}

/** The map in `shared`: one thread sets, and others get when all is set. */
export function openRankMap({ key, high, low, ranks }: SharedRanks): RankMap {
  const hashOf = createKeyedHash(key);
  const hash = new Uint32Array(2);
  const slots = ranks.length;
  let lastId: string | undefined;
  let lastRank: number | null = null;
  const slotOf = (first: number, second: number): number => {
    let slot = first % slots;
    while (ranks[slot] !== EMPTY && (high[slot] !== first || low[slot] !== second))
      slot = slot + 1 === slots ? 0 : slot + 1;
    return slot;
  };
  const setHashed = (first: number, second: number, rank: number) => {
    const slot = slotOf(first, second);
    if (ranks[slot] !== EMPTY) {
      ranks[slot] = SHARED;
      return;
    }
    high[slot] = first;
    low[slot] = second;
    ranks[slot] = rank;
  };
  return {
    set(id, rank) {
      hashOf(id, hash);
      setHashed(hash[0]!, hash[1]!, rank);
    },
    setHashed,
    get(id) {
      // Rows of one album or artist mostly stand side by side.
      if (id === lastId) return lastRank;
      hashOf(id, hash);
      const rank = ranks[slotOf(hash[0]!, hash[1]!)]!;
      lastId = id;
      lastRank = rank >= SHARED ? null : rank;
      return lastRank;
    },
  };
}
