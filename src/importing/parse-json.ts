/**
 * JSON, a value on each line or one document a file. Numbers have the precision of a double; where one is not written as it
 * would be again, what stood there is kept beside it. Of keys that repeat the last one counts; `__proto__` is a key like
 * another.
 */
import { isUtf8 } from 'node:buffer';
import { messageOf } from '../base/errors.ts';
import { createLineParser, type LineParser, type Parser } from './parse-lines.ts';
import { WrittenNumber } from './readings.ts';
import { memberOf } from './record-path.ts';
import type { RecordSink } from './record-sink.ts';

/** Deeper nesting serves nobody. A line this short cannot nest so deep that it matters to anyone. */
const MOST_DEPTH = 64;
const HARMLESS_UNITS = 2048;
const MOST_DOCUMENT_BYTES = 64 * 1024 * 1024;
/** A longer line is not read twenty times to say where it is broken. */
const MOST_SEARCHED_UNITS = 64 * 1024;
/** What the engine says of a text that ends too early; a number or a string without its end it tells with its position. */
const ENDS_EARLY = /^Unexpected end of JSON input/;
const BRACKETS = /[[{\]}"]/g;
/**
 * Finds a number that is whole once it is read and may be written otherwise: with an exponent, with zeros behind a point,
 * in more digits than a double keeps, or as `-0`. To ask for what stood there takes six times as long as reading, so lines without one
 * are not asked.
 */
const LOOSE_NUMBER = /[[:,\s]-?(?:\d+(?:\.\d+)?[eE]|\d+\.0+(?!\d)|[\d.]{16}|(?<=-)0(?![\d.]))/;

/** A parser of a value a line: an object, or an array where the columns are `names`. */
export function createJsonLinesParser(
  names: readonly string[] | undefined,
  sink: RecordSink,
  isFirst = true,
): LineParser {
  if (names) sink.header(names);
  const lines = {
    line(text: string, number: number) {
      if (text === '') return;
      const value = parsed(text, number, sink);
      if (value === undefined) return;
      const fits = names ? Array.isArray(value) && value.length === names.length : isRecord(value);
      if (fits) sink.record(value, number);
      else sink.refused(number, 1, names ? 'not a row of its columns' : 'not an object');
    },
    refusedLine: (number: number, why: string) => sink.refused(number, 1, why),
  };
  return createLineParser(lines, isFirst);
}

/** A parser of one document, whose records are the list at `path`, or itself. A record's line is its place in the list. */
export function createJsonParser(path: string | undefined, sink: RecordSink): Parser {
  const parts: Buffer[] = [];
  let bytes = 0;
  return {
    push(part) {
      bytes += part.length;
      if (bytes <= MOST_DOCUMENT_BYTES) parts.push(Buffer.from(part));
    },
    end() {
      const whole = Buffer.concat(parts);
      if (bytes > MOST_DOCUMENT_BYTES) sink.refused(1, 1, `more than ${MOST_DOCUMENT_BYTES} bytes`);
      else if (!isUtf8(whole)) sink.refused(1, 1, 'not UTF-8');
      else giveDocument(whole.toString('utf8').replace(/^\ufeff/, ''), path, sink);
    },
  };
}

function giveDocument(text: string, path: string | undefined, sink: RecordSink): void {
  const document = parsed(text, 1, sink);
  if (document === undefined) return;
  let found: unknown = document;
  for (const name of path?.split('.') ?? []) found = memberOf(found, name);
  const records = Array.isArray(found) ? found : [found];
  records.forEach((record, index) => {
    if (isRecord(record)) sink.record(record, index + 1);
    else sink.refused(index + 1, 1, 'not an object');
  });
}

/** The value of `text`, or undefined when it was refused. */
function parsed(text: string, line: number, sink: RecordSink): unknown {
  if (text.length > HARMLESS_UNITS && isTooDeep(text)) {
    sink.refused(line, 1, `nested deeper than ${MOST_DEPTH}`);
    return undefined;
  }
  try {
    return (LOOSE_NUMBER.test(text) ? JSON.parse(text, written) : JSON.parse(text)) ?? null;
  } catch (error) {
    const message = messageOf(error);
    sink.refused(line, columnOf(text, message), message.slice(0, 200));
    return undefined;
  }
}

/** The column, from 1, at which `text` stops being JSON: where `message` does not say it, by trying how much of it is. */
function columnOf(text: string, message: string): number {
  const position = positionIn(message);
  if (position !== undefined) return position + 1;
  if (ENDS_EARLY.test(message)) return text.length + 1;
  if (text.length > MOST_SEARCHED_UNITS) return 1;
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return bad;
}

/** Whether nothing is wrong with `text` but that it ends. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = messageOf(error);
    return ENDS_EARLY.test(message) || positionIn(message) === text.length;
  }
}

function positionIn(message: string): number | undefined {
  const digits = /at position (\d+)/.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `value` with what stood there, `source`, where it would be written in another way. */
function written(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
  return new WrittenNumber(value, source);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  BRACKETS.lastIndex = 0;
  for (let match = BRACKETS.exec(text); match; match = BRACKETS.exec(text)) {
    const [bracket] = match;
    if (bracket === '"') BRACKETS.lastIndex = endOfText(text, match.index + 1);
    else if (bracket === '{' || bracket === '[') depth += 1;
    else depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

/** Behind the quote that ends a text begun before `from`. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
