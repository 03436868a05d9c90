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
/** Most blocks are no larger. */
const FIRST_BYTES = 16_384;

/** An empty writer. */
export function startBlockWriter(): BlockWriter {
  let room = new Uint8Array(FIRST_BYTES);
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
  /** What is read from, and more of the block than this reader is for. */
  readonly all: Uint8Array;
  byte(): number;
  varint(): number;
  /** Passes over the next `count` bytes and tells where in `all` they begin. */
  skip(count: number): number;
  /** `BlockError` when bytes are left. */
  end(): void;
}

/** A reader of `all` from `from` to `to`. */
export function startBlockReader(all: Uint8Array, from = 0, to = all.length): BlockReader {
  let at = from;
  const byte = () => {
    if (at >= to) throw new BlockError('a block that ends early');
    return all[at++]!;
  };
  return {
    all,
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
    skip(count) {
      if (!(count <= to - at)) throw new BlockError('a block that ends early');
      at += count;
      return at - count;
    },
    end() {
      if (at !== to) throw new BlockError(`${to - at} bytes too many`);
    },
  };
}

/** Bits that are right in a window of four bytes, wherever it begins. */
const WINDOW_BITS = 25;

/** The `width` bits (at most 53) of `bytes` from bit `position` on; the caller has seen to it that they are there. */
export function bitsAt(bytes: Uint8Array, position: number, width: number): number {
  const at = Math.floor(position / 8);
  if (width <= WINDOW_BITS) {
    const four =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    return (four >>> (position & 7)) & ((1 << width) - 1);
  }
  const low = bitsAt(bytes, position, PIECE_BITS);
  return low + bitsAt(bytes, position + PIECE_BITS, width - PIECE_BITS) * PIECE;
}
