/**
 * Writes one volume and reads it back. Input: a plan and the store. Output: three durable files under their names, and
 * what the ledger is told of them. Each byte is hashed twice while it is written, for the v1 pieces and the v2 leaves;
 * those leaves also prove a member whose own root is recorded (`member-proof.ts`), and any other is hashed once more for
 * its digest. Code of the two passes: `volume-spans.ts`, `read-back.ts`.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, putFile, startDurable } from '../base/durable.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { buildTorrent } from '../formats/metainfo-build.ts';
import type { VolumePlan } from '../formats/volume-plan.ts';
import { openSpanLanes, type SpanLanes } from '../hashing/span-lanes.ts';
import type { Volume } from '../model/volume.ts';
import { volumePaths } from '../store/layout.ts';
import type { Store } from '../store/store.ts';
import { readBack } from './read-back.ts';
import { type VolumeSums, writeSpans } from './volume-spans.ts';

/** What writing a volume needs. */
export interface WriteDeps {
  readonly disk: Disk;
  readonly store: Store;
  /** The root recorded of a payload in the pass that made its digest; without one the payload is hashed for its digest. */
  readonly leavesRootOf?: (digest: Digest) => Promise<Digest | undefined>;
  /** Threads that may hash, the caller's own counted; 1 when nothing is said. */
  readonly workers?: number;
}

/** Who hears how far it is. */
export interface WriteListener {
  /** Bytes written. */
  onBytes(bytes: number): void;
  /** Told when all is hashed and handed to the system, and when it is durable. */
  onPhase?(phase: 'written' | 'durable'): void;
}

/**
 * The volume made from `plan`, durable and read back, its torrent and leaves beside it. Nothing refers to it before
 * the caller records it. Payloads come from the loose store and are checked against their digests on the way; a
 * volume file of this name that no fact knows is replaced. The same bytes whatever the number of workers.
 */
export async function writeVolume(
  plan: VolumePlan,
  deps: WriteDeps,
  listener: WriteListener,
): Promise<Volume> {
  const { disk, store, workers = 1 } = deps;
  const paths = volumePaths(store.layout, plan.name);
  const pieceLengthBytes = pieceLength(plan.totalBytes);
  const { totalBytes } = plan;
  await using lanes = openSpanLanes({ workers, totalBytes, pieceLengthBytes });
  const sums = await writeFiles(plan, pieceLengthBytes, deps, lanes, listener);
  const torrent = torrentOf(plan, sums);
  putFile(disk, paths.torrent, torrent.bytes, { replace: true });
  listener.onPhase?.('durable');
  const digest = await readBack(disk, { paths, totalBytes, sums, torrent: torrent.bytes }, lanes);
  store.volumes.forget(plan.name);
  return {
    name: plan.name,
    tier: plan.tier,
    sizeBytes: totalBytes,
    digest,
    piecesRoot: Buffer.from(sums.piecesRoot).toString('hex') as Digest,
    infohashV1: torrent.infohashV1,
    infohashV2: torrent.infohashV2,
    pieceLengthBytes,
    members: plan.members.map((member) => ({
      path: member.path,
      digest: member.digest,
      sizeBytes: member.sizeBytes,
      positionBytes: member.payloadPositionBytes,
    })),
  };
}

function torrentOf({ name, totalBytes: sizeBytes }: VolumePlan, sums: VolumeSums) {
  const { pieceLengthBytes, pieces, piecesRoot, pieceLayer } = sums;
  const { bytes, infohashV1, infohashV2 } = buildTorrent({
    name: `${name}.tar`,
    versions: 'hybrid',
    pieceLengthBytes,
    pieces,
    files: [{ path: '', sizeBytes, piecesRoot, pieceLayer }],
  });
  return { bytes, infohashV1: infohashV1!, infohashV2: infohashV2! };
}

/** The tar and its leaves, durable under their names; when it fails, neither has one. */
async function writeFiles(
  plan: VolumePlan,
  pieceLengthBytes: number,
  { disk, store, leavesRootOf = async () => undefined }: WriteDeps,
  lanes: SpanLanes,
  { onBytes, onPhase }: WriteListener,
): Promise<VolumeSums> {
  const { work } = store.layout;
  const paths = volumePaths(store.layout, plan.name);
  const names = { tar: `${work}/volume-${plan.name}`, leaves: `${work}/leaves-${plan.name}` };
  disk.unlink(names.tar);
  disk.unlink(names.leaves);
  const tar = startDurable(disk, names.tar);
  try {
    const leaves = startDurable(disk, names.leaves);
    try {
      const output = { tar, leaves, onBytes };
      const source = { loose: store.loose, leavesRootOf };
      const sums = await writeSpans(plan, pieceLengthBytes, source, lanes, output);
      onPhase?.('written');
      tar.commit(paths.tar, { replace: true });
      leaves.commit(paths.leaves, { replace: true });
      return sums;
    } catch (error) {
      abortQuietly(leaves);
      throw error;
    }
  } catch (error) {
    abortQuietly(tar);
    throw error;
  }
}
