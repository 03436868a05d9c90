/**
 * Randomness that repeats: the generator behind the property tests and the mutation fuzz of the codecs.
 *
 * Input: a seed, printed by the test that uses it. Output: the same numbers on every machine (xorshift32).
 */

/** Numbers and bytes drawn from one seed. */
export interface SeededRandom {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** `count` bytes. */
  bytes(count: number): Uint8Array;
  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T;
}

/** A generator that gives the same sequence for the same `seed`. Not fit for keys. */
export function seededRandom(seed: number): SeededRandom {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 24),
    pick: (choices) => choices[below(choices.length)]!,
  };
}

/** A copy of `bytes` with one to three small edits: a changed, dropped, doubled or moved byte, or a cut. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let edited = Uint8Array.from(bytes);
  for (let edits = 1 + random.below(3); edits > 0 && edited.length > 0; edits -= 1) {
    const at = random.below(edited.length);
    const kind = random.below(5);
    if (kind === 0) edited[at] = random.below(256);
    else if (kind === 1) edited[at] = edited[at]! ^ (1 << random.below(8));
    else if (kind === 2) edited = concatenate(edited.subarray(0, at), edited.subarray(at + 1));
    else if (kind === 3) edited = concatenate(edited.subarray(0, at + 1), edited.subarray(at));
    else edited = edited.slice(0, at);
  }
  return edited;
}

function concatenate(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
