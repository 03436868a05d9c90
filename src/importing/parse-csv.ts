/**
 * CSV as RFC 4180 has it, and as people write it: a quote inside a cell that does not begin with one is a character. A row
 * that breaks the rules costs itself alone: reading goes on at the line behind the one it began on.
 */
import assert from 'node:assert/strict';
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
  const rows = createRowReader(options.delimiter, {
    give,
    refuse: (line, column, why) => sink.refused(line, column, why),
  });
  const lines = createLineParser({
    line: rows.accept,
    refusedLine(number, why) {
      rows.end();
      sink.refused(number, 1, why);
    },
  });
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end();
      rows.end();
    },
  };
}

interface RowSink {
  give(cells: string[], line: number): void;
  refuse(line: number, column: number, why: string): void;
}

interface RowReader {
  accept(text: string, line: number): void;
  /** No line follows, or none that a row could go on with: those whose quote is still open are none. */
  end(): void;
}

/** A line that is, or was, of a row whose quote is open. */
interface HeldLine {
  readonly text: string;
  /** Of all lines held so far, to the end of this one: their units, and the cells that they begin behind an open quote. */
  readonly units: number;
  readonly cells: number;
}

/**
 * Puts lines together to rows. When a row is given up, reading goes on at the line behind its first one. What a line does
 * behind an open quote does not depend on the lines before it, so what was read so is not read again: each line is read once
 * behind others and once as the first of a row, however many rows are given up.
 */
function createRowReader(delimiter: string, sink: RowSink): RowReader {
  let held: HeldLine[] = [];
  /** Where the row that is open begins, and its line there. Nothing is open behind the end. */
  let first = 0;
  let openAt = 0;
  /** Cells begun in the first line of the row. */
  let firstCells = 0;
  const isOpen = () => first < held.length;
  const hold = (text: string, cells: number) => {
    const before = held.at(-1) ?? { units: 0, cells: 0 };
    held.push({ text, units: before.units + text.length + 1, cells: before.cells + cells });
  };
  /** Reads a line as the first of a row; true when its quote stays open. */
  const begin = (text: string, line: number): boolean => {
    firstCells = beginRow(text, line, delimiter, sink);
    return firstCells > 0;
  };
  /** The open row is none; the next one of the lines held whose quote stays open is in its place, if there is one. */
  const giveUp = () => {
    sink.refuse(openAt, 1, 'a quote without its end');
    do {
      first += 1;
      openAt += 1;
    } while (isOpen() && !begin(held[first]!.text, openAt));
  };
  /** Looks at the open row once the last line is read; `end` is how that one ends behind an open quote. */
  const settle = (end: RowEnd) => {
    while (isOpen()) {
      const [from, to] = [held[first]!, held.at(-1)!];
      const isBad = end === 'bad' && from !== to;
      if (isBad || firstCells + to.cells - from.cells > MOST_COLUMNS) giveUp();
      else if (end === 'closed' && from !== to) {
        const lines = held.slice(first).map(({ text }) => text);
        const row = parseRow(lines.join('\n'), delimiter);
        assert(Array.isArray(row), 'a row is closed by its last line');
        sink.give(row, openAt);
        first = held.length;
      } else if (held.length - first >= MOST_ROW_LINES || unitsOf(from, to) >= MOST_ROW_UNITS)
        giveUp();
      else return;
    }
  };
  return {
    accept(text, line) {
      // No more is kept of what is over than of what is open.
      if (first > held.length - first) {
        held = held.slice(first);
        first = 0;
      }
      if (!isOpen()) {
        if (!begin(text, line)) return;
        openAt = line;
        hold(text, 0);
        settle('open');
      } else if (text.includes(QUOTE)) {
        const row = parseRow(QUOTE + text, delimiter);
        const isClosed = Array.isArray(row);
        hold(text, (isClosed ? row.length : row.begun) - 1);
        settle(isClosed ? 'closed' : row.end);
      } else {
        hold(text, 0);
        settle('open');
      }
    },
    end() {
      while (isOpen()) giveUp();
    },
  };
}

/** The units of a row from its first line to its last one. */
function unitsOf(from: HeldLine, to: HeldLine): number {
  return to.units - from.units + from.text.length + 1;
}

/** Reads a line as the first of a row: how many cells it begins when its quote stays open, 0 when the row is told. */
function beginRow(text: string, line: number, delimiter: string, sink: RowSink): number {
  if (text === '') return 0;
  const row = text.includes(QUOTE) ? parseRow(text, delimiter) : text.split(delimiter);
  if (!Array.isArray(row)) {
    if (row.end === 'open') return row.begun;
    if (row.end === 'many') sink.refuse(line, 1, 'too many cells');
    else sink.refuse(line, row.at + 1, 'text behind the closing quote of a cell');
  } else if (row.length > MOST_COLUMNS) sink.refuse(line, 1, 'too many cells');
  else sink.give(row, line);
  return 0;
}

/** How a line ends: with its row, inside a cell in quotes, with what must not stand there, or with too many cells. */
type RowEnd = 'closed' | Unfinished['end'];

/** What is no row, or none yet. */
interface Unfinished {
  readonly end: 'open' | 'bad' | 'many';
  /** Where the cell begins that is open, or what must not stand there. */
  readonly at: number;
  /** Cells begun. */
  readonly begun: number;
}

/** The cells of a row. */
function parseRow(text: string, delimiter: string): string[] | Unfinished {
  const cells: string[] = [];
  for (let at = 0; ; ) {
    const begun = cells.length + 1;
    if (begun > MOST_COLUMNS) return { end: 'many', at, begun };
    if (text[at] === QUOTE) {
      const end = closingQuote(text, at + 1);
      if (end < 0) return { end: 'open', at, begun };
      cells.push(text.slice(at + 1, end).replaceAll('""', QUOTE));
      if (end + 1 === text.length) return cells;
      if (text[end + 1] !== delimiter) return { end: 'bad', at: end + 1, begun };
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
