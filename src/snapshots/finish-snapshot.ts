/** The last step of a build: every file digested, the counts added up, the manifest written. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { DIGEST_BLOCK_BYTES } from '../catalogue/block-digests.ts';
import {
  MANIFEST,
  type Manifest,
  type SnapshotFile,
  writeManifest,
} from '../catalogue/manifest.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { ROW_COLUMNS } from '../catalogue/row-block.ts';
import { openRowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import type { BuildState } from './build-state.ts';
import { type ChosenImports, COUNTS_METHOD } from './choose-imports.ts';
import { digestFiles } from './digest-files.ts';
import { filesBelow } from './files-below.ts';
import { ROW_KINDS, type RowKind } from './row-kinds.ts';

/** Writes the manifest of the finished files in `set`, which it digests in as many threads, and returns it. */
export async function finishSnapshot(
  { disk, set, threads }: { readonly disk: Disk; readonly set: string; readonly threads: number },
  chosen: ChosenImports,
  state: BuildState,
): Promise<Manifest> {
  const { written } = state;
  const merges = [...(state.prepared?.merges ?? [])];
  const manifest: Manifest = {
    format: 'fonoteca-catalogue-snapshot/4',
    id: chosen.id,
    sources: chosen.imports.map(({ record }) => ({
      import: record.id,
      source: record.source,
      licence: record.licence,
      otherLicences: record.otherLicences,
      dump: record.dump,
    })),
    popularity: statedPopularity(state),
    rows: { tracks: written.tracks!, albums: written.albums!, artists: written.artists! },
    tiers: tiersOf(disk, set),
    counts: Object.fromEntries(
      ROW_KINDS.map((kind) => [kind, countsOf(kind, chosen, merges, written[kind]!)]),
    ) as Manifest['counts'],
    merges,
    digestBlockBytes: DIGEST_BLOCK_BYTES,
    files: await digestedFiles(disk, set, threads),
  };
  writeManifest(disk, set, manifest);
  return manifest;
}

/** As its source says it, and how it was computed where that was done here. */
function statedPopularity({ prepared }: BuildState): Manifest['popularity'] {
  const { stated, isCounted } = prepared!.popularity;
  if (stated === null || !isCounted) return stated;
  return { ...stated, method: `${stated.method}; ${COUNTS_METHOD}` };
}

function countsOf(
  kind: RowKind,
  { imports }: ChosenImports,
  merges: Manifest['merges'],
  kept: number,
): Manifest['counts'][RowKind] {
  const told = imports.flatMap(({ record }) => record.tables[kind] ?? []);
  const sum = (of: 'read' | 'merged' | 'refused') => told.reduce((all, each) => all + each[of], 0);
  const here = merges
    .filter(({ table }) => table === kind)
    .reduce((all, { rows }) => all + rows, 0);
  return { read: sum('read'), kept, merged: sum('merged') + here, refused: sum('refused') };
}

/** Where popularity ends to be above 0, and to be known: ranks fall, so both are found by halving. */
function tiersOf(disk: Disk, set: string): Manifest['tiers'] {
  using file = openRowFile(disk, path.join(set, ROW_FILES.tracks), {
    ...{ table: 'tracks', cache: startPageCache(1) },
  });
  const popularity = (rank: number) =>
    (file.value(ROW_COLUMNS.tracks.popularity, rank) as number | null) ?? -1;
  const firstBelow = (least: number) => {
    let low = 0;
    let high = file.rows;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (popularity(middle) >= least) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const heard = firstBelow(1);
  const known = firstBelow(0);
  return { heard, zero: known - heard, unknown: file.rows - known };
}

async function digestedFiles(disk: Disk, set: string, threads: number): Promise<SnapshotFile[]> {
  const names = filesBelow(disk, set).filter((name) => name !== MANIFEST);
  const files = names.map((name) => path.join(set, name));
  const found = await digestFiles(disk, files, threads);
  return found.map(({ blocks, ...digests }, number) => ({
    ...{ path: names[number]!, ...digests, blocks: [...blocks] },
  }));
}
