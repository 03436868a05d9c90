/** The three kinds of rows of a snapshot as SQL: their columns, and the order that makes their ranks. */
import { type ColumnKind, importColumns } from '../model/import-columns.ts';

/** Rows with ranks of their own. */
export type RowKind = 'tracks' | 'albums' | 'artists';
/** All kinds, in the order they are written: a track names the ranks of its album and artist. */
export const ROW_KINDS: readonly RowKind[] = ['artists', 'albums', 'tracks'];

/** Stands behind every id: ids begin with a letter or digit. */
const LAST_TEXT = '\u{10FFFF}';

/** The columns of `kind` by name, in the order they stand in an import and in a row file. */
export function columnsOf(kind: RowKind): string[] {
  return importColumns(kind).map(({ name }) => name);
}

/** The columns of `kind` that are lists. */
export function listColumnsOf(kind: RowKind): string[] {
  return columnsThatAre(kind, 'texts');
}

/** The columns of `kind` that are one text. */
export function textColumnsOf(kind: RowKind): string[] {
  return columnsThatAre(kind, 'text');
}

function columnsThatAre(kind: RowKind, wanted: ColumnKind): string[] {
  return importColumns(kind)
    .filter((column) => column.kind === wanted)
    .map(({ name }) => name);
}

/** What rows are sorted by after popularity and before their id. */
function groupColumn(kind: RowKind): string {
  return kind === 'tracks' ? 'album_id' : 'id';
}

/** ORDER BY of the ranks: popularity from the highest, unknown last, then album, then id, by bytes. */
export function rankOrder(kind: RowKind): string {
  return `popularity DESC NULLS LAST, ${groupColumn(kind)} NULLS LAST, id`;
}

/** A place in the order of ranks: rows from it on belong to the next range. */
export interface Boundary {
  readonly popularity: number;
  readonly group: string;
}

/** The popularity (`p`) and group (`g`) of a row as they stand in a boundary. */
export function boundaryColumns(kind: RowKind): string {
  return `coalesce(popularity, -1) AS p, coalesce(${groupColumn(kind)}, '${LAST_TEXT}') AS g`;
}

/** The number of the range that a row with its `boundaryColumns` lies in, by `boundaries` in order: a comparison for each bit of it. */
export function rangeOf(boundaries: readonly Boundary[], first = 0): string {
  if (boundaries.length === 0) return String(first);
  const middle = Math.floor(boundaries.length / 2);
  const { popularity, group } = boundaries[middle]!;
  const before = rangeOf(boundaries.slice(0, middle), first);
  const behind = rangeOf(boundaries.slice(middle + 1), first + middle + 1);
  const text = `'${group.replaceAll("'", "''")}'`;
  return `(CASE WHEN p > ${popularity} OR (p = ${popularity} AND g < ${text}) THEN ${before} ELSE ${behind} END)`;
}
