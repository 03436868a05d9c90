/**
 * A set of ranks as one bit each: what is held, for one. Written anew whenever it changes, beside a snapshot that does not.
 * Layout: docs/formats/search-index.md.
 */
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { openChecked, startChecked } from './checked-file.ts';
import type { RankSet } from './document-cursor.ts';
import { startPageCache } from './page-cache.ts';
import { startRoom } from './used-again.ts';

const KIND = 'bitmap';

/** Writes the set of `ranks`, each below `documents`, to `file` by way of `temporary`; it replaces what is there. */
export function writeRankBitmap(
  disk: Disk,
  files: { file: string; temporary: string },
  ranks: Iterable<number>,
  documents: number,
): void {
  const words = new Uint32Array(Math.ceil(documents / 32));
  for (const rank of ranks) words[rank >>> 5]! |= 1 << (rank & 31);
  writeRankWords(disk, files, words);
}

/** As `writeRankBitmap`, of a set that is bits already: rank `r` is bit `r % 32` of word `r / 32`. */
export function writeRankWords(
  disk: Disk,
  { file, temporary }: { file: string; temporary: string },
  words: Uint32Array,
): void {
  const writer = startChecked(disk, temporary, KIND);
  writer.write(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  writer.finish(file);
}

/** The set in `file`. Memory: 4 bytes a member or one bit a document, whichever is less. `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function readRankBitmap(disk: Disk, file: string): RankSet {
  using checked = openChecked(disk, file, { kind: KIND, cache: startPageCache(1) });
  const { buffer, byteOffset, length } = checked.readApart(0, checked.sizeBytes, startRoom());
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  let count = 0;
  for (const word of words) count += bitsOf(word);
  if (count >= words.length) return { count, next: (rank) => nextMember(words, rank) };
  const members = new Uint32Array(count);
  for (let at = 0, rank = -1; at < count; at += 1) members[at] = rank = nextMember(words, rank + 1);
  return { count, next: (rank) => members[firstNotBefore(members, rank)] ?? -1 };
}

/** As `readRankBitmap`; what it would throw is returned, for those who make such a set anew. */
export function tryRankBitmap(disk: Disk, file: string): RankSet | FonotecaError {
  try {
    return readRankBitmap(disk, file);
  } catch (error) {
    if (error instanceof FonotecaError) return error;
    throw error;
  }
}

function firstNotBefore(members: Uint32Array, rank: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (members[middle]! < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nextMember(words: Uint32Array, rank: number): number {
  let at = rank >>> 5;
  if (at >= words.length) return -1;
  let word = (words[at]! & (-1 << (rank & 31))) >>> 0;
  while (word === 0) {
    at += 1;
    if (at >= words.length) return -1;
    word = words[at]!;
  }
  return at * 32 + 31 - Math.clz32(word & -word);
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 0xff;
}
