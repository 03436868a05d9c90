/** Rows of a kind out of row files, as the values that they were made from. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { openRowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import { fieldOf, rowsOf } from '../catalogue/snapshot-rows.ts';
import { columnsOf, type RowKind } from './row-kinds.ts';

/** Rows that were written. */
export interface WrittenRows extends Disposable {
  readonly rows: number;
  /** The values of the row of this rank, in the order of the columns of its kind. */
  values(rank: number): unknown[];
}

/**
 * The rows of `kind` in the row file below `own`; those of the kinds before, whose names they have, are below `set`. Memory: all
 * artists, 45 bytes each.
 */
export function openWrittenRows(
  disk: Disk,
  kind: RowKind,
  { set, own = set }: { readonly set: string; readonly own?: string },
): WrittenRows {
  using opened = new DisposableStack();
  const cache = startPageCache(1);
  const open = (table: RowKind) =>
    opened.use(
      openRowFile(disk, path.join(table === kind ? own : set, ROW_FILES[table]), { table, cache }),
    );
  const artists = open('artists');
  // Rows of later kinds are not asked for.
  const albums = kind === 'artists' ? artists : open('albums');
  const tracks = kind === 'tracks' ? open('tracks') : albums;
  const files = { tracks, albums, artists };
  const rows = rowsOf(files).gathered();
  const fields = columnsOf(kind).map(fieldOf);
  const held = opened.move();
  return {
    rows: files[kind].rows,
    values(rank) {
      const row = rows.row(kind, rank) as unknown as Record<string, unknown>;
      return fields.map((field) => row[field]);
    },
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}
