/**
 * One Ogg page: its header as a value, and back into bytes (RFC 3533 section 6).
 *
 *     0 "OggS" | 4 version 0 | 5 flags | 6 granule i64 | 14 serial u32 | 18 sequence u32 | 22 crc u32
 *     26 segment count n | 27 lacing values, n bytes | 27+n body, the sum of the lacing values
 */
import { oggCrc } from './ogg-crc.ts';

/** Page flag: the first packet on the page began on an earlier page. */
export const OGG_CONTINUED = 1;
/** Page flag: first page of a logical stream. */
export const OGG_FIRST = 2;
/** Page flag: last page of a logical stream. */
export const OGG_LAST = 4;
/** Bytes of a page header before the lacing values. */
export const OGG_HEADER_BYTES = 27;
/** The granule position of a page on which no packet ends. */
export const OGG_NO_GRANULE = -1;

/** A page header. `granule` counts what the codec says it counts; beyond 2^53 it is rounded. */
export interface OggPageHeader {
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
}

/** The header of the page at `at`; the caller has seen "OggS" there and at least 27 bytes. */
export function decodeOggHeader(bytes: Uint8Array, at: number): OggPageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, OGG_HEADER_BYTES);
  return {
    flags: bytes[at + 5]!,
    granule: view.getInt32(10, true) * 2 ** 32 + view.getUint32(6, true),
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
  };
}

/** The bytes of one page with its checksum. */
export function encodeOggPage(
  header: OggPageHeader,
  lacing: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  const page = new Uint8Array(OGG_HEADER_BYTES + lacing.length + body.length);
  const view = new DataView(page.buffer);
  page.set([0x4f, 0x67, 0x67, 0x53, 0, header.flags]);
  view.setBigInt64(6, BigInt(header.granule), true);
  view.setUint32(14, header.serial, true);
  view.setUint32(18, header.sequence, true);
  page[26] = lacing.length;
  page.set(lacing, OGG_HEADER_BYTES);
  page.set(body, OGG_HEADER_BYTES + lacing.length);
  view.setUint32(22, oggCrc(0, page), true);
  return page;
}

/** Whether the checksum of the whole page at `[at, end)` fits; its own field counts as zero. */
export function oggPageIsIntact(bytes: Uint8Array, at: number, end: number): boolean {
  let crc = oggCrc(0, bytes, at, at + 22);
  crc = oggCrc(crc, FOUR_ZEROS);
  crc = oggCrc(crc, bytes, at + 26, end);
  const stored =
    bytes[at + 22]! | (bytes[at + 23]! << 8) | (bytes[at + 24]! << 16) | (bytes[at + 25]! << 24);
  return crc === stored >>> 0;
}

const FOUR_ZEROS = new Uint8Array(4);
