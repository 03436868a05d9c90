/**
 * Redaction in place: a volume becomes the volume in which exactly the given digests are withdrawn.
 *
 * Input: the files of a volume and a set of digests. Output: the same files with zeros and tombstones where members
 * are withdrawn, everything else untouched; what comes out depends only on the volume and the set. Killed at any point,
 * the same call completes it. Specified in docs/formats/volume.md.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { PunchHole } from '../base/punch-hole.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { rootFromLeaves } from '../formats/merkle.ts';
import type { BuiltMetainfo } from '../formats/metainfo-build.ts';
import type { VolumeEntry } from '../formats/volume-head.ts';
import {
  encodeIndexLine,
  type IndexLine,
  isTombstone,
  memberLineSchema,
  tombstoneOf,
} from '../formats/volume-index.ts';
import { nextLeaves, nextTorrent } from './redact-volume-hashes.ts';
import { putJournal, volumeFiles } from './redact-volume-journal.ts';
import { readVolumeState, type VolumeState } from './redact-volume-state.ts';
import {
  openTarget,
  placeMembers,
  type TargetMember,
  type TargetVolume,
} from './redact-volume-target.ts';
import { readBackVolume, writeTarget } from './redact-volume-write.ts';
import type { SealedSource } from './sealed.ts';

/** What a redaction would change. */
export interface RedactionPlan {
  readonly name: string;
  /** Members that become zeros, or whose bytes come back, in the order of the index. */
  readonly withdrawn: readonly TargetMember[];
  readonly restored: readonly TargetMember[];
  /** Members that should come back and of which nothing is kept here: they stay zeros. */
  readonly missing: readonly Digest[];
  readonly state: VolumeState;
  readonly target: TargetVolume;
  readonly sealed: SealedSource | undefined;
}

/** A volume whose bytes are as planned and durable; `settle` lets its new leaves and torrent take their names. */
export interface RedactedVolume {
  readonly sizeBytes: number;
  /** SHA-256 of the whole file. */
  readonly digest: Digest;
  readonly piecesRoot: Digest;
  readonly infohashV1: string;
  readonly infohashV2: Digest;
  readonly pieceLengthBytes: number;
  settle(): void;
}

/**
 * What redacting the volume `name` in `directory` so that exactly `withdrawn` is withdrawn would change; undefined when
 * nothing. `sealed` is where bytes come back from. Reads the index, the leaves, the torrent and sealed lines only.
 * Errors: `STORE_OBJECT_MISSING`, `STORE_OBJECT_DAMAGED`.
 */
export function planRedaction(
  disk: Disk,
  directory: string,
  name: string,
  withdrawn: ReadonlySet<Digest>,
  sealed: SealedSource | undefined,
): RedactionPlan | undefined {
  const state = readVolumeState(disk, directory, name);
  const { entries, indexSizeBytes } = state.head;
  const { placed, totalBytes } = placeMembers(
    entries.map(({ line }) => ({ path: line.path, sizeBytes: line.length })),
    indexSizeBytes,
  );
  if (totalBytes !== state.sizeBytes)
    throw new FonotecaError('STORE_OBJECT_DAMAGED', `${name}.tar is not of ${totalBytes} bytes`);
  const missing: Digest[] = [];
  const members = entries.map((entry, at): TargetMember => {
    const { digest } = entry.line;
    const wanted = wantedLine(entry.line, { name, withdrawn, sealed });
    if (wanted === undefined) missing.push(digest);
    const line = wanted ?? entry.line;
    const isTouched =
      isTombstone(line) !== isTombstone(entry.line) || state.journal?.touched.has(at) === true;
    return {
      ...placed[at]!,
      digest,
      linePositionBytes: entry.linePositionBytes,
      line: encodeLine(line, entry),
      fill: !isTouched ? 'kept' : isTombstone(line) ? 'zeros' : 'sealed',
    };
  });
  if (state.journal === undefined && members.every(({ fill }) => fill === 'kept')) return undefined;
  const index = Buffer.concat(members.map(({ line }) => line));
  return {
    name,
    withdrawn: members.filter(({ fill }) => fill === 'zeros'),
    restored: members.filter(({ fill }) => fill === 'sealed'),
    missing,
    state,
    target: { members, index, sizeBytes: state.sizeBytes },
    sealed,
  };
}

