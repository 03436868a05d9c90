/**
 * All files that rows of one kind become, from pieces in rank order: rows, hash indexes, statistics and search.
 * Memory: that of the search writer, 256 KiB a run of each hash index.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { PAIR_WORDS, startHashIndex } from '../catalogue/hash-index.ts';
import { startRowFile } from '../catalogue/row-file.ts';
import { INDEX_FILES, ROW_FILES, STATISTICS_FILES } from '../catalogue/snapshot-files.ts';
import { startPieceList } from './piece-list.ts';
import type { RowKind } from './row-kinds.ts';
import { INDEXES_OF, type RowPiece } from './row-piece.ts';
import { startSearchLane } from './search-lane.ts';
import { STATISTICS_PART, startStatistics } from './statistics-file.ts';

/** Where the files go and what their making needs. */
interface KindContext {
  readonly disk: Disk;
  /** The folder that becomes the snapshot. */
  readonly set: string;
  /** A folder of the same file system for unfinished files. */
  readonly temporary: string;
  /** About how many rows there are. */
  readonly expected: number;
  /** With more than one, the search index is finished in a thread of its own. */
  readonly threads: number;
}

/** The files of one kind being written. Ends with exactly one `finish` or `abort`; what was kept survives both, and a kill. */
export interface KindWriter {
  readonly rows: number;
  /** Adds the next rows. */
  append(piece: RowPiece): void;
  /** Makes the rows so far durable in the unfinished files, where `unfinished-rows.ts` finds them after a kill. */
  keep(): void;
  /** All files but those of search are there when it returns, these too when it resolves. */
  finish(): Promise<void>;
  abort(): Promise<void>;
}

/** Starts the files of `kind`. */
export function startKindWriter(kind: RowKind, context: KindContext): KindWriter {
  const { disk, set, temporary, expected, threads } = context;
  const at = (name: string) => path.join(temporary, name);
  ensureDirectory(disk, path.join(set, path.dirname(STATISTICS_FILES[kind])));
  const rows = startRowFile(disk, at(ROW_FILES[kind]), kind);
  const statistics = startStatistics(disk, at(STATISTICS_PART), kind);
  const pieces = startPieceList(disk, temporary);
  const search = startSearchLane(
    disk,
    { directory: set, temporary, group: kind },
    { rows: expected, threads },
  );
  const indexes = INDEXES_OF[kind].map((name) => ({
    name,
    index: startHashIndex(disk, at(INDEX_FILES[name]), expected),
  }));
  let lastAlbum: string | null = null;
  return {
    get rows() {
      return rows.rows;
    },
    append(piece) {
      const first = rows.rows;
      pieces.add(piece);
      rows.append(piece.blocks);
      statistics.appendGroup(piece.rows, piece.statistics);
      const isAlbumKnown = piece.firstAlbum !== null && piece.firstAlbum === lastAlbum;
      for (const { name, index } of indexes) {
        const pairs = piece.keys[name]!;
        const skipped = name === 'albumTracks' && isAlbumKnown ? PAIR_WORDS : 0;
        index.append(skipped > 0 ? pairs.subarray(skipped) : pairs, first);
      }
      lastAlbum = piece.lastAlbum;
      search.append(piece.search);
    },
    keep() {
      rows.sync();
      statistics.sync();
      pieces.sync();
      disk.syncDirectory(temporary);
    },
    finish() {
      pieces.end();
      const searched = search.finish();
      // It is awaited by the caller alone; until then nobody hears of its failure.
      searched.catch(() => undefined);
      rows.finish(path.join(set, ROW_FILES[kind]));
      statistics.finish(path.join(set, STATISTICS_FILES[kind]));
      for (const { name, index } of indexes) index.finish(path.join(set, INDEX_FILES[name]));
      return searched;
    },
    async abort() {
      pieces.end();
      for (const writer of [rows, statistics, ...indexes.map(({ index }) => index)]) writer.abort();
      await search.abort();
    },
  };
}
