/**
 * Rows as row files keep them: ranks for ids, marks for names, nothing twice of what the album says. The other way is
 * catalogue/snapshot-rows.ts.
 */
import { markCredit, markSame, markSortName } from '../catalogue/credit-marks.ts';
import type { KnownRows } from './known-rows.ts';
import type { RowKind } from './row-kinds.ts';

/** A row for its row file, with the ranks that the statistics name. */
export interface StoredRow {
  readonly stored: readonly unknown[];
  /** Of the first artist and of the album, where they are rows. */
  readonly artist: number | null;
  readonly album: number | null;
}

/** The row of `kind` with these values in the order of its columns. */
export function storedRow(
  kind: RowKind,
  values: readonly unknown[],
  { artists, albums }: KnownRows,
): StoredRow {
  const stored = [...values];
  if (kind === 'artists') {
    stored[2] = markSortName(values[2] as string | null, values[1] as string);
    return { stored, artist: null, album: null };
  }
  if (kind === 'albums') {
    const credit = values[2] as string;
    const ranks = ranksOf(artists, values[3] as string[]);
    stored[2] = marked(artists, credit, ranks);
    stored[3] = ranks;
    stored[7] = markSame(values[7] as string | null, credit);
    return { stored, artist: firstRank(ranks), album: null };
  }
  const ranks = ranksOf(artists, values[4] as string[]);
  const [title, album, albumId] = [values[2], values[6], values[5]] as (string | null)[];
  const rank = albumId === null ? null : (albums?.ranks.get(albumId!) ?? null);
  const says = {
    title: album!,
    date: values[11] as string | null,
    label: values[16] as string | null,
  };
  stored[2] = markSame(title!, album!);
  stored[3] = marked(artists, values[3] as string, ranks);
  stored[4] = ranks;
  stored[5] = rank ?? albumId;
  const isAsAlbum = rank !== null && album !== null && albums!.says(rank, says);
  if (isAsAlbum) {
    stored[6] = null;
    stored[11] = null;
    stored[16] = null;
  }
  stored.push(isAsAlbum);
  return { stored, artist: firstRank(ranks), album: rank };
}

type Ranks = readonly (number | string)[];

function ranksOf(artists: KnownRows['artists'], ids: readonly string[]): Ranks {
  return ids.map((id) => artists?.ranks.get(id) ?? id);
}

function firstRank([first]: Ranks): number | null {
  return typeof first === 'number' ? first : null;
}

function marked(artists: KnownRows['artists'], credit: string, ranks: Ranks): string {
  return markCredit(
    credit,
    ranks.map((rank) => (typeof rank === 'number' ? artists!.name(rank) : null)),
  );
}
