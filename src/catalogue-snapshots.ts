/** Snapshots of an archive's catalogue as the command line asks for them. */
import os from 'node:os';
import path from 'node:path';
import type { Archive } from './archive.ts';
import { ensureDirectory, putFile, removeTree } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { parseSize } from './base/sizes.ts';
import {
  type FinishedImport,
  importsDirectory,
  listImports,
  listUnfinished,
} from './catalogue/imports.ts';
import { type Manifest, readManifest } from './catalogue/manifest.ts';
import { CURRENT, SNAPSHOTS } from './catalogue/snapshot-files.ts';
import type { Snapshot } from './catalogue/snapshot-look-up.ts';
import { currentSnapshot, listSnapshots, openSnapshot } from './catalogue/snapshot-open.ts';
import { matchIfCatalogued } from './cataloguing.ts';
import type { BuildReport } from './snapshots/build-request.ts';
import { buildSnapshot } from './snapshots/build-snapshot.ts';
import { checkImportFiles, type FilesCheck, importFiles } from './snapshots/check-imports.ts';
import { checkSnapshot } from './snapshots/check-snapshot.ts';
import { type ChosenImports, chooseImports } from './snapshots/choose-imports.ts';
import { diffSnapshots, type SnapshotDiff } from './snapshots/diff-snapshots.ts';
import { type ExchangeReport, exportTables } from './snapshots/export-tables.ts';
import { openTables } from './tables/open-tables.ts';
import type { Tables } from './tables/tables.ts';

/** DuckDB's memory where a statement is small. */
const SMALL_MEMORY_BYTES = 2 ** 30;

/** What a person may wish of a build. */
export interface BuildWishes {
  readonly imports?: readonly string[] | undefined;
  readonly popularity?: string | undefined;
  /** `--memory`, such as `4GB`. */
  readonly memory?: string | undefined;
  readonly consume?: boolean | undefined;
  /** Builds also what is there already. */
  readonly again?: boolean | undefined;
}

/** What the catalogue of an archive holds. */
export interface CatalogueListing {
  readonly imports: readonly FinishedImport[];
  /** Ids of imports that were stopped or failed on their way. */
  readonly unfinished: readonly string[];
  readonly snapshots: readonly Manifest[];
  readonly current: string | null;
}

/** What a check found in one snapshot or import. */
export interface CheckedPart extends FilesCheck {
  readonly kind: 'snapshot' | 'import';
  readonly id: string;
}

/** The folder of the catalogue of `archive`. */
function catalogueFolder(archive: Pick<Archive, 'layout'>): string {
  return path.join(archive.layout.root, 'catalogue');
}

/** Builds a snapshot of the imports and makes it the one in use. */
export async function runCatalogueBuild(
  archive: Archive,
  { memory, ...wishes }: BuildWishes,
  watch: Watch,
): Promise<BuildReport> {
  const memoryBytes = memory === undefined ? undefined : parseSize(memory);
  const report = await buildSnapshot(
    { ...wishes, memoryBytes },
    {
      disk: archive.disk,
      catalogue: catalogueFolder(archive),
      watch,
      threads: os.availableParallelism(),
    },
  );
  // What is held meets the new snapshot at once: earlier matches stand, since they are by stable id.
  if (report.manifest !== null) await matchIfCatalogued(archive, watch);
  return report;
}

/** What `runCatalogueBuild` would build from. */
export function previewCatalogueBuild(archive: Archive, wishes: BuildWishes): ChosenImports {
  return chooseImports(listImports(archive.disk, catalogueFolder(archive)), wishes);
}

/** The imports and the snapshots. */
export function listCatalogue({ disk, layout }: Archive): CatalogueListing {
  const catalogue = catalogueFolder({ layout });
  return {
    imports: listImports(disk, catalogue),
    unfinished: listUnfinished(disk, catalogue),
    snapshots: listSnapshots(disk, catalogue).map((id) =>
      readManifest(disk, path.join(catalogue, SNAPSHOTS, id)),
    ),
    current: currentSnapshot(disk, catalogue),
  };
}

/** The snapshot `id`, or the one in use. `SNAPSHOT_MISSING`. */
export function openCatalogue(archive: Archive, id?: string): Snapshot {
  return openSnapshot(archive.disk, snapshotFolder(archive, id));
}

/**
 * Reads the snapshot or the import `id` from end to end and compares it with its digests; without one the snapshot in use and
 * all imports, in this order. `SNAPSHOT_MISSING` where there is nothing to read.
 */
