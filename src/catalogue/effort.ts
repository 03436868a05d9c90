/**
 * What answering costs, counted and not timed: so a question has the same answer on every machine, whatever else that does, and
 * its pages fit together.
 */

/** What may still be spent, in steps: looking at a document that has the rarest word, some 0.3 µs on a slow machine. */
export interface Effort {
  left: number;
}

/** What costs more than a step: measured on one processor at 32 million tracks. */
export const COSTS = {
  /** A block of a list, of which half is gone through. */
  block: 5,
  /** A page of a list, read and checked. */
  page: 12,
  /** The marks of a document, which lie in a page of their own. */
  mark: 12,
  /** A row, of which texts are unpacked. */
  row: 400,
} as const;
