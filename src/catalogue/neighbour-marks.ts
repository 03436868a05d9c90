/**
 * For each document 32 bits that say which terms may stand side by side in its names: a phrase whose bits are not all
 * there is not in the row, which then need not be fetched. Layout: docs/formats/search-index.md.
 */
import { type CheckedFile, PAGE_BYTES } from './checked-file.ts';

/** Bytes of a document's marks. */
const MARK_BYTES = 4;

/** A term: its hash (FNV-1a) and how many bytes it has. */
export interface MarkedTerm {
  readonly hash: number;
  readonly bytes: number;
}

/** Words of so few bytes are mostly frequent ones: of two of them far more documents have to be told apart. */
const SHORT_BYTES = 4;
/** Bits of two neighbours of which none, one or both are short. */
const MARK_BITS: readonly number[] = [2, 3, 6];

/** The bits of a term followed by another: two, three or six of 32. */
export function neighbourBits(first: MarkedTerm, second: MarkedTerm): number {
  let mixed = Math.imul(first.hash, 0x9e3779b1) ^ Math.imul(second.hash, 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  const short = Number(first.bytes <= SHORT_BYTES) + Number(second.bytes <= SHORT_BYTES);
  let bits = 0;
  for (let left = MARK_BITS[short]!; left > 0; left -= 1, mixed >>>= 5) bits |= 1 << (mixed & 31);
  return bits;
}

/** The terms of a name, as a reader of names tells them. */
interface NameTerms {
  readonly hashes: ArrayLike<number>;
  /** Where the bytes of each end. */
  readonly ends: ArrayLike<number>;
  /** 1 for a character of a script without spaces. */
  readonly alone: ArrayLike<number>;
}

/** The bits of all neighbours among the first `count` of `terms`; of two that stand alone the pair is a word by itself. */
export function marksOf({ hashes, ends, alone }: NameTerms, count: number): number {
  let marks = 0;
  let before = { hash: 0, bytes: 0 };
  for (let at = 0; at < count; at += 1) {
    const next = { hash: hashes[at]!, bytes: ends[at]! - (at === 0 ? 0 : ends[at - 1]!) };
    if (at > 0 && (alone[at - 1] !== 1 || alone[at] !== 1)) marks |= neighbourBits(before, next);
    before = next;
  }
  return marks;
}

/** The marks of the document of `rank`. `SEARCH_INDEX_DAMAGED`. */
export function readMarks(file: CheckedFile, rank: number): number {
  const position = rank * MARK_BYTES;
  const page = file.page(Math.floor(position / PAGE_BYTES));
  return page.readInt32LE(position % PAGE_BYTES);
}
