/**
 * Writes a Parquet file: rows in, bytes out in order, so that it can go through any sink. Flat columns and lists of text,
 * all optional, zstd pages, no statistics; the same rows give the same bytes. Spec: parquet-format, README.md and
 * src/main/thrift/parquet.thrift.
 */
import {
  type ColumnPages,
  type ColumnSizes,
  createParquetColumn,
  type ParquetColumn,
} from './parquet-column.ts';
import { createDictionaryColumn } from './parquet-dictionary.ts';
import type { ParquetKind } from './parquet-values.ts';
import { i32, i64, list, struct, type ThriftValue, text, thriftStruct } from './thrift-compact.ts';

/** A column by name and kind. */
export interface ParquetField {
  readonly name: string;
  readonly kind: ParquetKind;
  /** Few different values, of which each is kept once: not of lists and flags, and not with `append`. */
  readonly isRepetitive?: boolean;
  /** Of a repetitive number that is given as a whole number of units: of how many units 1 is. */
  readonly units?: number | undefined;
}

/** A Parquet file being written. */
export interface ParquetWriter {
  readonly rows: number;
  /** Adds a row: a value or null for each field, in their order. */
  add(row: readonly unknown[]): void;
  /** Adds rows that were encoded elsewhere: the pages of each field (`createParquetColumn`), in their order. */
  append(rows: number, columns: readonly ColumnPages[]): void;
  /** Adds a group of rows that was encoded elsewhere (`createParquetGroup`), behind what came as groups alone. */
  appendGroup(rows: number, columns: readonly ColumnPages[]): void;
  /** Takes a group that the sink has already, as `appendGroup` gave it before: nothing is written. */
  passGroup(rows: number, columns: readonly ColumnSizes[]): void;
  /** Writes what is left and the footer; the writer is spent. */
  finish(): void;
}

/** The columns of one group of rows at a time, so that any thread may encode it. */
export interface ParquetGroup {
  /** Adds a row: a value or null for each field, in their order. */
  add(row: readonly unknown[]): void;
  /** The pages of each field; it is empty then. */
  take(): ColumnPages[];
}

/** A reader works on one group at a time: large enough for its columns to be read in one go, small enough to be held. */
const GROUP_ROWS = 122_880;
const MAGIC = Buffer.from('PAR1');
const LENGTH_BYTES = 4;

const PHYSICAL: Readonly<Record<ParquetKind, number>> = {
  flag: 0,
  whole: 2,
  number: 5,
  text: 6,
  texts: 6,
};
const REQUIRED = 0;
const OPTIONAL = 1;
const REPEATED = 2;
const CONVERTED_UTF8 = 0;
const CONVERTED_LIST = 3;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const CODEC_ZSTD = 6;

/** A group of no rows with `fields`. */
export function createParquetGroup(fields: readonly ParquetField[]): ParquetGroup {
  const columns = columnsOf(fields);
  return {
    add(row) {
      for (let index = 0; index < columns.length; index++) columns[index]!.add(row[index]);
    },
    take: () => columns.map((column) => column.take()),
  };
}

function columnsOf(fields: readonly ParquetField[]): ParquetColumn[] {
  return fields.map(({ kind, isRepetitive, units }) =>
    isRepetitive && kind !== 'texts' && kind !== 'flag'
      ? createDictionaryColumn(kind, units)
      : createParquetColumn(kind),
  );
}

/**
 * A writer of a file with `fields` whose bytes go to `write`, in order. Memory: the compressed pages of 122,880 rows. One that is
 * begun goes on where another one stood: the first bytes are there, and `passGroup` tells of the groups.
 */
