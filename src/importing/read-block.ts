/** A block of lines as rows of tables: read by the rules of its source, then encoded as pages of Parquet. In any thread. */
import { isUtf8 } from 'node:buffer';
import { joinBytes } from '../base/join-bytes.ts';
import {
  type BytesColumn,
  type ColumnPages,
  createParquetColumn,
  type ParquetColumn,
} from '../formats/parquet-column.ts';
import type { ParquetField } from '../formats/parquet-writer.ts';
import type {
  EncodedColumn,
  EncodedTable,
  LeftOut,
  LineBlock,
  LineSource,
  ReadBlock,
} from './block-orders.ts';
import type { ColumnValue } from './cells.ts';
import { compileInput, type InputContext, type InputSink } from './compile-input.ts';
import { createCopyParser } from './parse-copy.ts';
import { createJsonLinesParser } from './parse-json.ts';
import { compilePlainLines, type PlainLines, type PlainRows } from './plain-lines.ts';
import { NOT_PLAIN } from './plain-texts.ts';
import { type BlockRefusals, LISTED, type RefusalCode, SEEN_UNITS } from './quarantine.ts';
import type { RecordSink } from './record-sink.ts';
import { hashesOf, rowKey } from './seen-ids.ts';

const NEWLINE = 0x0a;

type Row = readonly ColumnValue[];

/** A block that was read. */
export interface BlockRows {
  readonly read: ReadBlock;
  /** Whether an id in it may have come before. */
  readonly hasKeys: boolean;
  /** Its rows as they go into their files, without those that are left out. */
  encode(leftOut: LeftOut): EncodedTable[];
}

/** The rows of one table while a block is read. */
interface Gathered {
  /** Those that nothing may leave out go into the columns at once, while they are at hand. */
  direct: number;
  pages: readonly ColumnPages[];
  /** Those that follow the first whose id may have come before. */
  readonly rows: Row[];
  readonly keys: number[];
  refused: number;
}

/** A reader of blocks by the rules of their sources. `MAPPING_COLUMN_MISSING` at the first block of a source. */
export function createBlockReader(
  context: InputContext,
  fields: (table: string) => readonly ParquetField[],
): (block: LineBlock) => BlockRows {
  const gatherer = createGatherer(fields);
  const compiled = new Map<number, CompiledSource>();
  const takerOf = ({ number, rule, names, format }: LineSource) =>
    kept(compiled, number, () => ({
      take: compileInput(rule, names, context, gatherer.sink),
      plain: format === 'jsonl' && !names ? compilePlainLines(rule, context) : undefined,
    }));
  return ({ source, isFirst, bytes }) => {
    const { take, plain } = takerOf(source);
    const counts = { taken: 0, passed: 0, refused: 0 };
    const { fileName, isNumbered } = source;
    /** Reads the lines of `part`, which begin behind line `before`; returns how many there are. */
    const readLines = (part: Buffer, before: number): number => {
      const lineOf = isNumbered ? numbersIn(part) : (line: number) => before + line;
      const records: RecordSink = {
        header() {},
        record(value, line) {
          gatherer.at(lineOf(line));
          if (take({ value, parent: undefined, place: '', fileName })) counts.taken += 1;
          else counts.passed += 1;
        },
        refused(line, column, seen) {
          counts.refused += 1;
          const code = 'IMPORT_RECORD_UNREADABLE';
          gatherer.refused({ code, line: lineOf(line), column, seen });
        },
      };
      const begins = isFirst && before === 0;
      const parser =
        source.format === 'copy'
          ? createCopyParser(source.names ?? [], records, begins)
          : createJsonLinesParser(source.names, records, begins);
      parser.push(part);
      return parser.end();
    };
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (plain === undefined || !isUtf8(whole)) {
      const lines = readLines(whole, 0);
      return gatherer.take({ lines, ...counts });
    }
    const { lines, plainLines } = readMixed(whole, plain, gatherer.plainRows, readLines);
    counts.taken += plainLines;
    return gatherer.take({ lines, ...counts });
  };
}

