/**
 * Documents taken apart: each name into words by field with their pairs, what else a document is found by into terms of
 * its own, and of its names the whole hashes and the marks of neighbours.
 */
import type { NameReader } from './name-reader.ts';
import { startNameReader } from './name-reader.ts';
import { marksOf } from './neighbour-marks.ts';
import { OWN_TERM, type PostingRun } from './posting-run.ts';
import { MAX_KEY_BYTES } from './term-blocks.ts';
import { HASH_PRIME, HASH_START } from './term-table.ts';

/** What terms of their own mean: the second byte of their keys. */
export const OWN_KINDS = {
  label: 'l',
  genre: 'g',
  licence: 'c',
  year: 'y',
  decade: 'd',
  explicit: 'x',
} as const;

/** A name that was taken apart; used again for the next of the same field. */
export interface ReadName {
  text: string | null;
  /** Numbers of its words and pairs in the run. */
  readonly terms: Uint32Array;
  termCount: number;
  /** FNV-1a of its terms in order. */
  readonly hashes: Uint32Array;
  hashCount: number;
  marks: number;
}

/** Takes documents apart into one run after another. */
export interface DocumentTerms {
  /** Puts the words of a name in the run, for these fields, and remembers it until the next. */
  addName(name: ReadName, text: string | null | undefined, fields: number): void;
  /** Puts each term of `text` in the run as one of its own kind. */
  addOwn(kind: keyof typeof OWN_KINDS, text: string): void;
  /** Puts `text`, which is a term as it stands, in the run. */
  addPlain(kind: keyof typeof OWN_KINDS, text: string): void;
  /** Forgets numbers of terms: the run was emptied. */
  startRun(): void;
}

const MAX_NAME_POSTINGS = 512;
/** Texts of each kind whose terms are remembered. */
const REMEMBERED_OWN = 16_384;

/** Texts of one kind with the numbers of their terms in the run. */
interface Remembered {
  last: string | null;
  lastTerms: Uint32Array | undefined;
  readonly terms: Map<string, Uint32Array>;
}

function nothing(): Remembered {
  return { last: null, lastTerms: undefined, terms: new Map() };
}

/** A name before the first. */
export function emptyName(): ReadName {
  return {
    text: null,
    terms: new Uint32Array(MAX_NAME_POSTINGS),
    termCount: 0,
    hashes: new Uint32Array(MAX_NAME_POSTINGS),
    hashCount: 0,
    marks: 0,
  };
}

/** Takes documents apart into `run`. */
export function startDocumentTerms(run: PostingRun): DocumentTerms {
  const reader = startNameReader();
  const kinds = Object.keys(OWN_KINDS) as (keyof typeof OWN_KINDS)[];
  const remembered = Object.fromEntries(kinds.map((kind) => [kind, nothing()])) as Record<
    keyof typeof OWN_KINDS,
    Remembered
  >;
  const names = new Set<ReadName>();
  const key = new Uint8Array(MAX_KEY_BYTES + MAX_NAME_POSTINGS);
  key[0] = OWN_TERM;
  const own = (kind: keyof typeof OWN_KINDS, text: string, isPlain: boolean) => {
    const known = remembered[kind];
    // Documents side by side mostly say the same.
    let terms = known.last === text ? known.lastTerms : known.terms.get(text);
    if (!terms) {
      key[1] = OWN_KINDS[kind].charCodeAt(0);
      terms = isPlain ? internPlain(run, key, text) : internOwn(run, key, reader, text);
      if (known.terms.size >= REMEMBERED_OWN) known.terms.clear();
      known.terms.set(text, terms);
    }
    known.last = text;
    known.lastTerms = terms;
    for (let at = 0; at < terms.length; at += 1) run.add(terms[at]!, 0);
  };
  return {
    addName(name, text, fields) {
      names.add(name);
      if (text === null || text === undefined || text === '') {
        [name.text, name.termCount, name.hashCount, name.marks] = [null, 0, 0, 0];
        return;
      }
      if (text !== name.text) readName(run, reader, name, text);
      for (let at = 0; at < name.termCount; at += 1) run.add(name.terms[at]!, fields);
    },
    addOwn: (kind, text) => own(kind, text, false),
    addPlain: (kind, text) => own(kind, text, true),
    startRun() {
      for (const kind of kinds) remembered[kind] = nothing();
      for (const name of names) name.text = null;
    },
  };
}

function readName(run: PostingRun, reader: NameReader, name: ReadName, text: string): void {
  const count = reader.read(text);
  const { bytes, ends, hashes, alone } = reader;
  const { terms } = run;
  let used = 0;
  let begin = 0;
  for (let at = 0; at < count; at += 1) {
    const end = ends[at]!;
    name.hashes[at] = hashes[at]!;
    name.terms[used] = terms.intern(bytes, begin, end, hashes[at]!);
    used += 1;
    if (alone[at] === 1 && at + 1 < count && alone[at + 1] === 1) {
      const pairEnd = ends[at + 1]!;
      const hash = hashOn(hashes[at]!, bytes, end, pairEnd);
      name.terms[used] = terms.intern(bytes, begin, pairEnd, hash);
      used += 1;
    }
    begin = end;
  }
  name.text = text;
  name.termCount = used;
  name.hashCount = count;
  name.marks = marksOf(reader, count);
}

function internOwn(
  run: PostingRun,
  key: Uint8Array,
  reader: NameReader,
  text: string,
): Uint32Array {
  const count = reader.read(text);
  const numbers = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) {
    const begin = at === 0 ? 0 : reader.ends[at - 1]!;
    const bytes = reader.bytes.subarray(begin, reader.ends[at]);
    key.set(bytes, 2);
    numbers[at] = internKey(run, key, bytes.length + 2);
  }
  return numbers;
}

function internPlain(run: PostingRun, key: Uint8Array, text: string): Uint32Array {
  for (let at = 0; at < text.length; at += 1) key[at + 2] = text.charCodeAt(at);
  return Uint32Array.of(internKey(run, key, text.length + 2));
}

function internKey(run: PostingRun, key: Uint8Array, length: number): number {
  return run.terms.intern(key, 0, length, hashOn(HASH_START, key, 0, length));
}

function hashOn(start: number, bytes: Uint8Array, from: number, end: number): number {
  let hash = start;
  for (let at = from; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, HASH_PRIME);
  return hash >>> 0;
}
