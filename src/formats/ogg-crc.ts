/**
 * The Ogg page checksum: CRC-32 with polynomial 0x04c11db7, most significant bit first, start 0, no final
 * inversion (RFC 3533 section 6, field 7).
 *
 * Every byte of an archive passes here at each fixity pass. The CRC-32 of zlib, which uses the processor's own
 * instructions, has the same polynomial with the least significant bit first: a page whose bytes are mirrored goes
 * through it in less time than through tables. Short runs go through eight tables, eight bytes a step.
 */
import zlib from 'node:zlib';

const POLYNOMIAL = 0x04c11db7;
const SLICES = 8;
const TABLES = makeTables();
/** Below this, calling zlib costs more than it saves. */
const MIN_MIRRORED_BYTES = 1024;
/** A page is at most 65,307 bytes. */
const MIRROR_BYTES = 64 * 1024;
const mirrorWords = new Uint32Array(MIRROR_BYTES / 4);
const mirror = new Uint8Array(mirrorWords.buffer);

/** The checksum `crc` carried on over `bytes[start, end)`; begin with 0. The result is unsigned. */
export function oggCrc(crc: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  const table = TABLES;
  let value = crc | 0;
  let at = start;
  for (; end - at >= MIN_MIRRORED_BYTES; at = Math.min(end, at + MIRROR_BYTES))
    value = mirroredCrc(value, bytes.subarray(at, Math.min(end, at + MIRROR_BYTES)));
  for (const last = end - SLICES; at <= last; at += SLICES) {
    value ^= (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    value =
      table[1792 + (value >>> 24)]! ^
      table[1536 + ((value >>> 16) & 255)]! ^
      table[1280 + ((value >>> 8) & 255)]! ^
      table[1024 + (value & 255)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < end; at++) value = (value << 8) ^ table[(value >>> 24) ^ bytes[at]!]!;
  return value >>> 0;
}

/** zlib inverts the checksum before and after; its result is mirrored back. */
function mirroredCrc(crc: number, bytes: Uint8Array): number {
  mirror.set(bytes);
  const words = (bytes.length + 3) >>> 2;
  for (let index = 0; index < words; index++) mirrorWords[index] = mirrorBits(mirrorWords[index]!);
  const before = ~swapBytes(mirrorBits(crc)) >>> 0;
  return swapBytes(mirrorBits(~zlib.crc32(mirror.subarray(0, bytes.length), before)));
}

/** The bits of each byte the other way round. */
function mirrorBits(word: number): number {
  const pairs = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1);
  const nibbles = ((pairs >>> 2) & 0x33333333) | ((pairs & 0x33333333) << 2);
  return ((nibbles >>> 4) & 0x0f0f0f0f) | ((nibbles & 0x0f0f0f0f) << 4);
}

function swapBytes(word: number): number {
  return (word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);
}

/** Table n maps a byte to its share of the checksum after n further zero bytes. */
function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256]!;
    tables[index] = (before << 8) ^ tables[before >>> 24]!;
  }
  return tables;
}
