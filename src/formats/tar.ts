/**
 * The tar of a volume: where every member lies before a byte is read, the head before each payload, and a strict reader.
 *
 * A member is [pax header][pax records][ustar header][payload][zeros to 512]. A comment record of spaces makes every
 * payload start on a 16 KiB boundary. Two zero blocks end the file. Specified in docs/formats/volume.md.
 */
import assert from 'node:assert/strict';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath, type SafeRelPath } from '../base/safe-path.ts';
import { startPathSet } from './path-set.ts';
import {
  encodePaxComment,
  encodePaxRecord,
  MAX_PAX_BYTES,
  MIN_COMMENT_BYTES,
  parsePaxRecords,
} from './pax.ts';
import {
  encodeTarHeader,
  fallbackName,
  MAX_OCTAL_SIZE_BYTES,
  parseTarHeader,
  TAR_BLOCK_BYTES,
} from './tar-header.ts';

/** Every payload starts on a multiple of this: the leaf of the hash tree. */
const PAYLOAD_ALIGNMENT_BYTES = 16 * 1024;
/** The two zero blocks at the end. */
export const TAR_END_BYTES = 2 * TAR_BLOCK_BYTES;

/** What a member needs to be laid out. */
export interface TarMember {
  readonly path: SafeRelPath;
  readonly sizeBytes: number;
}

/** A member with its place. Positions count from the first byte of the file. */
export interface PlacedMember extends TarMember {
  readonly headPositionBytes: number;
  /** Position of the payload: a multiple of 16 KiB. */
  readonly payloadPositionBytes: number;
}

/** Gives `length` bytes at `position` of a file, fewer only at its end. */
export type RangeReader = (position: number, length: number) => Uint8Array;

/**
 * The first 16 KiB boundary at or after `fromPositionBytes` that leaves room for the head of `member`.
 */
export function payloadPosition(member: TarMember, fromPositionBytes: number): number {
  const records = fixedRecords(member).length + MIN_COMMENT_BYTES;
  const head = 2 * TAR_BLOCK_BYTES + roundUp(records, TAR_BLOCK_BYTES);
  return roundUp(fromPositionBytes + head, PAYLOAD_ALIGNMENT_BYTES);
}

/** Where the member after `placed` starts: behind its payload and the zeros that fill the last block. */
export function memberEnd({ payloadPositionBytes, sizeBytes }: PlacedMember): number {
  return payloadPositionBytes + roundUp(sizeBytes, TAR_BLOCK_BYTES);
}

/** The bytes between the head position and the payload of `placed`, the comment stretched to fill them exactly. */
export function memberHead(placed: PlacedMember): Uint8Array {
  const { headPositionBytes, payloadPositionBytes, sizeBytes, path } = placed;
  const fixed = fixedRecords(placed);
  const recordsBytes = payloadPositionBytes - headPositionBytes - 2 * TAR_BLOCK_BYTES;
  const commentBytes = recordsBytes - fixed.length;
  assert(commentBytes >= MIN_COMMENT_BYTES && recordsBytes % TAR_BLOCK_BYTES === 0, path);
  return Buffer.concat([
    encodeTarHeader({ name: 'PaxHeaders/member', sizeBytes: recordsBytes, kind: 'x' }),
    fixed,
    encodePaxComment(commentBytes),
    encodeTarHeader({
      name: fallbackName(path),
      sizeBytes: sizeBytes > MAX_OCTAL_SIZE_BYTES ? 0 : sizeBytes,
      kind: '0',
    }),
  ]);
}

/**
 * The places of `members` in their order, and the size of the whole file.
 *
 * The first member lies at 0. The room for the second member's head is counted from the first 16 KiB boundary after
 * the first payload, so that where members lie from there on does not depend on the first one's size. Refuses with
 * `PATH_DUPLICATE`.
 */
export function layoutTar(members: readonly TarMember[]): {
  placed: PlacedMember[];
  totalBytes: number;
} {
  const paths = startPathSet();
  const placed: PlacedMember[] = [];
  let endBytes = 0;
  for (const member of members) {
    paths.add(member.path);
    placed.push(place(member, placed.length, endBytes));
    endBytes = memberEnd(placed.at(-1)!);
  }
  return { placed, totalBytes: endBytes + TAR_END_BYTES };
}

