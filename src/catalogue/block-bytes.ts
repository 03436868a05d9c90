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
  /** The `width` lowest bits (at most 53) of `value`, behind those of the call before. */
  bits(value: number, width: number): void;
  /** Fills the last byte of bits up with zeros. */
  endBits(): void;
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
  let held = 0;
  let heldBits = 0;
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
    bits(value, width) {
      reserve(8);
      let rest = value;
      for (let left = width; left > 0; left -= PIECE_BITS) {
        const count = Math.min(PIECE_BITS, left);
        const piece = left > PIECE_BITS ? rest % PIECE : rest;
        rest = Math.floor(rest / PIECE);
        held |= piece << heldBits;
        heldBits += count;
        for (; heldBits >= 8; heldBits -= 8) {
          room[used++] = held;
          held >>>= 8;
        }
      }
    },
    endBits() {
      if (heldBits === 0) return;
      reserve(1);
      room[used++] = held;
      held = 0;
      heldBits = 0;
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
