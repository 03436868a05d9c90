/**
 * Opens a snapshot for look-up: row files and hash indexes behind one cache of pages. Opening reads the manifest and the
 * checksum tables (4 bytes a page: 30 MB at 256 million tracks); each look-up a page or two of an index and one block.
 */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { openHashIndex } from './hash-index.ts';
import { readManifest } from './manifest.ts';
import { startPageCache } from './page-cache.ts';
import { ROW_COLUMNS } from './row-block.ts';
import { openRowFile } from './row-file.ts';
import { CURRENT, INDEX_FILES, ROW_FILES, SNAPSHOTS } from './snapshot-files.ts';
import type { Snapshot } from './snapshot-look-up.ts';
import { pagesOf, sideRow } from './snapshot-pages.ts';
import { rowsOf } from './snapshot-rows.ts';

/** 4 MiB of pages of all indexes together; the machine keeps the rest, a read of some 3 µs away. */
const CACHE_PAGES = 1024;

/** The snapshot in use below `catalogue`. `SNAPSHOT_MISSING`, and as `openSnapshot`. */
export function openCurrentSnapshot(disk: Disk, catalogue: string): Snapshot {
  const id = currentSnapshot(disk, catalogue);
  if (id === null) throw new FonotecaError('SNAPSHOT_MISSING', catalogue);
  return openSnapshot(disk, path.join(catalogue, SNAPSHOTS, id));
}

/** The id of the snapshot in use, or null when there is none. */
export function currentSnapshot(disk: Disk, catalogue: string): string | null {
  const file = path.join(catalogue, CURRENT);
  return disk.stat(file) ? readWhole(disk, file).toString('utf8').trim() : null;
}

/** The ids of the finished snapshots below `catalogue`, sorted by bytes. */
export function listSnapshots(disk: Disk, catalogue: string): string[] {
  return disk.list(path.join(catalogue, SNAPSHOTS)).filter((name) => /^[0-9a-f]{16}$/.test(name));
}

/** The snapshot in `directory`. `SNAPSHOT_MANIFEST`, `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function openSnapshot(disk: Disk, directory: string): Snapshot {
  const manifest = readManifest(disk, directory);
  using opened = new DisposableStack();
  const { files, indexes } = openFiles(disk, directory, opened);
  const rows = rowsOf(files);
  const resources = opened.move();
  return {
    directory,
    manifest,
    ...pagesOf({ files, rows, indexes }),
    names: rows.names,
    isrcsAt: (rank) => files.tracks.value(ROW_COLUMNS.tracks.isrcs, rank) as string[],
    *idsFrom(kind, first) {
      for (let rank = first; rank < files[kind].rows; rank += 1) yield rows.id(kind, rank);
    },
    *rowsFrom(kind, first) {
      const all = kind === 'artists' ? rows : rows.gathered();
      for (let rank = first; rank < files[kind].rows; rank += 1) yield all.row(kind, rank);
    },
    *sideRows(name) {
      for (let row = 0; row < files[name].rows; row += 1) yield sideRow(files[name], name, row);
    },
    [Symbol.dispose]: () => resources.dispose(),
  };
}

function openFiles(disk: Disk, directory: string, opened: DisposableStack) {
  const cache = startPageCache(CACHE_PAGES);
  const row = (name: keyof typeof ROW_FILES) =>
    opened.use(openRowFile(disk, path.join(directory, ROW_FILES[name]), { table: name, cache }));
  const index = (name: keyof typeof INDEX_FILES) =>
    opened.use(openHashIndex(disk, path.join(directory, INDEX_FILES[name]), cache));
  return {
    files: {
      tracks: row('tracks'),
      albums: row('albums'),
      artists: row('artists'),
      links: row('links'),
      redirects: row('redirects'),
    },
    indexes: {
      trackIds: index('trackIds'),
      albumIds: index('albumIds'),
      artistIds: index('artistIds'),
      isrcs: index('isrcs'),
      upcs: index('upcs'),
      recordings: index('recordings'),
      albumTracks: index('albumTracks'),
      artistAlbums: index('artistAlbums'),
      links: index('links'),
      redirects: index('redirects'),
    },
  };
}
