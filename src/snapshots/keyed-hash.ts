/**
 * A hash of texts under a key, 64 bits: HalfSipHash-1-3 over words of two UTF-16 units. Who writes a dump cannot choose texts
 * that have the same hash, since the key follows from all of the dump.
 */

/** Two words that no text was chosen for. */
export type HashKey = readonly [number, number];

/** The key that `digest`, 16 hexadecimal digits or more, begins with. */
export function hashKeyOf(digest: string): HashKey {
  return [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)];
}

const FINAL_ROUNDS = 3;

/** A function that writes the hash of a text into two words of `into` from `at` on; about 80 ns for an id. */
export function createKeyedHash([key0, key1]: HashKey): (
  text: string,
  into: Uint32Array,
  at?: number,
) => void {
  return (text, into, at = 0) => {
    let v0 = key0 | 0;
    let v1 = (key1 ^ 0xee) | 0;
    let v2 = (key0 ^ 0x6c796765) | 0;
    let v3 = (key1 ^ 0x74656462) | 0;
    const { length } = text;
    // All units, then what is left with how many there are.
    const words = (length >>> 1) + 2;
    for (let round = 0; round < words + 2 * FINAL_ROUNDS; round += 1) {
      let word = 0;
      if (round < words - 2)
        word = text.charCodeAt(round * 2) | (text.charCodeAt(round * 2 + 1) << 16);
      else if (round === words - 2) word = (length & 1) === 1 ? text.charCodeAt(length - 1) : 0;
      else if (round === words - 1) word = length;
      else if (round === words) v2 ^= 0xee;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
      if (round !== words + FINAL_ROUNDS - 1) continue;
      into[at] = v1 ^ v3;
      v1 ^= 0xdd;
    }
    into[at + 1] = v1 ^ v3;
  };
}
