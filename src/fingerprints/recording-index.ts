/**
 * The search for the recordings that a fingerprint may be of, over parts that each know the postings of some.
 *
 * Each kept word that agrees votes for a recording at an offset; those with the most votes are named. They are
 * candidates: `compareFingerprints` says whether they are the same.
 */
import { keyOf, type Postings, readPosting } from './postings.ts';

/** Some recordings of the index: on disk or in memory. */
export interface IndexPart {
  readonly recordings: number;
  /** The postings of a key by number; valid until the next call. */
  read(key: number): Uint32Array;
  /** What the recording with that number is called. */
  nameOf(number: number): string;
}

/** A recording that may be the same. */
export interface Candidate {
  readonly name: string;
  /** Words that what was asked for begins before it. */
  readonly offsetWords: number;
  readonly votes: number;
}

/** Fewer votes are chance: among a million recordings some five have two by it. */
const MIN_VOTES = 2;
const MAX_CANDIDATES = 24;
/** What silence and held tones have in common with half of an archive tells nothing: longer lists are passed over. */
const MAX_LIST = 8192;
/** Votes of one query; more than a million recordings give to two minutes. */
const MAX_VOTES = 1 << 20;
const OFFSETS = 8192;

/** A part in memory; `names` by number. */
export function partInMemory(postings: Postings, names: readonly string[]): IndexPart {
  const { recordings, starts, entries } = postings;
  return {
    recordings,
    read: (key) => entries.subarray(starts[key], starts[key + 1]),
    nameOf: (number) => names[number]!,
  };
}

/** The candidates for `words` in `parts`, the most votes first. */
export function findCandidates(parts: readonly IndexPart[], words: Uint32Array): Candidate[] {
  return parts
    .flatMap((part) => candidatesOf(part, words))
    .sort((a, b) => b.votes - a.votes || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_CANDIDATES);
}

function candidatesOf(part: IndexPart, words: Uint32Array): Candidate[] {
  const votes = votesOf(part, words);
  const found: { code: number; votes: number }[] = [];
  for (let from = 0; from < votes.length; ) {
    // A cut between two words spreads the votes over two neighbouring offsets.
    const code = votes[from]!;
    let end = from;
    while (end < votes.length && votes[end]! <= code + 1) end += 1;
    if (end - from >= MIN_VOTES) found.push({ code, votes: end - from });
    from = end;
  }
  found.sort((a, b) => b.votes - a.votes || a.code - b.code);
  const best = new Map<number, Candidate>();
  for (const { code, votes: count } of found) {
    const number = Math.floor(code / OFFSETS);
    if (best.has(number)) continue;
    const offsetWords = (code % OFFSETS) - OFFSETS / 2;
    best.set(number, { name: part.nameOf(number), offsetWords, votes: count });
    if (best.size === MAX_CANDIDATES) break;
  }
  return [...best.values()];
}

/** One number for each vote, recording and offset in one, in order; recordings with too few votes are left out. */
function votesOf(part: IndexPart, words: Uint32Array): Float64Array {
  let votes = new Float64Array(8192);
  let count = 0;
  let before = -1;
  // Most recordings that are met at all are met once, by chance: they need no sorting.
  const met = new Uint8Array(part.recordings);
  for (let at = 0; at < words.length && at < OFFSETS / 2; at += 1) {
    const key = keyOf(words[at]!);
    // A held tone votes once, not at each word it lasts.
    if (key === before) continue;
    before = key;
    const list = part.read(key);
    if (list.length > MAX_LIST || count + list.length > MAX_VOTES) continue;
    while (count + list.length > votes.length) votes = doubled(votes);
    for (const entry of list) {
      const { number, word } = readPosting(entry);
      votes[count] = number * OFFSETS + at - word + OFFSETS / 2;
      count += 1;
      if (met[number]! < MIN_VOTES) met[number]! += 1;
    }
  }
  return votes
    .subarray(0, count)
    .filter((code) => met[Math.floor(code / OFFSETS)]! >= MIN_VOTES)
    .sort((a, b) => a - b);
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