export async function runCatalogueCheck(
  archive: Archive,
  id: string | undefined,
  watch: Watch,
): Promise<CheckedPart[]> {
  const { disk } = archive;
  const catalogue = catalogueFolder(archive);
  const all = listImports(disk, catalogue);
  const imports = id === undefined ? all : all.filter(({ record }) => record.id === id);
  const parts: CheckedPart[] = [];
  if (imports.length === 0 || (id === undefined && currentSnapshot(disk, catalogue) !== null)) {
    const check = checkSnapshot(disk, snapshotFolder(archive, id), watch);
    parts.push({ ...check, kind: 'snapshot', id: check.manifest.id });
  }
  for (const each of imports) {
    const deps = { disk, threads: os.availableParallelism(), watch };
    const check = await checkImportFiles(importFiles(each), deps);
    parts.push({ ...check, kind: 'import', id: each.record.id });
  }
  return parts;
}

/** Makes the kept snapshot `id` the one in use. `SNAPSHOT_MISSING`. */
export function runCatalogueUse(archive: Archive, id: string): Manifest {
  const manifest = readManifest(archive.disk, snapshotFolder(archive, id));
  putFile(archive.disk, path.join(catalogueFolder(archive), CURRENT), `${id}\n`, { replace: true });
  return manifest;
}

/** What lies below `imports/` or `snapshots/` under `id`. `SNAPSHOT_MISSING`, `SNAPSHOT_IN_USE`. */
export function planCatalogueDrop(archive: Archive, id: string): { id: string; directory: string } {
  const { imports, unfinished, snapshots, current } = listCatalogue(archive);
  if (unfinished.includes(id))
    return { id, directory: path.join(importsDirectory(catalogueFolder(archive)), id) };
  const found = imports.find(({ record }) => record.id === id);
  if (found) return { id, directory: found.directory };
  if (!snapshots.some((manifest) => manifest.id === id))
    throw new FonotecaError('SNAPSHOT_MISSING', id);
  if (id === current) throw new FonotecaError('SNAPSHOT_IN_USE', id);
  return { id, directory: snapshotFolder(archive, id) };
}

/** Lets go of what `planCatalogueDrop` named: its record first, so that a half of it is never taken for the whole. */
export function runCatalogueDrop({ disk }: Archive, { directory }: { directory: string }): void {
  for (const record of ['manifest.json', 'import.json']) disk.unlink(path.join(directory, record));
  removeTree(disk, directory);
}

/** Writes the exchange set of the snapshot `id`, or of the one in use, into `directory`. Null when it was stopped. */
export async function runCatalogueExport(
  archive: Archive,
  { id, directory }: { id: string | undefined; directory: string },
  watch: Watch,
): Promise<ExchangeReport | null> {
  using snapshot = openCatalogue(archive, id);
  await using tables = await openCatalogueTables(archive, [snapshot.directory]);
  return await exportTables(snapshot, path.resolve(directory), {
    disk: archive.disk,
    tables,
    watch,
  });
}

/** What changed between two snapshots. */
export async function runCatalogueDiff(
  archive: Archive,
  { older: olderId, newer: newerId }: { older: string; newer: string | undefined },
): Promise<SnapshotDiff> {
  using older = openCatalogue(archive, olderId);
  using newer = openCatalogue(archive, newerId);
  const { disk } = archive;
  const temporary = workFolder(archive);
  await using tables = await openCatalogueTables(archive, []);
  return await diffSnapshots({ older, newer }, { disk, tables, temporary });
}

function snapshotFolder(archive: Archive, id: string | undefined): string {
  const catalogue = catalogueFolder(archive);
  const wanted = id ?? currentSnapshot(archive.disk, catalogue);
  const known = listSnapshots(archive.disk, catalogue);
  if (wanted === null || !known.includes(wanted))
    throw new FonotecaError('SNAPSHOT_MISSING', wanted ?? 'none in use');
  return path.join(catalogue, SNAPSHOTS, wanted);
}

/** The folder for what is made on the way, and gone after; it is there. */
export function workFolder({ disk, layout }: Archive): string {
  const folder = path.join(layout.work, 'catalogue');
  ensureDirectory(disk, folder);
  return folder;
}

/** A door to DuckDB for the catalogue of `archive`, which may read and write `folders` besides its own. */
export async function openCatalogueTables(
  archive: Archive,
  folders: readonly string[],
  memoryBytes = SMALL_MEMORY_BYTES,
): Promise<Tables> {
  const work = workFolder(archive);
  return await openTables({ work, folders, memoryBytes, threads: os.availableParallelism() });
}
