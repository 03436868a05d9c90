/**
 * XML as a stream of records, the elements of one name below the root, each as an object: attributes as `@name`, text as
 * `#`, an element with text alone as that text, elements of one name as a list. No document type is read, so there are no
 * entities but the five of XML. A broken record costs itself: reading goes on at the next line that begins with one.
 */
import { SaxesParser } from 'saxes';
import { createLineParser, type Parser } from './parse-lines.ts';
import type { RecordSink } from './record-sink.ts';

const MOST_DEPTH = 64;
const MOST_NODES = 200_000;
const MOST_TEXT_UNITS = 16 * 1024 * 1024;

interface Element {
  readonly name: string;
  readonly value: Record<string, unknown>;
  text: string;
}

/** A parser of records, the elements `name`. */
export function createXmlParser(name: string, sink: RecordSink): Parser {
  const opening = new RegExp(`^\\s*<${name}[\\s>]`);
  let sax = startSax(name, sink);
  let isBroken = false;
  let isResumed = false;
  let lineBreak = '';
  const write = (text: string, number: number) => {
    if (isBroken && opening.test(text)) {
      sax = startSax(name, sink);
      sax.resume();
      isBroken = false;
      isResumed = true;
      lineBreak = '';
    }
    if (isBroken) return;
    const why = sax.write(lineBreak + text, number);
    lineBreak = '\n';
    if (why === undefined) return;
    isBroken = true;
    const began = sax.recordLine();
    // The root that was left behind has an end of its own, which is no fault of a record.
    if (began !== undefined || !isResumed) sink.refused(began ?? number, 1, why);
  };
  const lines = createLineParser({
    line: write,
    refusedLine(number, why) {
      isBroken = true;
      sink.refused(number, 1, why);
    },
  });
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end();
      const line = isBroken ? undefined : sax.recordLine();
      if (line !== undefined) sink.refused(line, 1, 'the file ends inside a record');
    },
  };
}

interface Sax {
  /** Reads on; returns what is wrong, if anything. */
  write(text: string, line: number): string | undefined;
  /** Stands in for the root that was left behind. */
  resume(): void;
  /** Where the record under way begins. */
  recordLine(): number | undefined;
}

function startSax(name: string, sink: RecordSink): Sax {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let trouble: string | undefined;
  let line = 0;
  let began: number | undefined;
  let depth = 0;
  let nodes = 0;
  let units = 0;
  const open: Element[] = [];
  const fail = (why: string) => {
    trouble ??= why;
  };
  parser.on('error', (error) => fail(error.message.replace(/^\S+: /, '')));
  parser.on('doctype', () => fail('a document type, which is not read'));
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > MOST_DEPTH) fail(`nested deeper than ${MOST_DEPTH}`);
    if (began === undefined && (tag.name !== name || depth < 2)) return;
    if (began === undefined) {
      began = line;
      nodes = 0;
      units = 0;
    }
    if (++nodes > MOST_NODES) fail(`more than ${MOST_NODES} elements in one record`);
    const value: Record<string, unknown> = Object.create(null);
    for (const [key, text] of Object.entries(tag.attributes)) value[`@${key}`] = text;
    if (trouble === undefined) open.push({ name: tag.name, value, text: '' });
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (!element) return;
    units += text.length;
    if (units > MOST_TEXT_UNITS) fail(`more than ${MOST_TEXT_UNITS} characters in one record`);
    else element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    depth -= 1;
    const element = open.pop();
    if (!element || trouble !== undefined) return;
    const outer = open.at(-1);
    const value = contentOf(element);
    if (outer) addTo(outer.value, element.name, value);
    else {
      sink.record(typeof value === 'string' ? { '#': value } : value, began!);
      began = undefined;
    }
  });
  return {
    write(text, number) {
      line = number;
      parser.write(text);
      return trouble;
    },
    resume() {
      parser.write('<resumed>');
    },
    recordLine: () => began,
  };
}

function contentOf({ value, text }: Element): unknown {
  const trimmed = text.trim();
  if (Object.keys(value).length === 0) return trimmed;
  if (trimmed !== '') value['#'] = trimmed;
  return value;
}

function addTo(target: Record<string, unknown>, name: string, value: unknown): void {
  const before = target[name];
  if (before === undefined) target[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else target[name] = [before, value];
}
