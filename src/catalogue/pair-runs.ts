/**
 * Pairs of hash and row number on their way into a hash index: cut by the first bits of the hash into runs on disk, each
 * small enough to be put in order in memory.
 */
import { type Disk, readInto } from '../base/disk.ts';
import { openKept } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { restBits } from './key-hash.ts';

/** Entries of a run, about: 10 bytes each on disk, 30 in memory while it is put in order. */
const RUN_ENTRIES = 4_000_000;
const MAX_RUN_BITS = 8;
const PAIR_BYTES = 10;
const BUFFER_PAIRS = 16_384;
const ENTRY_BYTES = 6;
/** Up to this many entries are put in order by insertion. */
const SMALL_BUCKET = 64;

/** Pairs being gathered. */
export interface PairRuns {
  readonly entries: number;
  /** The first bits of the hash that tell the run. */
  readonly bits: number;
  add(high: number, low: number, number: number): void;
  /**
   * The entries (rest, number) of each run in order of bucket (the first `bits` bits), rest and number; `counts` is filled
   * with how many entries stand before each bucket, and all of them last. The buffer is used again.
   */
  sorted(bits: number, counts: Uint32Array): Generator<Uint8Array>;
  /** Makes the pairs so far durable. */
  sync(): void;
  /** Removes the runs. */
  drop(): void;
  /** Gives up: as `drop`, but what `sync` made durable stays. */
  abort(): void;
}

interface Run {
  readonly file: string;
  readonly descriptor: number;
  readonly buffer: Uint8Array;
  /** The same, as numbers are written to it. */
  readonly view: DataView;
  used: number;
  /** Those in the buffer too. */
  entries: number;
}

/** Starts runs for about `expected` pairs in files whose names begin with `prefix`. */
export function startPairRuns(disk: Disk, prefix: string, expected: number): PairRuns {
  const runs = openRuns(prefix, expected, (file) => {
    disk.unlink(file);
    return { descriptor: disk.create(file), entries: 0 };
  });
  return pairRuns(disk, runs, false);
}

/**
 * Goes on with runs that were started so, of which `sync` made the pairs of all numbers below `numbers` durable: others go.
 * `DISK_IO`, `FILE_MISSING`.
 */
export function continuePairRuns(
  disk: Disk,
  prefix: string,
  expected: number,
  numbers: number,
): PairRuns {
  const runs = openRuns(prefix, expected, (file) => {
    const entries = entriesBelow(disk, file, numbers);
    return { descriptor: openKept(disk, file, entries * PAIR_BYTES), entries };
  });
  return pairRuns(disk, runs, true);
}

function openRuns(
  prefix: string,
  expected: number,
  open: (file: string) => Pick<Run, 'descriptor' | 'entries'>,
): Run[] {
  const bits = Math.min(MAX_RUN_BITS, Math.max(0, Math.ceil(Math.log2(expected / RUN_ENTRIES))));
  return Array.from({ length: 2 ** bits }, (_, index) => {
    const file = `${prefix}.run-${index}`;
    const buffer = new Uint8Array(BUFFER_PAIRS * PAIR_BYTES);
    const view = new DataView(buffer.buffer);
    return { file, ...open(file), buffer, view, used: 0 };
  });
}

/** Entries of the run in `file` with a number below `numbers`: they ascend. What is no whole entry is none. */
function entriesBelow(disk: Disk, file: string, numbers: number): number {
  const descriptor = disk.openForReading(file);
  try {
    const pair = new Uint8Array(PAIR_BYTES);
    const view = new DataView(pair.buffer);
    let low = 0;
    let high = Math.floor((disk.stat(file)?.sizeBytes ?? 0) / PAIR_BYTES);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      readInto(disk, descriptor, pair, middle * PAIR_BYTES);
      if (view.getUint32(6, true) < numbers) low = middle + 1;
      else high = middle;
    }
    return low;
  } finally {
    disk.close(descriptor);
  }
}

function pairRuns(disk: Disk, runs: readonly Run[], wasKept: boolean): PairRuns {
  const bits = Math.log2(runs.length);
  let entries = runs.reduce((sum, run) => sum + run.entries, 0);
  let isKept = wasKept;
  let isOpen = true;
  const close = () => {
    if (isOpen) for (const { descriptor } of runs) disk.close(descriptor);
    isOpen = false;
  };
  const drop = () => {
    close();
    for (const { file } of runs) disk.unlink(file);
  };
  return {
    bits,
    get entries() {
      return entries;
    },
    add(high, low, number) {
      const run = runs[bits === 0 ? 0 : high >>> (32 - bits)]!;
      const at = run.used;
      run.view.setUint32(at, high, true);
      run.view.setUint16(at + 4, low, true);
      run.view.setUint32(at + 6, number, true);
      run.used = at + PAIR_BYTES;
      run.entries += 1;
      entries += 1;
      if (run.used === run.buffer.length) flush(disk, run);
    },
    *sorted(bucketBits, counts) {
      let before = 0;
      for (const [index, run] of runs.entries()) {
        flush(disk, run);
        const buckets = 2 ** (bucketBits - bits);
        const place = { bits: bucketBits, firstBucket: index * buckets, buckets, before };
        yield sortRun(readRun(disk, run), place, counts);
        before += run.entries;
      }
      counts[counts.length - 1] = before;
    },
    sync() {
      for (const run of runs) {
        flush(disk, run);
        disk.fsync(run.descriptor);
      }
      isKept = true;
    },
    drop,
    abort: () => (isKept ? close() : drop()),
  };
}

