/**
 * What the index keeps of a fingerprint: for every eighth word its upper 20 bits, and where that was.
 *
 * A query asks with all its words, so that whatever the offset one eighth of them meets a kept one. With 15 % wrong bits
 * 4 % of these still agree in all 20 bits: four or five of the 119 of two minutes (docs/formats/fingerprint.md).
 */
import assert from 'node:assert/strict';

/** Every which word is kept. */
const KEPT_EVERY = 8;
/** Different keys. */
export const KEY_COUNT = 2 ** 20;
/** Recordings of one segment: a posting has 24 bits for the number and 8 for the place. */
const MAX_RECORDINGS = 2 ** 24;

const KEY_SHIFT = 12;
const MAX_PLACES = 256;

/** The key of a word. */
export function keyOf(word: number): number {
  return word >>> KEY_SHIFT;
}

/** Postings by key, for recordings numbered from 0. A posting is number × 256 + place / 8. */
export interface Postings {
  readonly recordings: number;
  /** Where each key's postings begin, one more than there are keys. */
  readonly starts: Uint32Array;
  readonly entries: Uint32Array;
}

/** Postings being gathered: eight bytes for each until `build`. */
export interface PostingsBuilder {
  /** Takes the next recording. */
  add(words: Uint32Array): void;
  /** All of them by key, then by number. */
  build(): Postings;
}

/** An empty builder. */
export function startPostings(): PostingsBuilder {
  let keys = new Uint32Array(1024);
  let entries = new Uint32Array(1024);
  let count = 0;
  let recordings = 0;
  return {
    add(words) {
      assert(recordings < MAX_RECORDINGS, 'a part of at most 2^24 recordings');
      const places = Math.min(MAX_PLACES, Math.ceil(words.length / KEPT_EVERY));
      if (count + places > keys.length) {
        keys = doubled(keys);
        entries = doubled(entries);
      }
      for (let place = 0; place < places; place += 1) {
        keys[count] = keyOf(words[place * KEPT_EVERY]!);
        entries[count] = recordings * MAX_PLACES + place;
        count += 1;
      }
      recordings += 1;
    },
    build: () => sorted(recordings, keys.subarray(0, count), entries),
  };
}

/** Number and first word of a posting. */
export function readPosting(entry: number): { number: number; word: number } {
  return { number: entry >>> 8, word: (entry & (MAX_PLACES - 1)) * KEPT_EVERY };
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** A counting sort: stable, so that numbers rise within a key. */
function sorted(recordings: number, keys: Uint32Array, entries: Uint32Array): Postings {
  const starts = new Uint32Array(KEY_COUNT + 1);
  for (const key of keys) starts[key + 1]! += 1;
  for (let key = 0; key < KEY_COUNT; key += 1) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const result = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at]!;
    result[next[key]!] = entries[at]!;
    next[key]! += 1;
  }
  return { recordings, starts, entries: result };
}
