/**
 * For each document 32 bits that say which terms may stand side by side in its names: a phrase whose bits are not all
 * there is not in the row, which then need not be fetched. Layout: docs/formats/search-index.md.
 */
import { type CheckedFile, PAGE_BYTES } from './checked-file.ts';

/** Bytes of a document's marks. */
const MARK_BYTES = 4;

/** The bits of a term with this hash (FNV-1a) followed by one with that: three of 32. */
export function neighbourBits(first: number, second: number): number {
  let mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return (1 << (mixed & 31)) | (1 << ((mixed >>> 5) & 31)) | (1 << ((mixed >>> 10) & 31));
}

/** The bits of all neighbours among the first `count` of `hashes`; of two that stand `alone` a pair is a word by itself. */
export function marksOf(
  hashes: ArrayLike<number>,
  alone: ArrayLike<number>,
  count: number,
): number {
  let marks = 0;
  for (let at = 1; at < count; at += 1)
    if (alone[at - 1] !== 1 || alone[at] !== 1)
      marks |= neighbourBits(hashes[at - 1]!, hashes[at]!);
  return marks;
}

/** The marks of the document of `rank`. `SEARCH_INDEX_DAMAGED`. */
export function readMarks(file: CheckedFile, rank: number): number {
  const position = rank * MARK_BYTES;
  const page = file.page(Math.floor(position / PAGE_BYTES));
  return page.readInt32LE(position % PAGE_BYTES);
}
