/**
 * Bits of a FLAC frame, most significant first, and the Rice codes made of them (RFC 9639 section 9.2.7).
 *
 * A position is a bit number in the array, so that nothing has to be kept in step; four bytes are put together for
 * each read. Reading past the end is noticed after the fact: the caller's buffer may hold anything there.
 */

/** A place in some bytes, and where they end. */
export interface BitCursor {
  readonly bytes: Uint8Array;
  bit: number;
  readonly endBit: number;
}

/** Why a frame could not be decoded: `short` asks for more bytes, `fault` is against the format. */
export class FrameStop extends Error {
  override readonly name = 'FrameStop';
  readonly kind: 'short' | 'fault';
  constructor(kind: 'short' | 'fault', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Samples of one channel: 33-bit ones, which only the side of 32-bit stereo has, do not fit into 32 bits. */
export type SampleArray = Int32Array | Float64Array;

/** 32 bits from position `bit`. */
function peekBits32(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  const shift = bit & 7;
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return shift === 0 ? word : (word << shift) | (bytes[at + 4]! >>> (8 - shift));
}

/** The next `count` bits (0–32) as an unsigned number. */
export function takeBits(cursor: BitCursor, count: number): number {
  if (count === 0) return 0;
  const value = peekBits32(cursor.bytes, cursor.bit) >>> (32 - count);
  advance(cursor, count);
  return value;
}

/** The next `count` bits (0–33) as a number in two's complement. */
export function takeSigned(cursor: BitCursor, count: number): number {
  if (count === 0) return 0;
  if (count === 33) return -takeBits(cursor, 1) * 2 ** 32 + takeBits(cursor, 32);
  const value = peekBits32(cursor.bytes, cursor.bit) >> (32 - count);
  advance(cursor, count);
  return value;
}

/** The number of 0 bits before the next 1 bit, which is consumed too. */
export function takeUnary(cursor: BitCursor): number {
  let zeros = 0;
  for (;;) {
    const word = peekBits32(cursor.bytes, cursor.bit);
    const run = Math.clz32(word);
    advance(cursor, Math.min(run + 1, 32));
    zeros += run;
    if (run < 32) return zeros;
  }
}

/** Decodes Rice codes with parameter `k` into `out[from, to)`. */
export function takeRice(
  cursor: BitCursor,
  out: SampleArray,
  range: { from: number; to: number },
  k: number,
): void {
  const { bytes } = cursor;
  let bit = cursor.bit;
  for (let index = range.from; index < range.to; index++) {
    const at = bit >>> 3;
    const shift = bit & 7;
    let word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (shift !== 0) word = (word << shift) | (bytes[at + 4]! >>> (8 - shift));
    const quotient = Math.clz32(word);
    if (quotient + k <= 30) {
      // Two shifts, because a shift by 32 is a shift by 0.
      const low = ((word << (quotient + 1)) >>> 1) >>> (31 - k);
      const folded = (quotient << k) | low;
      out[index] = (folded >>> 1) ^ -(folded & 1);
      bit += quotient + 1 + k;
    } else {
      cursor.bit = bit;
      out[index] = takeLongRice(cursor, k);
      bit = cursor.bit;
    }
  }
  cursor.bit = bit;
  if (bit > cursor.endBit) throw new FrameStop('short', 'the frame is not whole');
}

function takeLongRice(cursor: BitCursor, k: number): number {
  const quotient = takeUnary(cursor);
  const folded = quotient * 2 ** k + takeBits(cursor, k);
  if (folded > 0xffff_ffff) throw new FrameStop('fault', 'a residual beyond 32 bits');
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

function advance(cursor: BitCursor, count: number): void {
  cursor.bit += count;
  if (cursor.bit > cursor.endBit) throw new FrameStop('short', 'the frame is not whole');
}
