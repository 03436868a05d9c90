/**
 * Bytes to lines of text, within bounds: a line that is too long, is not UTF-8 or holds a NUL is told and passed over, and
 * the next one is read as if nothing had been.
 */
import { isUtf8 } from 'node:buffer';

/** Receives lines; they are numbered from 1. */
export interface LineSink {
  line(text: string, number: number): void;
  refusedLine(number: number, why: string): void;
}

/** A file being read. */
export interface Parser {
  push(bytes: Buffer): void;
  /** The file is over. */
  end(): void;
}

/** A file of lines being read. */
export interface LineParser extends Parser {
  /** The file is over: returns how many lines it had. */
  end(): number;
}

/** No row of a catalogue is longer; a line without end is no reason to run out of memory. */
export const MOST_LINE_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
const NUL = 0;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * A parser that gives `sink` every line without its end (LF or CRLF). Memory: one line at most, and the chunk given. A byte
 * order mark is cut off where what is given `isFirst` of its file.
 */
export function createLineParser(sink: LineSink, isFirst = true): LineParser {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let isTooLong = false;
  let number = 0;
  const carry = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    carriedBytes += bytes.length;
    isTooLong ||= carriedBytes > MOST_LINE_BYTES;
    // A copy, so that a line's end does not keep the chunk it came in.
    if (!isTooLong) carried.push(Buffer.from(bytes));
    else carried = [];
  };
  const take = (rest: Buffer): Buffer | undefined => {
    const whole = carried.length === 0 ? rest : Buffer.concat([...carried, rest]);
    const isLost = isTooLong;
    carried = [];
    carriedBytes = 0;
    isTooLong = false;
    return isLost ? undefined : whole;
  };
  const block = (bytes: Buffer) => {
    if (number === 0 && isFirst) number = giveLines(withoutMark(bytes), number, sink);
    else number = giveLines(bytes, number, sink);
  };
  return {
    push(bytes) {
      const last = bytes.lastIndexOf(NEWLINE);
      if (last < 0) {
        carry(bytes);
        return;
      }
      const first = carriedBytes === 0 ? last : bytes.indexOf(NEWLINE);
      const head = take(bytes.subarray(0, first));
      if (head === undefined) sink.refusedLine(++number, 'longer than a line may be');
      else block(head);
      if (first < last) block(bytes.subarray(first + 1, last));
      carry(bytes.subarray(last + 1));
    },
    end() {
      if (carriedBytes === 0) return number;
      const rest = take(Buffer.alloc(0));
      if (rest === undefined) sink.refusedLine(++number, 'longer than a line may be');
      else block(rest);
      return number;
    },
  };
}

/** Gives the lines in `bytes`, whose last one has no end; returns the number of the last. */
function giveLines(bytes: Buffer, before: number, sink: LineSink): number {
  let number = before;
  const isClean = isUtf8(bytes) && !bytes.includes(NUL);
  const lines = isClean ? bytes.toString('utf8').split('\n') : undefined;
  if (lines) {
    for (const line of lines) giveLine(line, ++number, sink);
    return number;
  }
  for (let from = 0; from <= bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const part = bytes.subarray(from, end < 0 ? bytes.length : end);
    number += 1;
    if (part.includes(NUL)) sink.refusedLine(number, 'a NUL in it');
    else if (!isUtf8(part)) sink.refusedLine(number, 'not UTF-8');
    else giveLine(part.toString('utf8'), number, sink);
    from += part.length + 1;
  }
  return number;
}

function giveLine(line: string, number: number, sink: LineSink): void {
  if (line.length > MOST_LINE_BYTES) {
    sink.refusedLine(number, 'longer than a line may be');
    return;
  }
  sink.line(line.endsWith('\r') ? line.slice(0, -1) : line, number);
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.indexOf(BYTE_ORDER_MARK) === 0 ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}
