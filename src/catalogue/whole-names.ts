/**
 * Whole names by hash: which documents have exactly this title, or exactly this artist and title. A hash says "perhaps";
 * the row decides. Layout: docs/formats/search-index.md.
 */
import { type Disk, readInto } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type CheckedFile, type CheckedWriter, damagedFile, startChecked } from './checked-file.ts';
import { continueSpill, type SpillFile, startSpill } from './spill-file.ts';

/** Two hashes of a whole name, 32 bits each. */
export interface NameHash {
  low: number;
  high: number;
}

/** Bytes of an entry: 16 bits that the bucket does not tell, and the rank. */
const ENTRY_BYTES = 6;
/** Words of a name on its way: both hashes and the number of its document. */
export const WHOLE_WORDS = 3;
const SPILLED_BYTES = WHOLE_WORDS * 4;
/** Parts that are put in order one after the other: 5 million names each at half a billion. */
const PARTS = 256;
const PART_BITS = 8;
const PART_BUFFER_BYTES = SPILLED_BYTES * 4096;
/** Names of a bucket on average. */
const BUCKET_NAMES = 32;
const MAX_BUCKET_BITS = 26;
const FOOTER_BYTES = 16;
/** Up to this many names are put in order by insertion. */
const SMALL_BUCKET = 64;

/** The hash of no terms. */
export function startNameHash(): NameHash {
  return { low: 0x9e3779b9, high: 0x85ebca6b };
}

/** Takes the next term's hash (FNV-1a) into `hash`. */
export function addTermHash(hash: NameHash, term: number): void {
  let low = Math.imul(hash.low ^ term, 0xcc9e2d51);
  low ^= low >>> 15;
  hash.low = Math.imul(low, 0x1b873593) + 0x52dce729;
  let high = Math.imul(hash.high ^ Math.imul(term, 0x27d4eb2f), 0x165667b1);
  high ^= high >>> 13;
  hash.high = Math.imul(high, 0x9e3779b1) + 0x38495ab5;
}

