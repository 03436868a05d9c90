/**
 * Volumes whose members have any paths in any order, laid out as volumes are: what a packer never makes and a verifier may
 * meet. Input: paths. Output: the volume's name and bytes.
 */
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { sha256 } from '../../src/base/digest.ts';
import type { SafeRelPath } from '../../src/base/safe-path.ts';
import {
  memberEnd,
  memberHead,
  nextBoundary,
  type PlacedMember,
  payloadPosition,
  TAR_END_BYTES,
} from '../../src/formats/tar.ts';
import { INDEX_PATH, volumeName } from '../../src/formats/volume-index.ts';

const LINE_BYTES = 1024;

/** Lists of paths, and whether a volume may have them. */
export const PATH_LISTS: readonly (readonly [paths: readonly string[], isTaken: boolean])[] = [
  [['Ana/a', 'Ana/b', 'Zoe', 'a', '\uff5e', '\u{1f3b5}'], true],
  [['Ana/a', 'ana/b', '..a/b', '.hidden', 'a b', 'connie'].sort(), true],
  [['../../../home/ana/.bashrc'], false],
  [['/etc/passwd'], false],
  [['a//b'], false],
  [['a\u001b[31mb'], false],
  [['a\nb'], false],
  [['a\u0085b'], false],
  [['a\u202eb'], false],
  [['a\u2066b'], false],
  [['a\\b'], false],
  [['a:b'], false],
  [['a.'], false],
  [['a '], false],
  [['Ana/con.flac'], false],
  [['lpt²'], false],
  [['cafe\u0301'], false],
  [[`${'a/'.repeat(64)}b`], false],
  [['ä'.repeat(128)], false],
  [['b', 'a'], false],
  [['\u{1f3b5}', '\uff5e'], false],
  [['a', 'a'], false],
  [['A/b', 'a/B'], false],
  [['STRASSE', 'straße'], false],
  [['A', 'a/b'], false],
  [['A/b', 'a'], false],
  [[INDEX_PATH.toUpperCase()], false],
];

/** A volume with a member of one byte for each of `paths`, in their order. */
export function oddVolume(paths: readonly string[]): {
  readonly name: string;
  readonly bytes: Buffer;
} {
  const payloads = paths.map((_, at) => Buffer.of(at));
  const members = paths.map((path, at) => ({
    path: path as SafeRelPath,
    sizeBytes: 1,
    digest: sha256(payloads[at]!),
  }));
  const index = place({ path: INDEX_PATH, sizeBytes: LINE_BYTES * paths.length }, 0, 0);
  const base = nextBoundary(memberEnd(index));
  const placed: PlacedMember[] = [];
  for (const member of members) {
    const last = placed.at(-1);
    const start = last ? memberEnd(last) : memberEnd(index);
    placed.push(place(member, start, last ? start : base));
  }
  const lines = placed.map(({ path, sizeBytes, payloadPositionBytes }, at) => {
    const credit = { attribution: '', engine: null, holder: '', ids: [], kind: 'audio' };
    const line = { ...credit, path, digest: members[at]!.digest, licence: 'CC0-1.0' };
    const where = { length: sizeBytes, offset: payloadPositionBytes - base, tier: 'original' };
    return Buffer.from(`${canonicalJson({ ...line, ...where })}`);
  });
  const text = Buffer.concat(lines.map(padded));
  const bytes = Buffer.alloc(memberEnd(placed.at(-1)!) + TAR_END_BYTES);
  for (const [member, payload] of [
    [index, text],
    ...placed.map((one, at) => [one, payloads[at]]),
  ] as [PlacedMember, Buffer][]) {
    bytes.set(memberHead(member), member.headPositionBytes);
    bytes.set(payload, member.payloadPositionBytes);
  }
  return { name: volumeName('original', members), bytes };
}

function place(
  member: { path: SafeRelPath; sizeBytes: number },
  headPositionBytes: number,
  fromPositionBytes: number,
): PlacedMember {
  const payloadPositionBytes = payloadPosition(member, fromPositionBytes);
  return { ...member, headPositionBytes, payloadPositionBytes };
}

function padded(json: Buffer): Buffer {
  const line = Buffer.alloc(LINE_BYTES, ' ');
  json.copy(line);
  line[LINE_BYTES - 1] = 0x0a;
  return line;
}
