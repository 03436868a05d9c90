/**
 * The two 16-bit checksums met in MPEG audio: the one of a protected frame (polynomial 0x8005, most significant bit
 * first, start 0xffff; ISO 11172-3 section 2.4.3.1) and the one LAME keeps of the music (the same polynomial, least
 * significant bit first, start 0).
 */

const REFLECTED = makeReflectedTables();

/** The frame checksum over `bytes[start, end)`, carried on from `crc`; begin with 0xffff. */
export function mpegFrameCrc(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let value = crc;
  for (let at = start; at < end; at++) {
    value ^= bytes[at]! << 8;
    for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? (value << 1) ^ 0x8005 : value << 1;
    value &= 0xffff;
  }
  return value;
}

/** The music checksum over `bytes[start, end)`, carried on from `crc`; begin with 0. */
export function lameMusicCrc(crc: number, bytes: Uint8Array, start: number, end: number): number {
  const table = REFLECTED;
  let value = crc;
  let at = start;
  for (const last = end - 4; at <= last; at += 4)
    value =
      table[768 + ((value & 255) ^ bytes[at]!)]! ^
      table[512 + ((value >>> 8) ^ bytes[at + 1]!)]! ^
      table[256 + bytes[at + 2]!]! ^
      table[bytes[at + 3]!]!;
  for (; at < end; at++) value = (value >>> 8) ^ table[(value ^ bytes[at]!) & 255]!;
  return value;
}

function makeReflectedTables(): Uint16Array {
  const tables = new Uint16Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256]!;
    tables[index] = (before >>> 8) ^ tables[before & 255]!;
  }
  return tables;
}
