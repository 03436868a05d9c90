/**
 * Names and questions made into terms: folded over scripts, bounded and with no syntax left in them. The same rule for what
 * is indexed and for what is asked. Rules: docs/search.md.
 */
import { foldName } from './fold.ts';

/** Most bytes of a query that are looked at: 2,000 ORs once took 25 s. */
const MAX_QUERY_BYTES = 256;
/** Most terms of a query. */
export const MAX_QUERY_TERMS = 12;
/** Most UTF-8 bytes of a term; the rest of a longer one is not looked at. */
export const MAX_TERM_BYTES = 64;
/** Most UTF-16 code units of a name that are looked at. */
export const MAX_NAME_UNITS = 4096;
/** Most terms of a name. */
export const MAX_NAME_TERMS = 256;

/** Scripts written without spaces: each character is a term of its own. */
const UNSPACED_SET =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
const UNSPACED = new RegExp(`[${UNSPACED_SET}]`, 'gu');
const ONE_UNSPACED = new RegExp(`^[${UNSPACED_SET}]$`, 'u');

/**
 * Letters that have no decomposition and yet are typed as others: strokes, ligatures, the final sigma, Arabic letters
 * that differ by country, the two signs of Hindi for a sound through the nose; the stretching of Arabic words goes.
 */
const ALIKE: Readonly<Record<string, string>> = {
  ...{ ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ħ: 'h', ŧ: 't' },
  ...{ ς: 'σ', ى: 'ي', ی: 'ي', ة: 'ه', ک: 'ك', ـ: '' },
  '\u0901': '\u0902',
};
const ALIKE_SET = /[øłđðþßæœıħŧςىیةکـ\u0901]/gu;
/** Katakana, which lie 0x60 above the Hiragana of the same sound. */
const KATAKANA = /[\u30A1-\u30F6]/gu;
const KANA_DISTANCE = 0x60;
// biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is told by its range
const PLAIN = /^[\x00-\x7F]*$/;

/** `text` folded into its terms, in order; a character of a script without spaces is a term. */
export function termsOf(text: string): string[] {
  const folded = foldName(text.slice(0, MAX_NAME_UNITS));
  const alike = PLAIN.test(folded) ? folded : alikeOf(folded).replaceAll(UNSPACED, ' $& ');
  const terms = alike.split(/[\s\p{Cc}]+/u).filter((term) => term !== '');
  return terms
    .slice(0, MAX_NAME_TERMS)
    .map((term) => (term.length * 3 > MAX_TERM_BYTES ? clipBytes(term, MAX_TERM_BYTES) : term));
}

/** Whether `term` is a character of a script without spaces. */
export function isUnspaced(term: string): boolean {
  return ONE_UNSPACED.test(term);
}

/**
 * What a word of a query asks for: its terms, and of a run of characters without spaces its pairs, since one such character
 * says little. A name is found by its terms and by all such pairs.
 */
export function askedTermsOf(word: string): string[] {
  const terms = termsOf(word);
  const unspaced = terms.map(isUnspaced);
  return terms.flatMap((term, at) => {
    if (!unspaced[at]) return [term];
    if (unspaced[at + 1]) return [term + terms[at + 1]!];
    return unspaced[at - 1] ? [] : [term];
  });
}

/** The terms of a query: those of its first 256 bytes, at most 12. */
export function queryTerms(query: string): string[] {
  return termsOf(clipQuery(query)).slice(0, MAX_QUERY_TERMS);
}

/** The first 256 bytes of a query, whole characters only. */
export function clipQuery(query: string): string {
  return clipBytes(query.toWellFormed(), MAX_QUERY_BYTES);
}

function alikeOf(folded: string): string {
  return folded
    .replaceAll(ALIKE_SET, (letter) => ALIKE[letter]!)
    .replaceAll(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - KANA_DISTANCE));
}

/** As much of `text` as fits in `bytes` bytes of UTF-8, cut between characters. */
function clipBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  return whole
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
