/**
 * Withdrawals in a copy of what is published: volumes that lie there already are redacted in place, and nothing but
 * what was withdrawn is touched, whatever the size of the volume.
 *
 * Input: the volumes of the copy and the edition it shall hold. Output: the same volumes as the edition lists them; one
 * in which something was restored, or that is damaged, is removed, to be copied whole.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Edition, EditionVolume } from '../model/edition.ts';
import { carryOutRedaction, planRedaction } from '../store/redact-volume.ts';
import { redactionsInProgress, volumeFiles } from '../store/redact-volume-journal.ts';
import { digestFile } from './small-files.ts';

/**
 * The names of the volumes redacted in `directory`, the `volumes/` of a copy, so that they are those of `edition`, whose
 * tombstones withdraw `withdrawn`. Killed anywhere, the next call completes it. Cost: a volume that something was withdrawn from is
 * read once; of all others nothing is looked at.
 */
export async function redactCopies(
  disk: Disk,
  directory: string,
  edition: Edition,
  withdrawn: ReadonlySet<Digest>,
): Promise<string[]> {
  const redacted: string[] = [];
  const leaves = new Map(edition.files.map((file) => [file.path, file.sha256]));
  const begun = new Set(redactionsInProgress(disk, directory));
  for (const volume of edition.volumes) {
    const { name } = volume;
    const files = volumeFiles(directory, name);
    if (volume.superseded.length === 0 && !begun.has(name)) continue;
    if (disk.stat(files.tar) === undefined) continue;
    const isDone =
      !begun.has(name) &&
      disk.stat(files.leaves) !== undefined &&
      digestFile(disk, files.leaves).sha256 === leaves.get(`volumes/${name}.leaves`);
    if (isDone) continue;
    if (await redactCopy(disk, directory, volume, withdrawn)) redacted.push(name);
    else removeVolume(disk, directory, name);
  }
  return redacted;
}

/** Whether the copy of `volume` could be made what the edition lists. */
async function redactCopy(
  disk: Disk,
  directory: string,
  volume: EditionVolume,
  withdrawn: ReadonlySet<Digest>,
): Promise<boolean> {
  try {
    const plan = planRedaction(disk, directory, volume.name, withdrawn, undefined);
    if (!plan || plan.missing.length > 0) return false;
    const made = await carryOutRedaction(disk, plan, undefined);
    made.settle();
    return made.digest === volume.sha256;
  } catch (error) {
    // A copy that is damaged is copied again; what the disk refuses is told.
    if (error instanceof FonotecaError && UNREADABLE.has(error.code)) return false;
    throw error;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'STORE_OBJECT_DAMAGED',
  'STORE_OBJECT_MISSING',
  'FILE_MISSING',
  'FILE_NOT_REGULAR',
  'LEAVES_INVALID',
  'METAINFO_INVALID',
  'BENCODE_INVALID',
  'VOLUME_INDEX_INVALID',
]);

/** The volume goes as well as what a redaction left beside it, for it may hold what was withdrawn. */
function removeVolume(disk: Disk, directory: string, name: string): void {
  const { tar, nextLeaves, nextTorrent, journal } = volumeFiles(directory, name);
  for (const file of [tar, nextLeaves, nextTorrent, journal]) disk.unlink(file);
  disk.syncDirectory(path.resolve(directory));
}
