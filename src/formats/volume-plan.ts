/**
 * The plan of a volume: every byte of it but the payloads, before a payload is read.
 *
 * Input: the members of one tier in any order. Output: a name, the index and the segments in file order, which the
 * packing stage streams to the disk and to the piece hasher in one pass. The same members give the same plan on every
 * machine. Specified in docs/formats/volume.md.
 */
import assert from 'node:assert/strict';
import type { Digest } from '../base/digest.ts';
import { compareBytes, type SafeRelPath } from '../base/safe-path.ts';
import type { Tier } from '../model/holding.ts';
import {
  layoutTar,
  memberEnd,
  memberHead,
  nextBoundary,
  type PlacedMember,
  TAR_END_BYTES,
} from './tar.ts';
import {
  encodeIndexLine,
  INDEX_PATH,
  type MemberLine,
  requireMemberLine,
  volumeName,
} from './volume-index.ts';

/** What a member brings: its line of the index without what the plan finds out. `ids` in any order. */
export interface VolumePlanMember extends Omit<MemberLine, 'length' | 'offset' | 'tier'> {
  readonly path: SafeRelPath;
  readonly sizeBytes: number;
}

/** A member in its place. */
export interface PlannedMember extends PlacedMember {
  readonly digest: Digest;
}

/** A run of bytes of the volume. Positions count from the first byte of the file. */
export type VolumeSegment =
  | { readonly kind: 'bytes'; readonly positionBytes: number; readonly bytes: Uint8Array }
  | { readonly kind: 'zeros'; readonly positionBytes: number; readonly sizeBytes: number }
  | {
      readonly kind: 'payload';
      readonly positionBytes: number;
      readonly sizeBytes: number;
      readonly digest: Digest;
      readonly path: SafeRelPath;
    };

/** A volume before its payloads are read. */
export interface VolumePlan {
  /** Such as `opus-0123456789abcdef`; the file is `<name>.tar`. */
  readonly name: string;
  readonly tier: Tier;
  /** The payload of the first member. */
  readonly indexBytes: Uint8Array;
  /** All members but the index, sorted by the bytes of their paths. */
  readonly members: readonly PlannedMember[];
  readonly totalBytes: number;
  /** The whole file in order, without gaps; heads are made as they are asked for. Can be called again. */
  segments(): Generator<VolumeSegment>;
}

/**
 * The plan of the volume that holds `members`, at least one. Refuses with `PATH_DUPLICATE` paths that would meet on
 * some file system (in case alone too), and with `VOLUME_INDEX_INVALID` a line that does not
 * fit the schema or its limit.
 */
export function planVolume({
  tier,
  members,
}: {
  tier: Tier;
  members: readonly VolumePlanMember[];
}): VolumePlan {
  assert(members.length > 0, 'a volume with a member');
  const sorted = [...members].sort((a, b) => compareBytes(a.path, b.path));
  // Offsets do not depend on the size of the index, so a layout with an empty one gives them.
  const draft = layoutTar([{ path: INDEX_PATH, sizeBytes: 0 }, ...sorted]).placed;
  const draftBase = nextBoundary(memberEnd(draft[0]!));
  const lines = sorted.map((member, at) =>
    encodeIndexLine(lineOf(member, tier, draft[at + 1]!.payloadPositionBytes - draftBase)),
  );
  const indexBytes = Buffer.concat(lines);
  const { placed, totalBytes } = layoutTar([
    { path: INDEX_PATH, sizeBytes: indexBytes.length },
    ...sorted,
  ]);
  const [index, ...others] = placed as [PlacedMember, ...PlacedMember[]];
  const planned = others.map((member, at) => ({ ...placeOf(member), digest: sorted[at]!.digest }));
  return {
    name: volumeName(tier, sorted),
    tier,
    indexBytes,
    members: planned,
    totalBytes,
    segments: () => segmentsOf(placeOf(index), indexBytes, planned, totalBytes),
  };
}

function lineOf(member: VolumePlanMember, tier: Tier, offset: number): MemberLine {
  const { path, digest, kind, licence, licenceUrl, attribution, holder, engine } = member;
  const ids = [...new Set(member.ids)].sort(compareBytes);
  const line = { path, digest, length: member.sizeBytes, offset, tier, kind, licence };
  // What could not be read back is never written.
  return requireMemberLine({
    ...line,
    ...(licenceUrl === undefined ? {} : { licenceUrl }),
    attribution,
    holder,
    ids,
    engine: engine && {
      engine: engine.engine,
      build: engine.build,
      settings: engine.settings,
      sourceDigest: engine.sourceDigest,
    },
  });
}

function placeOf(member: PlacedMember): PlacedMember {
  const { path, sizeBytes, headPositionBytes, payloadPositionBytes } = member;
  return { path, sizeBytes, headPositionBytes, payloadPositionBytes };
}

function* segmentsOf(
  index: PlacedMember,
  indexBytes: Uint8Array,
  members: readonly PlannedMember[],
  totalBytes: number,
): Generator<VolumeSegment> {
  yield head(index);
  yield { kind: 'bytes', positionBytes: index.payloadPositionBytes, bytes: indexBytes };
  yield* padding(index);
  for (const member of members) {
    yield head(member);
    const { path, sizeBytes, digest, payloadPositionBytes: positionBytes } = member;
    if (sizeBytes > 0) yield { kind: 'payload', positionBytes, sizeBytes, digest, path };
    yield* padding(member);
  }
  yield { kind: 'zeros', positionBytes: totalBytes - TAR_END_BYTES, sizeBytes: TAR_END_BYTES };
}

function head(member: PlacedMember): VolumeSegment {
  return { kind: 'bytes', positionBytes: member.headPositionBytes, bytes: memberHead(member) };
}

function* padding(member: PlacedMember): Generator<VolumeSegment> {
  const positionBytes = member.payloadPositionBytes + member.sizeBytes;
  const sizeBytes = memberEnd(member) - positionBytes;
  if (sizeBytes > 0) yield { kind: 'zeros', positionBytes, sizeBytes };
}
