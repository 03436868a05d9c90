/** What a person typed, made into terms: folded, bounded and with no syntax left in it. */
import { foldText } from './fold.ts';

/** Most bytes of a query that are looked at: 2,000 ORs once took 25 s. */
const MAX_QUERY_BYTES = 256;
/** Most terms of a query. */
const MAX_QUERY_TERMS = 12;

/** Scripts written without spaces: each character is a term of its own. */
const UNSPACED = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])/gu;

/** `text` folded into its terms, in order; the same rule for what is indexed and for what is asked. */
export function termsOf(text: string): string[] {
  return foldText(text)
    .replaceAll(UNSPACED, ' $1 ')
    .split(/[\s\p{Cc}]+/u)
    .filter((term) => term !== '');
}

/** The terms of a query: those of its first 256 bytes, at most 12. */
export function queryTerms(query: string): string[] {
  const bytes = Buffer.from(query.toWellFormed());
  const clipped = bytes
    .subarray(0, MAX_QUERY_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return termsOf(clipped).slice(0, MAX_QUERY_TERMS);
}
