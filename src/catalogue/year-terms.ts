/** Ranges of years as the terms that documents have: years and whole decades. */

/** The terms whose documents together are those of the years from `first` to `last`. */
export function wantedYears([first, last]: readonly [number, number]): {
  readonly kind: 'year' | 'decade';
  readonly term: string;
}[] {
  const terms: { kind: 'year' | 'decade'; term: string }[] = [];
  for (let year = first; year <= last; ) {
    if (year % 10 === 0 && year + 9 <= last) {
      terms.push({ kind: 'decade', term: String(year / 10) });
      year += 10;
    } else {
      terms.push({ kind: 'year', term: String(year) });
      year += 1;
    }
  }
  return terms;
}
