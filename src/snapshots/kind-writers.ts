/**
 * All files that rows of one kind become, written in one pass in rank order: rows, hash indexes, statistics and search.
 * Memory: the search writer's, 256 KiB a run of each hash index, the compressed pages of 122,880 rows of statistics.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, ensureDirectory, startDurable } from '../base/durable.ts';
import { type HashIndexWriter, startHashIndex } from '../catalogue/hash-index.ts';
import { startRowFile } from '../catalogue/row-file.ts';
import type { SearchBatch } from '../catalogue/search-documents.ts';
import { INDEX_FILES, ROW_FILES, STATISTICS_FILES } from '../catalogue/snapshot-files.ts';
import { createParquetWriter } from '../formats/parquet-writer.ts';
import type { KnownAlbums, KnownArtists } from './known-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';
import { searchBatch } from './search-batch.ts';
import { startSearchLane } from './search-lane.ts';
import { statisticsFields } from './statistics.ts';
import { statisticsCells } from './statistics-cells.ts';
import { storedRow } from './stored-rows.ts';

/** Rows handed to the search writer at once; what lives longer costs the collector more. */
const BATCH_ROWS = 512;

/** Where the files go and what their making needs. */
export interface KindContext {
  readonly disk: Disk;
  /** The folder that becomes the snapshot. */
  readonly set: string;
  /** A folder of the same file system for unfinished files. */
  readonly temporary: string;
  /** About how many rows there are. */
  readonly expected: number;
  /** With more than one, the search index is written in a thread of its own. */
  readonly threads: number;
  readonly albums: KnownAlbums | undefined;
  readonly artists: KnownArtists | undefined;
}

/** The files of one kind being written. Ends with exactly one `finish` or `abort`. */
export interface KindWriter {
  readonly rows: number;
  /** Adds the next row. */
  add(row: RankedRow): void;
  /** Resolves when there is room for more rows. */
  ready(): Promise<void>;
  /** All files but those of search are there when it returns, these too when it resolves. */
  finish(): Promise<void>;
  abort(): Promise<void>;
}

type Indexes = { readonly [Name in keyof typeof INDEX_FILES]?: HashIndexWriter };

const INDEXES_OF: Readonly<Record<RowKind, readonly (keyof typeof INDEX_FILES)[]>> = {
  tracks: ['trackIds', 'isrcs', 'recordings', 'albumTracks'],
  albums: ['albumIds', 'upcs', 'artistAlbums'],
  artists: ['artistIds'],
};

/** Starts the files of `kind`. */
export function startKindWriter(kind: RowKind, context: KindContext): KindWriter {
  const { disk, set, temporary, expected } = context;
  const at = (name: string) => path.join(temporary, name);
  ensureDirectory(disk, path.join(set, path.dirname(STATISTICS_FILES[kind])));
  const rows = startRowFile(disk, at(ROW_FILES[kind]), kind);
  const statistics = startStatistics(disk, at(`statistics-${kind}`), kind);
  const search = startSearchLane(
    disk,
    { directory: set, temporary, group: kind },
    { rows: expected, threads: context.threads },
  );
  const indexes: Indexes = Object.fromEntries(
    INDEXES_OF[kind].map((name) => [name, startHashIndex(disk, at(INDEX_FILES[name]), expected)]),
  );
  let waiting: RankedRow[] = [];
  let lastAlbum: unknown = null;
  const flush = () => {
    if (waiting.length > 0) search.add(searchBatch(kind, waiting) as SearchBatch);
    waiting = [];
  };
  return {
    get rows() {
      return rows.rows;
    },
    add(row) {
      const rank = rows.rows;
      const { stored, artist, album } = storedRow(kind, row.values, context);
      rows.add(stored);
      statistics.add(statisticsCells(kind, row, { artist, album }));
      addKeys(kind, row, { rank, indexes, lastAlbum });
      lastAlbum = kind === 'tracks' ? row.values[5] : null;
      waiting.push(row);
      if (waiting.length === BATCH_ROWS) flush();
    },
    ready: () => search.ready(),
    finish() {
      flush();
      const searched = search.finish();
      // It is awaited by the caller alone; until then nobody hears of its failure.
      searched.catch(() => undefined);
      rows.finish(path.join(set, ROW_FILES[kind]));
      statistics.finish(path.join(set, STATISTICS_FILES[kind]));
      for (const name of INDEXES_OF[kind]) indexes[name]!.finish(path.join(set, INDEX_FILES[name]));
      return searched;
    },
    async abort() {
      for (const writer of [rows, statistics, ...Object.values(indexes)]) writer.abort();
      await search.abort();
    },
  };
}

function addKeys(
  kind: RowKind,
  { values }: RankedRow,
  { rank, indexes, lastAlbum }: { rank: number; indexes: Indexes; lastAlbum: unknown },
): void {
  const id = values[0] as string;
  if (kind === 'artists') {
    indexes.artistIds!.add(id, rank);
  } else if (kind === 'albums') {
    indexes.albumIds!.add(id, rank);
    if (values[4] !== null) indexes.upcs!.add(values[4] as string, rank);
    for (const artist of values[3] as string[]) indexes.artistAlbums!.add(artist, rank);
  } else {
    indexes.trackIds!.add(id, rank);
    const recording = values[1] as string | null;
    if (recording !== null && recording !== id) indexes.recordings!.add(recording, rank);
    const album = values[5] as string | null;
    // Tracks of an album and of one popularity stand side by side: the first leads to the others.
    if (album !== null && album !== lastAlbum) indexes.albumTracks!.add(album, rank);
    for (const isrc of values[10] as string[]) indexes.isrcs!.add(isrc, rank);
  }
}

function startStatistics(disk: Disk, temporary: string, kind: RowKind) {
  disk.unlink(temporary);
  const durable = startDurable(disk, temporary);
  const writer = createParquetWriter(statisticsFields(kind), (bytes) => durable.write(bytes));
  return {
    add: (cells: readonly unknown[]) => writer.add(cells),
    finish(final: string) {
      writer.finish();
      durable.commit(final, { replace: true });
    },
    abort: () => abortQuietly(durable),
  };
}
