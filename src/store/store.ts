/**
 * The store: bytes by digest, wherever they lie. Loose objects first, then volumes; what comes out of a volume has
 * been checked against its 16 KiB leaves, so nothing unverified is ever handed out.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type LooseStore, type ObjectWriter, openLooseStore } from './loose-store.ts';
import { type MendDeps, mendMember, readsTrue } from './mend-member.ts';
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
  /**
   * Ends `copy`, which is good and has `digest`, when such bytes are or were held already: let go of when they read
   * true, else put in their place. Returns `damaged` when they still do not read true, as in a volume that lost its
   * leaves; the good copy then lies loose. Cost: one read of what is held.
   */
  keep(digest: Digest, copy: Pick<ObjectWriter, 'commit' | 'abort'>): Promise<Kept>;
}

/** What became of bytes that were held already: they read true, read true again, or do not. */
export type Kept = 'sound' | 'mended' | 'damaged';

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
    keep: async (digest, copy) =>
      keep({ disk, layout, loose, volumes }, { digest, place: await locate(digest) }, copy),
  };
}

function keep(
  deps: MendDeps,
  { digest, place }: { digest: Digest; place: PlaceInVolume | undefined },
  copy: Pick<ObjectWriter, 'commit' | 'abort'>,
): Kept {
  if (!place) return copy.commit() ? 'mended' : 'sound';
  if (readsTrue(deps, place)) {
    copy.abort();
    return 'sound';
  }
  copy.commit();
  if (!mendMember(deps, digest, place)) return 'damaged';
  deps.loose.remove(digest);
  return 'mended';
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
