/** Writes one volume: one pass over its bytes gives the file, its digest, its pieces and its leaves; then it is read back. */
import { type Digest, startSha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, type DurableWriter, putFile, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { type PieceHashes, startPieceHasher } from '../formats/piece-hasher.ts';
import type { VolumePlan } from '../formats/volume-plan.ts';
import type { Volume } from '../model/volume.ts';
import { volumePaths } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** Zeros are written from one shared buffer. */
const ZEROS = Buffer.alloc(64 * 1024);

/** What writing a volume needs. */
export interface WriteDeps {
  readonly disk: Disk;
  readonly store: Store;
}

/**
 * The volume made from `plan`, durable and read back, its torrent and leaves beside it. Nothing refers to it before
 * the caller records it. Payloads come from the store and are checked against their digests on the way; a volume
 * file of this name that no fact knows is replaced.
 */
export async function writeVolume(
  plan: VolumePlan,
  deps: WriteDeps,
  onBytes: (bytes: number) => void,
): Promise<Volume> {
  const paths = volumePaths(deps.store.layout, plan.name);
  const pieceLengthBytes = pieceLength(plan.totalBytes);
  const { digest, hashes } = await writeTar(plan, deps, paths.tar, pieceLengthBytes, onBytes);
  const torrent = buildMetainfo({ name: `${plan.name}.tar`, hashes });
  putFile(deps.disk, paths.leaves, encodeLeaves(hashes), { replace: true });
  putFile(deps.disk, paths.torrent, torrent.bytes, { replace: true });
  const volume: Volume = {
    name: plan.name,
    tier: plan.tier,
    sizeBytes: plan.totalBytes,
    digest,
    piecesRoot: Buffer.from(hashes.piecesRoot).toString('hex') as Digest,
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
  readBack(volume, deps.store);
  return volume;
}

async function writeTar(
  plan: VolumePlan,
  { disk, store }: WriteDeps,
  file: string,
  pieceLengthBytes: number,
  onBytes: (bytes: number) => void,
): Promise<{ digest: Digest; hashes: PieceHashes }> {
  const temporary = `${store.layout.work}/volume-${plan.name}`;
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary);
  const pieces = startPieceHasher({ pieceLengthBytes });
  const whole = startSha256();
  const put = (bytes: Uint8Array) => {
    writer.write(bytes);
    pieces.update(bytes);
    whole.update(bytes);
    onBytes(bytes.length);
  };
  try {
    await writeSegments(plan, store, writer, put);
    writer.commit(file, { replace: true });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
  return { digest: whole.finish(), hashes: pieces.finish() };
}

async function writeSegments(
  plan: VolumePlan,
  store: Store,
  writer: DurableWriter,
  put: (bytes: Uint8Array) => void,
): Promise<void> {
  for (const segment of plan.segments()) {
    if (segment.positionBytes !== writer.sizeBytes)
      throw new FonotecaError(
        'PACK_MISFIT',
        `byte ${writer.sizeBytes}, the plan says ${segment.positionBytes}`,
      );
    if (segment.kind === 'bytes') put(segment.bytes);
    else if (segment.kind === 'zeros') {
      for (let left = segment.sizeBytes; left > 0; left -= ZEROS.length)
        put(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
    } else {
      const before = writer.sizeBytes;
      for await (const chunk of store.read(segment.digest)) put(chunk);
      const taken = writer.sizeBytes - before;
      if (taken !== segment.sizeBytes)
        throw new FonotecaError(
          'PACK_MISFIT',
          `${segment.path} has ${taken} bytes, the plan says ${segment.sizeBytes}`,
        );
    }
  }
  if (writer.sizeBytes !== plan.totalBytes)
    throw new FonotecaError(
      'PACK_MISFIT',
      `${writer.sizeBytes} bytes, the plan says ${plan.totalBytes}`,
    );
}

/** Reads every member back through the verified path, from the file and the leaves that are now on disk. */
function readBack(volume: Volume, store: Store): void {
  store.volumes.forget(volume.name);
  const identity = {
    volume: volume.name,
    volumeSizeBytes: volume.sizeBytes,
    piecesRoot: volume.piecesRoot,
  };
  for (const member of volume.members) {
    const hasher = startSha256();
    for (const chunk of store.volumes.read(identity, {
      start: member.positionBytes,
      end: member.positionBytes + member.sizeBytes,
    }))
      hasher.update(chunk);
    const seen = hasher.finish();
    if (seen !== member.digest)
      throw new FonotecaError(
        'STORE_OBJECT_DAMAGED',
        `${member.path} of ${volume.name} reads back as ${seen}`,
      );
  }
}
