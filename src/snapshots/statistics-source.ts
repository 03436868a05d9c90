/**
 * The statistics of a snapshot for a reader of Parquet: their bytes are checked against the manifest first, once in a
 * process, since DuckDB gave wrong sums in silence for 19 of 25 flipped bits.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { checkFile } from '../catalogue/block-digests.ts';
import { STATISTICS_FILES } from '../catalogue/snapshot-files.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { quoted } from '../tables/tables.ts';
import type { RowKind } from './row-kinds.ts';

/** Snapshots of this format have no language of albums: it is unknown. */
const WITHOUT_LANGUAGE = 'fonoteca-catalogue-snapshot/2';
const checked = new Set<string>();

/** The statistics tables of all kinds, each as `statisticsSource` gives it. */
export function statisticsSources(
  disk: Disk,
  snapshot: Pick<Snapshot, 'directory' | 'manifest'>,
): Readonly<Record<RowKind, string>> {
  const source = (kind: RowKind) => statisticsSource(disk, snapshot, kind);
  return { tracks: source('tracks'), albums: source('albums'), artists: source('artists') };
}

/** The statistics table of `kind` for a FROM of SQL. `SNAPSHOT_BLOCK`, `SNAPSHOT_FILE_SIZE`, `SNAPSHOT_FILE_MISSING`. */
export function statisticsSource(
  disk: Disk,
  { directory, manifest }: Pick<Snapshot, 'directory' | 'manifest'>,
  kind: RowKind,
): string {
  const name = STATISTICS_FILES[kind];
  const file = path.join(directory, name);
  const wanted = manifest.files.find((each) => each.path === name);
  if (!wanted) throw new FonotecaError('SNAPSHOT_FILE_MISSING', `${name} is not in the manifest`);
  if (!checked.has(`${file} ${wanted.sha256}`)) {
    const [finding] = checkFile(disk, file, { ...wanted, name });
    if (finding) throw new FonotecaError(finding.code, `${finding.subject}: ${finding.seen}`);
    checked.add(`${file} ${wanted.sha256}`);
  }
  const source = `read_parquet(${quoted(file)}, file_row_number = true)`;
  return kind === 'albums' && manifest.format === WITHOUT_LANGUAGE
    ? `(SELECT *, NULL::VARCHAR AS language FROM ${source})`
    : source;
}
