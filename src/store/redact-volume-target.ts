/**
 * The bytes of a volume as a redaction wants them: index lines, heads and zeros are made from the index alone, payloads
 * that come back are read from their sealed copies, and all else stays as it is on disk.
 */
import assert from 'node:assert/strict';
import type { Digest } from '../base/digest.ts';
import { LEAF_BYTES } from '../formats/merkle.ts';
import { layoutTar, memberEnd, memberHead, type PlacedMember } from '../formats/tar.ts';
import { INDEX_PATH } from '../formats/volume-index.ts';
import { INDEX_POSITION_BYTES } from './redact-volume-state.ts';
import type { SealedPayload, SealedSource } from './sealed.ts';

/** A member as it will be. */
export interface TargetMember extends PlacedMember {
  readonly digest: Digest;
  readonly linePositionBytes: number;
  /** The whole line of the index, spaces and newline included. */
  readonly line: Uint8Array;
  /** What becomes of the payload: nothing, zeros, or the bytes that were there before. */
  readonly fill: 'kept' | 'zeros' | 'sealed';
}

/** A volume as it will be. */
export interface TargetVolume {
  readonly members: readonly TargetMember[];
  readonly index: Uint8Array;
  readonly sizeBytes: number;
}

/** The bytes of a target that do not come from the volume's own file. */
export interface TargetBytes {
  /** Whether leaf `leaf` may hold bytes that change. */
  isTouched(leaf: number): boolean;
  /** Whether leaf `leaf` will be zeros from its first byte to its last. */
  isZero(leaf: number): boolean;
  /** Leaf `leaf`, a touched one. */
  leaf(leaf: number): Uint8Array;
  /** `length` bytes of the payload of `member`, which is not kept, from `position` in it. */
  payload(member: TargetMember, position: number, length: number): Uint8Array;
  close(): void;
}

/** Where the index and its members lie, from the index alone. */
export function placeMembers(
  members: readonly Pick<PlacedMember, 'path' | 'sizeBytes'>[],
  indexSizeBytes: number,
): { placed: PlacedMember[]; totalBytes: number } {
  const { placed, totalBytes } = layoutTar([
    { path: INDEX_PATH, sizeBytes: indexSizeBytes },
    ...members,
  ]);
  return { placed: placed.slice(1), totalBytes };
}

/** The bytes of `target`; sealed payloads are opened when they are first needed, each found right as a whole before. */
export function openTarget(target: TargetVolume, sealed: SealedSource | undefined): TargetBytes {
  const touched = touchedLeaves(target);
  const payloads = new Map<Digest, SealedPayload>();
  const payload: TargetBytes['payload'] = (member, position, length) => {
    assert(member.fill !== 'kept', 'a payload that changes');
    if (member.fill === 'zeros') return Buffer.alloc(length);
    const open = payloads.get(member.digest) ?? sealed!.open(member.digest);
    payloads.set(member.digest, open);
    return open.read(position, length);
  };
  return {
    isTouched: (leaf) => touched[leaf] === 1,
    isZero: (leaf) => {
      const member = memberAt(target.members, leaf * LEAF_BYTES);
      return member?.fill === 'zeros' && isInside(leaf, member);
    },
    leaf: (leaf) => composeLeaf(target, leaf, payload),
    payload,
    close: () => {
      for (const open of payloads.values()) open.close();
      payloads.clear();
    },
  };
}

/** Whether every byte of `leaf` is payload of `member`. */
function isInside(leaf: number, { payloadPositionBytes, sizeBytes }: TargetMember): boolean {
  const end = payloadPositionBytes + sizeBytes;
  return leaf * LEAF_BYTES >= payloadPositionBytes && (leaf + 1) * LEAF_BYTES <= end;
}

/** One byte a leaf, 1 where it is touched: the lines and the payloads of the members that are not kept. */
function touchedLeaves({ members, sizeBytes }: TargetVolume): Uint8Array {
  const touched = new Uint8Array(Math.ceil(sizeBytes / LEAF_BYTES));
  const mark = (position: number, length: number) => {
    if (length > 0)
      touched.fill(
        1,
        Math.floor(position / LEAF_BYTES),
        Math.ceil((position + length) / LEAF_BYTES),
      );
  };
  for (const member of members) {
    if (member.fill === 'kept') continue;
    mark(member.linePositionBytes, member.line.length);
    mark(member.payloadPositionBytes, member.sizeBytes);
  }
  return touched;
}

function composeLeaf(
  target: TargetVolume,
  leaf: number,
  payload: TargetBytes['payload'],
): Uint8Array {
  const from = leaf * LEAF_BYTES;
  const bytes = Buffer.alloc(Math.min(LEAF_BYTES, target.sizeBytes - from));
  const until = from + bytes.length;
  const lay = (position: number, part: Uint8Array) => {
    const start = Math.max(from, position);
    const end = Math.min(until, position + part.length);
    if (start < end) bytes.set(part.subarray(start - position, end - position), start - from);
  };
  lay(INDEX_POSITION_BYTES, target.index);
  for (let at = firstEndingAfter(target.members, from); at < target.members.length; at += 1) {
    const member = target.members[at]!;
    if (member.headPositionBytes >= until) break;
    if (member.payloadPositionBytes > from) lay(member.headPositionBytes, memberHead(member));
    const start = Math.max(from, member.payloadPositionBytes);
    const end = Math.min(until, member.payloadPositionBytes + member.sizeBytes);
    if (start < end) lay(start, payload(member, start - member.payloadPositionBytes, end - start));
  }
  return bytes;
}

function memberAt(members: readonly TargetMember[], position: number): TargetMember | undefined {
  return members[firstEndingAfter(members, position)];
}

/** The number of the first member that ends after `position`; members follow one another in the file. */
function firstEndingAfter(members: readonly TargetMember[], position: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (memberEnd(members[middle]!) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
