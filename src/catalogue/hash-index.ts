/**
 * A hash index: from a key (an id, an ISRC) to the numbers of the rows that may carry it, ascending. A key is not kept, only
 * its hash, so about one answer in 2,000 is of another key: the reader compares with the row. Six bytes an entry.
 * Layout: docs/formats/catalogue-files.md.
 */
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { openChecked, startChecked } from './checked-file.ts';
import { hashKey, restBits } from './key-hash.ts';
import type { PageCache } from './page-cache.ts';
import { continuePairRuns, type PairRuns, startPairRuns } from './pair-runs.ts';

const KIND = 'hashidx';
/** Entries of a bucket on average: 192 bytes, which mostly lie in one page. */
const BUCKET_ENTRIES = 32;
const ENTRY_BYTES = 6;
const COUNT_BYTES = 4;
const FOOTER_BYTES = 16;

/** A hash index being written. Memory: 256 KiB a run while keys come, one run (about 4 million entries, 120 MB) at the end. */
export interface HashIndexWriter {
  /** Notes that row `number` carries `key`. Rows come in ascending order. */
  add(key: string, number: number): void;
  /** Notes keys of rows counted from number `first` on. */
  append(pairs: KeyPairs, first: number): void;
  /** Makes what was noted durable beside the temporary name, where `abort` and a failed `finish` then leave it. */
  sync(): void;
  finish(final: string): void;
  abort(): void;
}

/** Words of a key on its way: its hash, and the number of its row. */
export const PAIR_WORDS = 3;
/** `PAIR_WORDS` for each key. */
export type KeyPairs = Uint32Array<ArrayBuffer>;

/** Keys of rows being gathered. */
export interface KeyPairsMaker {
  /** Notes that row `number` carries `key`. Rows come in ascending order. */
  add(key: string, number: number): void;
  /** What came since the last. */
  take(): KeyPairs;
}

/** No keys; pure, so that any thread may gather them. */
export function startKeyPairs(): KeyPairsMaker {
  let pairs = new Uint32Array(2 ** 12 * PAIR_WORDS);
  let used = 0;
  return {
    add(key, number) {
      if (used === pairs.length) {
        const larger = new Uint32Array(used * 2);
        larger.set(pairs);
        pairs = larger;
      }
      hashKey(key, pairs, used);
      pairs[used + 2] = number;
      used += PAIR_WORDS;
    },
    take() {
      const taken = pairs.slice(0, used);
      used = 0;
      return taken;
    },
  };
}

/** A hash index that is open. */
export interface HashIndex extends Disposable {
  readonly entries: number;
  /** The rows from number `from` on that may carry `key`, ascending. */
  rows(key: string, from: number): Generator<number>;
}

/** Starts a hash index with about `expected` keys; `temporary` and names that begin so are its own. */
export function startHashIndex(disk: Disk, temporary: string, expected: number): HashIndexWriter {
  return indexOver(disk, temporary, startPairRuns(disk, temporary, expected));
}

/**
 * Goes on with an index that was started so and synced when all keys of rows below `rows`, so many `entries`, were noted, and
 * perhaps others. `DISK_IO` where some are gone, `FILE_MISSING`.
 */
export function continueHashIndex(
  disk: Disk,
  temporary: string,
  expected: number,
  { rows, entries }: { readonly rows: number; readonly entries: number },
): HashIndexWriter {
  const runs = continuePairRuns(disk, temporary, expected, rows);
  if (runs.entries === entries) return indexOver(disk, temporary, runs);
  runs.abort();
  const seen = `${runs.entries} of ${entries} keys that were durable (${temporary})`;
  throw new FonotecaError('DISK_IO', seen);
}

function indexOver(disk: Disk, temporary: string, runs: PairRuns): HashIndexWriter {
  const hash = new Uint32Array(2);
  return {
    add(key, number) {
      hashKey(key, hash);
      runs.add(hash[0]!, hash[1]! >>> 16, number);
    },
    append(pairs, first) {
      for (let at = 0; at < pairs.length; at += PAIR_WORDS)
        runs.add(pairs[at]!, pairs[at + 1]! >>> 16, first + pairs[at + 2]!);
    },
    sync: runs.sync,
    finish(final) {
      const bits = Math.max(runs.bits, bucketBits(runs.entries));
      const file = startChecked(disk, `${temporary}.part`, KIND);
      try {
        const counts = new Uint32Array(2 ** bits + 1);
        for (const sorted of runs.sorted(bits, counts)) file.write(sorted);
        file.write(new Uint8Array(counts.buffer));
        const footer = Buffer.alloc(FOOTER_BYTES);
        footer.writeBigUInt64LE(BigInt(runs.entries), 0);
        footer.writeUInt32LE(bits, 8);
        file.write(footer);
        file.finish(final);
      } catch (error) {
        file.abort();
        runs.abort();
        throw error;
      }
      runs.drop();
    },
    abort: runs.abort,
  };
}

/** The hash index at `path`. `SEARCH_INDEX_DAMAGED`, `FILE_MISSING`. */
export function openHashIndex(disk: Disk, path: string, cache: PageCache): HashIndex {
  using opened = new DisposableStack();
  const file = opened.use(openChecked(disk, path, { kind: KIND, cache }));
  const footer = file.read(file.sizeBytes - FOOTER_BYTES, FOOTER_BYTES);
  const entries = Number(footer.readBigUInt64LE(0));
  const bits = footer.readUInt32LE(8);
  const hash = new Uint32Array(2);
  const kept = opened.move();
  return {
    entries,
    *rows(key, from) {
      hashKey(key, hash);
      const rest = restOf(hash, bits);
      const at = entries * ENTRY_BYTES + bucketOf(hash, bits) * COUNT_BYTES;
      const bounds = file.read(at, 2 * COUNT_BYTES);
      const first = bounds.readUInt32LE(0);
      const end = bounds.readUInt32LE(COUNT_BYTES);
      const entry = (index: number) => file.read(index * ENTRY_BYTES, ENTRY_BYTES);
      let index = lowerBound(first, end, (middle) => {
        const bytes = entry(middle);
        const other = bytes.readUInt16LE(0);
        return other < rest || (other === rest && bytes.readUInt32LE(2) < from);
      });
      for (let last = -1; index < end; index++) {
        const bytes = entry(index);
        if (bytes.readUInt16LE(0) !== rest) return;
        const number = bytes.readUInt32LE(2);
        if (number !== last) yield number;
        last = number;
      }
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

function bucketBits(entries: number): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(1, entries / BUCKET_ENTRIES))));
}

/** The first `bits` bits of the hash; a shift by 32 would be one by 0. */
function bucketOf(hash: Uint32Array, bits: number): number {
  return bits === 0 ? 0 : hash[0]! >>> (32 - bits);
}

/** The 16 bits that follow the first `bits`. */
function restOf(hash: Uint32Array, bits: number): number {
  return restBits(hash[0]!, hash[1]! >>> 16, bits);
}

/** The first index from `first` on, below `end`, that is not `before`. */
function lowerBound(first: number, end: number, before: (index: number) => boolean): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