/** The first 16 KiB boundary at or after `positionBytes`. */
export function nextBoundary(positionBytes: number): number {
  return roundUp(positionBytes, PAYLOAD_ALIGNMENT_BYTES);
}

/**
 * The members of a file of `totalBytes` read by `read`, one after the other, each compared byte for byte with the
 * head that `memberHead` makes; zeros between members are checked too, payloads are not read.
 *
 * Throws `TAR_INVALID`, `TAR_MEMBER_KIND`, `TAR_SIZE_INVALID`, `PATH_UNSAFE`, `PATH_DUPLICATE`. Memory: one head.
 */
export function* readTarHeaders(read: RangeReader, totalBytes: number): Generator<PlacedMember> {
  const paths = startPathSet();
  let position = 0;
  for (let index = 0; position + TAR_END_BYTES !== totalBytes; index += 1) {
    const member = readHead(read, position, totalBytes);
    const placed = place(member, index, position);
    const head = memberHead(placed);
    if (!Buffer.from(readExactly(read, position, head.length)).equals(head))
      throw invalid('a head other than the one laid down for this member', position);
    paths.add(member.path);
    const end = memberEnd(placed);
    if (end > totalBytes - TAR_END_BYTES)
      throw new FonotecaError('TAR_SIZE_INVALID', `${member.path} ends beyond the archive`);
    requireZeros(read, placed.payloadPositionBytes + member.sizeBytes, end);
    yield placed;
    position = end;
  }
  requireZeros(read, position, totalBytes);
}

function place(member: TarMember, index: number, headPositionBytes: number): PlacedMember {
  const from = index === 1 ? nextBoundary(headPositionBytes) : headPositionBytes;
  return { ...member, headPositionBytes, payloadPositionBytes: payloadPosition(member, from) };
}

/** The records before the comment: always `path`, and `size` where the header's digits do not hold it. */
function fixedRecords({ path, sizeBytes }: TarMember): Uint8Array {
  const records = [encodePaxRecord('path', path)];
  if (sizeBytes > MAX_OCTAL_SIZE_BYTES) records.push(encodePaxRecord('size', String(sizeBytes)));
  return Buffer.concat(records);
}

function readHead(read: RangeReader, position: number, totalBytes: number): TarMember {
  const pax = parseTarHeader(readExactly(read, position, TAR_BLOCK_BYTES));
  if (pax.kind !== 'x') throw invalid('a member without pax records', position);
  if (pax.sizeBytes > MAX_PAX_BYTES || pax.sizeBytes % TAR_BLOCK_BYTES !== 0)
    throw invalid(`pax records of ${pax.sizeBytes} bytes`, position);
  const rest = readExactly(read, position + TAR_BLOCK_BYTES, pax.sizeBytes + TAR_BLOCK_BYTES);
  const records = parsePaxRecords(rest.subarray(0, pax.sizeBytes));
  const header = parseTarHeader(rest.subarray(pax.sizeBytes));
  if (header.kind !== '0')
    throw new FonotecaError('TAR_MEMBER_KIND', 'pax records for another pax header');
  const path = parseSafePath(records.get('path') ?? '');
  const size = records.get('size');
  if (size === undefined) return { path, sizeBytes: header.sizeBytes };
  if (!/^[1-9]\d{0,15}$/.test(size) || Number(size) > totalBytes)
    throw new FonotecaError('TAR_SIZE_INVALID', `a size record of ${JSON.stringify(size)}`);
  return { path, sizeBytes: Number(size) };
}

function readExactly(read: RangeReader, position: number, length: number): Uint8Array {
  const bytes = read(position, length);
  if (bytes.length !== length) throw invalid('the end of the file inside a head', position);
  return bytes;
}

function requireZeros(read: RangeReader, from: number, to: number): void {
  if (readExactly(read, from, to - from).some((byte) => byte !== 0))
    throw invalid('bytes other than zero where zeros belong', from);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function invalid(what: string, position: number): FonotecaError {
  return new FonotecaError('TAR_INVALID', `${what}, at byte ${position}`);
}
