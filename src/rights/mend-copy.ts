/**
 * The leaves and the torrent of a volume in a copy, made again from its tar: a copy that came by BitTorrent has no leaves,
 * and one whose small files were brought up to date first has those of another state. Input: the tar and the edition.
 * Output: files that fit the tar, when the tar is what an edition lists now or listed before.
 */
import type { Disk } from '../base/disk.ts';
import { readFileChunks, readWhole } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { buildMetainfo } from '../formats/metainfo-build.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import { startPieceHasher } from '../formats/piece-hasher.ts';
import type { EditionVolume } from '../model/edition.ts';
import { volumeFiles } from '../store/redact-volume-journal.ts';
import { readVolumeState } from '../store/redact-volume-state.ts';

/** A volume as an edition lists it, with what it was before. */
export type ListedIdentity = Pick<EditionVolume, 'name' | 'infohashV1' | 'superseded'>;

/**
 * Whether the leaves and the torrent of `listed` in `directory` were made again; false when they fit, when a redaction is in
 * progress, or when the tar is not what was ever listed. Cost: one pass over the tar, where they do not fit.
 */
export function mendSmallFiles(disk: Disk, directory: string, listed: ListedIdentity): boolean {
  const files = volumeFiles(directory, listed.name);
  const entry = disk.stat(files.tar);
  if (entry?.kind !== 'file' || entry.sizeBytes === 0) return false;
  if (disk.stat(files.journal) || fits(disk, directory, listed.name)) return false;
  const hasher = startPieceHasher({ pieceLengthBytes: pieceLength(entry.sizeBytes) });
  for (const chunk of readFileChunks(disk, files.tar)) hasher.update(chunk);
  const hashes = hasher.finish();
  const made = buildMetainfo({
    name: `${listed.name}.tar`,
    hashes,
    ...addresses(disk, files.torrent),
  });
  const known = [listed, ...listed.superseded].map(({ infohashV1 }) => infohashV1);
  if (!known.includes(made.infohashV1)) return false;
  putFile(disk, files.leaves, encodeLeaves(hashes), { replace: true });
  putFile(disk, files.torrent, made.bytes, { replace: true });
  return true;
}

function fits(disk: Disk, directory: string, name: string): boolean {
  try {
    readVolumeState(disk, directory, name);
    return true;
  } catch (error) {
    if (error instanceof FonotecaError) return false;
    throw error;
  }
}

/** Where the torrent that lies there says that it is announced. */
function addresses(disk: Disk, file: string) {
  try {
    const { trackers, webSeeds } = parseMetainfo(readWhole(disk, file));
    return { trackers, webSeeds };
  } catch (error) {
    if (error instanceof FonotecaError) return {};
    throw error;
  }
}
