/**
 * The lines of row files as rows: values in the order of the import's columns, made into the shapes of
 * model/catalogue-row.ts. Layout: docs/formats/catalogue-files.md.
 */
import { importColumns } from '../model/import-columns.ts';
import type { DocumentNames } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';
import type { CatalogueRows, Ranked } from './snapshot-look-up.ts';

const FIELDS = {
  tracks: fieldsOf('tracks'),
  albums: fieldsOf('albums'),
  artists: fieldsOf('artists'),
} as const;

/** The row of `kind` that `line` is, at `rank`. A row file is ours and checked by page, so its shape is not asked again. */
export function rowOf<Kind extends keyof CatalogueRows>(
  kind: Kind,
  line: string,
  rank: number,
): Ranked<CatalogueRows[Kind]> {
  const values = JSON.parse(line) as unknown[];
  const row: Record<string, unknown> = { rank };
  const fields = FIELDS[kind];
  for (let index = 0; index < fields.length; index++) row[fields[index]!] = values[index];
  return row as unknown as Ranked<CatalogueRows[Kind]>;
}

/** The id of the row that `line` is, without reading the rest: ids hold nothing that JSON would write another way. */
export function idOf(line: string): string {
  return line.slice(2, line.indexOf('"', 2));
}

/** The names by which the row of `group` in `line` is searched. */
export function namesOf(group: SearchGroup, line: string): DocumentNames {
  const values = JSON.parse(line) as (string | null)[];
  if (group === 'artists') return { title: null, artist: values[1]!, album: null };
  if (group === 'albums') return { title: null, artist: values[2]!, album: values[1]! };
  return { title: values[2]!, artist: values[3]!, album: values[6] ?? null };
}

function fieldsOf(table: keyof CatalogueRows): string[] {
  return importColumns(table).map(({ name }) =>
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}
