/** Documents in rising order, one at a time or by leaps: what a question is answered with. */
import type { Effort } from './effort.ts';

/** What a cursor's document is once there are no more: above every document. */
export const NO_DOCUMENT: number = 2 ** 31 - 1;
const EVERY_FIELD = 7;

/** A place in a rising sequence of documents. */
export interface DocumentCursor {
  /** Where it stands: a document, or `NO_DOCUMENT`. A new cursor stands at its first. */
  readonly document: number;
  /** How many documents it has at most: the fewest are asked first. */
  readonly count: number;
  /** The fields in which its document has the word, as bits; all of them for what is no word. */
  readonly fields: number;
  /** Goes to the first document not before `target`, and returns it. Never goes back. */
  seek(target: number): number;
}

/** All documents that any of `cursors` has. */
export function unionOf(cursors: readonly DocumentCursor[]): DocumentCursor {
  return cursors.length === 1 ? cursors[0]! : new UnionCursor(cursors);
}

class UnionCursor implements DocumentCursor {
  document: number;
  readonly count: number;
  readonly #cursors: readonly DocumentCursor[];

  constructor(cursors: readonly DocumentCursor[]) {
    this.#cursors = cursors;
    this.count = cursors.reduce((sum, { count }) => sum + count, 0);
    this.document = cursors.reduce((least, { document }) => Math.min(least, document), NO_DOCUMENT);
  }

  get fields(): number {
    let fields = 0;
    for (const cursor of this.#cursors)
      if (cursor.document === this.document) fields |= cursor.fields;
    return fields;
  }

  seek(target: number): number {
    if (this.document >= target) return this.document;
    let least = NO_DOCUMENT;
    for (const cursor of this.#cursors) {
      const document = cursor.document < target ? cursor.seek(target) : cursor.document;
      if (document < least) least = document;
    }
    this.document = least;
    return least;
  }
}

/** The documents of `ranks`, which rise, less `first` each; those before `first` and from `end` on are left out. */
export function ranksCursor(
  ranks: ArrayLike<number>,
  { first, end }: { first: number; end: number },
): DocumentCursor {
  const documents = Array.from(ranks)
    .filter((rank) => rank >= first && rank < end)
    .map((rank) => rank - first);
  let at = 0;
  return {
    get document() {
      return documents[at] ?? NO_DOCUMENT;
    },
    count: documents.length,
    fields: EVERY_FIELD,
    seek(target) {
      while (at < documents.length && documents[at]! < target) at += 1;
      return documents[at] ?? NO_DOCUMENT;
    },
  };
}

/** Ranks that are told by their number: what is held, for one. */
export interface RankSet {
  /** The first member not before `rank`, or -1. */
  next(rank: number): number;
  readonly count: number;
}

/** The documents of a segment whose ranks are in `set`. */
export function setCursor(
  set: RankSet,
  { first, end }: { first: number; end: number },
): DocumentCursor {
  const find = (document: number): number => {
    const rank = set.next(first + document);
    return rank < 0 || rank >= end ? NO_DOCUMENT : rank - first;
  };
  const cursor = {
    document: find(0),
    count: set.count,
    fields: EVERY_FIELD,
    seek(target: number) {
      if (cursor.document < target)
        cursor.document = target >= end - first ? NO_DOCUMENT : find(target);
      return cursor.document;
    },
  };
  return cursor;
}

/** What a leapfrog goes through. */
export interface Leap {
  /** A document must be in all of these. */
  readonly all: readonly DocumentCursor[];
  /** And in none of these. */
  readonly none: readonly DocumentCursor[];
  /** The first document that counts. */
  readonly from: number;
  /** Asked now and then whether to give up. */
  readonly isLate: () => boolean;
  /** What looking may cost. At least one document is looked at, so that pages behind one another come to an end. */
  readonly effort: Effort;
  /** What a document of the rarest cursor costs. */
  readonly stepCost: number;
}

/** How a leapfrog ended: at the last document, since it was told to, since it had looked at enough, or since it was late. */
export type LeapEnd = 'all' | 'stopped' | 'spent' | 'late';

/** Visits the documents of `leap` in rising order until `visit` returns false. Tells how it ended, and the document it had come to. */
export function leapfrog(
  { all, none, from, isLate, effort, stepCost }: Leap,
  visit: (document: number) => boolean,
): { readonly end: LeapEnd; readonly document: number } {
  const ordered = [...all].sort((a, b) => a.count - b.count);
  const [lead, ...others] = ordered;
  if (!lead) return { end: 'all', document: NO_DOCUMENT };
  let steps = 0;
  let document = lead.seek(from);
  while (document < NO_DOCUMENT) {
    steps += 1;
    if ((steps & 255) === 0 && isLate()) return { end: 'late', document };
    if (effort.left <= 0 && steps > 1) return { end: 'spent', document };
    effort.left -= stepCost;
    let next = document;
    for (const other of others) {
      const seen = other.seek(document);
      if (seen > document) {
        next = seen;
        break;
      }
    }
    if (next > document) {
      document = lead.seek(next);
      continue;
    }
    const isOut = none.some((cursor) => cursor.seek(document) === document);
    if (!isOut && !visit(document)) return { end: 'stopped', document };
    document = lead.seek(document + 1);
  }
  return { end: 'all', document: NO_DOCUMENT };
}