function flush(disk: Disk, run: Run): void {
  const from = run.entries * PAIR_BYTES - run.used;
  for (let done = 0; done < run.used; )
    done += disk.write(run.descriptor, run.buffer.subarray(done, run.used), from + done);
  run.used = 0;
}

function readRun(disk: Disk, run: Run): DataView {
  const bytes = new Uint8Array(run.entries * PAIR_BYTES);
  const descriptor = disk.openForReading(run.file);
  try {
    if (readInto(disk, descriptor, bytes, 0) < bytes.length)
      throw new FonotecaError('DISK_IO', `a run that was cut short (${run.file})`);
  } finally {
    disk.close(descriptor);
  }
  return new DataView(bytes.buffer);
}

/** Where a run stands among all buckets. */
interface RunPlace {
  /** Bits that tell the bucket. */
  readonly bits: number;
  readonly firstBucket: number;
  readonly buckets: number;
  /** Entries of the runs before. */
  readonly before: number;
}

/** The pairs of one run in order: counted by bucket, then each bucket by rest; numbers came ascending and stay so. */
function sortRun(pairs: DataView, place: RunPlace, counts: Uint32Array): Uint8Array {
  const { bits, firstBucket, buckets, before } = place;
  const length = pairs.byteLength / PAIR_BYTES;
  const bucketAt = (at: number) =>
    bits === 0 ? 0 : (pairs.getUint32(at, true) >>> (32 - bits)) - firstBucket;
  const starts = new Uint32Array(buckets + 1);
  for (let at = 0; at < pairs.byteLength; at += PAIR_BYTES) starts[bucketAt(at) + 1]! += 1;
  for (let bucket = 1; bucket <= buckets; bucket++) starts[bucket]! += starts[bucket - 1]!;
  for (let bucket = 0; bucket < buckets; bucket++)
    counts[firstBucket + bucket] = before + starts[bucket]!;
  const rests = new Uint16Array(length);
  const numbers = new Uint32Array(length);
  const next = starts.slice();
  for (let at = 0; at < pairs.byteLength; at += PAIR_BYTES) {
    const bucket = bucketAt(at);
    const to = next[bucket]!;
    next[bucket] = to + 1;
    rests[to] = restBits(pairs.getUint32(at, true), pairs.getUint16(at + 4, true), bits);
    numbers[to] = pairs.getUint32(at + 6, true);
  }
  for (let bucket = 0; bucket < buckets; bucket++)
    sortBucket(rests, numbers, starts[bucket]!, starts[bucket + 1]!);
  const sorted = new Uint8Array(length * ENTRY_BYTES);
  const view = new DataView(sorted.buffer);
  for (let index = 0; index < length; index++) {
    view.setUint16(index * ENTRY_BYTES, rests[index]!, true);
    view.setUint32(index * ENTRY_BYTES + 2, numbers[index]!, true);
  }
  return sorted;
}

/** Puts the entries from `first` to `end`, whose numbers ascend, in order of rest, then number. */
function sortBucket(rests: Uint16Array, numbers: Uint32Array, first: number, end: number): void {
  if (end - first > SMALL_BUCKET) {
    sortLarge(rests, numbers, first, end);
    return;
  }
  for (let next = first + 1; next < end; next++) {
    const rest = rests[next]!;
    const number = numbers[next]!;
    let at = next;
    for (; at > first && rests[at - 1]! > rest; at--) {
      rests[at] = rests[at - 1]!;
      numbers[at] = numbers[at - 1]!;
    }
    rests[at] = rest;
    numbers[at] = number;
  }
}

/** The same by rest and number as one number, which are below 2^53 together. */
function sortLarge(rests: Uint16Array, numbers: Uint32Array, first: number, end: number): void {
  const keys = new Float64Array(end - first);
  for (let index = first; index < end; index++)
    keys[index - first] = rests[index]! * 2 ** 32 + numbers[index]!;
  keys.sort((a, b) => a - b);
  for (let index = first; index < end; index++) {
    const key = keys[index - first]!;
    rests[index] = Math.floor(key / 2 ** 32);
    numbers[index] = key % 2 ** 32;
  }
}
