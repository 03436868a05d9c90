/**
 * The two checksums of a FLAC frame: CRC-8 of its header (polynomial 0x07) and CRC-16 of the whole frame (0x8005),
 * both most significant bit first, start 0 (RFC 9639 sections 9.1.8 and 9.3).
 */

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80 ? (value << 1) ^ 0x07 : value << 1;
  return value & 0xff;
});
/** Bytes a step of the CRC-16, each through a table of its own. */
const SLICES = 8;
const CRC16 = makeCrc16Tables();

/** CRC-8 of `bytes[start, end)`. */
export function flacCrc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) crc = CRC8[crc ^ bytes[at]!]!;
  return crc;
}

/** CRC-16 of `bytes[start, end)`; a frame followed by its own checksum gives 0. */
export function flacCrc16(bytes: Uint8Array, start: number, end: number): number {
  const table = CRC16;
  let crc = 0;
  let at = start;
  for (const last = end - SLICES; at <= last; at += SLICES)
    crc =
      table[1792 + ((crc >>> 8) ^ bytes[at]!)]! ^
      table[1536 + ((crc & 255) ^ bytes[at + 1]!)]! ^
      table[1280 + bytes[at + 2]!]! ^
      table[1024 + bytes[at + 3]!]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  for (; at < end; at++) crc = ((crc << 8) & 0xffff) ^ table[(crc >>> 8) ^ bytes[at]!]!;
  return crc;
}

/** Table n maps a byte to its share of the checksum after n further zero bytes. */
function makeCrc16Tables(): Uint16Array {
  const tables = new Uint16Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte << 8;
    for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? (value << 1) ^ 0x8005 : value << 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256]!;
    tables[index] = (before << 8) ^ tables[before >>> 8]!;
  }
  return tables;
}
