/**
 * Makes `dist/` of `src/` for the published package, since Node strips no types below node_modules. What a command needs
 * is joined in few files: Node takes a millisecond to find and load each, and a command has some 450 modules. Threads and
 * workers keep a file of their own where `src/` has it, and packages stay packages.
 *
 * The web pages are published as they stand in `web/build/`: `dist/` lies as deep as `src/`, so the same relative path
 * leads there.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

const ROOT = path.resolve(import.meta.dirname, '..');
const SOURCE = path.join(ROOT, 'src');
const DIST = path.join(ROOT, 'dist');
/** Files that are run, and not imported. */
const ENTRY = /^(?:main|.*\bworker)\.ts$/;

fs.rmSync(DIST, { recursive: true, force: true });
run('tsc found errors', path.join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', ROOT]);
await join();
shipVerifier();
shipQueries();
run('dist/main.js does not start', process.execPath, [path.join(DIST, 'main.js'), '--version']);
process.stderr.write(`build: ${countFiles()} files in dist/\n`);

async function join(): Promise<void> {
  const entries = fs
    .readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => ENTRY.test(file))
    .map((file) => [file.slice(0, -'.ts'.length), path.join(SOURCE, file)]);
  const bundle = await rolldown({
    input: Object.fromEntries(entries),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
    plugins: [foldersOfSource()],
  });
  await bundle.write({
    dir: DIST,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
}

/** A module that asks for its folder is told the one that its source would be compiled into. */
function foldersOfSource(): Plugin {
  return {
    name: 'folders-of-source',
    transform(code, id) {
      const folder = path.relative(SOURCE, path.dirname(id));
      return code.replaceAll('import.meta.dirname', `__folder__(${JSON.stringify(folder)})`);
    },
    renderChunk(code, { fileName }) {
      const here = path.join(DIST, path.dirname(fileName));
      return code.replaceAll(/__folder__\((".*?")\)/g, (_, folder: string) => {
        const way = path.relative(here, path.join(DIST, JSON.parse(folder) as string));
        return way === '' ? 'import.meta.dirname' : `(import.meta.dirname + '/${way}')`;
      });
    },
  };
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
  fs.cpSync(path.join(SOURCE, queries), path.join(DIST, queries), { recursive: true });
}

function countFiles(): number {
  return fs
    .readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js')).length;
}

/** What the command says goes to stderr, as all that a build says. */
function run(failure: string, command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`build: ${failure}\n  next: mend what it names above\n`);
  process.exit(1);
}
