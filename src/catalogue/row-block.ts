/**
 * A block of rows column by column: rows in, bytes out and back, a column at a time. Pure, so that any thread may do it.
 * Layout: docs/formats/catalogue-files.md.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import { BlockError, startBlockReader, startBlockWriter } from './block-bytes.ts';
import type { TextSink } from './text-column.ts';
import { openBlockTexts } from './text-reader.ts';
import { startRoom } from './used-again.ts';
import { CODECS, type ReadColumn } from './value-columns.ts';

/** Rows of a block: of 64 to 512 tried, the size from which on larger ones save little. */
export const BLOCK_ROWS = 256;
/** Of levels 1, 3, 6: 6 saves another 2 % and takes twice the time. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** Columns in order: their names and kinds. */
export type Kinds = readonly (readonly [name: string, kind: keyof typeof CODECS])[];

/**
 * The tables that row files hold, with their columns in order. `artist` of tracks and albums is the credit with a mark in
 * the place of each artist's own name; `as_album` says that album, date and label are those of the album, and not kept again.
 */
export const ROW_TABLES = {
  tracks: [
    ['id', 'id'],
    ['recording_id', 'id'],
    ['title', 'text'],
    ['artist', 'text'],
    ['artist_ids', 'references'],
    ['album_id', 'reference'],
    ['album', 'text'],
    ['disc_number', 'number'],
    ['track_number', 'number'],
    ['duration_ms', 'number'],
    ['isrcs', 'isrcs'],
    ['release_date', 'date'],
    ['explicit', 'flag'],
    ['popularity', 'number'],
    ['listens', 'number'],
    ['listeners', 'number'],
    ['label', 'text'],
    ['genres', 'texts'],
    ['licence', 'text'],
    ['as_album', 'flag'],
  ],
  albums: [
    ['id', 'id'],
    ['title', 'text'],
    ['artist', 'text'],
    ['artist_ids', 'references'],
    ['upc', 'upc'],
    ['release_date', 'date'],
    ['type', 'text'],
    ['label', 'text'],
    ['track_count', 'number'],
    ['popularity', 'number'],
    ['markets', 'texts'],
    ['language', 'text'],
  ],
  artists: [
    ['id', 'id'],
    ['name', 'text'],
    ['sort_name', 'text'],
    ['followers', 'number'],
    ['popularity', 'number'],
    ['genres', 'texts'],
    ['place', 'text'],
  ],
  links: [
    ['id', 'id'],
    ['kind', 'text'],
    ['url', 'text'],
  ],
  redirects: [
    ['from', 'id'],
    ['to', 'id'],
  ],
} as const satisfies Record<string, Kinds>;

/** A table that row files hold. */
export type RowTable = keyof typeof ROW_TABLES;

/** The numbers of the columns of each table by name. */
export const ROW_COLUMNS = {
  tracks: numbered('tracks'),
  albums: numbered('albums'),
  artists: numbered('artists'),
} as const;

function numbered<Table extends RowTable>(table: Table) {
  const entries = ROW_TABLES[table].map(([name], number) => [name, number]);
  return Object.fromEntries(entries) as {
    readonly [Name in (typeof ROW_TABLES)[Table][number][0]]: number;
  };
}

/** The bytes of a block of `rows`, each its values in the order of the columns of `table`. */
export function encodeRowBlock(table: RowTable, rows: readonly (readonly unknown[])[]): Uint8Array {
  const head = startBlockWriter();
  head.varint(rows.length);
  const texts: TextSink = [];
  const columns = startBlockWriter();
  let end = 0;
  for (const [index, [, kind]] of ROW_TABLES[table].entries()) {
    const before = texts.length;
    CODECS[kind].put(
      columns,
      texts,
      rows.map((row) => row[index]),
    );
    let units = 0;
    for (let at = before; at < texts.length; at += 1) units += texts[at]!.length;
    const { length } = columns.taken();
    head.varint(length - end);
    head.varint(units);
    end = length;
  }
  head.bytes(columns.taken());
  const text = Buffer.from(texts.join(''));
  head.varint(text.length);
  if (text.length > 0) head.bytes(zstdCompressSync(text, LEVEL));
  return head.taken();
}

/** A block that was read. A value is made when it is asked for, and nothing of the rows beside it. */
export interface RowBlock {
  readonly rows: number;
  /** The value of `row` in the column of this number. `BlockError`. */
  value(column: number, row: number): unknown;
}

/** The block of the columns `kinds` in `bytes`, which must stay as they are, as must its texts in `room`; any further column is null. `BlockError`. */
export function openRowBlock(kinds: Kinds, bytes: Uint8Array, room = startRoom()): RowBlock {
  const reader = startBlockReader(bytes);
  const rows = reader.varint();
  if (rows === 0 || rows > BLOCK_ROWS) throw new BlockError(`${rows} rows`);
  const sizes = kinds.map(() => ({ bytes: reader.varint(), units: reader.varint() }));
  const froms = sizes.map((size) => reader.skip(size.bytes));
  const textBytes = reader.varint();
  const units = sizes.reduce((sum, size) => sum + size.units, 0);
  const texts = openBlockTexts(bytes.subarray(reader.skip(0)), { textBytes, units, room });
  const columns: (ReadColumn | undefined)[] = [];
  const open = (number: number): ReadColumn => {
    const own = startBlockReader(bytes, froms[number]!, froms[number]! + sizes[number]!.bytes);
    let from = 0;
    for (let at = 0; at < number; at += 1) from += sizes[at]!.units;
    const source = texts.source(from, from + sizes[number]!.units);
    const column = CODECS[kinds[number]![1]].take(own, source, rows);
    own.end();
    return column;
  };
  return {
    rows,
    value(number, row) {
      if (number >= kinds.length) return null;
      const column = columns[number] ?? open(number);
      columns[number] = column;
      return column(row);
    },
  };
}
