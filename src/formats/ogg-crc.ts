/**
 * The Ogg page checksum: CRC-32 with polynomial 0x04c11db7, most significant bit first, start 0, no final
 * inversion (RFC 3533 section 6, field 7). Eight bytes a step by eight tables, since every byte of an archive
 * passes here at each fixity pass.
 */

const POLYNOMIAL = 0x04c11db7;
const SLICES = 8;
const TABLES = makeTables();

/** The checksum `crc` carried on over `bytes[start, end)`; begin with 0. The result is unsigned. */
export function oggCrc(crc: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  const table = TABLES;
  let value = crc | 0;
  let at = start;
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
