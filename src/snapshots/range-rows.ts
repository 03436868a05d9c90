/**
 * Rows between sorting out and writing: what they are sorted by as columns, all else in three texts of JSON, since a text is
 * written and sorted for a fraction of what twenty columns and lists cost. What is alike stands together, which compresses
 * as well as columns do. A range gives each row as `[[keys…],[names…],[words…],[rest…]]`.
 */
import { parquetFiles } from '../tables/tables.ts';
import { columnsOf, listColumnsOf, type RowKind, rankOrder, textColumnsOf } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';

/** Stands behind the columns of a row of tracks. */
const FEATURES = 'features';

interface Parts {
  readonly keys: readonly string[];
  /** Ids and codes. */
  readonly names: readonly string[];
  readonly words: readonly string[];
  /** Numbers and marks, and the features of tracks. */
  readonly rest: readonly string[];
}

function partsOf(kind: RowKind): Parts {
  const [texts, lists] = [textColumnsOf(kind), listColumnsOf(kind)];
  const keys = kind === 'tracks' ? ['id', 'album_id', 'popularity'] : ['id', 'popularity'];
  const others = columnsOf(kind).filter((column) => !keys.includes(column));
  const isName = (column: string) => lists.includes(column) || column.endsWith('_id');
  const isWord = (column: string) => texts.includes(column) && !isName(column);
  const rest = others.filter((column) => !isName(column) && !isWord(column));
  return {
    keys,
    names: others.filter(isName),
    words: others.filter(isWord),
    rest: kind === 'tracks' ? [...rest, FEATURES] : rest,
  };
}

/** The columns of a file of a range, from rows as `servedRows` gives them. */
export function packedColumns(kind: RowKind): string {
  const { keys, names, words, rest } = partsOf(kind);
  return `${keys.join(', ')}, ${text(names)} AS names, ${text(words)} AS words, ${text(rest)} AS rest`;
}

/** The list of artists in a row of a range. */
export function packedArtists(kind: RowKind): string {
  const place = partsOf(kind).names.indexOf('artist_ids');
  return `from_json(json_extract(names, '$[${place}]'), '["VARCHAR"]')`;
}

/** The rows of the `files` of a range in the order of their ranks, a line each. */
export function sortedLines(kind: RowKind, files: readonly string[]): string {
  const keys = text(partsOf(kind).keys);
  const line = ["'['", keys, "','", 'names', "','", 'words', "','", 'rest', "']'"].join(' || ');
  // The parts are sorted, and the line is made behind: to sort lines takes a fifth more memory and time.
  const sorted = `SELECT * FROM ${parquetFiles(files)} ORDER BY ${rankOrder(kind)}`;
  return `SELECT ${line} AS line FROM (${sorted})`;
}

/** A function that takes the rows of `kind` out of a text of JSON: a list of what `sortedLines` gives. */
export function rowUnpacker(kind: RowKind): (text: Uint8Array<ArrayBuffer>) => RankedRow[] {
  const columns = columnsOf(kind);
  const { keys, names, words, rest } = partsOf(kind);
  const places = [keys, names, words, rest.filter((column) => column !== FEATURES)].map((part) =>
    part.map((column) => columns.indexOf(column)),
  );
  const lastPlaces = places[3]!.length;
  return (bytes) => {
    const parsed = JSON.parse(Buffer.from(bytes.buffer).toString('utf8')) as unknown[][][];
    return parsed.map((parts) => {
      const values = new Array<unknown>(columns.length);
      for (let part = 0; part < places.length; part++) {
        const to = places[part]!;
        const from = parts[part]!;
        for (let at = 0; at < to.length; at++) values[to[at]!] = from[at];
      }
      const features = (parts[3]![lastPlaces] ?? null) as RankedRow['features'];
      return { values, features };
    });
  };
}

function text(columns: readonly string[]): string {
  return `json_array(${columns.join(', ')})::VARCHAR`;
}
