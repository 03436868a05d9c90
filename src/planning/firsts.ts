/** The first track of each artist, place and album: the best by the order of popularity among those that may be planned. */
import { BitSet } from './recording-slots.ts';
import { UNKNOWN_KEY } from './score.ts';

const NOBODY = UNKNOWN_KEY + 1;

/** The firsts of one kind of group, being found. Memory: 6 bytes a group. */
export interface Firsts {
  /** Offers the track of `rank` for `group`. Tracks come in the order of their ranks. */
  offer(group: number, key: number, rank: number): void;
  /** The ranks of the firsts, in the order of the groups. */
  found(): Generator<number>;
}

/** Nothing found yet, of so many groups. */
export function createFirsts(groups: number): Firsts {
  const keys = new Uint16Array(groups).fill(NOBODY);
  const ranks = new Uint32Array(groups);
  return {
    offer(group, key, rank) {
      if (key >= keys[group]!) return;
      keys[group] = key;
      ranks[group] = rank;
    },
    *found() {
      for (let group = 0; group < groups; group += 1)
        if (keys[group] !== NOBODY) yield ranks[group]!;
    },
  };
}

/** The firsts as a set of ranks below `tracks`. */
export function setOfFirsts(firsts: Firsts, tracks: number): BitSet {
  const set = new BitSet(tracks);
  for (const rank of firsts.found()) set.add(rank);
  return set;
}
