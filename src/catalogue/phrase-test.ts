/**
 * Whether documents have a phrase. The fields in which they have its words and the marks of neighbours tell of most that
 * they have not; of the rest the row decides, which costs a hundred times as much.
 */
import { isUnspaced } from '../model/search-terms.ts';
import { hasPhrase } from './name-match.ts';
import { type MarkedTerm, neighbourBits } from './neighbour-marks.ts';
import type { AskedPhrase } from './query-language.ts';
import type { ChoiceCursor, Standing } from './query-plan.ts';
import type { DocumentNames } from './search-answer.ts';
import { hashTerm } from './term-table.ts';

/** Where the document of a rank is looked up. */
export interface PhraseSources {
  marks(rank: number): number;
  names(rank: number): DocumentNames;
}

/** Whether the document of a rank has a phrase. */
export interface PhraseTest {
  has(rank: number, standing: Standing): boolean;
}

/** The test of `phrase`. */
export function startPhraseTest(phrase: AskedPhrase, sources: PhraseSources): PhraseTest {
  const { terms, isPrefix } = phrase;
  const whole = isPrefix ? terms.slice(0, -1) : terms;
  let bits = 0;
  for (let at = 1; at < whole.length; at += 1) bits |= pairBits(whole[at - 1]!, whole[at]!);
  const endings = isPrefix ? startEndings(phrase) : undefined;
  return {
    has(rank, { document, choices, pairs }) {
      let fields = phrase.fields;
      for (const at of phrase.words) fields &= choices[at]?.cursor.fields ?? fields;
      if (phrase.isFree)
        for (const pair of pairs) fields &= pair?.seek(document) === document ? pair.fields : 0;
      if (fields === 0) return false;
      if (bits !== 0 || endings) {
        const marks = sources.marks(rank);
        if ((marks & bits) !== bits) return false;
        if (endings && !endings(marks, choices)) return false;
      }
      return hasPhrase(sources.names(rank), { ...phrase, fields });
    },
  };
}

/** Whether marks may be those of the last whole word beside one of the words that the half word is taken for. */
function startEndings({ terms, words }: AskedPhrase) {
  const before = terms.at(-2);
  const last = words.at(-1);
  if (before === undefined || last === undefined) return undefined;
  const known = new Map<string, number>();
  const bitsOf = (word: string): number => {
    const bits = known.get(word) ?? pairBits(before, word);
    known.set(word, bits);
    return bits;
  };
  return (marks: number, choices: readonly ChoiceCursor[]): boolean => {
    const choice = choices[last];
    if (!choice) return true;
    const { document } = choice.cursor;
    return choice.members.some(
      ({ word, cursor }) => cursor.document === document && (marks & bitsOf(word)) === bitsOf(word),
    );
  };
}

/** What marks tell of two neighbours: nothing of characters without a space between them, whose pairs are words. */
function pairBits(first: string, second: string): number {
  const [character = '', ...more] = second;
  const isPair = more.length > 0 && [character, ...more].every(isUnspaced);
  const next = isPair ? character : second;
  if (isUnspaced(first) && isUnspaced(next)) return 0;
  return neighbourBits(markedTerm(first), markedTerm(next));
}

function markedTerm(term: string): MarkedTerm {
  const bytes = Buffer.from(term);
  return { hash: hashTerm(bytes), bytes: bytes.length };
}
