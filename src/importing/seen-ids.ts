/**
 * Remembers which ids have been seen, in 64 bits each: a table of typed arrays with open addressing, half to three
 * quarters full. Memory: 11 to 22 bytes an id, doubled for a moment when it grows. Two different ids are taken for one
 * with a probability of n²/2⁶⁵: 3 in a million at ten million ids.
 */

/** Ids seen so far. */
export interface SeenIds {
  /** Adds `id`; returns whether it is new. */
  add(id: string): boolean;
  /** As `add`, by the two hashes of an id. */
  addHashes(a: number, b: number): boolean;
}

const FIRST_SLOTS = 1 << 16;
const MOST_FULL = 0.75;

/** An empty set of ids. */
export function createSeenIds(): SeenIds {
  let low = new Uint32Array(FIRST_SLOTS);
  let high = new Uint32Array(FIRST_SLOTS);
  let count = 0;
  const place = (a: number, b: number): boolean => {
    const mask = low.length - 1;
    let slot = (a ^ (b >>> 7)) & mask;
    while (high[slot] !== 0) {
      if (low[slot] === a && high[slot] === b) return false;
      slot = (slot + 1) & mask;
    }
    low[slot] = a;
    high[slot] = b;
    return true;
  };
  const grow = () => {
    const [oldLow, oldHigh] = [low, high];
    low = new Uint32Array(oldLow.length * 2);
    high = new Uint32Array(oldLow.length * 2);
    for (let slot = 0; slot < oldLow.length; slot++)
      if (oldHigh[slot] !== 0) place(oldLow[slot]!, oldHigh[slot]!);
  };
  const addHashes = (a: number, b: number) => {
    if (!place(a, b)) return false;
    if (++count > low.length * MOST_FULL) grow();
    return true;
  };
  return { add: (id) => addHashes(...hashesOf(id)), addHashes };
}

/** What tells a row of `table` from others: its id, or for links all of it. */
export function rowKey(table: string, values: readonly unknown[]): string {
  return table === 'links' ? values.join('\u0000') : (values[0] as string);
}

/** What an id is told by: two hashes of 32 bits, the second of which is never 0. */
export function hashesOf(id: string): [number, number] {
  // 0 marks a free slot.
  return [hash32(id, 0x9747b28c), hash32(id, 0x3c6ef372) || 1];
}

/** MurmurHash3's 32-bit mixing over UTF-16 units. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    let unit = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    unit = (unit << 15) | (unit >>> 17);
    hash ^= Math.imul(unit, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
