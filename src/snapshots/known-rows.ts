/**
 * What of artists and albums has to be at hand while tracks are written, in memory that all threads share: their ranks by id,
 * the names of artists, and of each album 64 bits of what it says. At 256 million tracks 1.1 GB and 0.5 GB for albums, 0.3 GB
 * and 0.3 GB for artists.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Disk } from '../base/disk.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { ROW_COLUMNS } from '../catalogue/row-block.ts';
import { openRowFile, type RowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import { albumTexts } from '../catalogue/snapshot-rows.ts';
import { createKeyedHash, type HashKey } from './keyed-hash.ts';
import {
  createRanks,
  openRankMap,
  type RankMap,
  type SharedRanks,
  sharedWords,
} from './rank-map.ts';
import type { RowKind } from './row-kinds.ts';
import { openTexts, type SharedTexts, shareTexts } from './thread-texts.ts';

/** The memory of what is known. */
export interface SharedRows {
  readonly artists?: { readonly ranks: SharedRanks; readonly names: SharedTexts };
  readonly albums?: {
    readonly ranks: SharedRanks;
    /** Two words of hash for each album. */
    readonly said: Uint32Array<SharedArrayBuffer>;
  };
}

/** What a track may have from its album. */
interface AlbumSays {
  readonly title: string;
  readonly date: string | null;
  readonly label: string | null;
}

/** What is written before, as far as it is. */
export interface KnownRows {
  readonly artists?: { readonly ranks: RankMap; name(rank: number): string };
  readonly albums?: {
    readonly ranks: RankMap;
    /** Whether the album of `rank` says just that, told apart by 64 bits of hash. */
    says(rank: number, what: AlbumSays): boolean;
  };
}

/** Rows that are read before others have their turn in this thread. */
const AT_ONCE = 4096;

/** What rows of `kind` need of the files below `set`, the folder of the files of a snapshot. */
export async function shareRows(
  kind: RowKind,
  disk: Disk,
  set: string,
  key: HashKey,
): Promise<SharedRows> {
  if (kind === 'artists') return {};
  const artists = shareArtists(disk, set, key);
  if (kind === 'albums') return { artists };
  const name = openTexts(artists.names);
  return { artists, albums: await shareAlbums(disk, set, { key, name }) };
}

/** What is in `shared`. */
export function openRows({ artists, albums }: SharedRows): KnownRows {
  return {
    ...(artists && {
      artists: { ranks: openRankMap(artists.ranks), name: openTexts(artists.names) },
    }),
    ...(albums && {
      albums: { ranks: openRankMap(albums.ranks), says: openSaid(albums.ranks.key, albums.said) },
    }),
  };
}

function shareArtists(disk: Disk, set: string, key: HashKey) {
  using file = openFile(disk, set, 'artists');
  const { id, name } = ROW_COLUMNS.artists;
  const ranks = createRanks(file.rows, key);
  const map = openRankMap(ranks);
  const names = shareTexts(file.rows, (rank) => {
    map.set(file.value(id, rank) as string, rank);
    return file.value(name, rank) as string;
  });
  return { ranks, names };
}

async function shareAlbums(
  disk: Disk,
  set: string,
  { key, name }: { readonly key: HashKey; readonly name: (rank: number) => string },
) {
  using file = openFile(disk, set, 'albums');
  const ranks = createRanks(file.rows, key);
  const map = openRankMap(ranks);
  const said = sharedWords(file.rows * 2);
  const { title, date, label } = albumTexts(file, { name });
  const hashOf = createKeyedHash(key);
  for (let rank = 0; rank < file.rows; rank += 1) {
    if (rank % AT_ONCE === 0) await setImmediate();
    map.set(file.value(ROW_COLUMNS.albums.id, rank) as string, rank);
    const says = { title: title(rank), date: date(rank), label: label(rank) };
    hashOf(textOf(says), said, rank * 2);
  }
  return { ranks, said };
}

function openSaid(key: HashKey, said: Uint32Array) {
  const hashOf = createKeyedHash(key);
  const hash = new Uint32Array(2);
  let last: AlbumSays = { title: '', date: null, label: null };
  let isHashed = false;
  return (rank: number, what: AlbumSays): boolean => {
    // Tracks of one album mostly stand side by side and say the same.
    const isAsLast =
      isHashed && what.title === last.title && what.date === last.date && what.label === last.label;
    if (!isAsLast) hashOf(textOf(what), hash);
    [last, isHashed] = [what, true];
    return said[rank * 2] === hash[0] && said[rank * 2 + 1] === hash[1];
  };
}

function openFile(disk: Disk, set: string, table: 'artists' | 'albums'): RowFile {
  const file = path.join(set, ROW_FILES[table]);
  return openRowFile(disk, file, { table, cache: startPageCache(1) });
}

function textOf({ title, date, label }: AlbumSays): string {
  return `${date ?? ''} ${label === null ? '' : label.length} ${label ?? ''}${title}`;
}
