/**
 * XML as a stream of records, the elements of one name below the root, each as an object: attributes as `@name`, text as
 * `#`, an element with text alone as that text, elements of one name as a list. No document type is read, so there are no
 * entities but the five of XML. A broken record costs itself: reading goes on behind its end tag, or at the next line that
 * begins with a record.
 */
import { createLineParser, type Parser } from './parse-lines.ts';
import type { RecordSink } from './record-sink.ts';
import { type Lost, startSax } from './xml-records.ts';

/** A parser of records, the elements `name`. */
export function createXmlParser(name: string, sink: RecordSink): Parser {
  const opening = new RegExp(`^\\s*<${name}[\\s/>]`);
  let sax = startSax(name, sink);
  let lost: Lost | undefined;
  let lineBreak = '';
  /** Where to go on in `text` while a record is lost, looked for from `from`; -1 when it is not there. */
  const resume = (text: string, from: number): number => {
    const found = endOfLost(name, text, from, lost!.depth);
    if (found.at < 0) lost = { ...lost!, depth: found.depth };
    else {
      sax = startSax(name, sink, lost!.around);
      lost = undefined;
      lineBreak = '';
    }
    return found.at;
  };
  const write = (text: string, number: number) => {
    let at = 0;
    if (lost) {
      if (opening.test(text)) lost = { ...lost, depth: 0 };
      at = resume(text, 0);
    }
    while (at >= 0) {
      const skipped = at - lineBreak.length;
      const fault = sax.write(lineBreak + text.slice(at), number);
      lineBreak = '\n';
      if (!fault) return;
      if (!fault.isLeftOver) sink.refused(sax.recordLine() ?? number, 1, fault.why);
      lost = fault;
      at = resume(text, Math.max(at, skipped + fault.from));
    }
  };
  const lines = createLineParser({
    line: write,
    refusedLine(number, why) {
      lost ??= sax.lost();
      sink.refused(number, 1, why);
    },
  });
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      const last = Math.max(1, lines.end());
      const line = sax.recordLine();
      if (lost) return;
      if (line !== undefined) sink.refused(line, 1, 'the file ends inside a record');
      else if (!sax.hasEnded())
        sink.refused(last, 1, 'the file ends before the end of its root element');
    },
  };
}

/**
 * Behind the end tag of a broken record, `depth` of whose name are open, or where a next one begins, looked for from `from`;
 * -1 when it is not there, with how many are open then.
 */
function endOfLost(
  name: string,
  text: string,
  from: number,
  depth: number,
): { at: number; depth: number } {
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])[^<>]*>?`, 'g');
  tags.lastIndex = from;
  let open = depth;
  for (let tag = tags.exec(text); tag; tag = tags.exec(text)) {
    if (tag[1] === '/') open -= 1;
    else if (open === 0) return { at: tag.index, depth: 0 };
    else if (!tag[0].endsWith('/>')) open += 1;
    if (open <= 0) return { at: tags.lastIndex, depth: 0 };
  }
  return { at: -1, depth: open };
}
