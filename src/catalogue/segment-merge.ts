/**
 * The runs of one segment made into its two files: lists of postings, and the dictionary that says where they are.
 * Layout: docs/formats/search-index.md.
 */
import type { Disk } from '../base/disk.ts';
import { type CheckedWriter, startChecked } from './checked-file.ts';
import { type PostingListPlace, startPostingLists } from './posting-list.ts';
import { FIELD_COUNT, OWN_TERM, type RunSpan } from './posting-run.ts';
import { compareTerms, RunCursor } from './run-cursor.ts';
import { MAX_KEY_BYTES, startTermBlocks, type TermBlocksWriter } from './term-blocks.ts';

/** A word of more postings than this gets a list of its own for a field in which it is rare. */
export const OWN_LIST_LEAST = 4096;
/** How much rarer, for the list to be worth its bytes. */
const OWN_LIST_RARITY = 8;
/** The last byte of the key of such a list: which field. */
export const FIELD_LETTERS: readonly number[] = [...Buffer.from('tab')];

/** The files of one segment, and where each is written before it has its name. */
export interface SegmentFiles {
  readonly terms: string;
  readonly postings: string;
  readonly temporary: string;
  /** Documents of the segment. */
  readonly documents: number;
  /** Called at every term: throws when it is to be left. */
  readonly check: () => void;
}

/** What a segment came to. */
export interface MergedSegment {
  readonly postings: number;
}

/** Merges `runs` of the file `spill` into `files`, and removes it then. Memory: 128 KiB a run. */
export function mergeSegment(
  disk: Disk,
  spill: string,
  runs: readonly RunSpan[],
  files: SegmentFiles,
): MergedSegment {
  const descriptor = disk.openForReading(spill);
  const terms = startChecked(disk, `${files.temporary}.terms`, 'terms');
  const postings = startChecked(disk, `${files.temporary}.postings`, 'postings');
  try {
    const cursors = runs.map((span, number) => new RunCursor(disk, descriptor, span, number));
    const count = mergeTerms(startHeap(cursors), terms, {
      documents: files.documents,
      write: (bytes) => postings.write(bytes),
      position: () => postings.position,
      check: files.check,
    });
    postings.finish(files.postings);
    terms.finish(files.terms);
    disk.unlink(spill);
    return { postings: count };
  } catch (error) {
    terms.abort();
    postings.abort();
    throw error;
  } finally {
    disk.close(descriptor);
  }
}

function mergeTerms(
  heap: RunHeap,
  terms: CheckedWriter,
  { check, ...place }: PostingListPlace & Pick<SegmentFiles, 'check'>,
): number {
  const dictionary = startTermBlocks(terms);
  const lists = startPostingLists(place);
  const add = (posting: number) => lists.add(posting);
  const ownLists = startOwnLists(dictionary, place);
  let total = 0;
  for (let group = heap.take(); group.length > 0; group = heap.take()) {
    check();
    const head = group[0]!;
    const isOwn = head.term[0] === OWN_TERM;
    const count = group.reduce((sum, cursor) => sum + cursor.count, 0);
    const chosen = isOwn ? [] : rareFields(group, count);
    const bits = chosen.reduce((sum, field) => sum | (1 << field), 0);
    total += count;
    lists.begin(count, !isOwn);
    if (chosen.length === 0) for (const cursor of group) cursor.drain(add);
    else
      for (const cursor of group)
        cursor.drain((posting) => {
          lists.add(posting);
          ownLists.offer(posting, bits);
        });
    const { length } = head;
    dictionary.add(head.term, length, count, lists.end());
    ownLists.write(head.term, length, chosen);
    heap.give(group);
  }
  dictionary.finish();
  return total;
}

/** Fields of a common word in which it is rare: bits of 0, 1 and 2. */
function rareFields(group: readonly RunCursor[], count: number): number[] {
  if (count <= OWN_LIST_LEAST) return [];
  return Array.from({ length: FIELD_COUNT }, (_, field) => field).filter((field) => {
    const held = group.reduce((sum, cursor) => sum + cursor.fields[field]!, 0);
    return held * OWN_LIST_RARITY < count;
  });
}

/** Lists of the postings of a common word in one field; they are written behind the word's own list. */
function startOwnLists(
  dictionary: TermBlocksWriter,
  place: PostingListPlace,
): {
  /** Keeps `posting` for each of its fields that is among `bits`. */
  offer(posting: number, bits: number): void;
  write(term: Uint8Array, length: number, fields: readonly number[]): void;
} {
  const lists = startPostingLists(place);
  const gathered = Array.from({ length: FIELD_COUNT }, () => ({
    postings: new Uint32Array(1024),
    count: 0,
  }));
  const key = new Uint8Array(MAX_KEY_BYTES);
  return {
    offer(posting, bits) {
      for (let field = 0; field < FIELD_COUNT; field += 1) {
        if ((posting & bits & (1 << field)) === 0) continue;
        const own = gathered[field]!;
        if (own.count === own.postings.length) {
          const larger = new Uint32Array(own.count * 2);
          larger.set(own.postings);
          own.postings = larger;
        }
        own.postings[own.count] = posting;
        own.count += 1;
      }
    },
    write(term, length, fields) {
      key.set(term.subarray(0, length));
      key[length] = OWN_TERM;
      for (const field of [...fields].sort((a, b) => FIELD_LETTERS[a]! - FIELD_LETTERS[b]!)) {
        const own = gathered[field]!;
        key[length + 1] = FIELD_LETTERS[field]!;
        lists.begin(own.count, false);
        for (let at = 0; at < own.count; at += 1) lists.add(own.postings[at]!);
        dictionary.add(key, length + 2, own.count, lists.end());
      }
      for (const own of gathered) own.count = 0;
    },
  };
}

/** Runs in the order of their next terms. */
interface RunHeap {
  /** The cursors at the first term, in the order of their runs; empty at the end. */
  take(): RunCursor[];
  /** Puts cursors back, each at its next term. */
  give(cursors: readonly RunCursor[]): void;
}

function startHeap(cursors: readonly RunCursor[]): RunHeap {
  const heap: RunCursor[] = [];
  const isBefore = (a: RunCursor, b: RunCursor): boolean => {
    const order = compareTerms(a, b);
    return order < 0 || (order === 0 && a.number < b.number);
  };
  const push = (cursor: RunCursor) => {
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isBefore(cursor, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = cursor;
  };
  const pop = (): RunCursor => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  };
  const give = (given: readonly RunCursor[]) => {
    for (const cursor of given) if (cursor.next()) push(cursor);
  };
  give(cursors);
  return {
    give,
    take() {
      if (heap.length === 0) return [];
      const group = [pop()];
      while (heap.length > 0 && compareTerms(heap[0]!, group[0]!) === 0) group.push(pop());
      return group;
    },
  };
}