/** The lines of records that end with their places, by the lines of `part` that they are; also of those that are no JSON. */
function numbersIn(part: Buffer): (line: number) => number {
  const lines = part.toString('latin1').split('\n');
  return (line) => Number(/(\d+)"?\]$/.exec(lines[line - 1]!)?.[1]) + 1;
}

/** What is done with the lines of a source: all of them, and those that are plain. */
interface CompiledSource {
  readonly take: ReturnType<typeof compileInput>;
  readonly plain: PlainLines | undefined;
}

/** Reads plain lines the short way, and each stretch of others between them by `readLines`; returns how many there are. */
function readMixed(
  bytes: Buffer,
  plain: PlainLines,
  rows: PlainRows,
  readLines: (part: Buffer, before: number) => number,
): { lines: number; plainLines: number } {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  let lines = 0;
  let plainLines = 0;
  let stretch = 0;
  for (let at = 0; at < end; ) {
    const next = plain.read(bytes, at);
    if (next === NOT_PLAIN) {
      at = bytes.indexOf(NEWLINE, at) + 1;
      continue;
    }
    if (stretch < at) lines += readLines(bytes.subarray(stretch, at), lines);
    plain.give(rows);
    lines += 1;
    plainLines += 1;
    at = next;
    stretch = next;
  }
  if (stretch < bytes.length) lines += readLines(bytes.subarray(stretch), lines);
  return { lines, plainLines };
}

/** Gathers the rows of a block, table by table. */
function createGatherer(fields: (table: string) => readonly ParquetField[]) {
  const columns = new Map<string, readonly BytesColumn[]>();
  const columnsOf = (table: string) =>
    kept(columns, table, () => fields(table).map(({ kind }) => createParquetColumn(kind)));
  let gathered = new Map<string, Gathered>();
  let refusals = createRefusals();
  let line = 0;
  const of = (table: string) =>
    kept(gathered, table, () => ({ direct: 0, pages: [], rows: [], keys: [], refused: 0 }));
  const add = (table: string, own: Gathered, values: Row) => {
    if (own.rows.length > 0) own.rows.push(values);
    else {
      addRow(columnsOf(table), values);
      own.direct += 1;
    }
  };
  const sink: InputSink = {
    rows: {
      row(table, values, unique) {
        const own = of(table);
        if (unique) add(table, own, values);
        else {
          own.keys.push(own.direct + own.rows.length, ...hashesOf(rowKey(table, values)));
          own.rows.push(values);
        }
      },
      refusedRow(table, column, seen) {
        of(table).refused += 1;
        refusals.add({ code: 'IMPORT_ROW_REFUSED', line, column, table, seen });
      },
      refusedValue: (table, column, seen) =>
        refusals.add({ code: 'IMPORT_VALUE_REFUSED', line, column, table, seen }),
    },
    staged: (table, values) => add(table, of(table), values),
  };
  const plainRows: PlainRows = {
    columnsOf,
    added(table) {
      of(table).direct += 1;
    },
  };
  return {
    sink,
    plainRows,
    at(number: number) {
      line = number;
    },
    refused: (refusal: BlockRefusals['refusals'][number]) => refusals.add(refusal),
    take(counts: Pick<ReadBlock, 'lines' | 'taken' | 'passed' | 'refused'>): BlockRows {
      const mine = gathered;
      const tables = [...mine].map(([table, own]) => {
        if (own.direct > 0) own.pages = columnsOf(table).map((column) => column.take());
        const { direct, rows, refused } = own;
        return { table, rows: direct + rows.length, refused, keys: Uint32Array.from(own.keys) };
      });
      const read = { ...counts, tables, ...refusals.all() };
      [gathered, refusals] = [new Map<string, Gathered>(), createRefusals()];
      return {
        read,
        hasKeys: tables.some(({ keys }) => keys.length > 0),
        encode: (leftOut) =>
          [...mine].map(([table, own]) =>
            encodeTable(table, own, columnsOf(table), new Set(leftOut[table] ?? [])),
          ),
      };
    },
  };
}

function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function createRefusals() {
  const counts: Record<RefusalCode, number> = {
    IMPORT_RECORD_UNREADABLE: 0,
    IMPORT_ROW_REFUSED: 0,
    IMPORT_VALUE_REFUSED: 0,
  };
  const refusals: BlockRefusals['refusals'][number][] = [];
  return {
    add(refusal: BlockRefusals['refusals'][number]) {
      counts[refusal.code] += 1;
      if (counts[refusal.code] > LISTED) return;
      refusals.push({ ...refusal, seen: refusal.seen.slice(0, SEEN_UNITS) });
    },
    all: () => ({ refusalCounts: counts, refusals }),
  };
}

function addRow(columns: readonly ParquetColumn[], row: Row): void {
  for (let index = 0; index < columns.length; index++) columns[index]!.add(row[index]);
}

function encodeTable(
  table: string,
  { direct, pages, rows }: Gathered,
  columns: readonly ParquetColumn[],
  leftOut: ReadonlySet<number>,
): EncodedTable {
  if (rows.length > 0) {
    if (direct > 0) for (const [index, column] of columns.entries()) column.append(pages[index]!);
    rows.forEach((row, place) => {
      if (!leftOut.has(direct + place)) addRow(columns, row);
    });
  }
  const taken = rows.length > 0 ? columns.map((column) => column.take()) : pages;
  return { table, rows: direct + rows.length - leftOut.size, columns: taken.map(encoded) };
}

function encoded({ pages, values, plainBytes }: ColumnPages): EncodedColumn {
  return { bytes: joinBytes(pages), values, plainBytes };
}
