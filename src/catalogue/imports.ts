/** The imports of an archive as they lie in `catalogue/imports/`: a folder for each, finished when it has its `import.json`. */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { type ImportDump, type ImportRecord, importRecordSchema } from '../model/import-record.ts';
import { readManifest } from './manifest.ts';
import { SNAPSHOTS } from './snapshot-files.ts';
import { listSnapshots } from './snapshot-open.ts';

/** A finished import and the folder that its shards are in. */
export interface FinishedImport {
  readonly directory: string;
  readonly record: ImportRecord;
}

/** The name of the record in the folder of an import. */
export const IMPORT_RECORD = 'import.json';

/** The folder of all imports below the folder of the catalogue. */
export function importsDirectory(catalogue: string): string {
  return path.join(catalogue, 'imports');
}

/** The finished imports below `catalogue`, by id; those under way are left out. `IMPORT_RECORD_INVALID`. */
export function listImports(disk: Disk, catalogue: string): FinishedImport[] {
  const root = importsDirectory(catalogue);
  return disk.list(root).flatMap((name) => {
    const directory = path.join(root, name);
    const file = path.join(directory, IMPORT_RECORD);
    return disk.stat(file)?.kind === 'file' ? [{ directory, record: readRecord(disk, file) }] : [];
  });
}

/** The folders of imports below `catalogue` that did not come to their end: under way, stopped or failed. By name. */
export function listUnfinished(disk: Disk, catalogue: string): string[] {
  const root = importsDirectory(catalogue);
  return disk.list(root).filter((name) => {
    const directory = path.join(root, name);
    const isFinished = disk.stat(path.join(directory, IMPORT_RECORD))?.kind === 'file';
    return disk.stat(directory)?.kind === 'directory' && !isFinished;
  });
}

/**
 * The dumps of `source` that the imports below `catalogue` are of, and those that snapshots were built from: an import may be
 * gone since. `IMPORT_RECORD_INVALID`, `SNAPSHOT_MANIFEST`.
 */
export function listDumps(disk: Disk, catalogue: string, source: string): ImportDump[] {
  const imports = listImports(disk, catalogue).map(({ record }) => record);
  const built = listSnapshots(disk, catalogue).flatMap(
    (id) => readManifest(disk, path.join(catalogue, SNAPSHOTS, id)).sources,
  );
  return [...imports, ...built].filter((each) => each.source === source).map(({ dump }) => dump);
}

/** The record in `file`. `IMPORT_RECORD_INVALID`, `FILE_MISSING`. */
function readRecord(disk: Disk, file: string): ImportRecord {
  try {
    return importRecordSchema.parse(JSON.parse(readWhole(disk, file).toString('utf8')));
  } catch (error) {
    if (error instanceof FonotecaError) throw error;
    throw new FonotecaError('IMPORT_RECORD_INVALID', `${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
