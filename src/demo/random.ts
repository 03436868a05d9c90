/**
 * The demo's only source of chance: numbers that follow from a text and from nothing else, so that the same seed
 * composes the same label on every machine. Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by SHA-256.
 */
import { sha256 } from '../base/digest.ts';

/** Chance that can be repeated. */
export interface Random {
  /** The next number, 0 ≤ x < 1. */
  next(): number;
  /** The next number, low ≤ x < high. */
  between(low: number, high: number): number;
  /** The next whole number, 0 ≤ x < limit. */
  below(limit: number): number;
  /** One of `items`, each as likely as the others. */
  pick<T>(items: readonly T[]): T;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

/** A generator whose numbers follow from `seed` alone. */
export function startRandom(seed: string): Random {
  const digest = sha256(seed);
  const state = Int32Array.from([0, 8, 16], (at) => Number.parseInt(digest.slice(at, at + 8), 16));
  let counter = 1;
  const next = (): number => {
    const sum = (state[0]! + state[1]! + counter) | 0;
    counter = (counter + 1) | 0;
    state[0] = state[1]! ^ (state[1]! >>> 9);
    state[1] = (state[2]! + (state[2]! << 3)) | 0;
    state[2] = ((state[2]! << 21) | (state[2]! >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  // The first outputs still show the seed's structure; the generator's author discards twelve.
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    below,
    pick: (items) => items[below(items.length)]!,
    chance: (probability) => next() < probability,
  };
}
