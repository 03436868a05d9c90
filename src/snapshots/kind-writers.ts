/**
 * All files that rows of one kind become, from pieces in rank order: rows, hash indexes, statistics and search. Each is written
 * strictly forward, so that after a kill it is gone on with where it last was durable.
 * Memory: that of the search writer, 256 KiB a run of each hash index.
 */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import {
  continueHashIndex,
  type HashIndexWriter,
  PAIR_WORDS,
  startHashIndex,
} from '../catalogue/hash-index.ts';
import { continueRowFile, type RowFileWriter, startRowFile } from '../catalogue/row-file.ts';
import type { KeptSearch } from '../catalogue/search-spill.ts';
import { INDEX_FILES, ROW_FILES, STATISTICS_FILES } from '../catalogue/snapshot-files.ts';
import { continuePieceList, type PieceList, startPieceList } from './piece-list.ts';
import type { RowKind } from './row-kinds.ts';
import { INDEXES_OF, type IndexName, type RowPiece } from './row-piece.ts';
import { type SearchLane, startSearchLane } from './search-lane.ts';
import { continueStatistics, type StatisticsWriter, startStatistics } from './statistics-file.ts';

/** Where the files go and what their making needs. */
interface KindContext {
  readonly disk: Disk;
  /** The folder that becomes the snapshot. */
  readonly set: string;
  /** A folder of the same file system for unfinished files. */
  readonly temporary: string;
  /** About how many rows there are. The same when it is gone on with the files. */
  readonly expected: number;
  /** With more than one, the search index is finished in a thread of its own. */
  readonly threads: number;
}

/** The files of one kind being written. Ends with exactly one `finish` or `abort`. */
export interface KindWriter {
  readonly rows: number;
  /** Adds the next rows. */
  append(piece: RowPiece): void;
  /**
   * Makes the rows so far durable in the unfinished files, for `continueKindWriter`. The caller notes how many they are before it
   * goes on, and notes all of them before it finishes.
   */
  keep(): void;
  /** All files but those of search are there when it returns, these too when it resolves. */
  finish(): Promise<void>;
  /** As `SearchLane.hurry`. */
  hurry(): void;
  /** Gives up; what was kept stays. */
  abort(): Promise<void>;
}

/** Starts the files of `kind`, without what may lie there of them. */
export function startKindWriter(kind: RowKind, context: KindContext): KindWriter {
  const { disk, temporary, expected } = context;
  const at = placesOf(kind, context);
  removeTree(disk, temporary);
  ensureDirectory(disk, temporary);
  ensureDirectory(disk, path.dirname(at.statistics.final));
  for (const { final } of [at.rows, at.statistics, ...at.indexes]) disk.unlink(final);
  return writerOver(context, at, {
    ...{ done: 0, lastAlbum: null },
    rows: startRowFile(disk, at.rows.unfinished, kind),
    statistics: startStatistics(disk, at.statistics.unfinished, kind),
    indexes: at.indexes.map(({ unfinished }) => startHashIndex(disk, unfinished, expected)),
    pieces: startPieceList(disk, temporary),
    search: searchOf(kind, context, undefined),
  });
}

/** Goes on with the files of `kind` behind their first `done` rows, which were kept. Some or all may be finished, when these are all rows. */
export function continueKindWriter(kind: RowKind, context: KindContext, done: number): KindWriter {
  const { disk, temporary, expected } = context;
  const at = placesOf(kind, context);
  const { list, pieces } = continuePieceList(disk, temporary, done);
  const sizes = pieces.flatMap(({ blocks }) => blocks);
  const unlessThere = <Writer>({ final }: Place, open: () => Writer): Writer | undefined =>
    disk.stat(final) ? undefined : open();
  return writerOver(context, at, {
    ...{ done, lastAlbum: pieces.at(-1)?.lastAlbum ?? null, pieces: list },
    rows: unlessThere(at.rows, () =>
      continueRowFile(disk, at.rows.unfinished, kind, { rows: done, sizes }),
    ),
    statistics: unlessThere(at.statistics, () =>
      continueStatistics(disk, at.statistics.unfinished, kind, pieces),
    ),
    indexes: at.indexes.map((place, index) =>
      unlessThere(place, () => {
        const entries = pieces.reduce((sum, { keys }) => sum + keys[index]!, 0);
        return continueHashIndex(disk, place.unfinished, expected, { rows: done, entries });
      }),
    ),
    search: searchOf(kind, context, readKept(disk, temporary, done)),
  });
}

