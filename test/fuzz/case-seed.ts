/** From the seed of a run and the number of a case to the randomness of that case alone. */
import { type SeededRandom, seededRandom } from '../../src/base/seeded-random.ts';

/** The randomness of case `number` of the run with `seed`: the same whichever cases ran before it. */
export function caseRandom(seed: number, number: number): SeededRandom {
  // A multiplication apart, since the generator's first numbers are alike for neighbouring seeds.
  const mixed = Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b);
  return seededRandom(mixed ^ (mixed >>> 15));
}
