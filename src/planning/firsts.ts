/** The first track of each artist, place and album: the best by the order of popularity among those that may be planned. */
import type { PlanSource } from './plan-input.ts';
import { BitSet } from './recording-slots.ts';
import { UNKNOWN_KEY } from './score.ts';

const PLACES = 65_536;
const NOBODY = UNKNOWN_KEY + 1;

/** Firsts being found. Memory: 6 bytes an artist and album. */
export interface Firsts {
  /** Offers a track; -1 is no album or artist, 0 no place. Tracks come in the order of their ranks. */
  meet(rank: number, key: number, album: number, artist: number, place: number): void;
  /** The ranks of the firsts. */
  settle(tracks: number): {
    readonly artistFirst: BitSet;
    readonly placeFirst: BitSet;
    readonly albumFirst: BitSet;
  };
}

/** Nothing found yet, for a snapshot of so many `rows`. */
export function createFirsts(rows: PlanSource['rows']): Firsts {
  const groups = { artist: best(rows.artists), place: best(PLACES), album: best(rows.albums) };
  return {
    meet(rank, key, album, artist, place) {
      if (artist >= 0) offer(groups.artist, artist, key, rank);
      if (place > 0) offer(groups.place, place, key, rank);
      if (album >= 0) offer(groups.album, album, key, rank);
    },
    settle: (tracks) => ({
      artistFirst: setOf(groups.artist, tracks),
      placeFirst: setOf(groups.place, tracks),
      albumFirst: setOf(groups.album, tracks),
    }),
  };
}

interface Best {
  readonly keys: Uint16Array;
  readonly ranks: Uint32Array;
}

function best(count: number): Best {
  return { keys: new Uint16Array(count).fill(NOBODY), ranks: new Uint32Array(count) };
}

function offer({ keys, ranks }: Best, at: number, key: number, rank: number): void {
  if (key >= keys[at]!) return;
  keys[at] = key;
  ranks[at] = rank;
}

function setOf({ keys, ranks }: Best, tracks: number): BitSet {
  const set = new BitSet(tracks);
  for (let at = 0; at < keys.length; at += 1) if (keys[at] !== NOBODY) set.add(ranks[at]!);
  return set;
}