function searchOf(
  kind: RowKind,
  { disk, set, temporary, expected, threads }: KindContext,
  kept: KeptSearch | undefined,
): SearchLane {
  const options = { directory: set, temporary, group: kind };
  return startSearchLane(disk, options, { rows: expected, threads, kept });
}

/** A file under its last name, and where it lies before. */
interface Place {
  readonly final: string;
  readonly unfinished: string;
}

interface Places {
  readonly rows: Place;
  readonly statistics: Place;
  readonly indexes: readonly (Place & { readonly name: IndexName })[];
}

function placesOf(kind: RowKind, { set, temporary }: KindContext): Places {
  const place = (final: string, unfinished: string) => ({
    final: path.join(set, final),
    unfinished: path.join(temporary, unfinished),
  });
  return {
    rows: place(ROW_FILES[kind], ROW_FILES[kind]),
    statistics: place(STATISTICS_FILES[kind], 'statistics.part'),
    indexes: INDEXES_OF[kind].map((name) => ({
      name,
      ...place(INDEX_FILES[name], INDEX_FILES[name]),
    })),
  };
}

/** What the files are written with; where a writer is missing, its file is finished. */
interface Writers {
  /** Rows that are there already, and the album of the last of them. */
  readonly done: number;
  readonly lastAlbum: string | null;
  readonly rows: RowFileWriter | undefined;
  readonly statistics: StatisticsWriter | undefined;
  readonly indexes: readonly (HashIndexWriter | undefined)[];
  readonly pieces: PieceList;
  readonly search: SearchLane;
}

function writerOver({ disk, temporary }: KindContext, at: Places, writers: Writers): KindWriter {
  const { rows, statistics, indexes, pieces, search } = writers;
  let { done, lastAlbum } = writers;
  const files = [
    { writer: rows, place: at.rows },
    { writer: statistics, place: at.statistics },
    ...indexes.map((writer, number) => ({ writer, place: at.indexes[number]! })),
  ];
  return {
    get rows() {
      return done;
    },
    append(piece) {
      rows!.append(piece.blocks);
      statistics!.appendGroup(piece.rows, piece.statistics);
      const isAlbumKnown = piece.firstAlbum !== null && piece.firstAlbum === lastAlbum;
      const keys = at.indexes.map(({ name }, number) => {
        const pairs = piece.keys[name]!;
        const skipped = name === 'albumTracks' && isAlbumKnown ? PAIR_WORDS : 0;
        indexes[number]!.append(skipped > 0 ? pairs.subarray(skipped) : pairs, done);
        return (pairs.length - skipped) / PAIR_WORDS;
      });
      pieces.add(piece, keys);
      search.append(piece.search);
      lastAlbum = piece.lastAlbum;
      done += piece.rows;
    },
    keep() {
      for (const { writer } of files) writer?.sync();
      pieces.sync();
      putFile(disk, keptFile(temporary, done), JSON.stringify(search.keep()), { replace: true });
      disk.syncDirectory(temporary);
    },
    finish() {
      pieces.end();
      const searched = search.finish();
      // It is awaited by the caller alone; until then nobody hears of its failure.
      searched.catch(() => undefined);
      for (const { writer, place } of files) writer?.finish(place.final);
      return searched;
    },
    hurry: search.hurry,
    async abort() {
      pieces.end();
      for (const { writer } of files) writer?.abort();
      await search.abort();
    },
  };
}

function keptFile(temporary: string, rows: number): string {
  return path.join(temporary, `search-${rows}.json`);
}

function readKept(disk: Disk, temporary: string, rows: number): KeptSearch {
  // Our own file, renamed into place whole.
  return JSON.parse(readWhole(disk, keptFile(temporary, rows)).toString('utf8')) as KeptSearch;
}
