/** Rows as the search writer takes them: column by column. An album is found by its name as `album:`, an artist as `artist:`. */
import type { SearchBatch } from '../catalogue/search-documents.ts';
import type { RowKind } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';
import { yearOf } from './statistics.ts';

type Text = string | null;
type Texts = readonly string[] | null;

/** `rows` of `kind` in rank order as one batch. */
export function searchBatch(kind: RowKind, rows: readonly RankedRow[]): SearchBatch {
  const column = <Value>(index: number) => rows.map(({ values }) => values[index] as Value);
  const years = (index: number) => rows.map(({ values }) => yearOf(values[index] as Text));
  const count = rows.length;
  if (kind === 'artists') return { count, artist: column<Text>(1), genres: column<Texts>(5) };
  if (kind === 'albums')
    return {
      count,
      album: column<Text>(1),
      artist: column<Text>(2),
      label: column<Text>(7),
      year: years(5),
    };
  return {
    count,
    title: column<Text>(2),
    artist: column<Text>(3),
    album: column<Text>(6),
    label: column<Text>(16),
    year: years(11),
    genres: column<Texts>(17),
    licence: column<Text>(18),
    explicit: column<boolean | null>(12),
  };
}
