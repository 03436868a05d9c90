/** From the paths an operator gives to the folders that are scanned. */
import fs from 'node:fs';
import path from 'node:path';
import type { ByteNameDisk } from '../base/byte-name-disk.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { SourcePlace } from './source-path.ts';

/** A folder to be scanned, absolute and without links; `only` when single files of it were given. */
export interface ChosenRoot {
  readonly root: string;
  readonly only: readonly string[] | null;
}

/**
 * The roots of `paths` by bytes, none inside another, and a finding for what is neither folder nor regular file.
 * Throws `FILE_MISSING`, and `SOURCE_IN_ARCHIVE` when one lies in the archive.
 */
export function chooseRoots(
  source: ByteNameDisk,
  paths: readonly string[],
  archiveRoot: string,
): { roots: ChosenRoot[]; findings: Finding[] } {
  const folders = new Set<string>();
  const singles = new Map<string, Set<string>>();
  const findings: Finding[] = [];
  for (const given of paths) {
    const real = realPath(given);
    const kind = source.look(Buffer.from(path.resolve(given)))?.kind;
    if (source.look(Buffer.from(real))?.kind === 'directory') folders.add(real);
    else if (kind === 'file') {
      const folder = path.dirname(real);
      singles.set(folder, (singles.get(folder) ?? new Set()).add(path.basename(real)));
    } else findings.push({ code: 'FILE_NOT_REGULAR', subject: given, seen: `a ${kind}` });
  }
  for (const root of [...folders, ...singles.keys()])
    if (isWithin(root, archiveRoot)) throw new FonotecaError('SOURCE_IN_ARCHIVE', root);
  const outer = [...folders].filter(
    (root) => ![...folders].some((other) => other !== root && isWithin(root, other)),
  );
  const roots: ChosenRoot[] = outer.map((root) => ({ root, only: null }));
  for (const [root, names] of singles)
    if (!outer.some((folder) => isWithin(root, folder)))
      roots.push({ root, only: [...names].sort(compareBytes) });
  return { roots: roots.sort((a, b) => compareBytes(a.root, b.root)), findings };
}

/** Whether `inner` is `outer` or lies below it. Both absolute and without links. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** The place of the absolute `file` below one of `roots`, or undefined. */
export function placeIn(roots: readonly ChosenRoot[], file: string): SourcePlace | undefined {
  const root = roots.find((one) => isWithin(file, one.root) && file !== one.root)?.root;
  return root === undefined ? undefined : { root, path: path.relative(root, file) };
}

/** The absolute path of `given` without links; throws `FILE_MISSING`. */
export function realPath(given: string): string {
  try {
    return fs.realpathSync(given);
  } catch (error) {
    throw new FonotecaError('FILE_MISSING', given, { cause: error });
  }
}
