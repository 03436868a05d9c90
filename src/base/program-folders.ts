/**
 * Where the program's own code lies, and Node's permission to read it: what a process of ours that is held in must have to
 * run at all.
 */
import fs from 'node:fs';
import path from 'node:path';

/**
 * The program's own source, its `package.json`, and every folder of packages that it may be made of; absolute paths. A folder
 * of packages that is a link comes with what it leads to, since that is where Node says that a package lies.
 */
export function programFolders(): string[] {
  const source = path.resolve(import.meta.dirname, '..');
  const folders = new Set([source, path.join(path.dirname(source), 'package.json')]);
  // Packages lie beside the program or, when it is itself a package, above it.
  for (let folder = source; ; folder = path.dirname(folder)) {
    const packages =
      path.basename(folder) === 'node_modules' ? folder : path.join(folder, 'node_modules');
    if (fs.existsSync(packages)) folders.add(packages).add(fs.realpathSync(packages));
    if (path.dirname(folder) === folder) return [...folders];
  }
}

/** Node's flags for a process that may read `readable` and may not write, start anything or load native code. */
export function readOnlyFlags(readable: readonly string[]): string[] {
  return [
    '--permission',
    ...readable.map((folder) => `--allow-fs-read=${folder}`),
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ];
}
