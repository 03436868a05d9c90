/**
 * The records of XML until something is wrong: elements of one name below the root, each as an object, as parse-xml.ts tells
 * it; and at a fault where reading stands.
 */
import { SaxesParser } from 'saxes';
import type { RecordSink } from './record-sink.ts';

const MOST_DEPTH = 64;
const MOST_NODES = 200_000;
const MOST_TEXT_UNITS = 16 * 1024 * 1024;
/** What the parser says of an end tag that is not the one of the element it stands in. */
const UNEXPECTED_END = 'unexpected close tag.';
/** What is thrown to stop the parser at a fault, since it would go on to the end of its text. */
const STOP = new Error('a fault was found');

/** Where reading stands while it waits for the end of a broken record. */
export interface Lost {
  /** Elements of the records' name that are open. */
  readonly depth: number;
  /** The elements around the records, from the root on; none when it had not begun. */
  readonly around: readonly string[];
}

/** What is wrong, and from where in the text the end of it is to be looked for. */
export interface Fault extends Lost {
  readonly why: string;
  readonly from: number;
  /** The end of what was lost before, or of a root that is not known: no fault of a record. */
  readonly isLeftOver: boolean;
}

/** A text being read. */
export interface Sax {
  /** Reads on; returns what is wrong, if anything, and is not to be asked again then. */
  write(text: string, line: number): Fault | undefined;
  /** Where the record under way begins. */
  recordLine(): number | undefined;
  /** Where reading stands, when the rest of the record under way cannot be read. */
  lost(): Lost;
  /** Whether the root is closed, as far as it is known. */
  hasEnded(): boolean;
}

type Records = ReturnType<typeof createRecords>;

/** Where the parser is. */
interface Place {
  line: number;
  /** Units given before the text at hand, and behind the last tag. */
  before: number;
  tagEnd: number;
  /** Units given since something was told of them. */
  pending: number;
  trouble: string;
  hasRoot: boolean;
  /** The elements that are open around the records, and the one of them that was closed last. */
  readonly outer: string[];
  closed: string | undefined;
}

/** Gives the records `name` to `sink`: inside the elements `around`, or from the start of a document without them. */
export function startSax(name: string, sink: RecordSink, around?: readonly string[]): Sax {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const records = createRecords(name, sink);
  const place: Place = {
    ...{ line: 0, before: 0, tagEnd: 0, pending: 0, trouble: '', hasRoot: false },
    ...{ outer: [], closed: undefined },
  };
  const isGuessed = around?.length === 0;
  listen(parser, { name, records, place, sink });
  if (around) {
    const opened = (isGuessed ? ['resumed'] : around).map((each) => `<${each}>`).join('');
    parser.write(opened);
    place.before = opened.length;
  }
  const lost = () => ({ depth: records.depth(), around: isGuessed ? [] : [...place.outer] });
  const faultIn = (text: string): Fault => {
    const at = Math.min(parser.position - place.before, text.length);
    const tag = at > 0 ? text.lastIndexOf('<', at - 1) : -1;
    const isEnd = place.trouble === UNEXPECTED_END && text.startsWith(`</${name}`, tag);
    const isInside = records.began() !== undefined;
    const isLeftOver = !isInside && (isGuessed || (around !== undefined && isEnd));
    const fault = { ...lost(), why: place.trouble, isLeftOver };
    const isPast = place.tagEnd - place.before > tag && place.trouble !== UNEXPECTED_END;
    if (tag < 0 || isPast) return { ...fault, from: at };
    // The tag at fault counts: its own end is yet to come, or it is one.
    const isOpening = new RegExp(`^<${name}[\\s/>]`).test(text.slice(tag, tag + name.length + 2));
    return isOpening
      ? { ...fault, from: tag + 1, depth: fault.depth + 1 }
      : { ...fault, from: tag };
  };
  return {
    write(text, number) {
      place.line = number;
      place.pending += text.length;
      try {
        parser.write(text);
        keepClosed(place, records);
        if (place.pending > MOST_TEXT_UNITS)
          fail(place, `more than ${MOST_TEXT_UNITS} characters in one piece`);
      } catch (error) {
        if (error !== STOP) throw error;
        return faultIn(text);
      }
      place.before += text.length;
      return undefined;
    },
    recordLine: records.began,
    lost,
    hasEnded: () => isGuessed || (place.hasRoot && place.outer.length === 0),
  };
}

