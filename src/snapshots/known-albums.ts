/**
 * Albums as far as tracks need them, in memory that all threads share: their ranks by id, and 64 bits of what each says. Their
 * hashes are taken where the albums are made into rows, in any thread, and come in the order of their ranks.
 */
import { createKeyedHash, type HashKey } from './keyed-hash.ts';
import { createRanks, openRankMap, type SharedRanks, sharedWords } from './rank-map.ts';

/** What a track may have from its album. */
export interface AlbumSays {
  readonly title: string;
  readonly date: string | null;
  readonly label: string | null;
}

/** The memory of albums. */
export interface SharedAlbums {
  readonly ranks: SharedRanks;
  /** Two words of hash for each album. */
  readonly said: Uint32Array<SharedArrayBuffer>;
}

/** Albums that are gathered. */
export interface AlbumGathering {
  /** Takes the words of the next albums, as `albumHasher` puts them. */
  add(words: Uint32Array): void;
  readonly shared: SharedAlbums;
}

/** Words of an album: two of the hash of its id, two of what it says. */
export const ALBUM_WORDS = 4;

/** A function that puts the words of an album into `into` from `at` on. */
export function albumHasher(
  key: HashKey,
): (id: string, says: AlbumSays, into: Uint32Array, at: number) => void {
  const hashOf = createKeyedHash(key);
  return (id, says, into, at) => {
    hashOf(id, into, at);
    hashOf(textOf(says), into, at + 2);
  };
}

/** Nothing of `count` albums. */
export function gatherAlbums(count: number, key: HashKey): AlbumGathering {
  const ranks = createRanks(count, key);
  const map = openRankMap(ranks);
  const said = sharedWords(count * 2);
  let rank = 0;
  return {
    add(words) {
      for (let at = 0; at < words.length; at += ALBUM_WORDS) {
        map.setHashed(words[at]!, words[at + 1]!, rank);
        said[rank * 2] = words[at + 2]!;
        said[rank * 2 + 1] = words[at + 3]!;
        rank += 1;
      }
    },
    shared: { ranks, said },
  };
}

/** Whether the album of a rank says just that. */
export function openSaid({
  ranks: { key },
  said,
}: SharedAlbums): (rank: number, what: AlbumSays) => boolean {
  const hashOf = createKeyedHash(key);
  const hash = new Uint32Array(2);
  let last: AlbumSays = { title: '', date: null, label: null };
  let isHashed = false;
  return (rank, what) => {
    // Tracks of one album mostly stand side by side and say the same.
    const isAsLast =
      isHashed && what.title === last.title && what.date === last.date && what.label === last.label;
    if (!isAsLast) hashOf(textOf(what), hash);
    [last, isHashed] = [what, true];
    return said[rank * 2] === hash[0] && said[rank * 2 + 1] === hash[1];
  };
}

function textOf({ title, date, label }: AlbumSays): string {
  return `${date ?? ''} ${label === null ? '' : label.length} ${label ?? ''}${title}`;
}
