import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

/** A clone in small: no dependencies, so that npm does its real work without a network. */
const clone = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-prepare-'));
after(() => fs.rmSync(clone, { recursive: true, force: true }));

const BUILD = `node -e "fs.mkdirSync('build',{recursive:true});fs.writeFileSync('build/page',fs.readFileSync('src/page'))"`;
const hasNpm = spawnSync('npm', ['--version']).status === 0;

write('scripts/prepare.mjs', read(path.resolve(import.meta.dirname, '../scripts/prepare.mjs')));
write('package.json', json({ name: 'a', version: '1.0.0', workspaces: ['web'] }));
write('web/package.json', json({ name: 'b', version: '1.0.0', scripts: { build: BUILD } }));
write('web/src/page', 'one');
write(
  'package-lock.json',
  json({
    name: 'a',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'a', version: '1.0.0', workspaces: ['web'] },
      'node_modules/b': { resolved: 'web', link: true },
      web: { name: 'b', version: '1.0.0' },
    },
  }),
);

describe('preparing a clone', { skip: !hasNpm && 'npm is not installed' }, () => {
  test('installs and builds, and tells each in one line', () => {
    const { status, stderr } = prepare();
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /^prepare: packages installed in [\d.]+ s\nprepare: web pages built in [\d.]+ s\n$/,
    );
    assert.equal(read(path.join(clone, 'web/build/page')), 'one');
  });

  test('says nothing when nothing changed', () => {
    assert.deepEqual(outcome(), [0, '']);
  });

  test('builds again when a page changed, and installs nothing', () => {
    write('web/src/page', 'two');
    assert.match(prepare().stderr, /^prepare: web pages built in [\d.]+ s\n$/);
    assert.equal(read(path.join(clone, 'web/build/page')), 'two');
  });

  test('installs again when a dependency changed; a command of package.json is none', () => {
    const manifest = { name: 'a', version: '1.0.0', workspaces: ['web'] };
    write('package.json', json({ ...manifest, scripts: { start: 'x' } }));
    assert.deepEqual(outcome(), [0, '']);
    fs.rmSync(path.join(clone, 'node_modules'), { recursive: true });
    assert.match(prepare().stderr, /^prepare: packages installed in [\d.]+ s\n$/);
  });

  test('takes an installation made by hand for what it is', () => {
    fs.rmSync(path.join(clone, 'node_modules/.fonoteca-stamp'));
    assert.deepEqual(outcome(), [0, '']);
    assert.ok(fs.existsSync(path.join(clone, 'node_modules/.fonoteca-stamp')));
  });

  test('shows the build’s own words when it fails, and leaves no stamp', () => {
    fs.rmSync(path.join(clone, 'web/src/page'));
    for (const time of ['first', 'second']) {
      const { status, stderr } = prepare();
      assert.equal(status, 1, time);
      assert.match(stderr, /ENOENT[\s\S]*prepare: npm run build failed\n {2}next: /);
    }
    write('web/src/page', 'three');
  });

  test('names the cause when lock and manifest differ', () => {
    write('package.json', json({ name: 'a', workspaces: ['web'], dependencies: { c: 'file:c' } }));
    write('c/package.json', json({ name: 'c', version: '1.0.0' }));
    fs.rmSync(path.join(clone, 'node_modules'), { recursive: true });
    const { status, stderr } = prepare();
    assert.equal(status, 1);
    assert.match(stderr, /package\.json and package-lock\.json differ/);
  });

  for (const [agent, words] of [
    ['pnpm/9.0.0 npm/? node/v24', /pnpm was used/],
    ['npm/8.19.4 node/v16', /npm 8\.19\.4 is too old/],
  ] as const) {
    test(`refuses ${agent}`, () => {
      const { status, stderr } = prepare({ npm_config_user_agent: agent });
      assert.equal(status, 1);
      assert.match(stderr, words);
    });
  }
});

function outcome(): [number | null, string] {
  const { status, stderr } = prepare();
  return [status, stderr];
}

function prepare(environment: Record<string, string> = {}) {
  const env: NodeJS.ProcessEnv = { npm_config_update_notifier: 'false', ...environment };
  for (const name of ['PATH', 'HOME']) env[name] = process.env[name];
  const script = path.join(clone, 'scripts/prepare.mjs');
  return spawnSync(process.execPath, [script], { encoding: 'utf8', env });
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function read(file: string): string {
  return fs.readFileSync(file, 'utf8');
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
  fs.writeFileSync(path.join(clone, file), text);
}
