/**
 * Makes a clone ready to run: packages installed, web pages built, Node 24 at hand. Runs before `npm start`, `npm test`
 * and `npm run check`, on any Node from 20, with no dependency, since there may be none yet.
 *
 * Input: the lock, the manifests and the files of `web/`. Output: `node_modules/` and `web/build/`, each with a stamp
 * of what it was made from; one line on stderr for each thing done, silence when nothing was to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const INSTALL_STAMP = path.join(ROOT, 'node_modules', '.fonoteca-stamp');
const WEB_STAMP = path.join(ROOT, 'web', 'build', '.fonoteca-stamp');
/** What of web/ is made, not written. */
const WEB_MADE = new Set(['node_modules', 'build', '.svelte-kit']);
/** npm 9 is the first whose `ci` checks the lock against every workspace. */
const OLDEST_NPM = 9;
const WANTED_NODE = 24;
const DEPENDENCY_FIELDS = [
  'workspaces',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'overrides',
];

install();
findNode();
buildWeb();

function install() {
  const stamp = installStamp();
  if (readText(INSTALL_STAMP) === stamp) return;
  if (!installedByHand()) {
    checkNpm();
    timed('packages installed', () => {
      // Omitted groups would leave the web build or Node 24 out, whatever the user's npm settings say.
      const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--include=dev'];
      npm([...args, '--include=optional'], installAdvice);
    });
  }
  fs.writeFileSync(INSTALL_STAMP, stamp);
}

function installStamp() {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(ROOT, 'package-lock.json')));
  for (const manifest of ['package.json', 'web/package.json']) {
    const fields = JSON.parse(fs.readFileSync(path.join(ROOT, manifest), 'utf8'));
    hash.update(JSON.stringify(DEPENDENCY_FIELDS.map((field) => fields[field] ?? null)));
  }
  return hash.digest('hex');
}

/** Whether someone ran npm here since the lock changed: npm's own record of node_modules then equals the lock. */
function installedByHand() {
  const record = readText(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const { packages: wanted } = JSON.parse(
    fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'),
  );
  const { packages: present } = JSON.parse(record);
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '' || entry.link || !place.includes('node_modules/')) return true;
    if (!present[place]) return entry.optional === true || entry.devOptional === true;
    return present[place].version === entry.version && present[place].integrity === entry.integrity;
  });
}

function checkNpm() {
  const agent = process.env.npm_config_user_agent ?? '';
  const [name, version = ''] = agent.split(' ')[0].split('/');
  if (name !== '' && name !== 'npm')
    fail(`this project is set up by npm, and ${name} was used`, 'run the same command with npm');
  if (name === 'npm' && Number.parseInt(version, 10) < OLDEST_NPM)
    fail(
      `npm ${version} is too old for the lock file; npm ${OLDEST_NPM} or newer is wanted`,
      'install Node 20 or newer, which brings such an npm',
    );
}

/** Node 24 is a package on Linux; elsewhere, or where that package did not come, the machine's own must do. */
function findNode() {
  if (fs.existsSync(path.join(ROOT, 'node_modules', '.bin', 'node'))) return;
  if (Number.parseInt(process.versions.node, 10) >= WANTED_NODE) return;
  fail(
    `Node ${WANTED_NODE} is wanted, this is ${process.version}, and no package brings it for ${process.platform}-${process.arch}`,
    process.platform === 'linux'
      ? 'delete node_modules and run the command again: an optional package may have failed to download'
      : `install Node ${WANTED_NODE} from https://nodejs.org/ and run the command again`,
  );
}

function buildWeb() {
  const stamp = webStamp();
  if (readText(WEB_STAMP) === stamp) return;
  timed('web pages built', () =>
    npm(['run', 'build', '-w', 'web'], () => 'mend what the build names above'),
  );
  fs.writeFileSync(WEB_STAMP, stamp);
}

function webStamp() {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(ROOT, 'package-lock.json')));
  for (const file of filesBelow(path.join(ROOT, 'web'))) {
    const bytes = fs.readFileSync(file);
    hash.update(`${path.relative(ROOT, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function filesBelow(directory) {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !WEB_MADE.has(entry.name))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .flatMap((entry) => {
      const file = path.join(directory, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });
}

/** Runs the npm that runs us, quietly; its output is shown only when it fails. */
function npm(args, advice) {
  const cli = process.env.npm_execpath;
  const own = cli !== undefined && /npm(-cli)?\.[cm]?js$/.test(cli);
  const [command, first] = own ? [process.execPath, [cli]] : ['npm', []];
  // A start asked with `--json` or `--loglevel` must not change what the npm below it does.
  const env = { ...process.env, npm_config_loglevel: 'error', npm_config_json: 'false' };
  const result = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
  if (result.error?.code === 'ENOENT') fail('npm was not found', 'install Node with its npm');
  process.stderr.write(`${output.split('\n').slice(-40).join('\n')}\n`);
  fail(`npm ${args.slice(0, 2).join(' ')} failed`, advice(output));
}

function installAdvice(output) {
  if (
    /ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(
      output,
    )
  )
    return 'there is no way to the package registry: the first run needs a network (or a filled npm cache)';
  if (/in sync|EUSAGE/.test(output))
    return 'package.json and package-lock.json differ: run `npm install --ignore-scripts` and commit the lock';
  if (/ENOSPC/.test(output)) return 'the disk is full: about 600 MB are needed';
  if (/EACCES|EPERM/.test(output)) return 'this folder cannot be written to by this user';
  return 'see the message above, then run the command again';
}

function timed(what, action) {
  const start = performance.now();
  action();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stderr.write(`prepare: ${what} in ${seconds} s\n`);
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(seen, next) {
  process.stderr.write(`prepare: ${seen}\n  next: ${next}\n`);
  process.exit(1);
}
