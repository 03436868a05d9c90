/**
 * CSV as RFC 4180 has it, and as people write it: a quote inside a cell that does not begin with one is a character. A row
 * that breaks the rules costs itself alone: reading goes on at the line behind the one it began on.
 */
import { createLineParser, type Parser } from './parse-lines.ts';
import type { RecordSink } from './record-sink.ts';

/** How a file is written. */
export interface CsvOptions {
  readonly delimiter: string;
  /** The columns where the file has no header line. */
  readonly names: readonly string[] | undefined;
}

/** A cell with line ends in it reaches no further; behind that, a quote was left open. */
const MOST_ROW_LINES = 2000;
const MOST_ROW_UNITS = 1024 * 1024;
const MOST_COLUMNS = 4096;
const QUOTE = '"';

/** A parser of CSV. A row with fewer or more cells than the header has is refused. */
export function createCsvParser(options: CsvOptions, sink: RecordSink): Parser {
  let width = options.names?.length;
  if (options.names) sink.header(options.names);
  const give = (cells: string[], line: number) => {
    if (width === undefined) {
      width = cells.length;
      sink.header(cells);
    } else if (cells.length === width) sink.record(cells, line);
    else sink.refused(line, 1, `${cells.length} cells where the header has ${width}`);
  };
  const rows = createRowReader(options.delimiter, give, (line, column, why) =>
    sink.refused(line, column, why),
  );
  const lines = createLineParser({
    line: rows.accept,
    refusedLine(number, why) {
      rows.giveUp();
      sink.refused(number, 1, why);
    },
  });
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end();
      while (rows.giveUp());
    },
  };
}

interface RowReader {
  accept(text: string, line: number): void;
  /** The row whose quote is still open is none, and what is behind its first line is read again; false without such a row. */
  giveUp(): boolean;
}

/** Puts lines together to rows. */
function createRowReader(
  delimiter: string,
  give: (cells: string[], line: number) => void,
  refuse: (line: number, column: number, why: string) => void,
): RowReader {
  /** Lines of a row whose quote is still open. */
  let open: string[] = [];
  let openUnits = 0;
  let openAt = 0;
  const close = (): string[] => {
    const closed = open;
    open = [];
    openUnits = 0;
    return closed;
  };
  const giveUp = (): boolean => {
    const [first, ...again] = close();
    if (first === undefined) return false;
    const line = openAt;
    refuse(line, 1, 'a quote without its end');
    for (const [index, text] of again.entries()) accept(text, line + 1 + index);
    return true;
  };
  const accept = (text: string, line: number): void => {
    if (open.length === 0) {
      if (text === '') return;
      if (!text.includes(QUOTE)) {
        const cells = text.split(delimiter);
        if (cells.length > MOST_COLUMNS) refuse(line, 1, 'too many cells');
        else give(cells, line);
        return;
      }
      openAt = line;
    }
    open.push(text);
    openUnits += text.length + 1;
    const isTooLong = open.length >= MOST_ROW_LINES || openUnits >= MOST_ROW_UNITS;
    // Only a quote can close what is open.
    if (open.length > 1 && !text.includes(QUOTE) && !isTooLong) return;
    const row = parseRow(open.join('\n'), delimiter);
    if (typeof row === 'object') {
      close();
      give(row, openAt);
    } else if (row === 'open' ? isTooLong : open.length > 1) giveUp();
    else if (row !== 'open') {
      close();
      refuse(line, row, 'text behind the closing quote of a cell');
    }
  };
  return { accept, giveUp };
}

/** The cells of a row; `open` when a quoted cell has no end; the column, from 1, of what must not stand there. */
function parseRow(text: string, delimiter: string): string[] | 'open' | number {
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (cells.length >= MOST_COLUMNS) return at + 1;
    if (text[at] === QUOTE) {
      const end = closingQuote(text, at + 1);
      if (end < 0) return 'open';
      cells.push(text.slice(at + 1, end).replaceAll('""', QUOTE));
      if (end + 1 === text.length) return cells;
      if (text[end + 1] !== delimiter) return end + 2;
      at = end + 2;
    } else {
      const end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
    }
  }
}

/** Where the quote stands that ends the cell begun before `from`, or -1. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf(QUOTE, from); at >= 0; at = text.indexOf(QUOTE, at + 2))
    if (text[at + 1] !== QUOTE) return at;
  return -1;
}
