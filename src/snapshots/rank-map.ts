/** From ids to ranks, in memory: 12 bytes a slot, at most two thirds of the slots used (1.1 GB for 58.6 million albums). */
import { hashKey } from '../catalogue/key-hash.ts';

/** Ranks by id. Ids are told apart by 64 bits of hash; two that have the same ones have no rank here. */
export interface RankMap {
  set(id: string, rank: number): void;
  /** The rank of `id`, or null. */
  get(id: string): number | null;
}

const EMPTY = 0xffffffff;
const SHARED = 0xfffffffe;

/** A map for `count` ids. */
export function createRankMap(count: number): RankMap {
  // A power of two would waste up to half of it; the remainder of a division spreads a good hash as well.
  const slots = Math.max(16, Math.ceil(count * 1.5));
  const high = new Uint32Array(slots);
  const low = new Uint32Array(slots);
  const ranks = new Uint32Array(slots).fill(EMPTY);
  const hash = new Uint32Array(2);
  const slotOf = (id: string): number => {
    hashKey(id, hash);
    let slot = hash[0]! % slots;
    while (ranks[slot] !== EMPTY && (high[slot] !== hash[0] || low[slot] !== hash[1]))
      slot = slot + 1 === slots ? 0 : slot + 1;
    return slot;
  };
  return {
    set(id, rank) {
      const slot = slotOf(id);
      if (ranks[slot] !== EMPTY) {
        ranks[slot] = SHARED;
        return;
      }
      high[slot] = hash[0]!;
      low[slot] = hash[1]!;
      ranks[slot] = rank;
    },
    get(id) {
      const rank = ranks[slotOf(id)]!;
      return rank >= SHARED ? null : rank;
    },
  };
}
