/**
 * From ids to ranks, in memory that all threads share: 12 bytes a slot, at most two thirds of the slots used (1.1 GB for 58.6
 * million albums).
 */
import { createKeyedHash, type HashKey } from './keyed-hash.ts';

/** The memory of a map. */
export interface SharedRanks {
  readonly key: HashKey;
  /** Of each slot both words of the hash and the rank, side by side: memory so large is waited for at each place. */
  readonly slots: Uint32Array<SharedArrayBuffer>;
}

/** Ranks by id. Ids are told apart by 64 bits of keyed hash; two that have the same ones have no rank here. */
export interface RankMap {
  set(id: string, rank: number): void;
  /** The same for the id that has this hash. */
  setHashed(high: number, low: number, rank: number): void;
  /** The rank of `id`, or null. */
  get(id: string): number | null;
}

/** Words of a slot, and which of them is the rank. */
const SLOT_WORDS = 3;
const RANK = 2;
const EMPTY = 0xffffffff;
const SHARED = 0xfffffffe;

/** Room for `count` ids. */
export function createRanks(count: number, key: HashKey): SharedRanks {
  // A power of two would waste up to half of it; the remainder of a division spreads a good hash as well.
  const slots = Math.max(16, Math.ceil(count * 1.5));
  return { key, slots: sharedWords(slots * SLOT_WORDS).fill(EMPTY) };
}

/** `count` words that all threads share. */
export function sharedWords(count: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(count * 4));
}

/** The map in `shared`: one thread sets, and others get when all is set. */
export function openRankMap({ key, slots }: SharedRanks): RankMap {
  const hashOf = createKeyedHash(key);
  const hash = new Uint32Array(2);
  const count = slots.length / SLOT_WORDS;
  let lastId: string | undefined;
  let lastRank: number | null = null;
  /** The first word of the slot that has this hash, or where it would be. */
  const slotOf = (first: number, second: number): number => {
    let at = (first % count) * SLOT_WORDS;
    while (slots[at + RANK] !== EMPTY && (slots[at] !== first || slots[at + 1] !== second)) {
      at += SLOT_WORDS;
      if (at === slots.length) at = 0;
    }
    return at;
  };
  const setHashed = (first: number, second: number, rank: number) => {
    const at = slotOf(first, second);
    if (slots[at + RANK] !== EMPTY) {
      slots[at + RANK] = SHARED;
      return;
    }
    slots[at] = first;
    slots[at + 1] = second;
    slots[at + RANK] = rank;
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
      const rank = slots[slotOf(hash[0]!, hash[1]!) + RANK]!;
      lastId = id;
      lastRank = rank >= SHARED ? null : rank;
      return lastRank;
    },
  };
}
