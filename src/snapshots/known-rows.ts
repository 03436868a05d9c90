/**
 * What of artists and albums has to be at hand while tracks are written: their ranks by id, the names of artists, and of
 * each album 64 bits of what it says. At 256 million tracks 1.1 GB and 0.5 GB for albums, 0.3 GB and 0.3 GB for artists.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { hashKey } from '../catalogue/key-hash.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { ROW_COLUMNS } from '../catalogue/row-block.ts';
import { openRowFile, type RowFile } from '../catalogue/row-file.ts';
import { ROW_FILES } from '../catalogue/snapshot-files.ts';
import { albumTexts, gatherArtists } from '../catalogue/snapshot-rows.ts';
import { createRankMap, type RankMap } from './rank-map.ts';

/** Artists that are written. */
export interface KnownArtists {
  readonly ranks: RankMap;
  name(rank: number): string;
}

/** What a track may have from its album. */
interface AlbumSays {
  readonly title: string;
  readonly date: string | null;
  readonly label: string | null;
}

/** Albums that are written. */
export interface KnownAlbums {
  readonly ranks: RankMap;
  /** Whether the album of `rank` says just that, told apart by 64 bits of hash. */
  says(rank: number, what: AlbumSays): boolean;
}

/** The artists below `set`, the folder of the files of a snapshot. */
export function knownArtists(disk: Disk, set: string): KnownArtists {
  using file = openRows(disk, set, 'artists');
  const ranks = createRankMap(file.rows);
  const { id, name } = gatherArtists(file);
  for (let rank = 0; rank < file.rows; rank += 1) ranks.set(id(rank), rank);
  return { ranks, name };
}

/** The albums below `set`. */
export function knownAlbums(disk: Disk, set: string, artists: KnownArtists): KnownAlbums {
  using file = openRows(disk, set, 'albums');
  const ranks = createRankMap(file.rows);
  const said = new Uint32Array(file.rows * 2);
  const { title, date, label } = albumTexts(file, artists);
  const hash = new Uint32Array(2);
  for (let rank = 0; rank < file.rows; rank += 1) {
    ranks.set(file.value(ROW_COLUMNS.albums.id, rank) as string, rank);
    hashKey(textOf({ title: title(rank), date: date(rank), label: label(rank) }), hash);
    said.set(hash, rank * 2);
  }
  return {
    ranks,
    says(rank, what) {
      hashKey(textOf(what), hash);
      return said[rank * 2] === hash[0] && said[rank * 2 + 1] === hash[1];
    },
  };
}

function openRows(disk: Disk, set: string, table: 'artists' | 'albums'): RowFile {
  const file = path.join(set, ROW_FILES[table]);
  return openRowFile(disk, file, { table, cache: startPageCache(1) });
}

function textOf({ title, date, label }: AlbumSays): string {
  return `${date ?? ''} ${label === null ? 0 : label.length} ${label ?? ''}${title}`;
}
