/**
 * Rows of one kind that follow one another as the bytes they become in all files of the kind. A piece knows no place in
 * them, so that any thread may make one; `kind-writers.ts` puts pieces behind one another.
 */

import { joinBytes } from '../base/join-bytes.ts';
import { type KeyPairs, startKeyPairs } from '../catalogue/hash-index.ts';
import { type RowBlocks, startRowBlocks } from '../catalogue/row-file.ts';
import type { SearchPiece } from '../catalogue/search-documents.ts';
import { PIECE_DOCUMENTS, startSearchPieces } from '../catalogue/search-piece.ts';
import type { INDEX_FILES } from '../catalogue/snapshot-files.ts';
import type { ColumnPages } from '../formats/parquet-column.ts';
import { createParquetGroup } from '../formats/parquet-writer.ts';
import { ALBUM_WORDS, albumHasher } from './known-albums.ts';
import { openRows, type SharedRows } from './known-rows.ts';
import { rowUnpacker } from './range-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';
import { searchBatch } from './search-batch.ts';
import { statisticsFields } from './statistics.ts';
import { statisticsCells } from './statistics-cells.ts';
import { storedRow } from './stored-rows.ts';

/** Rows of a piece, but for the last: one row group of the statistics, and a whole number of row blocks. */
export const PIECE_ROWS = PIECE_DOCUMENTS;

/** A hash index of a snapshot. */
export type IndexName = keyof typeof INDEX_FILES;

/** The hash indexes of each kind. */
export const INDEXES_OF: Readonly<Record<RowKind, readonly IndexName[]>> = {
  tracks: ['trackIds', 'isrcs', 'recordings', 'albumTracks'],
  albums: ['albumIds', 'upcs', 'artistAlbums'],
  artists: ['artistIds'],
};

/** What rows become. */
export interface RowPiece {
  readonly rows: number;
  readonly blocks: RowBlocks;
  readonly statistics: readonly ColumnPages[];
  readonly keys: { readonly [Name in IndexName]?: KeyPairs };
  /** Of tracks: the albums of the first and the last row. The first key of `albumTracks` is of the first. */
  readonly firstAlbum: string | null;
  readonly lastAlbum: string | null;
  /** Of albums: what tracks need of each (`known-albums.ts`). */
  readonly albums: Uint32Array<ArrayBuffer>;
  readonly search: SearchPiece;
}

/** A piece being made. */
export interface PieceMaker {
  /** Takes the rows of a text (`row-texts.ts`). */
  add(text: Uint8Array<ArrayBuffer>): void;
  /** The piece of what came since the last; at most `PIECE_ROWS`. */
  take(): RowPiece;
}

/** Nothing of a piece of `kind`. Memory: 60 MB, and 200 bytes a row of the piece. */
export function startPieces(kind: RowKind, shared: SharedRows): PieceMaker {
  const known = openRows(shared);
  const unpack = rowUnpacker(kind);
  const blocks = startRowBlocks(kind);
  const statistics = createParquetGroup(statisticsFields(kind));
  const search = startSearchPieces(kind);
  const keys = INDEXES_OF[kind].map((name) => [name, startKeyPairs()] as const);
  const indexes: Indexes = Object.fromEntries(keys);
  const hash = albumHasher(shared.key);
  const albums = new Uint32Array(kind === 'albums' ? PIECE_ROWS * ALBUM_WORDS : 0);
  let rows = 0;
  let firstAlbum: string | null = null;
  let lastAlbum: string | null = null;
  return {
    add(text) {
      const given = unpack(text);
      for (const row of given) {
        const { stored, artist, album } = storedRow(kind, row.values, known);
        blocks.add(stored);
        statistics.add(statisticsCells(kind, row, { artist, album }));
        addKeys(kind, row, { number: rows, indexes, lastAlbum });
        if (kind === 'tracks') lastAlbum = row.values[5] as string | null;
        if (kind === 'albums') hashAlbum(hash, row, albums, rows);
        if (rows === 0) firstAlbum = lastAlbum;
        rows += 1;
      }
      search.add(searchBatch(kind, given), 0, given.length);
    },
    take() {
      const taken = {
        ...{ rows, firstAlbum, lastAlbum },
        blocks: blocks.take(),
        statistics: statistics.take().map((column) => ({
          ...column,
          pages: [joinBytes(column.pages)],
        })),
        keys: Object.fromEntries(keys.map(([name, pairs]) => [name, pairs.take()])),
        albums: albums.slice(0, rows * ALBUM_WORDS),
        search: search.take(),
      };
      [rows, firstAlbum, lastAlbum] = [0, null, null];
      return taken;
    },
  };
}

function hashAlbum(
  hash: ReturnType<typeof albumHasher>,
  { values }: RankedRow,
  into: Uint32Array,
  row: number,
): void {
  const [id, title] = [values[0], values[1]] as string[];
  const [date, label] = [values[5], values[7]] as (string | null)[];
  hash(id!, { title: title!, date: date!, label: label! }, into, row * ALBUM_WORDS);
}

type Indexes = { readonly [Name in IndexName]?: ReturnType<typeof startKeyPairs> };

function addKeys(
  kind: RowKind,
  { values }: RankedRow,
  { number, indexes, lastAlbum }: { number: number; indexes: Indexes; lastAlbum: string | null },
): void {
  const id = values[0] as string;
  if (kind === 'artists') {
    indexes.artistIds!.add(id, number);
  } else if (kind === 'albums') {
    indexes.albumIds!.add(id, number);
    if (values[4] !== null) indexes.upcs!.add(values[4] as string, number);
    for (const artist of values[3] as string[]) indexes.artistAlbums!.add(artist, number);
  } else {
    indexes.trackIds!.add(id, number);
    const recording = values[1] as string | null;
    if (recording !== null && recording !== id) indexes.recordings!.add(recording, number);
    const album = values[5] as string | null;
    // Tracks of an album and of one popularity stand side by side: the first leads to the others.
    if (album !== null && album !== lastAlbum) indexes.albumTracks!.add(album, number);
    for (const isrc of values[10] as string[]) indexes.isrcs!.add(isrc, number);
  }
}
