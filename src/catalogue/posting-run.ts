/**
 * Postings as they come, term by term of each document, and as a run: the same by term, to be merged with the other runs
 * of its segment. A posting is document × 8 + fields, where `fields` is 0 for a term that stands by itself.
 */
import { joinBytes } from '../base/join-bytes.ts';
import { startTermTable, type TermTable } from './term-table.ts';
import { type ByteSink, MAX_VARINT_BYTES, putVarint, startByteSink } from './varint.ts';

/** The first byte of terms that are not words of a name: no folded name has it. */
export const OWN_TERM = 0x01;
/** Bits of a posting that tell its fields: title 1, artist 2, album 4. */
export const FIELD_BITS = 3;
/** The fields that a word may stand in. */
export const FIELD_COUNT = 3;

/** A run in a spill file. */
export interface RunSpan {
  readonly start: number;
  readonly end: number;
  /** The document of the segment that is 0 in the run. */
  readonly first: number;
}

/** Postings being gathered. */
export interface PostingRun {
  /** The terms of this run. */
  readonly terms: TermTable;
  readonly count: number;
  /** Whether there is room for another document's postings. */
  readonly isFull: boolean;
  /** Starts the next document. */
  startDocument(document: number): void;
  /** Notes that the document has `term` in `fields`; again and with others is well. */
  add(term: number, fields: number): void;
  /** The bytes of the run; it is empty then. */
  flush(): Uint8Array<ArrayBuffer>;
}

/** Most postings of one document: three names of 256 terms and their pairs, and what else it is found by. */
const MAX_DOCUMENT_POSTINGS = 4096;
/** Terms of a run: their order is made in memory. */
const MAX_RUN_TERMS = 2 ** 21;
const MAX_RUN_TERM_BYTES = 2 ** 26;

/** An empty run with room for `capacity` postings: 12 bytes of memory each, and its terms. */
export function startPostingRun(capacity: number): PostingRun {
  const terms = startTermTable();
  const numbers = new Uint32Array(capacity + MAX_DOCUMENT_POSTINGS);
  const postings = new Uint32Array(capacity + MAX_DOCUMENT_POSTINGS);
  let lastOf = new Uint32Array(2 ** 16);
  let count = 0;
  let documentStart = 0;
  let shifted = 0;
  return {
    terms,
    get count() {
      return count;
    },
    get isFull() {
      return (
        count >= capacity || terms.count >= MAX_RUN_TERMS || terms.usedBytes >= MAX_RUN_TERM_BYTES
      );
    },
    startDocument(document) {
      shifted = document * 2 ** FIELD_BITS;
      documentStart = count;
    },
    add(term, fields) {
      if (term >= lastOf.length) lastOf = widened(lastOf, term + 1);
      // Positions are kept one higher, so that 0 says "not yet".
      const last = lastOf[term]!;
      if (last > documentStart) {
        postings[last - 1]! |= fields;
        return;
      }
      if (count - documentStart === MAX_DOCUMENT_POSTINGS) return;
      numbers[count] = term;
      postings[count] = shifted | fields;
      count += 1;
      lastOf[term] = count;
    },
    flush() {
      const parts: Uint8Array[] = [];
      const sink = startByteSink((bytes) => parts.push(bytes.slice()));
      writeRun(sink, terms, numbers.subarray(0, count), postings);
      terms.clear();
      lastOf.fill(0);
      count = 0;
      documentStart = 0;
      return joinBytes(parts);
    },
  };
}

/**
 * Term by term in the order of their bytes: its length, its bytes, how many postings, for a word how many in each
 * field, how many bytes, and the postings as differences. Each number is a varint.
 */
function writeRun(
  sink: ByteSink,
  terms: TermTable,
  numbers: Uint32Array,
  postings: Uint32Array,
): void {
  const ends = new Uint32Array(terms.count + 1);
  for (let at = 0; at < numbers.length; at += 1) ends[numbers[at]! + 1]! += 1;
  for (let term = 0; term < terms.count; term += 1) ends[term + 1]! += ends[term]!;
  const starts = ends.slice();
  const byTerm = new Uint32Array(numbers.length);
  for (let at = 0; at < numbers.length; at += 1) {
    const term = numbers[at]!;
    byTerm[starts[term]!] = postings[at]!;
    starts[term]! += 1;
  }
  const { arena } = terms;
  const held = new Uint32Array(FIELD_COUNT);
  let list = new Uint8Array(2 ** 16);
  const order = terms.sorted();
  for (let at = 0; at < order.length; at += 1) {
    const term = order[at]!;
    const own = { from: ends[term]!, end: ends[term + 1]! };
    const count = own.end - own.from;
    if (list.length < count * MAX_VARINT_BYTES) list = new Uint8Array(count * MAX_VARINT_BYTES);
    const [from, end] = [terms.start(term), terms.end(term)];
    const isOwn = arena[from] === OWN_TERM;
    const sizeBytes = isOwn ? putPlain(list, byTerm, own) : putWithFields(list, byTerm, own, held);
    sink.varint(end - from);
    sink.bytes(arena, from, end);
    sink.varint(count);
    if (!isOwn) for (let field = 0; field < FIELD_COUNT; field += 1) sink.varint(held[field]!);
    sink.varint(sizeBytes);
    sink.bytes(list, 0, sizeBytes);
  }
  sink.flush();
}

interface Stretch {
  readonly from: number;
  readonly end: number;
}

function putPlain(list: Uint8Array, postings: Uint32Array, { from, end }: Stretch): number {
  let used = 0;
  let last = 0;
  for (let at = from; at < end; at += 1) {
    const document = postings[at]! >>> FIELD_BITS;
    used = putVarint(list, used, document - last);
    last = document;
  }
  return used;
}

/** Puts them with their fields; `held` is how many of them have each. */
function putWithFields(
  list: Uint8Array,
  postings: Uint32Array,
  { from, end }: Stretch,
  held: Uint32Array,
): number {
  let used = 0;
  let last = 0;
  held.fill(0);
  for (let at = from; at < end; at += 1) {
    const posting = postings[at]!;
    used = putVarint(list, used, posting - last);
    last = posting & ~7;
    held[0]! += posting & 1;
    held[1]! += (posting >>> 1) & 1;
    held[2]! += (posting >>> 2) & 1;
  }
  return used;
}

function widened(array: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, array.length * 2));
  larger.set(array);
  return larger;
}