export function createParquetWriter(
  fields: readonly ParquetField[],
  write: (bytes: Uint8Array) => void,
  { isBegun = false }: { readonly isBegun?: boolean } = {},
): ParquetWriter {
  const columns = columnsOf(fields);
  const groups: ThriftValue[] = [];
  let rows = 0;
  let groupRows = 0;
  let position = 0;
  const put = (bytes: Uint8Array) => {
    write(bytes);
    position += bytes.length;
  };
  if (isBegun) position = MAGIC.length;
  else put(MAGIC);
  const putGroup = (count: number, group: readonly ColumnPages[]) => {
    groups.push(groupOf(fields, count, group, position));
    for (const { pages } of group) for (const page of pages) put(page);
  };
  const endGroup = () => {
    if (groupRows === 0) return;
    const group = columns.map((column) => column.take());
    putGroup(groupRows, group);
    groupRows = 0;
  };
  return {
    get rows() {
      return rows;
    },
    add(row) {
      for (let index = 0; index < columns.length; index++) columns[index]!.add(row[index]);
      rows += 1;
      if (++groupRows >= GROUP_ROWS) endGroup();
    },
    append(count, pages) {
      for (let index = 0; index < columns.length; index++) columns[index]!.append(pages[index]!);
      rows += count;
      groupRows += count;
      if (groupRows >= GROUP_ROWS) endGroup();
    },
    appendGroup(count, group) {
      putGroup(count, group);
      rows += count;
    },
    passGroup(count, group) {
      groups.push(groupOf(fields, count, group, position));
      for (const { bytes } of group) position += bytes;
      rows += count;
    },
    finish() {
      endGroup();
      const footer = thriftStruct([
        [1, i32(1)],
        [2, list('struct', schemaOf(fields))],
        [3, i64(rows)],
        [4, list('struct', groups)],
        [6, text('fonoteca')],
      ]);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(footer.length);
      for (const part of [footer, length, MAGIC]) put(part);
    },
  };
}

/** The group of `count` rows whose columns begin at `position`, one behind the other. */
function groupOf(
  fields: readonly ParquetField[],
  count: number,
  columns: readonly ColumnSizes[],
  position: number,
): ThriftValue {
  let at = position;
  const chunks = columns.map((column, index) => {
    const chunk = columnChunk(fields[index]!, column, at);
    at += column.bytes;
    return chunk;
  });
  const plainBytes = columns.reduce((sum, column) => sum + column.plainBytes, 0);
  return struct([1, list('struct', chunks)], [2, i64(plainBytes)], [3, i64(count)]);
}

function columnChunk(field: ParquetField, taken: ColumnSizes, position: number): ThriftValue {
  const path = field.kind === 'texts' ? [field.name, 'list', 'element'] : [field.name];
  const { dictionaryBytes = 0 } = taken;
  const encodings = dictionaryBytes > 0 ? [PLAIN, RLE, RLE_DICTIONARY] : [PLAIN, RLE];
  const meta = struct(
    [1, i32(PHYSICAL[field.kind])],
    [2, list('i32', encodings.map(i32))],
    [3, list('text', path.map(text))],
    [4, i32(CODEC_ZSTD)],
    [5, i64(taken.values)],
    [6, i64(taken.plainBytes)],
    [7, i64(taken.bytes)],
    [9, i64(position + dictionaryBytes)],
    ...(dictionaryBytes > 0 ? [[11, i64(position)] as const] : []),
  );
  return struct([2, i64(position)], [3, meta]);
}

/** SchemaElements: the root, then each column; a list is the three levels that the specification asks for. */
function schemaOf(fields: readonly ParquetField[]): ThriftValue[] {
  const root = struct([4, text('schema')], [5, i32(fields.length)]);
  return [root, ...fields.flatMap(elementsOf)];
}

function elementsOf({ name, kind }: ParquetField): ThriftValue[] {
  if (kind === 'texts')
    return [
      struct([3, i32(OPTIONAL)], [4, text(name)], [5, i32(1)], [6, i32(CONVERTED_LIST)]),
      struct([3, i32(REPEATED)], [4, text('list')], [5, i32(1)]),
      struct(
        [1, i32(PHYSICAL.texts)],
        [3, i32(REQUIRED)],
        [4, text('element')],
        [6, i32(CONVERTED_UTF8)],
      ),
    ];
  const type = [1, i32(PHYSICAL[kind])] as const;
  const rest = [[3, i32(OPTIONAL)] as const, [4, text(name)] as const];
  return kind === 'text'
    ? [struct(type, ...rest, [6, i32(CONVERTED_UTF8)])]
    : [struct(type, ...rest)];
}
