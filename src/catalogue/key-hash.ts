/** The hash by which keys find their rows: two lanes of 32 bits over UTF-16 units. Spec: docs/formats/catalogue-files.md. */

/** The upper and the lower 32 bits of the hash of `key`, written into `into` from `at` on; about 60 ns for an id. */
export function hashKey(key: string, into: Uint32Array, at = 0): void {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  into[at] = high;
  into[at + 1] = low;
}

/** The 16 bits of a hash of 48 (`high` 32 and `low` 16) that follow its first `bits`, which are at most 32. */
export function restBits(high: number, low: number, bits: number): number {
  if (bits <= 16) return (high >>> (16 - bits)) & 0xffff;
  return ((high << (bits - 16)) | (low >>> (32 - bits))) & 0xffff;
}
