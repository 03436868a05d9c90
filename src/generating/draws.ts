/**
 * Chance that follows from a number: each thing of the generated catalogue draws from a sequence of its own, started by
 * its kind and number, so that anything can be made without what is before it (mulberry32 behind MurmurHash3's finaliser).
 */

/** The things that draw, each with sequences of its own; the numbers only keep them apart. */
export const DRAWS = {
  artist: 0x1f83d9ab,
  album: 0x5be0cd19,
  track: 0x3c6ef372,
  title: 0x510e527f,
  sound: 0x2b3e6c1f,
  change: 0x6a09e667,
  block: 0x4f1bbcdc,
} as const;

/** A sequence of draws. One is made for a generator and started anew for each thing. */
export interface Draws {
  /** Goes to the sequence of the thing of this kind with this number, below 2³². */
  start(kind: number, number: number): void;
  /** The next whole number below 2³². */
  word(): number;
  /** The next number, 0 ≤ x < 1. */
  unit(): number;
  /** The next whole number below `limit`, which is at most 2³². */
  below(limit: number): number;
}

/** A sequence of draws under `seed`, not yet started. */
export function makeDraws(seed: number): Draws {
  const salt = mixed((seed | 0) ^ 0x9e3779b9);
  let state = 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) | 0;
    return (bits ^ (bits >>> 14)) >>> 0;
  };
  return {
    start(kind, number) {
      // Each step is a bijection of 32 bits, so that no two things of a kind share a start.
      state = mixed(mixed(number ^ kind) ^ salt);
    },
    word,
    unit: () => word() / 4_294_967_296,
    below: (limit) => Math.floor((word() / 4_294_967_296) * limit),
  };
}

/** A bijection of 32 bits in which each bit depends on all (the finaliser of MurmurHash3). */
export function mixed(bits: number): number {
  let hash = bits | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
