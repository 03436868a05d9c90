/**
 * Builds a snapshot of imports: prepare, sort out into ranges, write each kind in rank order, side tables, digests,
 * manifest; then the folder gets its name and `current` names it. Killed anywhere, the same call goes on with the step it was
 * in; what is named is whole. Memory at 256 million tracks: DuckDB's limit (4 GB) in its process; here 2.1 GB of what is known
 * of albums and artists, 0.6 GB of pieces of rows, 0.5 GB of places and buffers.
 */
import path from 'node:path';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { listImports } from '../catalogue/imports.ts';
import { type Manifest, readManifest } from '../catalogue/manifest.ts';
import { CURRENT, SNAPSHOTS } from '../catalogue/snapshot-files.ts';
import type { Tables } from '../tables/tables.ts';
import type { BuildDeps, BuildReport, BuildRequest } from './build-request.ts';
import { type BuildState, hasState, readState, saveState } from './build-state.ts';
import { importFiles, requireImportFiles } from './check-imports.ts';
import { type ChosenImports, chooseImports } from './choose-imports.ts';
import { dropBuildings, dropImport, finishDrops } from './consumed-imports.ts';
import { createDoors, type Doors } from './doors.ts';
import { finishSnapshot } from './finish-snapshot.ts';
import { hashKeyOf } from './keyed-hash.ts';
import { gatherRows } from './known-rows.ts';
import { largeChange } from './large-change.ts';
import { findBoundaries, partition, portionFiles, rangeFiles, type Sorting } from './partition.ts';
import {
  countRows,
  loadPrepared,
  type Prepared,
  prepare,
  prepareBest,
  shardsOf,
} from './prepare.ts';
import { ROW_KINDS, type RowKind } from './row-kinds.ts';
import { openRowLanes } from './row-lanes.ts';
import { writeSideTables } from './side-tables.ts';
import { unfinishedFolder, writeKind } from './write-kind.ts';

/** What a build may keep in DuckDB unless told otherwise. */
const MEMORY_BYTES = 4 * 2 ** 30;
/** Tracks come first: the popularity of albums and artists may follow from theirs. */
const SORTED_OUT: readonly RowKind[] = ['tracks', 'albums', 'artists'];

interface Building {
  readonly request: BuildRequest;
  readonly deps: BuildDeps;
  readonly chosen: ChosenImports;
  readonly doors: Doors;
  /** `catalogue/building/<id>/work` and `…/set`. */
  readonly work: string;
  readonly set: string;
  readonly state: BuildState;
}

/**
 * Builds the snapshot that `request` asks for, and makes it the one in use. `BUILD_NO_IMPORTS`, `BUILD_POPULARITY`, `IMPORT_FILE_DAMAGED`, `DISK_FULL` …;
 * `BUILD_CHANGE` where it is there and whole, but a person is to look at it first.
 */
