/**
 * What of artists and albums has to be at hand while other rows are written, in memory that all threads share: their ranks by id,
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
import type { HashKey } from './keyed-hash.ts';
import {
  ALBUM_WORDS,
  type AlbumGathering,
  type AlbumSays,
  albumHasher,
  gatherAlbums,
  openSaid,
  type SharedAlbums,
} from './known-albums.ts';
import { createRanks, openRankMap, type RankMap, type SharedRanks } from './rank-map.ts';
import type { RowKind } from './row-kinds.ts';
import { openTexts, type SharedTexts, shareTexts } from './thread-texts.ts';

/** The memory of what is known. */
export interface SharedRows {
  /** What hashes are taken with. */
  readonly key: HashKey;
  readonly artists?: SharedArtists;
  readonly albums?: SharedAlbums;
}

interface SharedArtists {
  readonly ranks: SharedRanks;
  readonly names: SharedTexts;
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

/** What is gathered of rows that were written, once for all that need it. */
export interface GatheredRows {
  /** What rows of `kind` need. What was not gathered while it was written is read from the files. */
  of(kind: RowKind): Promise<SharedRows>;
  /** Begins with `count` albums that are written now; `of` knows them when `done` was called behind the last. */
  gather(count: number): { add: AlbumGathering['add']; done(): void };
}

/** Rows that are read before others have their turn in this thread. */
const AT_ONCE = 4096;

/** Nothing yet of the rows whose files are below `set`, the folder of the files of a snapshot. */
export function gatherRows(disk: Disk, set: string, key: HashKey): GatheredRows {
  let artists: SharedArtists | undefined;
  let albums: SharedAlbums | undefined;
  return {
    async of(kind) {
      if (kind === 'artists') return { key };
      artists ??= readArtists(disk, set, key);
      if (kind === 'albums') return { key, artists };
      albums ??= await readAlbums(disk, set, { key, name: openTexts(artists.names) });
      return { key, artists, albums };
    },
    gather(count) {
      const gathering = gatherAlbums(count, key);
      return {
        add: gathering.add,
        done() {
          albums = gathering.shared;
        },
      };
    },
  };
}

/** What is in `shared`. */
export function openRows({ artists, albums }: SharedRows): KnownRows {
  return {
    ...(artists && {
      artists: { ranks: openRankMap(artists.ranks), name: openTexts(artists.names) },
    }),
    ...(albums && { albums: { ranks: openRankMap(albums.ranks), says: openSaid(albums) } }),
  };
}

function readArtists(disk: Disk, set: string, key: HashKey): SharedArtists {
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

async function readAlbums(
  disk: Disk,
  set: string,
  { key, name }: { readonly key: HashKey; readonly name: (rank: number) => string },
): Promise<SharedAlbums> {
  using file = openFile(disk, set, 'albums');
  const { add, shared } = gatherAlbums(file.rows, key);
  const { title, date, label } = albumTexts(file, { name });
  const hash = albumHasher(key);
  const words = new Uint32Array(ALBUM_WORDS);
  for (let rank = 0; rank < file.rows; rank += 1) {
    if (rank % AT_ONCE === 0) await setImmediate();
    const id = file.value(ROW_COLUMNS.albums.id, rank) as string;
    hash(id, { title: title(rank), date: date(rank), label: label(rank) }, words, 0);
    add(words);
  }
  return shared;
}

function openFile(disk: Disk, set: string, table: 'artists' | 'albums'): RowFile {
  const file = path.join(set, ROW_FILES[table]);
  return openRowFile(disk, file, { table, cache: startPageCache(1) });
}
