/**
 * A torrent of any files on the disk, outside every archive: first the plan (which files, which name), then one pass
 * over their bytes.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type Disk, readWhole } from './base/disk.ts';
import { putFile } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { isPieceLength, pieceLength } from './formats/metainfo.ts';
import { type BuiltTorrent, buildTorrent, type TorrentVersions } from './formats/metainfo-build.ts';
import { orderTorrentFiles } from './formats/metainfo-build-files.ts';
import { hashFiles } from './hashing/hash-files.ts';

/** What a person asks for. */
export interface TorrentWish {
  /** Files and folders; several of them lie side by side in a folder called `name`. */
  readonly paths: readonly string[];
  readonly versions: TorrentVersions;
  readonly name?: string | undefined;
  readonly pieceLengthBytes?: number | undefined;
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
}

/** The files of a torrent, not yet read. */
export interface TorrentPlan extends TorrentWish {
  readonly name: string;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** In the order of the torrent. */
  readonly files: readonly PlannedFile[];
}

interface PlannedFile {
  /** Below the torrent's name; empty for a torrent that is one file. */
  readonly path: string;
  readonly place: string;
  readonly sizeBytes: number;
}

/**
 * The plan of `wish`: every regular file below its paths, in order. Throws `FILE_MISSING`, `FILE_NOT_REGULAR` for links
 * and devices, `PATH_UNSAFE`, `PATH_DUPLICATE`, `METAINFO_INVALID` without a name for several paths.
 */
export function planTorrent(wish: TorrentWish, disk: Disk): TorrentPlan {
  const roots = wish.paths.map((one) => path.resolve(one));
  const [first] = roots;
  const isOne = roots.length === 1;
  const name = wish.name ?? (isOne ? path.basename(first!) : undefined);
  if (name === undefined)
    throw new FonotecaError('METAINFO_INVALID', `${roots.length} paths and no --name`);
  const found = isOne
    ? filesAt(disk, first!, '')
    : roots.flatMap((root) => filesAt(disk, root, path.basename(root)));
  const files = orderTorrentFiles(found);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const pieceLengthBytes = wish.pieceLengthBytes ?? pieceLength(totalBytes);
  // Said before the bytes are read; the rest of what a torrent may hold is for its builder to say.
  if (!isPieceLength(pieceLengthBytes))
    throw new FonotecaError('METAINFO_INVALID', `a piece length of ${pieceLengthBytes}`);
  return { ...wish, name, pieceLengthBytes, totalBytes, files };
}

/** The torrent of `plan`. Throws `FILE_CHANGED_DURING_READ`, `INTERRUPTED`. Cost: one pass over all bytes. */
export async function hashTorrent(
  plan: TorrentPlan,
  disk: Disk,
  watch: Watch,
): Promise<BuiltTorrent> {
  const { name, pieceLengthBytes, versions, totalBytes } = plan;
  let doneBytes = 0;
  const { pieces, trees } = await hashFiles(
    disk,
    plan.files.map(({ place, sizeBytes }) => ({ file: place, sizeBytes })),
    {
      ...{ pieceLengthBytes, versions, workers: availableParallelism() },
      onBytes: (bytes) => {
        if (watch.stop.aborted) throw new FonotecaError('INTERRUPTED', `while reading ${name}`);
        doneBytes += bytes;
        watch.progress({ stage: 'torrent', doneItems: 0, doneBytes, totalBytes, item: name });
      },
    },
  );
  return buildTorrent({
    ...{ name, versions, pieceLengthBytes },
    files: plan.files.map(({ path: file, sizeBytes }, at) => {
      const { piecesRoot, pieceLayer } = trees[at] ?? {};
      return {
        ...{ path: file, sizeBytes },
        ...(piecesRoot && { piecesRoot }),
        ...(pieceLayer && { pieceLayer }),
      };
    }),
    ...(pieces && { pieces }),
    trackers: plan.trackers.map((tracker) => [tracker]),
    webSeeds: plan.webSeeds,
  });
}

/** Writes `bytes` to `file`, where nothing else may be; the same bytes may. Throws `FILE_EXISTS`. */
export function keepTorrent(disk: Disk, file: string, bytes: Uint8Array): void {
  if (putFile(disk, file, bytes, { replace: false })) return;
  if (!readWhole(disk, file).equals(bytes)) throw new FonotecaError('FILE_EXISTS', file);
}

/** The regular files at and below `place`, which the torrent calls `name`. */
function filesAt(disk: Disk, place: string, name: string): PlannedFile[] {
  const entry = disk.stat(place);
  if (!entry) throw new FonotecaError('FILE_MISSING', place);
  if (entry.kind === 'file') return [{ path: name, place, sizeBytes: entry.sizeBytes }];
  if (entry.kind === 'other') throw new FonotecaError('FILE_NOT_REGULAR', place);
  return disk
    .list(place)
    .flatMap((child) =>
      filesAt(disk, path.join(place, child), name === '' ? child : `${name}/${child}`),
    );
}
