/** Levels of a column of Parquet, which say what is absent and what begins a list. Spec: parquet-format, Encodings.md, RLE. */

const LENGTH_BYTES = 4;

/** Levels of a page being gathered. */
export interface Levels {
  add(level: number): void;
  count(): number;
  /** Their length in four bytes and their encoding; empties them. */
  take(): Uint8Array[];
}

/** Levels of `width` bits, packed eight at a time; one run when all are alike, which is the common case. */
export function createLevels(width: 1 | 2): Levels {
  let levels = new Uint8Array(1 << 12);
  let count = 0;
  /** While all are alike, the first stands for them and none is stored. */
  let areAlike = true;
  let first = 0;
  return {
    add(level) {
      if (areAlike) {
        if (count === 0) first = level;
        if (level === first) {
          count += 1;
          return;
        }
        areAlike = false;
        while (levels.length <= count) levels = new Uint8Array(levels.length * 2);
        levels.fill(first, 0, count);
      } else if (count === levels.length) {
        const larger = new Uint8Array(levels.length * 2);
        larger.set(levels);
        levels = larger;
      }
      levels[count++] = level;
    },
    count: () => count,
    take() {
      const encoded = areAlike
        ? Buffer.from([...varint(count * 2), first])
        : Buffer.concat([varint(Math.ceil(count / 8) * 2 + 1), packLevels(levels, count, width)]);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(encoded.length);
      count = 0;
      areAlike = true;
      return [length, encoded];
    },
  };
}

function packLevels(levels: Uint8Array, count: number, width: 1 | 2): Uint8Array {
  const packed = new Uint8Array(Math.ceil(count / 8) * width);
  for (let index = 0; index < count; index++)
    packed[(index * width) >> 3]! |= levels[index]! << ((index * width) & 7);
  return packed;
}

/** Truth values, a byte each, as bits. */
export function packBits(flags: Uint8Array): Uint8Array {
  return packLevels(flags, flags.length, 1).subarray(0, Math.ceil(flags.length / 8));
}

/** `value` in seven bits a byte, the lowest first. */
export function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest & 0x7f) | 0x80);
  out.push(rest);
  return Buffer.from(out);
}
