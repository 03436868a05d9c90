/** A whole check of a snapshot: every file against the digests of its manifest, and the files that it does not name. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { checkFile } from '../catalogue/block-digests.ts';
import { checkHeld } from '../catalogue/held-bitmap.ts';
import { MANIFEST, type Manifest, readManifest } from '../catalogue/manifest.ts';
import { tryRankBitmap } from '../catalogue/rank-bitmap.ts';
import { filesBelow } from './files-below.ts';

/** What is derived lies beside the snapshot, each file with checksums of its own: what is held, the flags of a report and the report. */
const DERIVED = /^(held[.-]|flag-[^/]*\.bitmap$|report\/)/;
const FLAGS = /^flag-.*\.bitmap$/;

/** What a check found. */
export interface SnapshotCheck {
  readonly manifest: Manifest;
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Whether it was asked to stop before the last file. */
  readonly interrupted: boolean;
}

/** The check of the snapshot in `directory`: reads all of it once. `SNAPSHOT_MANIFEST`, `FILE_MISSING`. */
export function checkSnapshot(disk: Disk, directory: string, watch: Watch): SnapshotCheck {
  const manifest = readManifest(disk, directory);
  const findings: Finding[] = [];
  const named = new Set([MANIFEST, ...manifest.files.map((file) => file.path)]);
  for (const name of filesBelow(disk, directory))
    if (!named.has(name) && !DERIVED.test(name))
      findings.push({ code: 'SNAPSHOT_FILE_UNKNOWN', subject: name, seen: 'not in the manifest' });
  findings.push(...checkHeld(disk, directory), ...flagFindings(disk, directory));
  let files = 0;
  let bytes = 0;
  for (const file of manifest.files) {
    if (watch.stop.aborted) break;
    findings.push(
      ...checkFile(disk, path.join(directory, file.path), { ...file, name: file.path }),
    );
    files += 1;
    bytes += file.bytes;
    watch.progress({
      stage: 'check',
      doneItems: files,
      totalItems: manifest.files.length,
      doneBytes: bytes,
      item: file.path,
    });
  }
  return { manifest, files, bytes, findings, interrupted: files < manifest.files.length };
}

/** The bitmaps of flags that cannot be read: a report writes them anew. */
function flagFindings(disk: Disk, directory: string): Finding[] {
  return disk
    .list(directory)
    .filter((name) => FLAGS.test(name))
    .flatMap((name) => {
      const read = tryRankBitmap(disk, path.join(directory, name));
      return read instanceof FonotecaError ? [findingFrom(read, name)] : [];
    });
}
