/** Rules on the packages we stand on: no install script, exact versions, digests for all, licences we may pass on. */
import { type Rule, type Source, sample, type TidyFinding } from './rule.ts';

const LOCK = 'package-lock.json';
const MANIFESTS = ['package.json', 'web/package.json'];
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];
/** Licences that let us pass the package on under ours with its notice. */
const LICENCES = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];
LICENCES.push('BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'MIT-0', 'Zlib');
/** Packages whose WASM holds code under another licence than their wrapper's; NOTICE names them. */
const NOTICED = ['mpg123-decoder', 'wasm-media-encoders', 'libflacjs', 'libopus-wasm'];
NOTICED.push('ogg-opus-decoder', '@wasm-audio-decoders/ogg-vorbis', '@jsquash/jpeg');
NOTICED.push('@jsquash/webp');

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}

/** Installing runs nobody's code. */
export const installScripts: Rule = {
  name: 'no package runs a script when it is installed',
  check: (sources) => [
    ...lockEntries(sources)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([place]) => ({
        path: LOCK,
        message: `${place} has an install script; choose another`,
      })),
    ...sources
      .filter(({ path }) => path.startsWith('node_modules/') || path.includes('/node_modules/'))
      .flatMap(checkInstalled),
  ],
  good: [
    lockSample({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }),
    sample('node_modules/a/package.json', `{"scripts":{"prepare":"x","test":"x"}}`),
  ],
  bad: [
    [lockSample({ 'node_modules/a': { version: '1.0.0', hasInstallScript: true } })],
    [sample('node_modules/a/package.json', `{"scripts":{"postinstall":"x"}}`)],
    [sample('web/node_modules/a/package.json', `{"scripts":{"preinstall":"x"}}`)],
    [sample('node_modules/a/binding.gyp', '')],
  ],
};

/** The same versions everywhere. */
export const exactVersions: Rule = {
  name: 'every dependency is pinned to one exact version',
  check: (sources) =>
    sources
      .filter(({ path }) => MANIFESTS.includes(path))
      .flatMap(({ path, text }) => {
        const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
        return DEPENDENCY_FIELDS.flatMap((field) => Object.entries(manifest[field] ?? {}))
          .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
          .map(([name, version]) => ({
            path,
            message: `${name}@${version}: write one exact version`,
          }));
      }),
  good: [sample('package.json', `{"dependencies":{"a":"1.0.0","b":"1.5.5-r.5"}}`)],
  bad: ['^1.0.0', '~1.0.0', '1.x', '*', 'latest', 'git+https://e.org/a.git', 'file:../a'].map(
    (version) => [sample('web/package.json', JSON.stringify({ devDependencies: { a: version } }))],
  ),
};

/** What is downloaded is what was looked at, wherever it comes from. */
export const lockIntegrity: Rule = {
  name: 'the lock names a digest for every package, and no host',
  check: (sources) =>
    lockEntries(sources).flatMap(([place, entry]) => {
      const say = (message: string) => [{ path: LOCK, message: `${place} ${message}` }];
      if (!place.includes('node_modules/') || entry.link) return [];
      if (!entry.integrity?.startsWith('sha512-')) return say('has no SHA-512 in the lock');
      if (entry.resolved !== undefined)
        return say(
          'names its host; .npmrc has omit-lockfile-registry-resolved, write the lock anew',
        );
      return [];
    }),
  good: [
    lockSample({
      '': { version: '0.1.0' },
      web: { version: '0.1.0' },
      'node_modules/fonoteca-web': { resolved: 'web', link: true },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' },
    }),
  ],
  bad: [
    [lockSample({ 'node_modules/a': { version: '1.0.0' } })],
    [lockSample({ 'node_modules/a': { version: '1.0.0', integrity: 'sha1-x' } })],
    [lockSample({ 'node_modules/a': { integrity: 'sha512-x', resolved: 'https://e.org/a.tgz' } })],
    [lockSample({ 'node_modules/a': { integrity: 'sha512-x', resolved: 'git+ssh://e.org/a' } })],
  ],
};

/** We may pass on what we stand on. */
export const licences: Rule = {
  name: 'every package of the running program has a licence we may pass on, and NOTICE names the compiled ones',
  check: (sources) => {
    const notice = sources.find(({ path }) => path === 'NOTICE')?.text ?? '';
    return lockEntries(sources)
      .filter(([place, entry]) => place.includes('node_modules/') && !entry.link && !entry.dev)
      .flatMap(([place, { license }]) => {
        const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
        const say = (message: string) => [{ path: LOCK, message: `${name} ${message}` }];
        if (NOTICED.includes(name) && !notice.includes(name)) return say('is not named in NOTICE');
        // The lesser licence asks to be named and to stay replaceable, which a package of its own is.
        if (license?.startsWith('LGPL-') && notice.includes(name)) return [];
        if (license === undefined || !isAllowed(license))
          return say(`is under ${license ?? 'no named licence'}, which is not on the list`);
        return [];
      });
  },
  good: [
    lockSample({
      'node_modules/a': { license: 'MIT' },
      'node_modules/a/node_modules/b': { license: '(GPL-3.0 OR MIT)' },
      'node_modules/c': { license: 'GPL-3.0', dev: true },
      'node_modules/mpg123-decoder': { license: 'MIT' },
      'node_modules/d': { license: 'LGPL-3.0-or-later' },
    }),
    sample('NOTICE', 'mpg123-decoder holds mpg123 (LGPL-2.1).\nd is LGPL-3.0.'),
  ],
  bad: [
    [lockSample({ 'node_modules/a': { license: 'AGPL-3.0' } }), sample('NOTICE', 'a')],
    [lockSample({ 'node_modules/a': { license: 'LGPL-3.0' } })],
    [lockSample({ 'node_modules/a': { license: '(MIT AND GPL-2.0)' } })],
    [lockSample({ 'node_modules/a': {} })],
    [lockSample({ 'node_modules/mpg123-decoder': { license: 'MIT' } }), sample('NOTICE', '')],
  ],
};

function lockSample(packages: Record<string, LockEntry>): Source {
  return sample(LOCK, JSON.stringify({ packages }));
}

function lockEntries(sources: readonly Source[]): [string, LockEntry][] {
  const lock = sources.find(({ path }) => path === LOCK);
  if (!lock) return [];
  return Object.entries(
    (JSON.parse(lock.text) as { packages: Record<string, LockEntry> }).packages,
  );
}

function checkInstalled({ path, text }: Source): TidyFinding[] {
  if (path.endsWith('/binding.gyp'))
    return [{ path, message: 'npm compiles this package when it installs it; choose another' }];
  if (!path.endsWith('/package.json')) return [];
  const { scripts = {} } = JSON.parse(text) as { scripts?: Record<string, string> };
  return INSTALL_SCRIPTS.filter((name) => scripts[name] !== undefined).map((name) => ({
    path,
    message: `runs ${name} when it is installed; choose another package`,
  }));
}

/** Reads an SPDX expression without nesting: all of `AND`, any of `OR`. */
function isAllowed(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, '');
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => LICENCES.includes(part.trim())));
}
