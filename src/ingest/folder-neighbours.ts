/**
 * Which audio a companion lies beside: that of its own folder; for a folder above discs, that of the discs; for a
 * folder of one disc or of scans without audio, that of the folder above.
 */
import { isDiscFolder } from './describe.ts';
import { folderOf, nameOf, type SourcePlace } from './source-path.ts';

const SCANS_FOLDER = /^(?:scans?|artwork|art|covers?|booklet|images?|extras?)$/i;

/** Files by the folder they lie in. */
export interface FolderIndex<T> {
  add(place: Pick<SourcePlace, 'root' | 'path'>, value: T): void;
  /** What lies beside the companion at `place`, in the order it was added. */
  beside(place: Pick<SourcePlace, 'root' | 'path'>): readonly T[];
}

/** An empty index. */
export function startFolderIndex<T>(): FolderIndex<T> {
  const byFolder = new Map<string, T[]>();
  const discsOf = new Map<string, Set<string>>();
  const at = (root: string, folder: string) => byFolder.get(`${root}\0${folder}`) ?? [];
  const ofDiscs = (root: string, folder: string) =>
    [...(discsOf.get(`${root}\0${folder}`) ?? [])].flatMap((disc) => at(root, disc));
  return {
    add({ root, path }, value) {
      const folder = folderOf(path);
      const key = `${root}\0${folder}`;
      const values = byFolder.get(key) ?? [];
      if (values.length === 0) byFolder.set(key, values);
      values.push(value);
      if (!isDiscFolder(nameOf(folder))) return;
      const above = `${root}\0${folderOf(folder)}`;
      discsOf.set(above, (discsOf.get(above) ?? new Set()).add(folder));
    },
    beside({ root, path }) {
      const folder = folderOf(path);
      const own = at(root, folder);
      if (own.length > 0) return own;
      const discs = ofDiscs(root, folder);
      if (discs.length > 0) return discs;
      const name = nameOf(folder);
      if (!isDiscFolder(name) && !SCANS_FOLDER.test(name)) return [];
      const above = folderOf(folder);
      return at(root, above).length > 0 ? at(root, above) : ofDiscs(root, above);
    },
  };
}
