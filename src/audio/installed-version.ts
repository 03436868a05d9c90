/** The versions of the packages that are there, since a version asked for is not always the version that is there. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of the installed package `name`, read from the package.json above its file `entry`, which is the package's own entry when left out. */
export function installedVersion(name: string, entry: string = name): string {
  const file = fileURLToPath(import.meta.resolve(entry));
  const folder = file.slice(0, file.lastIndexOf(`/${name}/`) + name.length + 1);
  const manifest: { version?: unknown } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  return String(manifest.version);
}
