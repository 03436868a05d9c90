/**
 * Tables as spreadsheets save them: CSV by RFC 4180 with comma, semicolon or tab, in UTF-8 or UTF-16.
 *
 * Input: the bytes of a whole file. Output: the header and the rows, each with its line number; what cannot be read
 * as a row is told and the rest goes on.
 */
import { parse } from 'csv-parse/sync';
import { messageOf } from '../base/errors.ts';

/** Largest table: a row for each of a million files fits. */
export const MAX_TABLE_BYTES = 100e6;
/** Most columns: a spreadsheet made by hand has dozens. */
export const MAX_TABLE_COLUMNS = 1000;
/** Longest cell in bytes of UTF-8: a long attribution fits, a file taken for a table does not. */
export const MAX_CELL_BYTES = 64 * 1024;
/** Longest record that spans lines, in characters; beyond it a quote was never closed. */
const MAX_RECORD_CHARS = 2 * MAX_CELL_BYTES;

const DELIMITERS = [',', ';', '\t'] as const;

/** One row of a table. */
export interface CsvRow {
  /** The line it starts on, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table as read. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  /** What is no row: the line it starts on and why. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/** The table in `bytes`, or the reason why there is none. Rows come in the order of the file; blank lines are no rows. */
export function readCsvTable(bytes: Uint8Array): CsvTable | { readonly reason: string } {
  if (bytes.length > MAX_TABLE_BYTES)
    return { reason: `${bytes.length} bytes; at most ${MAX_TABLE_BYTES} are read` };
  const { text, isSound } = decode(bytes);
  const start = text.split('\n', 1)[0]!;
  if (start.length > MAX_RECORD_CHARS)
    return { reason: `a first line of ${start.length} characters` };
  const delimiter = delimiterOf(start);
  const columns = start.split(delimiter).length;
  if (columns > MAX_TABLE_COLUMNS)
    return { reason: `${columns} columns; at most ${MAX_TABLE_COLUMNS} are read` };
  const refused: { line: number; reason: string }[] = [];
  const rows: CsvRow[] = [];
  let header: readonly string[] | undefined;
  for (const record of recordsOf(text, delimiter)) {
    if ('reason' in record) refused.push(record);
    else if (header === undefined) header = record.cells.map((cell) => cell.trim());
    else {
      const reason = rowReason(record.cells, header.length, isSound);
      if (reason) refused.push({ line: record.line, reason });
      else rows.push(record);
    }
  }
  return header ? { header, rows, refused } : { reason: 'no header line' };
}

/** Why `cells` are no row of a table with `width` columns, or undefined when they are. */
function rowReason(cells: readonly string[], width: number, isSound: boolean): string | undefined {
  const extra = cells.slice(width).filter((cell) => cell.trim() !== '').length;
  if (extra > 0) return `${cells.length} cells under ${width} columns`;
  if (cells.some((cell) => cell.includes('\0'))) return 'a NUL';
  if (!isSound && cells.some((cell) => cell.includes('\ufffd'))) return 'bytes that are no UTF-8';
  const long = cells.find((cell) => Buffer.byteLength(cell) > MAX_CELL_BYTES);
  return long === undefined ? undefined : `a cell longer than ${MAX_CELL_BYTES} bytes`;
}

/** UTF-16 is what spreadsheets call Unicode text; it is known by its mark. */
function decode(bytes: Uint8Array): { text: string; isSound: boolean } {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const label = utf16 ? 'utf-16le' : 'utf-8';
  const text = new TextDecoder(label).decode(bytes);
  const isSound = utf16 ? text.isWellFormed() : Buffer.from(bytes).equals(encode(text, bytes));
  return { text: text.includes('\n') ? text : text.replaceAll('\r', '\n'), isSound };
}

/** `text` in UTF-8, with the mark that decoding took away from `bytes`. */
function encode(text: string, bytes: Uint8Array): Buffer {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return Buffer.from(hasMark ? `\ufeff${text}` : text);
}

/** The delimiter that stands most often in the header, outside quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/**
 * Lines are gathered until their quotes pair up. When they never do, the first of them is read alone: a stray quote
 * costs at most its own line.
 */
function* recordsOf(
  text: string,
  delimiter: string,
): Generator<CsvRow | { line: number; reason: string }> {
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const first = lineEnd(text, at);
    let end = first;
    let lines = 1;
    let open = oddQuotes(text.slice(at, end));
    while (open && end < text.length && end - at <= MAX_RECORD_CHARS) {
      const next = lineEnd(text, end);
      if (oddQuotes(text.slice(end, next))) open = false;
      end = next;
      lines += 1;
    }
    if (open) {
      end = first;
      lines = 1;
    }
    yield* parseLines(text.slice(at, end), line + 1, delimiter);
    at = end;
    line += lines;
  }
}

function* parseLines(
  text: string,
  line: number,
  delimiter: string,
): Generator<CsvRow | { line: number; reason: string }> {
  const chunk = text.replaceAll('\r\n', '\n').replace(/[\r\n]+$/, '');
  if (chunk.trim() === '') return;
  if (!chunk.includes('"')) {
    const cells = chunk.split(delimiter);
    if (!isBlank(cells)) yield { line, cells };
    return;
  }
  try {
    let from = line;
    for (const { record, info } of parse(chunk, {
      delimiter,
      info: true,
      relax_quotes: true,
      relax_column_count: true,
      record_delimiter: '\n',
      max_record_size: MAX_RECORD_CHARS,
    }) as unknown as { record: string[]; info: { lines: number } }[]) {
      if (!isBlank(record)) yield { line: from, cells: record };
      from = line + info.lines;
    }
  } catch (error) {
    yield { line, reason: messageOf(error) };
  }
}

/** Whether a row says nothing: spreadsheets save empty rows as delimiters alone. */
function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** The position after the line that starts at `at`. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function oddQuotes(line: string): boolean {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count += 1;
  return count % 2 === 1;
}
