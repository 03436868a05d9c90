#!/usr/bin/env node
/**
 * The `fonoteca` command. Runs on any old Node: finds Node 24 and runs the program under it, passing arguments,
 * signals and the exit code on.
 *
 * Order: this Node when it is new enough, without a second process; the node-linux-* package beside us; the one found
 * last time; else
 * `npm exec --package=node-<os>-<arch>@24`, which downloads it once. In a clone the program is `src/main.ts`,
 * in the published package `dist/main.js`.
 */
'use strict';
const childProcess = require('node:child_process');
const fs = require('node:fs');
const nodeModule = require('node:module');
const os = require('node:os');
const path = require('node:path');
const tty = require('node:tty');
const url = require('node:url');

const WANTED_MAJOR = 24;
/** Platforms for which Node 24 exists as a plain npm package without an install script. */
const PACKAGED = ['linux-x64', 'linux-arm64'];
const MAX_PARENTS = 32;

const root = path.resolve(__dirname, '..');
void start(findProgram());

function start(program) {
  keepCompiled(program);
  if (majorOf(process.versions.node) < WANTED_MAJOR)
    return run(findNode(), [program].concat(process.argv.slice(2)));
  process.argv[1] = program;
  return import(url.pathToFileURL(program).href);
}

function findProgram() {
  // Node strips no types below node_modules, so an installed package must use its compiled form.
  const source = path.join(root, 'src', 'main.ts');
  if (fs.existsSync(source)) return source;
  const compiled = path.join(root, 'dist', 'main.js');
  if (fs.existsSync(compiled)) return compiled;
  return fail('this package holds neither src/main.ts nor dist/main.js', 'install fonoteca again');
}

/**
 * Has Node keep what it compiles for the next start, which takes half the time then: in a clone beside the packages, else
 * in the cache of this user and never in a folder of all, since what is kept is run. Threads and the Node that is found
 * read it from the environment. Where nothing can be kept, nothing is said.
 */
function keepCompiled(program) {
  if (process.env.NODE_COMPILE_CACHE || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  try {
    process.env.NODE_COMPILE_CACHE = program.endsWith('.ts')
      ? path.join(root, 'node_modules', '.cache', 'compiled')
      : path.join(cacheFolder(), 'compiled');
  } catch (_error) {
    // A user without a home.
    return;
  }
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

function findNode() {
  return packagedNode() || rememberedNode() || fetchedNode();
}

function packagedNode() {
  let place = root;
  for (let step = 0; step < MAX_PARENTS; step += 1) {
    const name = `node-${process.platform}-${process.arch}`;
    const candidate = path.join(place, 'node_modules', name, 'bin', 'node');
    if (works(candidate)) return candidate;
    if (path.dirname(place) === place) return undefined;
    place = path.dirname(place);
  }
  return undefined;
}

function rememberedNode() {
  try {
    const remembered = fs.readFileSync(memoryFile(), 'utf8').trim();
    return works(remembered) ? remembered : undefined;
  } catch (_error) {
    return undefined;
  }
}

function fetchedNode() {
  const platform = `${process.platform}-${process.arch}`;
  if (PACKAGED.indexOf(platform) < 0)
    return fail(
      `Node ${WANTED_MAJOR} is wanted, this is ${process.version}, and no package brings it for ${platform}`,
      `install Node ${WANTED_MAJOR} from https://nodejs.org/`,
    );
  process.stderr.write(
    `fonoteca: this is Node ${process.versions.node}; fetching Node ${WANTED_MAJOR} once through npm\n`,
  );
  const result = childProcess.spawnSync(
    'npm',
    [
      'exec',
      '--yes',
      `--package=node-${platform}@${WANTED_MAJOR}`,
      '--',
      'node',
      '-p',
      'process.execPath',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], cwd: os.tmpdir() },
  );
  const found = (result.stdout || '').trim().split('\n').pop();
  if (result.status !== 0 || !found || !works(found))
    return fail(
      `npm could not bring Node ${WANTED_MAJOR}`,
      `install Node ${WANTED_MAJOR} from https://nodejs.org/, or try again with a network`,
    );
  remember(found);
  return found;
}

function remember(found) {
  try {
    fs.mkdirSync(path.dirname(memoryFile()), { recursive: true });
    fs.writeFileSync(memoryFile(), `${found}\n`);
  } catch (_error) {
    // A cache that cannot be written only costs the next start its search.
  }
}

function memoryFile() {
  return path.join(cacheFolder(), `node-${WANTED_MAJOR}`);
}

function cacheFolder() {
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(cache, 'fonoteca');
}

/** Whether `candidate` is a Node new enough; asked rather than assumed, as caches are emptied and versions move. */
function works(candidate) {
  if (!candidate || !path.isAbsolute(candidate) || !fs.existsSync(candidate)) return false;
  const result = childProcess.spawnSync(candidate, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
  });
  return result.status === 0 && majorOf(result.stdout) >= WANTED_MAJOR;
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function run(command, args) {
  const child = childProcess.spawn(command, args, { stdio: 'inherit' });
  const inTerminal = [0, 1, 2].some((descriptor) => tty.isatty(descriptor));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach((signal) => {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already, and two would mean "at once".
      if (signal === 'SIGINT' && inTerminal) return;
      child.kill(signal);
    });
  });
  child.on('error', (error) => {
    fail(`${command} did not start: ${error.message}`, 'install Node 24');
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    signals.forEach((name) => {
      process.removeAllListeners(name);
    });
    process.kill(process.pid, signal);
  });
}

function fail(seen, next) {
  process.stderr.write(`fonoteca: ${seen}\n  next: ${next}\n`);
  process.exit(1);
}
