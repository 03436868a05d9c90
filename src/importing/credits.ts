/** The names of a list of artists as one text, with what stands between them: `A & B feat. C`. */
import type { Cell } from './preset.ts';
import { charactersOf, type ReadValue, readText, type Scalar, UNREADABLE } from './readings.ts';
import { type Getter, memberOf, type RecordView, scalarOf } from './record-path.ts';

/** Reads the credit of a record from the first of `getters` that gives a name; `missing` are texts that name nobody. */
export function creditReader(
  cell: Pick<Cell, 'names' | 'joins'>,
  getters: readonly Getter[],
  missing: ReadonlySet<string>,
): (view: RecordView) => ReadValue {
  const paths = typeof cell.names === 'string' ? [cell.names] : (cell.names ?? ['name']);
  const nameOf = (artist: unknown): string | typeof UNREADABLE => {
    for (const path of paths) {
      const found = scalarOf(memberOf(artist, path));
      if (found === undefined) continue;
      const name = charactersOf(found);
      if (name === undefined) return UNREADABLE;
      if (!missing.has(name)) return nameWithoutNumber(name);
    }
    return '';
  };
  const joinBehind = (artist: unknown): string =>
    joinOf(cell.joins === undefined ? undefined : scalarOf(memberOf(artist, cell.joins)));
  return (view) => {
    for (const get of getters) {
      const found = get(view);
      const artists = Array.isArray(found) ? found : found === undefined ? [] : [found];
      let text = '';
      for (const [index, artist] of artists.entries()) {
        const name = nameOf(artist);
        if (name === UNREADABLE) return UNREADABLE;
        text += name;
        if (index < artists.length - 1) text += joinBehind(artist);
      }
      if (text !== '') return readText(text);
    }
    return null;
  };
}

/** Discogs tells artists of one name apart by a number behind it, `Prince (2)`, which is no part of the name. */
function nameWithoutNumber(name: string): string {
  return name.replace(/ \(\d+\)$/, '');
}

function joinOf(join: Scalar | undefined): string {
  const text = join === undefined ? ',' : String(join);
  if (/^\s|\s$/.test(text)) return text;
  return text === ',' || text === '' ? ', ' : ` ${text} `;
}
