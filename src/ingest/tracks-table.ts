/**
 * The table of tracks: what an operator says of their files, one row a file. Spec: docs/formats/tracks-table.md.
 *
 * Input: the bytes of a CSV file. Output: rows with typed cells; a bad cell is told and left out, a bad row is told
 * and passed over. A blank cell is unknown, never zero.
 */
import { type Digest, sha256 } from '../base/digest.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { escapingPathReason } from '../base/safe-path.ts';
import { type CsvRow, readCsvTable } from '../formats/csv-table.ts';
import type { Popularity } from '../model/description.ts';
import {
  readCount,
  readDate,
  readIsrc,
  readMbid,
  readPopularity,
  readPosition,
  readText,
} from './field-values.ts';
import { type Column, columnsOf } from './table-columns.ts';

/** What a row says; absent where its cell is blank or unreadable. */
export interface TableCells {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly albumArtist?: string;
  readonly trackNumber?: number;
  readonly discNumber?: number;
  readonly date?: string;
  readonly genre?: string;
  readonly isrc?: string;
  readonly mbid?: string;
  readonly popularity?: Popularity;
  /** As written: what cannot be read as a licence is kept as evidence. */
  readonly licence?: string;
  readonly holder?: string;
  readonly attribution?: string;
  /** An address, or a path below the table's folder. */
  readonly evidence?: string;
}

/** One row: the file it is about and what it says of it. */
export interface TableRow {
  readonly line: number;
  /** Below the folder of the table, in Unicode NFC. */
  readonly path: string;
  readonly cells: TableCells;
}

/** A table as read. */
export interface TracksTable {
  /** The absolute path of the file. */
  readonly file: string;
  readonly sha256: Digest;
  readonly rows: readonly TableRow[];
  readonly findings: readonly Finding[];
}

/** How popularity is computed from a column of plays. */
const PLAYS_METHOD = 'from plays: 100 log(1 + plays) / log(1 + most plays in the table)';
const ORIGIN = 'operator-table';

/** The table in `bytes`; throws `TABLE_UNREADABLE` when there is none, and `USAGE` when `mapping` names no known column. */
export function readTracksTable(
  bytes: Uint8Array,
  options: { file: string; mapping?: Readonly<Record<string, string>> | undefined },
): TracksTable {
  const csv = readCsvTable(bytes);
  if ('reason' in csv)
    throw new FonotecaError('TABLE_UNREADABLE', `${options.file}: ${csv.reason}`);
  const columns = columnsOf(csv.header, options.mapping ?? {});
  if (!columns.includes('path'))
    throw new FonotecaError('TABLE_UNREADABLE', `${options.file}: no column for path`);
  const findings: Finding[] = csv.refused.map(({ line, reason }) => ({
    code: 'TABLE_ROW_REFUSED',
    subject: `${options.file} line ${line}`,
    seen: reason,
  }));
  const raw = csv.rows.map((row) => ({ line: row.line, texts: textsOf(row, columns) }));
  const popularity = popularityReader(raw.map(({ texts }) => texts));
  const rows: TableRow[] = [];
  for (const { line, texts } of raw) {
    const subject = `${options.file} line ${line}`;
    const path = (texts.path ?? '').normalize('NFC').replace(/^(?:\.\/)+/, '');
    const reason = path.includes('\\')
      ? 'a backslash; folders are parted by /'
      : escapingPathReason(path);
    if (reason) {
      const seen = `${reason} in the path ${JSON.stringify(path.slice(0, 200))}`;
      findings.push({ code: path === '' ? 'TABLE_ROW_REFUSED' : 'PATH_UNSAFE', subject, seen });
      continue;
    }
    const bad = (column: string) =>
      findings.push({
        code: 'TABLE_CELL_IGNORED',
        subject,
        seen: `${column}: ${JSON.stringify((texts[column as Column] ?? '').slice(0, 100))}`,
      });
    rows.push({ line, path, cells: cellsOf(texts, bad, popularity) });
  }
  return { file: options.file, sha256: sha256(bytes), rows, findings };
}

type Texts = Partial<Record<Column, string>>;

function textsOf(row: CsvRow, columns: readonly (Column | null)[]): Texts {
  const texts: Texts = Object.create(null);
  for (const [index, column] of columns.entries()) {
    const text = row.cells[index]?.trim() ?? '';
    if (column !== null && text !== '') texts[column] ??= text;
  }
  return texts;
}

type BadCell = (column: Column) => void;

/** Each reader answers undefined for what it cannot read; a cell that is there and gives nothing is told. */
function cellsOf(texts: Texts, bad: BadCell, popularity: PopularityReader): TableCells {
  const cell = <T>(column: Column, read: (text: string) => T | undefined): T | undefined => {
    const text = texts[column];
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) bad(column);
    return value;
  };
  return present({
    title: cell('title', readText),
    artist: cell('artist', readText),
    album: cell('album', readText),
    albumArtist: cell('album_artist', readText),
    trackNumber: cell('number', (text) => readPosition(text, 9999)),
    discNumber: cell('disc', (text) => readPosition(text, 999)),
    date: cell('date', readDate),
    genre: cell('genre', readText),
    isrc: cell('isrc', readIsrc),
    mbid: cell('mbid', readMbid),
    popularity: popularity(texts, bad),
    licence: cell('licence', readText),
    holder: cell('holder', (text) => readText(text, 1024)),
    attribution: cell('attribution', readText),
    evidence: cell('evidence', readText),
  });
}

type PopularityReader = (texts: Texts, bad: BadCell) => Popularity | undefined;

/**
 * Popularity as given where the table has any; else from plays. The two are never mixed in one table, since their
 * numbers do not compare.
 */
function popularityReader(rows: readonly Texts[]): PopularityReader {
  if (rows.some((texts) => texts.popularity !== undefined))
    return (texts, bad) => {
      const value = readPopularity(texts.popularity ?? '');
      if (texts.popularity !== undefined && value === undefined) bad('popularity');
      return value === undefined ? undefined : { value, origin: ORIGIN, method: 'as given' };
    };
  const most = rows.reduce((max, texts) => Math.max(max, readCount(texts.plays ?? '') ?? 0), 0);
  return (texts, bad) => {
    const plays = readCount(texts.plays ?? '');
    if (texts.plays !== undefined && plays === undefined) bad('plays');
    if (plays === undefined) return undefined;
    const value = most === 0 ? 0 : (100 * Math.log1p(plays)) / Math.log1p(most);
    return { value: Math.round(value * 100) / 100, origin: ORIGIN, method: PLAYS_METHOD };
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** `values` without those that are undefined. */
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}