/**
 * Carries `plan` out: the journal, the next leaves and torrent, then zeros or bytes and index lines, made durable and
 * read back. Until `settle` is called the old leaves and torrent keep their names. A leaf that is damaged beside what
 * is withdrawn does not keep the withdrawn bytes there: they go, and `STORE_OBJECT_DAMAGED` is thrown afterwards.
 */
export async function carryOutRedaction(
  disk: Disk,
  plan: RedactionPlan,
  punch: PunchHole | undefined,
): Promise<RedactedVolume> {
  const { state, target, name } = plan;
  const { sizeBytes } = state;
  const files = volumeFiles(state.directory, name);
  const bytes = openTarget(target, plan.sealed);
  try {
    const leaves = nextLeaves(state, bytes);
    const touched = new Set(target.members.flatMap(({ fill }, at) => (fill === 'kept' ? [] : at)));
    putJournal(disk, files.journal, { index: target.index, touched });
    putFile(disk, files.nextLeaves, encodeLeaves({ sizeBytes, leaves }), { replace: true });
    const torrent = attempted(() => nextTorrent(disk, state, leaves, bytes));
    if (!(torrent instanceof FonotecaError))
      putFile(disk, files.nextTorrent, torrent.bytes, { replace: true });
    await writeTarget(disk, files.tar, target.members, bytes, punch);
    if (torrent instanceof FonotecaError) throw torrent;
    const digest = readBackVolume(disk, files.tar, { leaves, sizeBytes });
    return {
      sizeBytes,
      digest,
      piecesRoot: Buffer.from(rootFromLeaves(leaves)).toString('hex') as Digest,
      infohashV1: torrent.infohashV1,
      infohashV2: torrent.infohashV2,
      pieceLengthBytes: state.torrent.pieceLengthBytes,
      settle: () => settle(disk, state),
    };
  } finally {
    bytes.close();
  }
}

/** The line the index will have, or undefined when the member should come back and its line is not kept here. */
function wantedLine(
  line: IndexLine,
  of: { name: string; withdrawn: ReadonlySet<Digest>; sealed: SealedSource | undefined },
): IndexLine | undefined {
  if (of.withdrawn.has(line.digest)) return tombstoneOf(line);
  if (!isTombstone(line)) return line;
  const kept = of.sealed?.line(of.name, line.path, line.digest);
  if (kept === undefined) return undefined;
  const parsed = memberLineSchema.safeParse(JSON.parse(kept));
  const isSame =
    parsed.success &&
    parsed.data.path === line.path &&
    parsed.data.digest === line.digest &&
    parsed.data.offset === line.offset &&
    parsed.data.length === line.length;
  if (!isSame)
    throw new FonotecaError(
      'SEALED_MISSING',
      `the line kept of ${line.digest} is of another place`,
    );
  return parsed.data;
}

function encodeLine(line: IndexLine, { lineBytes }: VolumeEntry): Uint8Array {
  const bytes = encodeIndexLine(line, isTombstone(line) ? lineBytes : undefined);
  if (bytes.length === lineBytes) return bytes;
  throw new FonotecaError(
    'VOLUME_INDEX_INVALID',
    `a line of ${bytes.length} bytes for ${line.path}`,
  );
}

function attempted(make: () => BuiltMetainfo): BuiltMetainfo | FonotecaError {
  try {
    return make();
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'STORE_OBJECT_DAMAGED') return error;
    throw error;
  }
}

/** The journal goes last: while it is there, which of the other two has its new name does not matter. */
function settle(disk: Disk, { directory, name }: VolumeState): void {
  const files = volumeFiles(directory, name);
  for (const [next, file] of [
    [files.nextLeaves, files.leaves],
    [files.nextTorrent, files.torrent],
  ] as const)
    if (disk.stat(next)) disk.renameReplace(next, file);
  disk.syncDirectory(directory);
  disk.unlink(files.journal);
  disk.syncDirectory(directory);
}
