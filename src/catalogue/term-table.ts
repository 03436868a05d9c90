/**
 * The terms of one run: bytes to number and back, in typed arrays that are used again for the next run.
 * Memory: 4 bytes a term, its bytes, and 8 bytes a slot at most half full.
 */

/** Terms by number, in the order in which they first came. */
export interface TermTable {
  readonly count: number;
  /** Bytes of all terms so far. */
  readonly usedBytes: number;
  /** The number of the term that is `bytes[from..end)` with this hash (FNV-1a); a new one when it was not there. */
  intern(bytes: Uint8Array, from: number, end: number, hash: number): number;
  /** Where the bytes of term `number` begin and end in `arena`. */
  start(number: number): number;
  end(number: number): number;
  readonly arena: Uint8Array;
  /** The numbers of all terms in the order of their bytes. */
  sorted(): Uint32Array;
  /** Forgets all terms. */
  clear(): void;
}

/** The hash that the empty string has. */
export const HASH_START = 0x811c9dc5;
/** What FNV-1a multiplies with after each byte. */
export const HASH_PRIME = 0x01000193;

/** The FNV-1a hash of `bytes`, 32 bits, unsigned. */
export function hashTerm(bytes: Uint8Array): number {
  let hash = HASH_START;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, HASH_PRIME);
  return hash >>> 0;
}

/** An empty table. */
export function startTermTable(): TermTable {
  let arena = new Uint8Array(2 ** 20);
  let ends = new Uint32Array(2 ** 16);
  // Side by side, since memory is waited for: the number of a term, one higher so that 0 says "none", and its hash.
  let slots = new Int32Array(2 * 2 ** 17);
  let mask = slots.length / 2 - 1;
  let count = 0;
  let used = 0;

  const grow = () => {
    ends = resized(ends, new Uint32Array(ends.length * 2));
    const before = slots;
    slots = new Int32Array(before.length * 2);
    mask = slots.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] === 0) continue;
      let slot = spread(before[at + 1]!) & mask;
      while (slots[slot * 2]! > 0) slot = (slot + 1) & mask;
      slots[slot * 2] = before[at]!;
      slots[slot * 2 + 1] = before[at + 1]!;
    }
  };
  const append = (bytes: Uint8Array, from: number, end: number): void => {
    if (used + end - from > arena.length) arena = resized(arena, new Uint8Array(arena.length * 2));
    for (let at = from; at < end; at += 1) {
      arena[used] = bytes[at]!;
      used += 1;
    }
  };
  return {
    get count() {
      return count;
    },
    get usedBytes() {
      return used;
    },
    get arena() {
      return arena;
    },
    start: (number) => (number === 0 ? 0 : ends[number - 1]!),
    end: (number) => ends[number]!,
    intern(bytes, from, end, hash) {
      const wanted = hash | 0;
      let slot = spread(wanted) & mask;
      for (let held = slots[slot * 2]!; held > 0; held = slots[slot * 2]!) {
        if (slots[slot * 2 + 1] === wanted) {
          const begin = held === 1 ? 0 : ends[held - 2]!;
          if (isSame(arena, begin, ends[held - 1]!, bytes, from, end)) return held - 1;
        }
        slot = (slot + 1) & mask;
      }
      const number = count;
      append(bytes, from, end);
      ends[number] = used;
      count += 1;
      slots[slot * 2] = count;
      slots[slot * 2 + 1] = wanted;
      if (count === ends.length) grow();
      return number;
    },
    sorted: () => sortTerms(arena, ends, count),
    clear() {
      count = 0;
      used = 0;
      slots.fill(0);
    },
  };
}

function isSame(
  arena: Uint8Array,
  begin: number,
  stop: number,
  bytes: Uint8Array,
  from: number,
  end: number,
): boolean {
  if (stop - begin !== end - from) return false;
  for (let at = from, other = begin; at < end; at += 1, other += 1)
    if (bytes[at] !== arena[other]) return false;
  return true;
}

/** The low bits of FNV-1a are its weakest. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}

/** By the first six bytes as one number, and by all bytes where these are the same. */
function sortTerms(arena: Uint8Array, ends: Uint32Array, count: number): Uint32Array {
  const heads = new Float64Array(count);
  const order = new Uint32Array(count);
  for (let number = 0, begin = 0; number < count; number += 1) {
    const end = ends[number]!;
    let head = 0;
    for (let at = begin; at < begin + 6; at += 1) head = head * 256 + (at < end ? arena[at]! : 0);
    heads[number] = head;
    order[number] = number;
    begin = end;
  }
  return order.sort((a, b) => {
    const difference = heads[a]! - heads[b]!;
    if (difference !== 0) return difference;
    let left = a === 0 ? 0 : ends[a - 1]!;
    let right = b === 0 ? 0 : ends[b - 1]!;
    const leftEnd = ends[a]!;
    const rightEnd = ends[b]!;
    for (; left < leftEnd && right < rightEnd; left += 1, right += 1)
      if (arena[left] !== arena[right]) return arena[left]! - arena[right]!;
    return leftEnd - left - (rightEnd - right);
  });
}

function resized<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
