/**
 * The head of a volume read back: its index, and from it where every member lies.
 *
 * Input: a reader of ranges of a volume file. Output: the lines, the name they give, and positions in the file. Only
 * the index and its tar head are read here; `checkVolumeMembers` reads every other head too.
 */
import { FonotecaError } from '../base/errors.ts';
import type { Tier } from '../model/holding.ts';
import { parsePaxRecords } from './pax.ts';
import {
  memberEnd,
  memberHead,
  nextBoundary,
  type PlacedMember,
  payloadPosition,
  type RangeReader,
  readTarHeaders,
} from './tar.ts';
import { parseTarHeader, TAR_BLOCK_BYTES } from './tar-header.ts';
import { INDEX_PATH, type IndexLine, indexSpans, isTombstone, volumeName } from './volume-index.ts';

/** Most bytes of an index read: a million members at the usual length. */
const MAX_INDEX_BYTES = 512 * 1024 * 1024;

/** One line of the index with its places in the file. */
export interface VolumeEntry {
  readonly line: IndexLine;
  /** Position of the payload from the first byte of the file. */
  readonly positionBytes: number;
  /** Position of the line of the index from the first byte of the file, and its length: what a tombstone replaces. */
  readonly linePositionBytes: number;
  readonly lineBytes: number;
}

/** What the index of a volume tells. */
export interface VolumeHead {
  /** The tier of all members, or undefined when every member is withdrawn. */
  readonly tier: Tier | undefined;
  /** Where offsets count from: the first 16 KiB boundary after the index. */
  readonly basePositionBytes: number;
  readonly indexPositionBytes: number;
  readonly indexSizeBytes: number;
  readonly entries: readonly VolumeEntry[];
}

/**
 * The head of the volume that `read` reads. Throws `TAR_INVALID` when the file does not begin with an index as it is
 * laid down, `VOLUME_INDEX_INVALID` when a line or its place is wrong. Cost: one pass over the index, held in memory.
 */
export function parseVolumeHead(read: RangeReader): VolumeHead {
  const index = readIndexPlace(read);
  const bytes = readExactly(read, index.payloadPositionBytes, index.sizeBytes);
  const basePositionBytes = nextBoundary(memberEnd(index));
  const tiers = new Set<Tier>();
  let from = basePositionBytes;
  const entries = indexSpans(bytes).map(({ line, at, lineBytes }, lineAt): VolumeEntry => {
    const member = { path: line.path, sizeBytes: line.length };
    const payloadPositionBytes = payloadPosition(member, from);
    if (payloadPositionBytes - basePositionBytes !== line.offset)
      throw new FonotecaError('VOLUME_INDEX_INVALID', `offset ${line.offset}, line ${lineAt + 1}`);
    from = memberEnd({ ...member, headPositionBytes: from, payloadPositionBytes });
    if (!isTombstone(line)) tiers.add(line.tier);
    const linePositionBytes = index.payloadPositionBytes + at;
    return { line, positionBytes: payloadPositionBytes, linePositionBytes, lineBytes };
  });
  if (entries.length === 0 || tiers.size > 1)
    throw new FonotecaError(
      'VOLUME_INDEX_INVALID',
      `${entries.length} members, ${tiers.size} tiers`,
    );
  const [tier] = tiers;
  const { payloadPositionBytes: indexPositionBytes, sizeBytes: indexSizeBytes } = index;
  return { tier, basePositionBytes, indexPositionBytes, indexSizeBytes, entries };
}

/** Whether `name` is the name that the members of `head` give, for its tier (or either, when all are withdrawn). */
export function volumeNameFits(name: string, head: VolumeHead): boolean {
  const members = head.entries.map(({ line }) => line);
  const tiers: readonly Tier[] = head.tier ? [head.tier] : ['original', 'opus'];
  return tiers.some((tier) => volumeName(tier, members) === name);
}

/**
 * Reads every tar head of a volume of `totalBytes` and compares it with `head`: same members, order, places and
 * sizes, nothing between or behind. Throws as `readTarHeaders` does, and `VOLUME_INDEX_INVALID`.
 */
export function checkVolumeMembers(read: RangeReader, head: VolumeHead, totalBytes: number): void {
  let at = -1;
  for (const member of readTarHeaders(read, totalBytes)) {
    const entry = head.entries[at];
    const fits =
      at < 0
        ? member.path === INDEX_PATH && member.sizeBytes === head.indexSizeBytes
        : entry?.line.path === member.path &&
          entry.line.length === member.sizeBytes &&
          entry.positionBytes === member.payloadPositionBytes;
    if (!fits)
      throw new FonotecaError('VOLUME_INDEX_INVALID', `no line for the member ${member.path}`);
    at += 1;
  }
  if (at !== head.entries.length)
    throw new FonotecaError('VOLUME_INDEX_INVALID', `${head.entries.length} lines, ${at} members`);
}

/** The place of the index, its head compared byte for byte with the only one it can have. */
function readIndexPlace(read: RangeReader): PlacedMember {
  const payloadPositionBytes = payloadPosition({ path: INDEX_PATH, sizeBytes: 0 }, 0);
  const bytes = readExactly(read, 0, payloadPositionBytes);
  const header = parseTarHeader(bytes.subarray(-TAR_BLOCK_BYTES));
  const path = parsePaxRecords(bytes.subarray(TAR_BLOCK_BYTES, -TAR_BLOCK_BYTES)).get('path');
  if (path !== INDEX_PATH)
    throw new FonotecaError('TAR_INVALID', 'a first member that is no index');
  if (header.sizeBytes > MAX_INDEX_BYTES)
    throw new FonotecaError('VOLUME_INDEX_INVALID', `an index of ${header.sizeBytes} bytes`);
  const { sizeBytes } = header;
  const place = { path: INDEX_PATH, sizeBytes, headPositionBytes: 0, payloadPositionBytes };
  if (!Buffer.from(bytes).equals(memberHead(place)))
    throw new FonotecaError('TAR_INVALID', 'an index head other than the one laid down');
  return place;
}

function readExactly(read: RangeReader, position: number, length: number): Uint8Array {
  const bytes = read(position, length);
  if (bytes.length === length) return bytes;
  throw new FonotecaError('TAR_INVALID', `the end of the file at ${position + bytes.length}`);
}
