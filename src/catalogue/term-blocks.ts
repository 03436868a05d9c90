/**
 * Terms in the order of their bytes with two numbers each, 64 to a block, each block's first term kept in memory: the
 * dictionary of a segment and the vocabulary. Layout: docs/formats/search-index.md.
 */
import { MAX_TERM_BYTES } from '../model/search-terms.ts';
import { type CheckedFile, type CheckedWriter, damagedFile } from './checked-file.ts';
import { OWN_TERM } from './posting-run.ts';
import { type ByteSink, startByteSink } from './varint.ts';

/** Terms of a block. */
const BLOCK_TERMS = 64;
/** The longest key: a pair of characters or a term, with two bytes that say what it is. */
export const MAX_KEY_BYTES = 2 * MAX_TERM_BYTES + 2;

/** Lengths below this stand in half a byte. */
const LARGE = 15;
const NIBBLE = 4;
/** Numbers that stand in one byte: the first from 1 to 7, the second below 32. */
const SMALL_FIRST = 7;
const SMALL_SECOND = 32;
const NOT_SMALL = SMALL_FIRST * SMALL_SECOND;
const ENTRY_BYTES = 24;
const FOOTER_BYTES = 32;

/** Terms being written in order. */
export interface TermBlocksWriter {
  /** Appends a term that comes after all others, with its two numbers. */
  add(term: Uint8Array, length: number, first: number, second: number): void;
  /** Writes what is kept in memory; nothing can be added after. */
  finish(): void;
}

/** A writer of terms to `file`. */
export function startTermBlocks(file: CheckedWriter): TermBlocksWriter {
  const index = startBlockIndex();
  const sink = startByteSink((bytes) => file.write(bytes));
  const last = new Uint8Array(MAX_KEY_BYTES);
  let lastLength = 0;
  let terms = 0;
  let sum = 0;
  let largest = 0;
  return {
    add(term, length, first, second) {
      const isFirst = terms % BLOCK_TERMS === 0;
      if (isFirst) {
        sink.flush();
        if (terms > 0) index.end(largest);
        index.begin(file.position, sum, term.subarray(0, length));
        largest = 0;
      }
      const shared = isFirst ? 0 : sharedBytes(last, lastLength, term, length);
      sink.byte(Math.min(shared, LARGE) | (Math.min(length - shared, LARGE) << NIBBLE));
      if (shared >= LARGE) sink.varint(shared - LARGE);
      if (length - shared >= LARGE) sink.varint(length - shared - LARGE);
      sink.bytes(term.subarray(shared, length));
      putNumbers(sink, first, second);
      last.set(term.subarray(shared, length), shared);
      lastLength = length;
      sum += second;
      if (isWord(term, length)) largest = Math.max(largest, first);
      terms += 1;
    },
    finish() {
      sink.flush();
      if (terms > 0) index.end(largest);
      const indexStart = file.position;
      index.write(sink);
      sink.flush();
      const footer = Buffer.alloc(FOOTER_BYTES);
      footer.writeBigUInt64LE(BigInt(terms), 0);
      footer.writeBigUInt64LE(BigInt(indexStart), 8);
      footer.writeUInt32LE(index.blocks, 16);
      footer.writeUInt32LE(BLOCK_TERMS, 20);
      file.write(footer);
    },
  };
}

/** In one byte where they are small, as those of most words are. */
function putNumbers(sink: ByteSink, first: number, second: number): void {
  if (first >= 1 && first <= SMALL_FIRST && second < SMALL_SECOND) {
    sink.byte((first - 1) * SMALL_SECOND + second);
    return;
  }
  sink.byte(NOT_SMALL);
  sink.varint(first);
  sink.varint(second);
}

function sharedBytes(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number): number {
  const most = Math.min(aLength, bLength);
  let shared = 0;
  while (shared < most && a[shared] === b[shared]) shared += 1;
  return shared;
}

/** Whether a key is a word and not what a document is found by otherwise, nor a word in one field alone. */
export function isWord(key: Uint8Array, length: number): boolean {
  return key[0] !== OWN_TERM && (length < 2 || key[length - 2] !== OWN_TERM);
}

/** Where each block and the lists of its terms begin, how many its most frequent word has, and its first term. */
function startBlockIndex(): {
  readonly blocks: number;
  begin(position: number, sum: number, term: Uint8Array): void;
  end(largest: number): void;
  write(sink: ByteSink): void;
} {
  let numbers = new Float64Array(2048);
  let ends = new Uint32Array(1024);
  let largests = new Uint32Array(1024);
  let firsts = new Uint8Array(16_384);
  let blocks = 0;
  let used = 0;
  return {
    get blocks() {
      return blocks;
    },
    begin(position, sum, term) {
      if (blocks === ends.length) {
        ends = copied(ends, new Uint32Array(blocks * 2));
        largests = copied(largests, new Uint32Array(blocks * 2));
        numbers = copied(numbers, new Float64Array(blocks * 4));
      }
      if (used + term.length > firsts.length)
        firsts = copied(firsts, new Uint8Array(firsts.length * 2));
      numbers[blocks * 2] = position;
      numbers[blocks * 2 + 1] = sum;
      firsts.set(term, used);
      used += term.length;
      ends[blocks] = used;
      blocks += 1;
    },
    end(largest) {
      largests[blocks - 1] = largest;
    },
    write(sink) {
      const entry = Buffer.alloc(ENTRY_BYTES);
      for (let block = 0; block < blocks; block += 1) {
        entry.writeBigUInt64LE(BigInt(numbers[block * 2]!), 0);
        entry.writeBigUInt64LE(BigInt(numbers[block * 2 + 1]!), 8);
        entry.writeUInt32LE(ends[block]!, 16);
        entry.writeUInt32LE(largests[block]!, 20);
        sink.bytes(entry);
      }
      sink.bytes(firsts.subarray(0, used));
    },
  };
}

