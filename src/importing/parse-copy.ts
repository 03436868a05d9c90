/**
 * Rows as PostgreSQL's COPY writes them: cells between tabs, `\N` for none, a backslash before what would be taken for
 * something else. Read as data, whatever stands in it. Spec: PostgreSQL documentation, COPY, Text Format.
 */
import { createLineParser, type LineParser } from './parse-lines.ts';
import type { RecordSink } from './record-sink.ts';

const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A parser of rows of `names.length` cells; any other number of them is refused. */
export function createCopyParser(
  names: readonly string[],
  sink: RecordSink,
  isFirst = true,
): LineParser {
  sink.header(names);
  const lines = {
    line(text: string, number: number) {
      if (text === '\\.' || text === '') return;
      const cells: (string | null)[] = text.split('\t');
      if (cells.length !== names.length) {
        sink.refused(number, 1, `${cells.length} cells where the table has ${names.length}`);
        return;
      }
      if (text.includes('\\'))
        for (let index = 0; index < cells.length; index++)
          cells[index] = unescapeCell(cells[index]!);
      sink.record(cells, number);
    },
    refusedLine: (number: number, why: string) => sink.refused(number, 1, why),
  };
  return createLineParser(lines, isFirst);
}

function unescapeCell(cell: string): string | null {
  if (cell === '\\N') return null;
  if (!cell.includes('\\')) return cell;
  return cell.replaceAll(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, escaped: string) => {
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
    if (/^x./.test(escaped)) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return ESCAPED[escaped] ?? escaped;
  });
}
