/**
 * A set of paths that stay apart when they are extracted, on every file system.
 *
 * Input: safe paths, one by one. Refuses a path given twice, a twin that differs in case alone, and a path that is a
 * file here and a folder there. Used by volumes and torrents alike.
 */
import { FonotecaError } from '../base/errors.ts';
import type { SafeRelPath } from '../base/safe-path.ts';

/** Paths seen so far. */
export interface PathSet {
  /** Takes `path` in; throws `PATH_DUPLICATE` when it would meet another on some file system. */
  add(path: SafeRelPath): void;
}

/** `path` as a file system that ignores case compares it: two paths with the same key cannot both be extracted. */
export function caseKey(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** An empty set. Memory: one key a path and one a folder. */
export function startPathSet(): PathSet {
  const files = new Set<string>();
  const folders = new Set<string>();
  return {
    add(path) {
      const key = caseKey(path);
      if (files.has(key) || folders.has(key)) throw duplicate(path);
      // Folders that differ in case alone merge without harm, since their files are held apart.
      for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
        const folder = key.slice(0, end);
        if (files.has(folder)) throw duplicate(path);
        if (folders.has(folder)) break;
        folders.add(folder);
      }
      files.add(key);
    },
  };
}

function duplicate(path: string): FonotecaError {
  const shown = JSON.stringify(path.slice(0, 200));
  return new FonotecaError('PATH_DUPLICATE', `${shown} meets an earlier path`);
}
