/** The words of an index: which of them begin so, and which are one typing error away. */

import { compareBytes, isWord, type TermBlocks } from './term-blocks.ts';
import { hashTerm } from './term-table.ts';
import { type Alphabets, scriptOf } from './vocabulary-write.ts';
import { mayHold, type WordFilter } from './word-filter.ts';

/** A word and how many documents have it. */
export interface KnownWord {
  readonly word: string;
  readonly documents: number;
}

/** The words of an index. */
export interface Vocabulary {
  /** How many documents have `word`. */
  documentsWith(word: string): number;
  /** `prefix` itself where it is a word, then the most frequent others that begin so: `most` in all, and whether there are more. */
  startingWith(prefix: string, most: number): { words: KnownWord[]; isCut: boolean };
  /** The `most` most frequent words that one letter more, less, other or swapped with its neighbour makes of `word`. */
  oneErrorFrom(word: string, most: number): KnownWord[];
}

/** Opens the vocabulary in `terms`, with its filter and alphabets. */
export function openVocabulary(
  terms: TermBlocks,
  filter: WordFilter,
  alphabets: Alphabets,
): Vocabulary {
  const documentsWith = (word: string) => terms.find(Buffer.from(word))?.first ?? 0;
  return {
    documentsWith,
    startingWith: (prefix, most) => startingWith(terms, Buffer.from(prefix), most),
    oneErrorFrom(word, most) {
      const found: KnownWord[] = [];
      for (const other of oneEditFrom(word, lettersFor(word, alphabets))) {
        if (!mayHold(filter, hashTerm(Buffer.from(other)))) continue;
        const documents = documentsWith(other);
        if (documents > 0) found.push({ word: other, documents });
      }
      return mostFrequent(found, most);
    },
  };
}

/**
 * Exact: a word among the `most` most frequent lies in a block whose most frequent word is at least as frequent, and
 * only so many blocks can be above it. The prefix as a word is the first of all, at the beginning of the stretch.
 */
function startingWith(
  terms: TermBlocks,
  prefix: Buffer,
  most: number,
): { words: KnownWord[]; isCut: boolean } {
  const from = Math.max(0, terms.blockOf(prefix));
  const to = terms.blockOf(afterAll(prefix));
  // The two at the ends hold other words as well, so that their notes say little.
  const chosen = new Set([from, to, ...topBlocks(terms, { from: from + 1, to }, most)]);
  const found: KnownWord[] = [];
  for (const block of chosen)
    if (block >= 0)
      terms.scan(block, (term, length, first) => {
        const head = term.subarray(0, Math.min(length, prefix.length));
        const order = compareBytes(head, head.length, prefix);
        if (order === 0 && isWord(term, length))
          found.push({ word: Buffer.from(term.subarray(0, length)).toString(), documents: first });
        return order <= 0;
      });
  const isCut = found.length > most || to - from >= chosen.size;
  const text = prefix.toString();
  const itself = found.filter(({ word }) => word === text);
  const others = found.filter(({ word }) => word !== text);
  return { words: [...itself, ...mostFrequent(others, most - itself.length)], isCut };
}

/** The `most` blocks from `from` up to but not including `to` that have the highest notes. */
function topBlocks(
  terms: TermBlocks,
  { from, to }: { from: number; to: number },
  most: number,
): number[] {
  const top: number[] = [];
  let least = -1;
  for (let block = from; block < to; block += 1) {
    if (top.length >= most && terms.largest(block) <= least) continue;
    top.push(block);
    top.sort((a, b) => terms.largest(b) - terms.largest(a));
    if (top.length > most) top.pop();
    least = terms.largest(top.at(-1)!);
  }
  return top;
}

function mostFrequent(words: readonly KnownWord[], most: number): KnownWord[] {
  return [...words]
    .sort((a, b) => b.documents - a.documents || (a.word < b.word ? -1 : 1))
    .slice(0, most);
}

/** Above every word that begins with `prefix`: UTF-8 has no byte 0xFF. */
function afterAll(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.of(0xff)]);
}

/** The letters of the scripts that `word` is written in. */
function lettersFor(word: string, alphabets: Alphabets): string[] {
  const scripts = new Set([...word].map((letter) => scriptOf(letter)));
  return [...scripts].flatMap((script) => (script ? [...(alphabets[script] ?? '')] : []));
}

function oneEditFrom(word: string, letters: readonly string[]): Set<string> {
  const own = [...word];
  const edits = new Set<string>();
  for (let at = 0; at <= own.length; at += 1) {
    const head = own.slice(0, at).join('');
    const tail = own.slice(at).join('');
    const rest = own.slice(at + 1).join('');
    for (const letter of letters) {
      edits.add(head + letter + tail);
      if (at < own.length) edits.add(head + letter + rest);
    }
    if (at < own.length) edits.add(head + rest);
    if (at + 1 < own.length) edits.add(head + own[at + 1]! + own[at]! + own.slice(at + 2).join(''));
  }
  edits.delete(word);
  edits.delete('');
  return edits;
}
