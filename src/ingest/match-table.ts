/** Which row of a table is about which file. */
import path from 'node:path';
import type { Finding } from '../base/errors.ts';
import { absoluteText, type SourcePlace } from './source-path.ts';
import type { TableRow, TracksTable } from './tracks-table.ts';

/** A file with the row that is about it, and the table the row stands in. */
export interface MatchedRow {
  readonly place: SourcePlace;
  readonly row: TableRow;
  readonly table: Pick<TracksTable, 'file' | 'sha256'>;
}

/** The key under which a place is looked up. */
export function placeKey(place: Pick<SourcePlace, 'root' | 'path'>): string {
  return `${place.root}\0${place.path}`;
}

/**
 * The files of `places` that a row names, and a finding for each row that names none, one of several, or a file that
 * an earlier row names. Paths are compared in Unicode NFC, since systems differ in the form they keep; a path that is
 * a file's to the letter means that file. A row about a file that `isThere` and is not being added is passed over.
 */
export function matchTable(
  table: TracksTable,
  places: readonly SourcePlace[],
  isThere: (file: string) => boolean,
): { matched: MatchedRow[]; findings: Finding[] } {
  const byText = new Map<string, SourcePlace[]>();
  for (const place of places) {
    const key = absoluteText(place).normalize('NFC');
    byText.set(key, [...(byText.get(key) ?? []), place]);
  }
  const folder = path.dirname(table.file);
  const lineOf = new Map<string, number>();
  const matched: MatchedRow[] = [];
  const findings: Finding[] = [];
  for (const row of table.rows) {
    const subject = `${table.file} line ${row.line}`;
    const seen = JSON.stringify(row.path.slice(0, 200));
    const target = path.join(folder, row.path);
    const found = byText.get(target.normalize('NFC')) ?? [];
    const place = found.length > 1 ? found.find((one) => absoluteText(one) === target) : found[0];
    if (!place && found.length === 0 && isThere(target)) continue;
    if (!place) {
      const why = found.length > 1 ? 'several files are named so' : 'no file here is named so';
      findings.push({ code: 'TABLE_ROW_UNMATCHED', subject, seen: `${seen}: ${why}` });
      continue;
    }
    const earlier = lineOf.get(placeKey(place));
    if (earlier !== undefined)
      findings.push({
        code: 'TABLE_ROW_DUPLICATE',
        subject,
        seen: `${seen} is also line ${earlier}`,
      });
    else matched.push({ place, row, table: { file: table.file, sha256: table.sha256 } });
    lineOf.set(placeKey(place), earlier ?? row.line);
  }
  return { matched, findings };
}
