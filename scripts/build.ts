/**
 * Compiles `src/` into `dist/` for the published package, since Node strips no types below node_modules. The web pages
 * are published as they stand in `web/build/`: `dist/` lies as deep as `src/`, so the same relative path leads there.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
/** The compiler renames imports; a worker's entry is a file name in an expression, which only we know to be one. */
const ENTRY = /(new URL\(\s*['"][^'"]+|import\.meta\.dirname,\s*['"][^'"]+)\.ts(['"])(?=\s*[,)])/g;

fs.rmSync(DIST, { recursive: true, force: true });
compile();
const entries = compiledFiles().map(renameEntries).filter(Boolean).length;
checkMain();
process.stderr.write(
  `build: ${compiledFiles().length} files in dist/, ${entries} with a worker entry\n`,
);

function compile(): void {
  const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail('tsc found errors', 'mend what it names above');
}

function compiledFiles(): string[] {
  return fs
    .readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => path.join(DIST, name));
}

/** Whether `file` names a worker entry, which then exists in its compiled form. */
function renameEntries(file: string): boolean {
  const text = fs.readFileSync(file, 'utf8');
  const renamed = text.replaceAll(ENTRY, '$1.js$2');
  if (renamed === text) return false;
  fs.writeFileSync(file, renamed);
  return true;
}

function checkMain(): void {
  if (!fs.existsSync(path.join(DIST, 'main.js')))
    fail('no dist/main.js came out', 'see src/main.ts');
}

function fail(seen: string, next: string): never {
  process.stderr.write(`build: ${seen}\n  next: ${next}\n`);
  process.exit(1);
}