/** Mixes what is left of order in the bits, so that any of them may be a bucket. */
function finished(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Puts the `hash` of a name of a document into `words` from `at` on, as `WholeNamesWriter.append` takes it. */
export function putName(words: Uint32Array, at: number, hash: NameHash, document: number): void {
  words[at] = finished(hash.low);
  words[at + 1] = finished(hash.high);
  words[at + 2] = document;
}

/** Whole names in a spill file, by the first bits of their hashes. */
export interface SpilledNames {
  readonly names: number;
  /** Of each part, where its words lie. */
  readonly parts: readonly (readonly { readonly position: number; readonly words: number }[])[];
}

/** Whole names being gathered. */
export interface WholeNamesWriter {
  /** Notes names, `WHOLE_WORDS` each, of documents counted from `rank` on; ranks rise. */
  append(names: Uint32Array, rank: number): void;
  /** What lies in the spill file, for `continueWholeNames`: all names so far, durable. `abort` then leaves them. */
  keep(): SpilledNames;
  /** What lies in the spill file, for `writeWholeNames`; the file stays until then. */
  finish(): SpilledNames;
  abort(): void;
}

/** A writer with its spill at `file`: 12 bytes a name there, 12 MiB of memory. */
export function startWholeNames(disk: Disk, file: string): WholeNamesWriter {
  const parts = Array.from({ length: PARTS }, () => []);
  return namesOver(startSpill(disk, file), { names: 0, parts });
}

/** Goes on behind what `keep` said of the spill at `file`. */
export function continueWholeNames(disk: Disk, file: string, kept: SpilledNames): WholeNamesWriter {
  return namesOver(continueSpill(disk, file, kept.names * SPILLED_BYTES), kept);
}

function namesOver(spill: SpillFile, begun: SpilledNames): WholeNamesWriter {
  const buffers = Array.from({ length: PARTS }, () => new Uint32Array(PART_BUFFER_BYTES / 4));
  const used = new Uint32Array(PARTS);
  const parts = begun.parts.map((part) => [...part]);
  let { names } = begun;
  const flush = () => {
    for (let part = 0; part < PARTS; part += 1) if (used[part]! > 0) flushPart(part);
  };
  const flushPart = (part: number) => {
    parts[part]!.push({ position: spill.sizeBytes, words: used[part]! });
    spill.write(new Uint8Array(buffers[part]!.buffer, 0, used[part]! * 4));
    used[part] = 0;
  };
  return {
    append(given, rank) {
      for (let from = 0; from < given.length; from += WHOLE_WORDS) {
        const part = given[from]! >>> (32 - PART_BITS);
        const at = used[part]!;
        const buffer = buffers[part]!;
        buffer[at] = given[from]!;
        buffer[at + 1] = given[from + 1]!;
        buffer[at + 2] = rank + given[from + 2]!;
        used[part] = at + WHOLE_WORDS;
        if (at + WHOLE_WORDS === buffer.length) flushPart(part);
      }
      names += given.length / WHOLE_WORDS;
    },
    keep() {
      flush();
      spill.sync();
      return { names, parts: parts.map((part) => [...part]) };
    },
    finish() {
      flush();
      spill.close();
      return { names, parts };
    },
    abort: () => spill.drop(),
  };
}

/** The names that `spilled` says lie in `spill`, put in order as the file `final`; then the spill goes. Memory: one part. */
export function writeWholeNames(
  disk: Disk,
  { names, parts }: SpilledNames,
  files: {
    readonly spill: string;
    readonly temporary: string;
    readonly final: string;
    /** Called at every part: throws when it is to be left. */
    readonly check: () => void;
  },
): void {
  const descriptor = disk.openForReading(files.spill);
  const file = startChecked(disk, files.temporary, 'whole');
  try {
    writeParts(file, names, (part) => {
      files.check();
      return readPart(disk, descriptor, parts[part]!);
    });
    file.finish(files.final);
  } catch (error) {
    file.abort();
    throw error;
  } finally {
    disk.close(descriptor);
  }
  disk.unlink(files.spill);
}

function readPart(
  disk: Disk,
  descriptor: number,
  pieces: readonly { readonly position: number; readonly words: number }[],
): Uint32Array {
  const part = new Uint32Array(pieces.reduce((sum, { words }) => sum + words, 0));
  let at = 0;
  for (const { position, words } of pieces) {
    const room = new Uint8Array(part.buffer, at * 4, words * 4);
    if (readInto(disk, descriptor, room, position) < room.length)
      throw new FonotecaError('DISK_IO', 'a spill file that was cut short');
    at += words;
  }
  return part;
}

/** All entries by bucket, then where each bucket begins, then how many there are of both. */
function writeParts(file: CheckedWriter, names: number, read: (part: number) => Uint32Array): void {
  const wanted = Math.ceil(Math.log2(Math.max(1, names / BUCKET_NAMES)));
  const bits = Math.min(MAX_BUCKET_BITS, Math.max(PART_BITS, wanted));
  const starts = new Uint32Array(2 ** bits + 1);
  const bucketsOfPart = 2 ** (bits - PART_BITS);
  let written = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const spilled = read(part);
    const ends = starts.subarray(part * bucketsOfPart, (part + 1) * bucketsOfPart + 1);
    file.write(orderPart(spilled, ends, { bits, written }));
    written += spilled.length / 3;
  }
  file.write(new Uint8Array(starts.buffer));
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeBigUInt64LE(BigInt(names), 0);
  footer.writeUInt32LE(bits, 8);
  file.write(footer);
}

/** The entries of a part by bucket, within it by the rest of the hash, then by rank; `starts` is filled for its buckets. */
function orderPart(
  spilled: Uint32Array,
  starts: Uint32Array,
  { bits, written }: { bits: number; written: number },
): Uint8Array {
  const buckets = starts.length - 1;
  const count = spilled.length / 3;
  const next = new Uint32Array(buckets + 1);
  const bucketOf = (at: number) => (spilled[at * 3]! >>> (32 - bits)) % buckets;
  for (let at = 0; at < count; at += 1) next[bucketOf(at) + 1]! += 1;
  for (let bucket = 0; bucket < buckets; bucket += 1) next[bucket + 1]! += next[bucket]!;
  for (let bucket = 0; bucket <= buckets; bucket += 1) starts[bucket] = written + next[bucket]!;
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) {
    const bucket = bucketOf(at);
    order[next[bucket]!] = at;
    next[bucket]! += 1;
  }
  const restOf = (at: number) => spilled[at * 3 + 1]! >>> 16;
  for (let bucket = 0; bucket < buckets; bucket += 1)
    sortBucket(order.subarray(starts[bucket]! - written, starts[bucket + 1]! - written), restOf);
  const bytes = new Uint8Array(count * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < count; at += 1) {
    view.setUint16(at * ENTRY_BYTES, restOf(order[at]!), true);
    view.setUint32(at * ENTRY_BYTES + 2, spilled[order[at]! * 3 + 2]!, true);
  }
  return bytes;
}

