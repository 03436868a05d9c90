/**
 * The store: bytes by digest, wherever they lie. Loose objects first, then volumes; what comes out of a volume has
 * been checked against its 16 KiB leaves, so nothing unverified is ever handed out.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type LooseStore, openLooseStore } from './loose-store.ts';
import { openVolumeReader, type VolumeReader } from './volume-reader.ts';

/** Where a digest lies in a volume. Facts of the ledger, handed in by whoever opens the store. */
export interface PlaceInVolume {
  readonly volume: string;
  readonly positionBytes: number;
  readonly sizeBytes: number;
  /** The volume's own size and tree root: the reader trusts leaf hashes only when they give this root. */
  readonly volumeSizeBytes: number;
  readonly piecesRoot: Digest;
}

/** A half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes by digest. */
export interface Store {
  readonly layout: Layout;
  readonly loose: LooseStore;
  readonly volumes: VolumeReader;
  /** The size of what has `digest`, or undefined when the store does not hold it. */
  sizeOf(digest: Digest): Promise<number | undefined>;
  /**
   * The bytes with `digest`, or a range of them, in order. From a volume each chunk is verified before it is
   * yielded; a loose object is verified when its end is reached, and a range of one is refused with
   * `STORE_RANGE`, because it could not be verified. Errors: `STORE_OBJECT_MISSING`, `STORE_OBJECT_DAMAGED`.
   */
  read(digest: Digest, range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** The store of the archive in `root`; `locate` answers where a digest lies in volumes. */
export function openStore(
  disk: Disk,
  root: string,
  locate: (digest: Digest) => Promise<PlaceInVolume | undefined>,
): Store {
  const layout = layoutOf(root);
  const loose = openLooseStore(disk, layout);
  const volumes = openVolumeReader(disk, layout);
  return {
    layout,
    loose,
    volumes,
    sizeOf: async (digest) => loose.sizeOf(digest) ?? (await locate(digest))?.sizeBytes,
    read: (digest, range) => readAny(loose, volumes, locate, digest, range),
  };
}

async function* readAny(
  loose: LooseStore,
  volumes: VolumeReader,
  locate: (digest: Digest) => Promise<PlaceInVolume | undefined>,
  digest: Digest,
  range: ByteRange | undefined,
): AsyncGenerator<Uint8Array> {
  const place = await locate(digest);
  if (place) {
    const { start, end } = range ?? { start: 0, end: place.sizeBytes };
    if (start < 0 || end > place.sizeBytes)
      throw new FonotecaError('STORE_RANGE', `${start}–${end} of ${place.sizeBytes}`);
    yield* volumes.read(place, {
      start: place.positionBytes + start,
      end: place.positionBytes + end,
    });
    return;
  }
  if (loose.sizeOf(digest) === undefined) throw new FonotecaError('STORE_OBJECT_MISSING', digest);
  if (range)
    throw new FonotecaError('STORE_RANGE', `a range of ${digest}, which is not in a volume`);
  yield* loose.read(digest);
}
