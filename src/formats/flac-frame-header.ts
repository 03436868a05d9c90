/**
 * The header of a FLAC frame (RFC 9639 section 9.1), checked by its own CRC-8.
 */
import { flacCrc8 } from './flac-crc.ts';

/** What a frame header says. */
export interface FlacFrameHeader {
  readonly blockSize: number;
  /** 0: as in STREAMINFO. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** How two channels are combined: 0 independent, 8 left/side, 9 side/right, 10 mid/side. */
  readonly stereoMode: 0 | 8 | 9 | 10;
  /** 0: as in STREAMINFO. */
  readonly bitsPerSample: number;
  /** Number of the frame, or of its first sample when the block size varies. */
  readonly codedNumber: number;
  readonly hasVariableBlockSize: boolean;
  readonly sizeBytes: number;
}

/** The most bytes a frame header can have. */
const FLAC_HEADER_MAX_BYTES = 16;

const RATES_HZ = [
  0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const BIT_DEPTHS = [0, 8, 12, -1, 16, 20, 24, 32];

/** The header at `start`, `null` when there is none, or `short` when `end` comes too early to tell. */
export function decodeFlacHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): FlacFrameHeader | null | 'short' {
  if (start + 1 < end && (bytes[start] !== 0xff || (bytes[start + 1]! & 0xfe) !== 0xf8))
    return null;
  if (start + FLAC_HEADER_MAX_BYTES > end && start + 6 > end) return 'short';
  const sizeCode = bytes[start + 2]! >> 4;
  const rateCode = bytes[start + 2]! & 15;
  const channelCode = bytes[start + 3]! >> 4;
  const bitsPerSample = BIT_DEPTHS[(bytes[start + 3]! >> 1) & 7]!;
  const isReserved = (bytes[start + 3]! & 1) !== 0;
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || bitsPerSample < 0 || isReserved)
    return null;

  const numberBytes = codedNumberBytes(bytes[start + 4]!);
  if (numberBytes === 0) return null;
  const tailAt = start + 4 + numberBytes;
  const sizeTail = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateTail = rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0;
  const crcAt = tailAt + sizeTail + rateTail;
  if (crcAt >= end) return 'short';
  if (flacCrc8(bytes, start, crcAt) !== bytes[crcAt]) return null;

  const sizeValue = bigEndian(bytes, tailAt, sizeTail);
  const rateValue = bigEndian(bytes, tailAt + sizeTail, rateTail);
  const codedNumber = decodeNumber(bytes, start + 4, numberBytes);
  if (codedNumber < 0) return null;
  return {
    blockSize: blockSizeOf(sizeCode, sizeValue),
    sampleRateHz: rateCode < 12 ? RATES_HZ[rateCode]! : rateValue * [1000, 1, 10][rateCode - 12]!,
    channels: channelCode < 8 ? channelCode + 1 : 2,
    stereoMode: channelCode < 8 ? 0 : (channelCode as 8 | 9 | 10),
    bitsPerSample,
    codedNumber,
    hasVariableBlockSize: (bytes[start + 1]! & 1) !== 0,
    sizeBytes: crcAt + 1 - start,
  };
}

function blockSizeOf(code: number, tail: number): number {
  if (code === 1) return 192;
  if (code < 6) return 144 << code;
  return code < 8 ? tail + 1 : 1 << code;
}

/** Bytes of the coded number that begins with `first`: the scheme of UTF-8, carried on to 36 bits; 0 if none does. */
function codedNumberBytes(first: number): number {
  const ones = Math.clz32(~(first << 24));
  if (ones === 0) return 1;
  return ones === 1 || ones > 7 ? 0 : ones;
}

function decodeNumber(bytes: Uint8Array, at: number, count: number): number {
  if (count === 1) return bytes[at]!;
  let value = bytes[at]! & (0x7f >> count);
  for (let index = 1; index < count; index++) {
    if (bytes[at + index]! >> 6 !== 2) return -1;
    value = value * 64 + (bytes[at + index]! & 63);
  }
  return value;
}

function bigEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) value = value * 256 + bytes[at + index]!;
  return value;
}
