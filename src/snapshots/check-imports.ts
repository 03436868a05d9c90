/**
 * The files of imports against the digests in their `import.json`: DuckDB, which reads them, does not check Parquet, and makes
 * of most flipped bits other rows in silence. 32 GB, as at 256 million tracks, take 60 s of processor, on all threads together.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { FinishedImport } from '../catalogue/imports.ts';
import type { ImportTable } from '../model/import-record.ts';
import { digestFiles } from './digest-files.ts';

/** A file of an import and what its record says of it. */
export interface ImportFile {
  readonly path: string;
  readonly table: ImportTable;
  /** `imports/ID/tracks-00000.parquet`. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a check of files found. */
export interface FilesCheck {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** Whether it was asked to stop before the last file. */
  readonly interrupted: boolean;
}

interface CheckDeps {
  readonly disk: Disk;
  readonly threads: number;
  readonly watch: Watch;
}

/** Files between two questions whether to stop: a few seconds of reading, where shards have half a gigabyte. */
const FILES_AT_ONCE = 16;

/** All files of an import. */
export function importFiles({ directory, record }: FinishedImport): ImportFile[] {
  return record.shards.map(({ table, file, bytes, sha256 }) => ({
    path: path.join(directory, file),
    ...{ table, name: `imports/${record.id}/${file}`, bytes, sha256 },
  }));
}

/** What is wrong with `files`: an `IMPORT_FILE_DAMAGED` for each that is not as it was written, `DISK_IO` for what cannot be read. */
export async function checkImportFiles(
  files: readonly ImportFile[],
  { disk, threads, watch }: CheckDeps,
): Promise<FilesCheck> {
  const findings: Finding[] = [];
  let done = 0;
  let bytes = 0;
  while (done < files.length && !watch.stop.aborted) {
    const some = files.slice(done, done + FILES_AT_ONCE);
    findings.push(...(await damagesOf(disk, some, threads)));
    done += some.length;
    bytes += some.reduce((sum, file) => sum + file.bytes, 0);
    watch.progress({
      stage: 'check imports',
      doneItems: done,
      totalItems: files.length,
      doneBytes: bytes,
      item: some.at(-1)!.name,
    });
  }
  return { files: done, bytes, findings, interrupted: done < files.length };
}

/** Whether all of `files` were compared: false when it was asked to stop. Throws the first of what `checkImportFiles` finds. */
export async function requireImportFiles(
  files: readonly ImportFile[],
  deps: CheckDeps,
): Promise<boolean> {
  const { findings, interrupted } = await checkImportFiles(files, deps);
  const [first] = findings;
  if (!first) return !interrupted;
  const others = findings.length > 1 ? `, and ${findings.length - 1} more files` : '';
  throw new FonotecaError(first.code, `${first.subject}: ${first.seen}${others}`);
}

async function damagesOf(
  disk: Disk,
  files: readonly ImportFile[],
  threads: number,
): Promise<Finding[]> {
  const sized = files.map((file) => ({ file, finding: wrongSize(disk, file) }));
  const whole = sized.filter(({ finding }) => !finding).map(({ file }) => file);
  return [
    ...sized.flatMap(({ finding }) => finding ?? []),
    ...(await wrongDigests(disk, whole, threads)),
  ];
}

function wrongSize(disk: Disk, { path: file, name, bytes }: ImportFile): Finding | undefined {
  const entry = disk.stat(file);
  if (entry?.kind !== 'file') return damage(name, 'not there');
  return entry.sizeBytes === bytes
    ? undefined
    : damage(name, `${entry.sizeBytes} bytes, not ${bytes}`);
}

async function wrongDigests(
  disk: Disk,
  files: readonly ImportFile[],
  threads: number,
): Promise<Finding[]> {
  try {
    const found = await digestFiles(
      disk,
      files.map((file) => file.path),
      threads,
    );
    return found.flatMap(({ sha256 }, number) => {
      const wanted = files[number]!;
      const seen = `SHA-256 ${sha256}, not ${wanted.sha256}`;
      return sha256 === wanted.sha256 ? [] : [damage(wanted.name, seen)];
    });
  } catch (error) {
    if (files.length === 1) return [findingFrom(error, files[0]!.name)];
    // One that cannot be read must not hide what the others are.
    const findings: Finding[] = [];
    for (const file of files) findings.push(...(await wrongDigests(disk, [file], threads)));
    return findings;
  }
}

function damage(subject: string, seen: string): Finding {
  return { code: 'IMPORT_FILE_DAMAGED', subject, seen };
}