/** By rest and then by place. A bucket is mostly of a few names; one that is not holds a name that thousands have. */
function sortBucket(bucket: Uint32Array, restOf: (at: number) => number): void {
  if (bucket.length > SMALL_BUCKET) {
    bucket.sort((a, b) => restOf(a) - restOf(b) || a - b);
    return;
  }
  for (let next = 1; next < bucket.length; next += 1) {
    const moved = bucket[next]!;
    const rest = restOf(moved);
    let at = next;
    for (; at > 0 && restOf(bucket[at - 1]!) > rest; at -= 1) bucket[at] = bucket[at - 1]!;
    bucket[at] = moved;
  }
}

/** Whole names that can be looked up. */
export interface WholeNames {
  /** Ranks of documents that perhaps have this name, ascending, the first `limit` of them. */
  find(hash: NameHash, limit: number): number[];
  /**
   * Ranks of documents that share a name with `least` or more, name by name. Names are told apart by their hash: of a few
   * dozen others in the bucket, one in 65,536 is taken for the name. Only buckets that are large enough are read.
   */
  inBulk(least: number): Generator<number[]>;
}

/** The whole names in `file`. `SEARCH_INDEX_DAMAGED`. */
export function openWholeNames(file: CheckedFile, name: string): WholeNames {
  const footer = file.read(file.sizeBytes - FOOTER_BYTES, FOOTER_BYTES);
  const names = Number(footer.readBigUInt64LE(0));
  const bits = footer.readUInt32LE(8);
  const table = names * ENTRY_BYTES;
  if (bits > MAX_BUCKET_BITS || table + (2 ** bits + 1) * 4 + FOOTER_BYTES !== file.sizeBytes)
    throw damagedFile(name, 'another size than its names take');
  return {
    find(hash, limit) {
      const bucket = finished(hash.low) >>> (32 - bits);
      const bounds = file.read(table + bucket * 4, 8);
      const end = bounds.readUInt32LE(4);
      const rest = finished(hash.high) >>> 16;
      const ranks: number[] = [];
      const entryAt = (at: number) => file.read(at * ENTRY_BYTES, ENTRY_BYTES);
      let [low, high] = [bounds.readUInt32LE(0), end];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (entryAt(middle).readUInt16LE(0) < rest) low = middle + 1;
        else high = middle;
      }
      for (; low < end && ranks.length < limit; low += 1) {
        const entry = entryAt(low);
        if (entry.readUInt16LE(0) !== rest) break;
        ranks.push(entry.readUInt32LE(2));
      }
      return eachOnce(ranks);
    },
    *inBulk(least) {
      for (let bucket = 0; bucket < 2 ** bits; bucket += 1) {
        const bounds = file.read(table + bucket * 4, 8);
        const [first, end] = [bounds.readUInt32LE(0), bounds.readUInt32LE(4)];
        if (end - first < least) continue;
        const entries = Buffer.from(file.read(first * ENTRY_BYTES, (end - first) * ENTRY_BYTES));
        for (let at = 0, from = 0; at < entries.length; from = at) {
          const rest = entries.readUInt16LE(from);
          const ranks: number[] = [];
          for (; at < entries.length && entries.readUInt16LE(at) === rest; at += ENTRY_BYTES)
            ranks.push(entries.readUInt32LE(at + 2));
          const once = eachOnce(ranks);
          if (once.length >= least) yield once;
        }
      }
    },
  };
}

/** A title that is also "artist title" of the same document was noted twice. */
function eachOnce(ranks: readonly number[]): number[] {
  return ranks.filter((rank, at) => rank !== ranks[at - 1]);
}