function fail(place: Place, why: string): never {
  place.trouble = why;
  throw STOP;
}

/** What was closed stays so, and is given. */
function keepClosed(place: Place, records: Records): void {
  place.closed = undefined;
  records.give();
}

/** Takes what the parser tells to the records and to the place. */
function listen(
  parser: SaxesParser,
  {
    name,
    records,
    place,
    sink,
  }: { name: string; records: Records; place: Place; sink: Pick<RecordSink, 'refused'> },
): void {
  const settle = () => {
    place.pending = 0;
    keepClosed(place, records);
  };
  const failIf = (why: string | undefined) => {
    if (why !== undefined) fail(place, why);
  };
  parser.on('error', (error) => {
    const why = error.message.replace(/^\S+: /, '');
    // The element that an end tag is not of is closed before that is told.
    if (why !== UNEXPECTED_END) settle();
    else if (place.closed !== undefined) place.outer.push(place.closed);
    fail(place, why);
  });
  parser.on('doctype', () => {
    settle();
    sink.refused(place.line, 1, 'a document type, which is not read');
  });
  parser.on('opentag', (tag) => {
    settle();
    place.hasRoot = true;
    place.tagEnd = parser.position;
    const { outer } = place;
    if (records.began() !== undefined || (tag.name === name && outer.length > 0))
      failIf(records.open(tag, place.line, outer.length));
    // What is around is opened again where reading goes on, so it never holds the one too many.
    else if (outer.length === MOST_DEPTH) fail(place, `nested deeper than ${MOST_DEPTH}`);
    else outer.push(tag.name);
  });
  const addText = (text: string) => {
    settle();
    failIf(records.text(text));
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', settle);
  parser.on('processinginstruction', settle);
  parser.on('closetag', () => {
    settle();
    place.tagEnd = parser.position;
    if (records.began() === undefined) place.closed = place.outer.pop();
    else records.close();
  });
}

interface Element {
  readonly name: string;
  readonly value: Record<string, unknown>;
  text: string;
}

/** Puts the elements of a record together; what is returned as text is why it can be none. */
function createRecords(name: string, sink: RecordSink) {
  let began: number | undefined;
  let nodes = 0;
  let units = 0;
  /** The record that was closed last, until it is sure that its end tag is its own. */
  let ready: unknown;
  const open: Element[] = [];
  return {
    began: () => began,
    /** Elements of the records' name that are open. */
    depth: () =>
      open.filter((element) => element.name === name).length + (ready === undefined ? 0 : 1),
    give() {
      if (ready === undefined) return;
      sink.record(ready, began!);
      [ready, began] = [undefined, undefined];
    },
    open(
      tag: { name: string; attributes: Readonly<Record<string, string>> },
      line: number,
      around: number,
    ): string | undefined {
      if (began === undefined) [began, nodes, units] = [line, 0, 0];
      const value: Record<string, unknown> = Object.create(null);
      for (const [key, text] of Object.entries(tag.attributes)) value[`@${key}`] = text;
      open.push({ name: tag.name, value, text: '' });
      if (around + open.length > MOST_DEPTH) return `nested deeper than ${MOST_DEPTH}`;
      return ++nodes > MOST_NODES ? `more than ${MOST_NODES} elements in one record` : undefined;
    },
    text(text: string): string | undefined {
      const element = open.at(-1);
      if (!element) return undefined;
      units += text.length;
      if (units > MOST_TEXT_UNITS) return `more than ${MOST_TEXT_UNITS} characters in one record`;
      element.text += text;
      return undefined;
    },
    close() {
      const element = open.pop()!;
      const outer = open.at(-1);
      const value = contentOf(element);
      if (outer) addTo(outer.value, element.name, value);
      else ready = typeof value === 'string' ? { '#': value } : value;
    },
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
