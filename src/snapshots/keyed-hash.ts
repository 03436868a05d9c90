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

/** A function that writes the hash of a text into two words; about 80 ns for an id. */
export function createKeyedHash([key0, key1]: HashKey): (text: string, into: Uint32Array) => void {
  let v0 = 0;
  let v1 = 0;
  let v2 = 0;
  let v3 = 0;
  const mix = () => {
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
  };
  const take = (word: number) => {
    v3 ^= word;
    mix();
    v0 ^= word;
  };
  return (text, into) => {
    v0 = key0 | 0;
    v1 = (key1 ^ 0xee) | 0;
    v2 = (key0 ^ 0x6c796765) | 0;
    v3 = (key1 ^ 0x74656462) | 0;
    const even = text.length & ~1;
    for (let at = 0; at < even; at += 2)
      take(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    take(even < text.length ? text.charCodeAt(even) : 0);
    take(text.length);
    v2 ^= 0xee;
    mix();
    mix();
    mix();
    into[0] = v1 ^ v3;
    v1 ^= 0xdd;
    mix();
    mix();
    mix();
    into[1] = v1 ^ v3;
  };
}
