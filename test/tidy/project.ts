/** The project's files as sources: what a clone holds, and the manifests of the packages installed. */
import fs from 'node:fs';
import path from 'node:path';
import type { Source } from './rule.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Folders whose files nobody wrote. */
const MADE = new Set([
  'node_modules',
  '.git',
  'dist',
  'coverage',
  '.svelte-kit',
  '.stamps',
  'archive',
  'archive-music',
  'archive-music.part',
  'back',
  'host',
  'mine',
  'second',
]);
const TEXT = /(?:\.(?:[cm]?[jt]s|json|md|svelte|css|html|toml|sql|svg|txt|yml)|\/\.?\w+|^[A-Z]+)$/;

/** Every file of the project, by bytes of the path. */
export function projectSources(): Source[] {
  return filesBelow('').map((file) => ({ path: file, text: TEXT.test(file) ? read(file) : '' }));
}

/** The manifest of every installed package, and the mark of those that npm compiles. */
export function installedSources(): Source[] {
  return ['node_modules', 'web/node_modules'].flatMap(packagesBelow);
}

function filesBelow(directory: string): string[] {
  return namesIn(directory).flatMap((entry) => {
    const file = path.posix.join(directory, entry.name);
    if (entry.isDirectory())
      return MADE.has(entry.name) || file === 'web/build' ? [] : filesBelow(file);
    return entry.isFile() ? [file] : [];
  });
}

function packagesBelow(directory: string): Source[] {
  return namesIn(directory).flatMap((entry) => {
    const place = path.posix.join(directory, entry.name);
    if (!entry.isDirectory() || entry.name === '.bin') return [];
    if (entry.name.startsWith('@')) return packagesBelow(place);
    return [
      ...['package.json', 'binding.gyp']
        .map((name) => `${place}/${name}`)
        .filter((file) => fs.existsSync(path.join(ROOT, file)))
        .map((file) => ({ path: file, text: read(file) })),
      ...packagesBelow(`${place}/node_modules`),
    ];
  });
}

function namesIn(directory: string): fs.Dirent[] {
  const full = path.join(ROOT, directory);
  if (!fs.existsSync(full)) return [];
  return fs
    .readdirSync(full, { withFileTypes: true })
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}
