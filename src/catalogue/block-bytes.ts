/**
 * Bytes of a block of rows being written and read: whole numbers below 2^53 as varints, bits, UTF-8. The reader never
 * leaves its bytes: what is not there is a `BlockError`. Layout: docs/formats/catalogue-files.md.
 */

/** A block that is not as its format wants it. */
export class BlockError extends Error {}

/** Bytes being gathered. */
export interface BlockWriter {
  byte(value: number): void;
  varint(value: number): void;
  bytes(bytes: Uint8Array): void;
  /** The `width` lowest bits (at most 53) of each value less `least`, the lowest first; the last byte filled up with zeros. */
  packed(values: readonly number[], least: number, width: number): void;
  /** `width` bits (at most 16) of each unit of each text from `from` on, by `codes`; the last byte filled up with zeros. */
  digits(texts: readonly string[], from: number, codes: Uint8Array, width: number): void;
  /** What was gathered, valid until more is. */
  taken(): Uint8Array;
}

const PIECE_BITS = 16;
const PIECE = 2 ** PIECE_BITS;
const MOST_VARINT_BYTES = 8;

/** An empty writer. */
export function startBlockWriter(): BlockWriter {
  let room = new Uint8Array(4096);
  let used = 0;
  const reserve = (count: number) => {
    if (used + count <= room.length) return;
    const larger = new Uint8Array(Math.max(room.length * 2, used + count));
    larger.set(room.subarray(0, used));
    room = larger;
  };
  return {
    byte(value) {
      reserve(1);
      room[used++] = value;
    },
    varint(value) {
      reserve(MOST_VARINT_BYTES);
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) room[used++] = (rest % 0x80) | 0x80;
      room[used++] = rest;
    },
    bytes(bytes) {
      reserve(bytes.length);
      room.set(bytes, used);
      used += bytes.length;
    },
    packed(values, least, width) {
      reserve(Math.ceil((values.length * width) / 8) + 1);
      const scale = 2 ** width;
      const mask = width < PIECE_BITS ? scale - 1 : 0;
      let at = used;
      let held = 0;
      let bits = 0;
      for (let index = 0; index < values.length; index += 1) {
        let rest = values[index]! - least;
        rest = mask > 0 && rest < 2 ** 31 ? rest & mask : rest % scale;
        for (let left = width; left > 0; left -= PIECE_BITS) {
          held |= (left > PIECE_BITS ? rest % PIECE : rest) << bits;
          if (left > PIECE_BITS) rest = Math.floor(rest / PIECE);
          for (bits += Math.min(PIECE_BITS, left); bits >= 8; bits -= 8) {
            room[at++] = held;
            held >>>= 8;
          }
        }
      }
      if (bits > 0) room[at++] = held;
      used = at;
    },
    digits(texts, from, codes, width) {
      reserve(Math.ceil(texts.reduce((sum, { length }) => sum + length, 0) * width * 0.125) + 1);
      let at = used;
      let held = 0;
      let bits = 0;
      for (let index = 0; index < texts.length; index += 1) {
        const text = texts[index]!;
        for (let unit = from; unit < text.length; unit += 1) {
          held |= codes[text.charCodeAt(unit)]! << bits;
          for (bits += width; bits >= 8; bits -= 8) {
            room[at++] = held;
            held >>>= 8;
          }
        }
      }
      if (bits > 0) room[at++] = held;
      used = at;
    },
    taken: () => room.subarray(0, used),
  };
}

/** Bytes being read, from the first to the last. */
export interface BlockReader {
  byte(): number;
  varint(): number;
  /** The next `count` bytes, not copied. */
  bytes(count: number): Uint8Array;
  /** The bytes that are left. */
  rest(): Uint8Array;
  /** `BlockError` when bytes are left. */
  end(): void;
}

/** A reader of `bytes`. */
export function startBlockReader(bytes: Uint8Array): BlockReader {
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw new BlockError('a block that ends early');
    return bytes[at++]!;
  };
  return {
    byte,
    varint() {
      let value = 0;
      let scale = 1;
      for (let count = 0; count < MOST_VARINT_BYTES; count += 1) {
        const next = byte();
        value += (next & 0x7f) * scale;
        if (next < 0x80) {
          if (value <= Number.MAX_SAFE_INTEGER) return value;
          break;
        }
        scale *= 0x80;
      }
      throw new BlockError('a number of more than 53 bits');
    },
    bytes(count) {
      if (!(count <= bytes.length - at)) throw new BlockError('a block that ends early');
      at += count;
      return bytes.subarray(at - count, at);
    },
    rest() {
      const from = at;
      at = bytes.length;
      return bytes.subarray(from);
    },
    end() {
      if (at !== bytes.length) throw new BlockError(`${bytes.length - at} bytes too many`);
    },
  };
}

/** The first `count` values of `width` bits (at most 53) each in `bytes`, with `least` added. */
export function unpacked(
  bytes: Uint8Array,
  count: number,
  { least, width }: { readonly least: number; readonly width: number },
): number[] {
  const values = new Array<number>(count);
  if (width > 16) {
    for (let at = 0; at < count; at += 1) values[at] = least + bitsAt(bytes, at * width, width);
    return values;
  }
  const mask = 2 ** width - 1;
  let held = 0;
  let bits = 0;
  let next = 0;
  for (let at = 0; at < count; at += 1) {
    for (; bits < width; bits += 8) held |= bytes[next++]! << bits;
    values[at] = least + (held & mask);
    held >>>= width;
    bits -= width;
  }
  return values;
}

/** The `width` bits (at most 53) of `bytes` from bit `position` on; the caller has seen to it that they are there. */
export function bitsAt(bytes: Uint8Array, position: number, width: number): number {
  let value = 0;
  let scale = 1;
  let at = position >>> 3;
  let shift = position & 7;
  for (let left = width; left > 0; ) {
    const count = Math.min(8 - shift, left);
    value += ((bytes[at]! >>> shift) & ((1 << count) - 1)) * scale;
    scale *= 1 << count;
    left -= count;
    shift = 0;
    at += 1;
  }
  return value;
}
