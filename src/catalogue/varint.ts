/** Whole numbers below 2^32 in one to five bytes, seven bits each, the lowest first; and bytes gathered for few writes. */

/** Puts `value` at `at` and returns where the next byte goes. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value >>> 0;
  let next = at;
  while (rest > 0x7f) {
    bytes[next] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    next += 1;
  }
  bytes[next] = rest;
  return next + 1;
}

/** Gathers bytes and hands them on in large pieces. */
export interface ByteSink {
  varint(value: number): void;
  /** Appends one byte. */
  byte(value: number): void;
  /** Appends `bytes`, or what stands in them from `from` to `end`. */
  bytes(bytes: Uint8Array, from?: number, end?: number): void;
  /** Hands on what is left. */
  flush(): void;
}

const SINK_BYTES = 64 * 1024;
/** Fewer bytes are copied one by one, which spares a call out of JavaScript. */
const LEAST_CALLED = 64;
/** Bytes that a number takes at most. */
export const MAX_VARINT_BYTES = 5;

/** An empty sink before `write`, which must not keep the bytes it is given. */
export function startByteSink(write: (bytes: Uint8Array) => void): ByteSink {
  const room = new Uint8Array(SINK_BYTES);
  let used = 0;
  const flush = () => {
    if (used > 0) write(room.subarray(0, used));
    used = 0;
  };
  return {
    flush,
    varint(value) {
      if (used + MAX_VARINT_BYTES > SINK_BYTES) flush();
      used = putVarint(room, used, value);
    },
    byte(value) {
      if (used === SINK_BYTES) flush();
      room[used] = value;
      used += 1;
    },
    bytes(bytes, from = 0, end = bytes.length) {
      const length = end - from;
      if (used + length > SINK_BYTES) flush();
      if (length > SINK_BYTES) return write(bytes.subarray(from, end));
      if (length > LEAST_CALLED) room.set(bytes.subarray(from, end), used);
      else for (let at = 0; at < length; at += 1) room[used + at] = bytes[from + at]!;
      used += length;
    },
  };
}
