/** A row as the cells of its line in the statistics tables. */
import type { RowKind } from './row-kinds.ts';
import type { RankedRow } from './row-values.ts';
import { featureCells, yearOf } from './statistics.ts';

/** The ranks of the album and the first artist of a row, where they are rows. */
interface KnownRanks {
  readonly album: number | null;
  readonly artist: number | null;
}

/** The cells of `row`, in the order of `statisticsFields`. */
export function statisticsCells(
  kind: RowKind,
  { values, features }: RankedRow,
  { album, artist }: KnownRanks,
): readonly unknown[] {
  if (kind === 'artists') return [values[4], values[3], values[6], values[5]];
  if (kind === 'albums') {
    const [, , , artistIds, upc, date, type, label, trackCount, popularity, markets, language] =
      values;
    const credited = artistIds as string[];
    const places = markets as string[] | null;
    return [
      popularity,
      yearOf(date as string | null),
      type,
      label,
      trackCount,
      artist,
      credited.length,
      upc,
      places === null ? null : places.join(' '),
      language,
    ];
  }
  const credited = values[4] as string[];
  const isrcs = values[10] as string[];
  return [
    values[13],
    values[14],
    values[15],
    values[9],
    values[12],
    yearOf(values[11] as string | null),
    album,
    artist,
    credited.length,
    isrcs[0] ?? null,
    isrcs.length,
    values[18],
    ...featureCells(features),
  ];
}
