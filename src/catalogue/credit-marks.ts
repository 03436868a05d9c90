/**
 * Credits without the names that other rows tell: in "A feat. B" each artist's own name is a mark. What is written and read
 * are the same text, whatever is in it. Layout: docs/formats/catalogue-files.md.
 */

/** Stands for the name of the next artist of the row, in their order. */
const MARK = '\u0001';
/** Before a text that is kept as it is although a mark is in it. */
const AS_IT_IS = '\u0002';

/** `credit` with marks for as many of `names` as are found in it one behind the other; null is a name that is not known. */
export function markCredit(credit: string, names: readonly (string | null)[]): string {
  if (names.length === 1 && credit === names[0]) return MARK;
  if (credit.includes(MARK) || credit.includes(AS_IT_IS)) return AS_IT_IS + credit;
  let marked = '';
  let from = 0;
  for (const name of names) {
    const at = name === null || name === '' ? -1 : credit.indexOf(name, from);
    if (at < 0) break;
    marked += credit.slice(from, at) + MARK;
    from = at + name!.length;
  }
  return from === 0 ? credit : marked + credit.slice(from);
}

/** The credit that `marked` is; `name` gives the name of the artist at a place of the row. */
export function creditOf(marked: string, name: (place: number) => string): string {
  if (marked === MARK) return name(0);
  if (marked.startsWith(AS_IT_IS)) return marked.slice(1);
  if (!marked.includes(MARK)) return marked;
  return marked
    .split(MARK)
    .map((part, place) => (place === 0 ? part : name(place - 1) + part))
    .join('');
}

/** `text` as a mark where it is `other`. */
export function markSame(text: string | null, other: string | null): string | null {
  if (text === null) return null;
  return markCredit(text, [text === other ? other : null]);
}

/** `sortName` as marks where it follows from `name`: the same, or "Last, First". */
export function markSortName(sortName: string | null, name: string): string | null {
  return sortName === null
    ? null
    : markCredit(sortName, [sortName === turned(name) ? sortName : null]);
}

/** The sort name that `marked` is. */
export function sortNameOf(marked: string | null, name: string): string | null {
  return marked === null ? null : creditOf(marked, () => turned(name));
}

/** "First Last" as "Last, First"; one word alone stays. */
function turned(name: string): string {
  const space = name.lastIndexOf(' ');
  return space < 0 ? name : `${name.slice(space + 1)}, ${name.slice(0, space)}`;
}