function copied<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A term that was found. */
export interface FoundTerm {
  readonly first: number;
  readonly second: number;
  /** Sum of the second numbers of all terms before it. */
  readonly before: number;
}

/** Terms that can be looked up. Memory: 24 bytes and its first term for each block. */
export interface TermBlocks {
  readonly terms: number;
  readonly blocks: number;
  /** The entry of `term`, or undefined when it is not there. */
  find(term: Uint8Array): FoundTerm | undefined;
  /** The number of the block that holds `term` or would: -1 before the first. */
  blockOf(term: Uint8Array): number;
  /** The first number of the most frequent word of a block. */
  largest(block: number): number;
  /** Gives every term of a block to `take`, which must copy the bytes to keep them; stops when that returns false. */
  scan(
    block: number,
    take: (term: Uint8Array, length: number, first: number, second: number) => boolean,
  ): void;
}

/** The terms in the first `bodyBytes` bytes of `file`. `SEARCH_INDEX_DAMAGED`. */
export function openTermBlocks(
  file: CheckedFile,
  { name, bodyBytes }: { name: string; bodyBytes: number },
): TermBlocks {
  const footer = file.read(bodyBytes - FOOTER_BYTES, FOOTER_BYTES);
  const terms = Number(footer.readBigUInt64LE(0));
  const indexStart = Number(footer.readBigUInt64LE(8));
  const blocks = footer.readUInt32LE(16);
  if (footer.readUInt32LE(20) !== BLOCK_TERMS) throw damagedFile(name, 'blocks of another size');
  const starts = new Float64Array(blocks + 1);
  const sums = new Float64Array(blocks);
  const largests = new Uint32Array(blocks);
  const ends = new Uint32Array(blocks + 1);
  const entries = file.read(indexStart, blocks * ENTRY_BYTES);
  for (let block = 0; block < blocks; block += 1) {
    starts[block] = Number(entries.readBigUInt64LE(block * ENTRY_BYTES));
    sums[block] = Number(entries.readBigUInt64LE(block * ENTRY_BYTES + 8));
    ends[block + 1] = entries.readUInt32LE(block * ENTRY_BYTES + 16);
    largests[block] = entries.readUInt32LE(block * ENTRY_BYTES + 20);
  }
  starts[blocks] = indexStart;
  const firsts = new Uint8Array(file.read(indexStart + blocks * ENTRY_BYTES, ends[blocks]!));
  const scan: TermBlocks['scan'] = (block, take) => {
    // An index of no terms has no block: an import may have no artists of its own.
    if (block >= blocks) return;
    const bytes = file.read(starts[block]!, starts[block + 1]! - starts[block]!);
    scanBlock(bytes, Math.min(BLOCK_TERMS, terms - block * BLOCK_TERMS), take);
  };
  const blockOf = (term: Uint8Array): number => {
    let [low, high] = [0, blocks];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = firsts.subarray(ends[middle], ends[middle + 1]);
      if (compareBytes(first, first.length, term) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  return {
    terms,
    blocks,
    scan,
    blockOf,
    largest: (block) => largests[block]!,
    find(term) {
      const block = blockOf(term);
      if (block < 0) return undefined;
      let before = sums[block]!;
      let found: FoundTerm | undefined;
      scan(block, (other, length, first, second) => {
        const order = compareBytes(other, length, term);
        if (order === 0) found = { first, second, before };
        before += second;
        return order < 0;
      });
      return found;
    },
  };
}

const scratch = new Uint8Array(MAX_KEY_BYTES);

function scanBlock(
  bytes: Uint8Array,
  count: number,
  take: (term: Uint8Array, length: number, first: number, second: number) => boolean,
): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  };
  for (let term = 0; term < count; term += 1) {
    const head = bytes[at] ?? 0;
    at += 1;
    let shared = head & LARGE;
    if (shared === LARGE) shared += varint();
    let length = head >>> NIBBLE;
    if (length === LARGE) length += varint();
    length += shared;
    for (let to = shared; to < length; to += 1, at += 1) scratch[to] = bytes[at]!;
    const small = bytes[at] ?? 0;
    at += 1;
    const isSmall = small < NOT_SMALL;
    const first = isSmall ? Math.floor(small / SMALL_SECOND) + 1 : varint();
    const second = isSmall ? small % SMALL_SECOND : varint();
    if (!take(scratch, length, first, second)) return;
  }
}

/** Less than 0 when the first `length` bytes of `a` come before `b`, 0 when they are the same. */
export function compareBytes(a: Uint8Array, length: number, b: Uint8Array): number {
  const shorter = Math.min(length, b.length);
  for (let at = 0; at < shorter; at += 1) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return length - b.length;
}
