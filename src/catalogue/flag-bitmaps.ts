/**
 * The tracks of a snapshot with plausibility flags, by rank: a bitmap for each flag and one for any, beside the snapshot's
 * files. Derived: a report writes them anew. Layout: docs/formats/search-index.md.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { FLAGS } from '../model/flags.ts';
import { openChecked } from './checked-file.ts';
import { startPageCache } from './page-cache.ts';
import { writeRankWords } from './rank-bitmap.ts';
import { flagName, partName } from './search-files.ts';
import { openWholeNames } from './whole-names.ts';

const READ_PAGES = 64;

/** Bits being gathered for each flag. Memory: one bit a track and flag. */
export interface FlagBits {
  /** Notes that the track of `rank` has the flags whose bits (their places in FLAGS) are set. */
  add(rank: number, flags: number): void;
  /** How many tracks have the flag of the bit, and the first `most` of their ranks. */
  told(bit: number, most: number): { readonly tracks: number; readonly first: readonly number[] };
  /** Writes all bitmaps below `directory`, that of any flag last. */
  write(disk: Disk, directory: string): void;
}

/** Bits for `tracks` tracks. */
export function startFlagBits(tracks: number): FlagBits {
  // A snapshot without tracks has bitmaps all the same, of one word.
  const sets = [...FLAGS.map(({ name }) => name), 'any'].map((name) => ({
    name,
    words: new Uint32Array(Math.ceil(Math.max(1, tracks) / 32)),
  }));
  const any = 1 << FLAGS.length;
  return {
    add(rank, flags) {
      for (let bits = flags | any, at = 0; bits > 0; bits >>>= 1, at += 1)
        if ((bits & 1) === 1) sets[at]!.words[rank >>> 5]! |= 1 << (rank & 31);
    },
    told(bit, most) {
      const { words } = sets[Math.log2(bit)]!;
      const first: number[] = [];
      let tracks = 0;
      for (const [at, word] of words.entries())
        for (let bits = word; bits !== 0; bits &= bits - 1) {
          if (first.length < most) first.push(at * 32 + 31 - Math.clz32(bits & -bits));
          tracks += 1;
        }
      return { tracks, first };
    },
    write(disk, directory) {
      for (const { name, words } of sets) {
        const file = path.join(directory, flagName(name));
        writeRankWords(disk, { file, temporary: `${file}.tmp` }, words);
      }
    },
  };
}

/** The ranks of tracks whose title, or artist and title, `least` or more have, name by name. `SEARCH_INDEX_DAMAGED`. */
export function* tracksNamedAlike(
  disk: Disk,
  directory: string,
  least: number,
): Generator<number[]> {
  const name = partName('tracks', 'whole');
  const cache = startPageCache(READ_PAGES);
  using file = openChecked(disk, path.join(directory, name), { kind: 'whole', cache });
  yield* openWholeNames(file, name).inBulk(least);
}
