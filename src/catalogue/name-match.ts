/** Whether a row has a phrase, or is named exactly so: what hashes and marks only suspect, decided against the names. */
import { termsOf } from '../model/search-terms.ts';
import { FIELDS } from './query-language.ts';
import type { DocumentNames } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';

/** Whether `terms` stand side by side in one of the names that `fields` tells; the others are not asked for. */
export function hasPhrase(
  names: DocumentNames,
  { terms, fields, isPrefix }: { terms: readonly string[]; fields: number; isPrefix: boolean },
): boolean {
  return (
    ((fields & FIELDS.title) !== 0 && holds(names.title, terms, isPrefix)) ||
    ((fields & FIELDS.artist) !== 0 && holds(names.artist, terms, isPrefix)) ||
    ((fields & FIELDS.album) !== 0 && holds(names.album, terms, isPrefix))
  );
}

/** Whether `terms` are all of the document's own name, or of its artist and that name. */
export function isWhole(
  group: SearchGroup,
  names: DocumentNames,
  terms: readonly string[],
): boolean {
  if (group === 'artists') return isSame(termsOf(names.artist ?? ''), terms);
  const name = termsOf((group === 'tracks' ? names.title : names.album) ?? '');
  if (name.length >= terms.length) return isSame(name, terms);
  const before = terms.length - name.length;
  return (
    isSame(name, terms.slice(before)) && isSame(termsOf(names.artist ?? ''), terms.slice(0, before))
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((term, at) => term === b[at]);
}

function holds(name: string | null, terms: readonly string[], isPrefix: boolean): boolean {
  if (name === null) return false;
  const own = termsOf(name);
  const last = terms.length - 1;
  for (let start = 0; start + last < own.length; start += 1) {
    const isHere = terms.every((term, at) => {
      const word = own[start + at]!;
      return word === term || (isPrefix && at === last && word.startsWith(term));
    });
    if (isHere) return true;
  }
  return false;
}
