/**
 * Imports that a build lets go, and what builds leave in `catalogue/building/`. A build that consumes its imports drops them when its
 * snapshot is in use; killed there, its folder in `building/` still says so, and the next build goes on with it.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { removeTree } from '../base/durable.ts';
import { type FinishedImport, IMPORT_RECORD, listImports } from '../catalogue/imports.ts';
import { readManifest } from '../catalogue/manifest.ts';
import { SNAPSHOTS } from '../catalogue/snapshot-files.ts';

/** Removes the import in `directory`: the record first, so that the same files can be imported anew. */
export function dropImport(disk: Disk, directory: string): void {
  disk.unlink(path.join(directory, IMPORT_RECORD));
  removeTree(disk, directory);
}

/** Drops the imports that lack shards since a snapshot that is whole took them; returns the id of such a snapshot, if there is one. */
export function finishDrops(disk: Disk, catalogue: string): string | undefined {
  const imports = listImports(disk, catalogue);
  const whole = buildingsIn(disk, catalogue).filter((id) =>
    disk.stat(path.join(catalogue, SNAPSHOTS, id)),
  );
  for (const id of whole) {
    const { sources } = readManifest(disk, path.join(catalogue, SNAPSHOTS, id));
    const names = new Set(sources.map((source) => source.import));
    for (const one of imports)
      if (names.has(one.record.id) && !hasShards(disk, one)) dropImport(disk, one.directory);
  }
  return whole[0];
}

/** Removes what builds of other snapshots than `id` left: nothing goes on with it. */
export function dropBuildings(disk: Disk, catalogue: string, id?: string): void {
  for (const name of buildingsIn(disk, catalogue))
    if (name !== id) removeTree(disk, path.join(catalogue, 'building', name));
}

function buildingsIn(disk: Disk, catalogue: string): string[] {
  return disk.list(path.join(catalogue, 'building'));
}

function hasShards(disk: Disk, { record, directory }: FinishedImport): boolean {
  return record.shards.every(({ file }) => disk.stat(path.join(directory, file)));
}
