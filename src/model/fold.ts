/** Text folding: one rule for comparing names, used by identities and by search. */

const MARKS = /\p{M}+/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/gu;

/**
 * `text` folded for comparison: compatibility-decomposed, without diacritics, lower-case, every run of other than
 * letters and digits one space, trimmed. Text that holds no letter or digit at all (a title such as `???`) folds to
 * its lower-case self, so that it still has an identity.
 */
export function foldText(text: string): string {
  const folded = text.toWellFormed().normalize('NFKD').replaceAll(MARKS, '').toLowerCase();
  const words = folded.replaceAll(NOT_WORD, ' ').trim();
  return words === '' ? folded.trim() : words;
}
