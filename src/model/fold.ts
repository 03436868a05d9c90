/** Text folding: one rule for comparing and finding names, and one for the ids that are made of names. */

const MARKS = /\p{M}+/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/gu;
/**
 * Marks that people leave out: accents that any script may have, points of scripts whose vowels need not be written, the dot below
 * letters of India (nukta), and the joiner that only shapes letters. In every other script a mark is a vowel, a tone or half of
 * two letters in one: a word without it is another word.
 */
const ACCENTS =
  /(?:(?=\p{M})[\p{Script=Inherited}\p{Script=Common}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Ethiopic}\p{Script=Hangul}\p{Script=Mongolian}]|[\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0CBC\u200D])+/gu;
const NOT_LETTERS = /[^\p{L}\p{M}\p{N}]+/gu;

/**
 * `text` folded for comparison: compatibility-decomposed, without accents, lower-case, every run of other than letters, vowel
 * signs and digits one space, trimmed. Text that holds none of them (a title such as `???`) folds to its lower-case self.
 */
export function foldName(text: string): string {
  return folded(text, ACCENTS, NOT_LETTERS);
}

/**
 * `text` folded for an id: as `foldName`, but without any marks, vowel signs of India among them. It stays as it is, whatever
 * becomes of search, since an id that is made of it is the same in all archives and at all times.
 */
export function foldText(text: string): string {
  return folded(text, MARKS, NOT_WORD);
}

function folded(text: string, marks: RegExp, gaps: RegExp): string {
  const bare = text.toWellFormed().normalize('NFKD').replaceAll(marks, '').toLowerCase();
  const words = bare.replaceAll(gaps, ' ').trim();
  return words === '' ? bare.trim() : words;
}
