/**
 * Search over all that an archive knows: the snapshot in use, in processes that can be killed, and what was added since; over
 * what is held alone where there is no snapshot. It follows a newer snapshot and a newer bitmap of what is held by itself.
 */
import path from 'node:path';
import { FonotecaError } from './base/errors.ts';
import { readHeldState } from './catalogue/held-bitmap.ts';
import { openHeldSearch } from './catalogue/held-search.ts';
import { type JoinedSources, joinedPage } from './catalogue/newest-segment.ts';
import type { CatalogueSearch } from './catalogue/search.ts';
import type { SearchGroup } from './catalogue/search-documents.ts';
import { type SearchProcesses, startSearchProcesses } from './catalogue/search-process.ts';
import { SNAPSHOTS } from './catalogue/snapshot-files.ts';
import type { Snapshot } from './catalogue/snapshot-look-up.ts';
import { openSnapshot } from './catalogue/snapshot-open.ts';
import { type CataloguedArchive, catalogueOf, mergedId, snapshotInUse } from './cataloguing.ts';

/** Search and look-up over an archive. */
export interface ArchiveSearch extends AsyncDisposable {
  /** As `CatalogueSearch`; a search that takes too long ends with `stopped` among its bounds. */
  search: CatalogueSearch['search'];
  /** What `work` makes of the snapshot in use, undefined when there is none; it stays open until then. */
  look<T>(work: (snapshot: Snapshot | undefined) => Promise<T>): Promise<T>;
}

/** A snapshot that is open, with its processes and those who use it now. */
interface Opened {
  readonly key: string;
  readonly snapshot: Snapshot;
  readonly processes: SearchProcesses;
  users: number;
  isOver: boolean;
}

/** Search over `archive`; processes start with the first search. */
export function openArchiveSearch(
  archive: CataloguedArchive,
  { processes = 2 }: { processes?: number } = {},
): ArchiveSearch {
  const { ledger, disk } = archive;
  const held = openHeldSearch(ledger);
  const newest = openHeldSearch({
    tracks: (page) => ledger.tracksWithoutMatch(page),
    darkTracks: () => ledger.darkTracks(),
    lastSeq: () => ledger.lastSeq(),
  });
  let latest: Opened | undefined;
  const close = async (opened: Opened): Promise<void> => {
    opened.snapshot[Symbol.dispose]();
    await opened.processes[Symbol.asyncDispose]();
  };
  const retire = async (opened: Opened | undefined): Promise<void> => {
    if (!opened) return;
    opened.isOver = true;
    if (opened.users === 0) await close(opened);
  };
  const current = async (): Promise<Opened | undefined> => {
    const id = snapshotInUse(archive);
    const directory = path.join(catalogueOf(archive), SNAPSHOTS, id ?? '');
    const key = id === null ? undefined : `${id} ${readHeldState(disk, directory)?.since}`;
    if (latest?.key === key) return latest;
    const past = latest;
    latest = key === undefined ? undefined : openOne(archive, { key, directory, processes });
    await retire(past);
    return latest;
  };
  const use = async <T>(work: (opened: Opened | undefined) => Promise<T>): Promise<T> => {
    const opened = await current();
    if (!opened) return work(undefined);
    opened.users += 1;
    try {
      return await work(opened);
    } finally {
      opened.users -= 1;
      if (opened.isOver && opened.users === 0) await close(opened);
    }
  };
  return {
    search: (query, page) =>
      use(async (opened) =>
        opened
          ? joinedPage(query, page, {
              newest: (cursor, limit) => newest.search(query, { cursor, limit }),
              ...sourcesOf(archive, opened, query),
            })
          : held.search(query, page),
      ),
    look: (work) => use((opened) => work(opened?.snapshot)),
    [Symbol.asyncDispose]: async () => {
      await retire(latest);
      for (const search of [held, newest]) search[Symbol.dispose]();
    },
  };
}

function openOne(
  { disk }: CataloguedArchive,
  { key, directory, processes }: { key: string; directory: string; processes: number },
): Opened {
  return {
    key,
    snapshot: openSnapshot(disk, directory),
    processes: startSearchProcesses({ directory, processes }),
    users: 0,
    isOver: false,
  };
}

function sourcesOf(
  { ledger }: CataloguedArchive,
  { snapshot, processes }: Opened,
  query: string,
): Omit<JoinedSources, 'newest'> {
  return {
    snapshot: async (group, cursor, limit) => {
      try {
        return await processes.search({ text: query, group, cursor, limit, typing: true });
      } catch (error) {
        if (!(error instanceof FonotecaError) || error.code !== 'SEARCH_TOO_LONG') throw error;
        return { hits: [], next: null, bounds: ['stopped'] };
      }
    },
    idsAt: async (group, ranks) => {
      const ids = rowsAt(snapshot, group, ranks).map((row) => row!.id);
      return await Promise.all(ids.map((id) => mergedId(ledger, id)));
    },
    namesOf: async (id) => {
      const { title, artist, album } = (await ledger.track(id))?.description ?? {};
      return { title: title ?? null, artist: artist ?? null, album: album ?? null };
    },
  };
}

function rowsAt(snapshot: Snapshot, group: SearchGroup, ranks: readonly number[]) {
  if (group === 'tracks') return snapshot.tracksAt(ranks);
  return group === 'albums' ? snapshot.albumsAt(ranks) : snapshot.artistsAt(ranks);
}
