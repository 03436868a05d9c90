/**
 * Compiles `src/` into `dist/` for the published package, since Node strips no types below node_modules. The web pages
 * are published as they stand in `web/build/`: `dist/` lies as deep as `src/`, so the same relative path leads there.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
fs.rmSync(DIST, { recursive: true, force: true });
compile();
checkMain();
shipVerifier();
shipQueries();
process.stderr.write(`build: ${countFiles()} files in dist/\n`);

function compile(): void {
  const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail('tsc found errors', 'mend what it names above');
}

/** Editions carry it; in the package it lies where the compiled program looks for it. */
function shipVerifier(): void {
  const folder = path.join(DIST, 'verify');
  fs.mkdirSync(folder);
  fs.copyFileSync(
    path.join(ROOT, 'verify', 'fonoteca_verify.py'),
    path.join(folder, 'fonoteca_verify.py'),
  );
}

/** The report reads its queries as text from beside its compiled code. */
function shipQueries(): void {
  const queries = path.join('analytics', 'queries');
  fs.cpSync(path.join(ROOT, 'src', queries), path.join(DIST, queries), { recursive: true });
}

function countFiles(): number {
  return fs
    .readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js')).length;
}

function checkMain(): void {
  if (!fs.existsSync(path.join(DIST, 'main.js')))
    fail('no dist/main.js came out', 'see src/main.ts');
}

function fail(seen: string, next: string): never {
  process.stderr.write(`build: ${seen}\n  next: ${next}\n`);
  process.exit(1);
}