export async function buildSnapshot(request: BuildRequest, deps: BuildDeps): Promise<BuildReport> {
  const { disk, catalogue } = deps;
  const finished = finishDrops(disk, catalogue);
  const imports = listImports(disk, catalogue);
  if (finished !== undefined && imports.length === 0) {
    const directory = path.join(catalogue, SNAPSHOTS, finished);
    dropBuildings(disk, catalogue);
    return { manifest: readManifest(disk, directory), directory, fresh: false };
  }
  const chosen = chooseImports(imports, request);
  dropBuildings(disk, catalogue, chosen.id);
  const directory = path.join(catalogue, SNAPSHOTS, chosen.id);
  const building = path.join(catalogue, 'building', chosen.id);
  const takeIntoUse = (manifest: Manifest) => {
    const change = largeChange(disk, catalogue, manifest);
    if (change) throw new FonotecaError('BUILD_CHANGE', `snapshot ${manifest.id}: ${change}`);
    putFile(disk, path.join(catalogue, CURRENT), `${chosen.id}\n`, { replace: true });
    if (request.consume) for (const one of chosen.imports) dropImport(disk, one.directory);
    // It goes last: until then it says that the imports of a finished snapshot are to go.
    removeTree(disk, building);
  };
  if (disk.stat(directory) && !request.again) {
    const manifest = readManifest(disk, directory);
    takeIntoUse(manifest);
    return { manifest, directory, fresh: false };
  }
  const [work, set] = [path.join(building, 'work'), path.join(building, 'set')];
  for (const folder of [work, set, path.join(catalogue, SNAPSHOTS)]) ensureDirectory(disk, folder);
  const state = readState(disk, work, set);
  try {
    const options = {
      ...{ work, folders: [path.join(catalogue, 'imports')], threads: deps.threads },
      memoryBytes: request.memoryBytes ?? MEMORY_BYTES,
    };
    await using doors = createDoors(options, request.processRows);
    const isDone = await carryOut({ request, deps, chosen, doors, work, set, state });
    if (!isDone) return { manifest: null, directory, fresh: true };
  } finally {
    // What was refused at once is asked for otherwise the next time, and under another id.
    if (!hasState(disk, work)) removeTree(disk, building);
  }
  deps.watch.progress({ stage: 'digest files', doneItems: 0 });
  const manifest = await finishSnapshot({ disk, set, threads: deps.threads }, chosen, state);
  // Killed between the two, the same call puts the new one in its place.
  if (disk.stat(directory)) disk.renameReplace(directory, path.join(building, 'replaced'));
  disk.renameReplace(set, directory);
  disk.syncDirectory(path.dirname(directory));
  takeIntoUse(manifest);
  return { manifest, directory, fresh: true };
}

/** All steps that are not done yet; false when it was asked to stop. */
async function carryOut(building: Building): Promise<boolean> {
  const { deps, chosen, doors, work, set, state } = building;
  const { disk, watch } = deps;
  const save = () => saveState(disk, work, state);
  if (!(await checkFiles(building))) return false;
  if (!state.prepared) {
    watch.progress({ stage: 'prepare', doneItems: 0 });
    state.prepared = await prepare(await doors.one(), chosen, work);
    save();
    await doors.passed(countRows(ROW_KINDS.flatMap((kind) => shardsOf(chosen, kind))));
  }
  const door = sortingDoor(building);
  for (const kind of SORTED_OUT) if (!(await sortOut(building, kind, door))) return false;
  if (!(await writeKinds(building))) return false;
  if (!state.side) {
    const [tables] = await doors.pair(hasRanges(state));
    await writeSideTables({ tables: tables!, disk, chosen, work, set });
    state.side = true;
    save();
  }
  return true;
}

/**
 * Compares the files of imports that are still to be read with their digests; false when it was asked to stop. Each run does so,
 * so that nothing is read that was not compared by the same process. `IMPORT_FILE_DAMAGED`.
 */
async function checkFiles(building: Building): Promise<boolean> {
  const { deps, chosen } = building;
  const left = filesToRead(building);
  const files = chosen.imports
    .flatMap(importFiles)
    .filter((file) => left === 'all' || left.has(file.path));
  return await requireImportFiles(files, deps);
}

/** The files of imports that the steps to come read: what was sorted out may be gone. */
function filesToRead({ request, chosen, work, state }: Building): 'all' | ReadonlySet<string> {
  const { prepared, partitioned, side } = state;
  if (!prepared) return 'all';
  const { rangeRows } = request;
  const rows = ROW_KINDS.filter((kind) => !partitioned[kind]?.all).flatMap((kind) =>
    portionFiles({ chosen, prepared, work, rangeRows }, kind).slice(partitioned[kind]?.done ?? 0),
  );
  const links = side ? [] : shardsOf(chosen, 'links').map(({ file }) => file);
  return new Set([...rows.flat(), ...links]);
}

/** Whether any kind is sorted in several portions. */
function hasRanges({ boundaries }: BuildState): boolean {
  return ROW_KINDS.some((kind) => (boundaries[kind]?.length ?? 0) > 0);
}

/**
 * Writes the kinds that are not written yet; the search index of one is finished while the next is begun. The ranges of a
 * kind go as soon as its rows are kept, since it is gone on behind these. Asked to stop, it leaves what is not finished.
 */
async function writeKinds({ deps, chosen, doors, work, set, state }: Building): Promise<boolean> {
  const { disk, watch, threads } = deps;
  const save = () => saveState(disk, work, state);
  const finishing: { readonly done: Promise<void>; hurry(): void }[] = [];
  const hurry = () => {
    for (const each of finishing) each.hurry();
  };
  watch.stop.addEventListener('abort', hurry);
  // Another disk than the real one is a test's, and of this thread.
  await using lanes = openRowLanes(disk === realDisk ? threads : 1);
  const gathered = gatherRows(disk, set, hashKeyOf(chosen.id));
  try {
    for (const kind of ROW_KINDS) {
      if (watch.stop.aborted) return false;
      if (state.written[kind] !== undefined) continue;
      const open = await doors.pair(hasRanges(state));
      const written = await writeKind(kind, {
        ...{ doors: open, disk, work, set, watch, state, threads, lanes, known: gathered },
      });
      if (written === null) return false;
      const done = written.finished.then(() => {
        state.written[kind] = written.rows;
        save();
        removeTree(disk, unfinishedFolder(work, kind));
      });
      done.catch(() => undefined);
      finishing.push({ done, hurry: written.hurry });
    }
  } finally {
    if (watch.stop.aborted) hurry();
    await Promise.allSettled(finishing.map(({ done }) => done));
    watch.stop.removeEventListener('abort', hurry);
  }
  // Of what was asked to hurry nothing failed: it is left to the next run.
  if (!watch.stop.aborted) await Promise.all(finishing.map(({ done }) => done));
  const isDone = ROW_KINDS.every((kind) => state.written[kind] !== undefined);
  return isDone;
}

/** A function that gives the door to sort out through, which knows what was prepared then and may be another each time. */
function sortingDoor({ doors, work, state }: Building): () => Promise<Tables> {
  let loaded: { readonly tables: Tables; readonly prepared: Prepared } | undefined;
  return async () => {
    const tables = await doors.one();
    const prepared = state.prepared!;
    if (tables !== loaded?.tables || prepared !== loaded.prepared)
      await loadPrepared(tables, prepared, work);
    loaded = { tables, prepared };
    return tables;
  };
}

async function sortOut(
  building: Building,
  kind: RowKind,
  door: () => Promise<Tables>,
): Promise<boolean> {
  const { request, deps, chosen, doors, work, state } = building;
  const { disk, watch } = deps;
  if (state.partitioned[kind]?.all) return true;
  const sorting = (): Sorting => ({
    ...{ door, passed: doors.passed },
    disk,
    chosen,
    prepared: state.prepared!,
    work,
    rangeRows: request.rangeRows,
  });
  if (kind === 'albums' && !state.best) {
    const tracks = rangeFiles(disk, work, 'tracks');
    const { popularity } = state.prepared!;
    const best = { albums: false, artists: false };
    const tables = await door();
    for (const each of ['albums', 'artists'] as const)
      best[each] = await prepareBest(tables, chosen, { kind: each, tracks, work, popularity });
    state.prepared = { ...state.prepared!, joined: { ...state.prepared!.joined, best } };
    state.best = true;
    saveState(disk, work, state);
    await doors.passed(countRows(shardsOf(chosen, 'tracks')));
  }
  const boundaries = state.boundaries[kind] ?? (await findBoundaries(sorting(), kind));
  state.boundaries[kind] = boundaries;
  const from = state.partitioned[kind]?.done ?? 0;
  const all = await partition(sorting(), kind, {
    boundaries,
    from,
    consumes: request.consume === true,
    isStopped: () => watch.stop.aborted,
    taken(done, total, files) {
      state.partitioned[kind] = { done, all: done === total };
      saveState(disk, work, state);
      if (request.consume) for (const file of files) disk.unlink(file);
      watch.progress({ stage: `sort out ${kind}`, doneItems: done, totalItems: total });
    },
  });
  if (!all) return false;
  state.partitioned[kind] ??= { done: 0, all: true };
  saveState(disk, work, state);
  return true;
}
