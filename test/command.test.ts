import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

/** A package of its own, so that the command is tried apart from what the program does. */
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-command-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));

const command = path.join(root, 'bin/fonoteca.cjs');
/** Makes the Node that loads it say it is an old one; the file is loaded before the command. */
const oldNode = path.join(root, 'old-node.cjs');

write(
  'bin/fonoteca.cjs',
  fs.readFileSync(path.resolve(import.meta.dirname, '../bin/fonoteca.cjs')),
);
write(
  'old-node.cjs',
  `const versions = { ...process.versions, node: '18.0.0' };
   Object.defineProperty(process, 'versions', { value: versions });`,
);
write(
  'src/main.ts',
  `const [wish, ...rest] = process.argv.slice(2) as string[];
   process.on('SIGTERM', () => process.exit(42));
   if (wish === 'say') process.stdout.write(JSON.stringify([process.argv[1], process.ppid, rest]));
   if (wish === 'exit') process.exit(Number(rest[0]));
   if (wish === 'die') process.kill(process.pid, 'SIGKILL');
   if (wish === 'wait') { process.stdout.write('ready'); setTimeout(() => {}, 60_000); }`,
);
const beside = `node_modules/node-${process.platform}-${process.arch}/bin/node`;
fs.mkdirSync(path.dirname(path.join(root, beside)), { recursive: true });
fs.symlinkSync(process.execPath, path.join(root, beside));

const asOld = ['--require', oldNode];
const TIMES = [
  { under: 'a Node that is new enough', flags: [], inProcess: true },
  { under: 'an older Node', flags: asOld, inProcess: false },
];

for (const { under, flags, inProcess } of TIMES) {
  describe(`the command under ${under}`, () => {
    test('passes arguments on as they are', () => {
      const words = ['--a=b c', '', '*', '--', '-x'];
      const result = run([...flags, command, 'say', ...words]);
      const [program, parent, rest] = JSON.parse(result.stdout) as [string, number, string[]];
      assert.deepEqual(rest, words);
      assert.equal(program, path.join(root, 'src/main.ts'));
      assert.equal(parent === process.pid, inProcess, 'a second process only where one is needed');
    });

    for (const code of [0, 3, 12]) {
      test(`ends with the program's exit code ${code}`, () => {
        assert.equal(run([...flags, command, 'exit', String(code)]).status, code);
      });
    }

    test('ends by the signal that ended the program', () => {
      assert.equal(run([...flags, command, 'die']).signal, 'SIGKILL');
    });

    test('lets the program answer a signal', async () => {
      const child = spawn(process.execPath, [...flags, command, 'wait'], { stdio: 'pipe' });
      await once(child.stdout, 'data');
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 42);
    });
  });
}

test('the command remembers where it found Node', () => {
  const moved = path.join(root, 'elsewhere');
  fs.renameSync(path.join(root, 'node_modules'), moved);
  const cache = path.join(root, 'cache');
  write('cache/fonoteca/node-24', `${process.execPath}\n`);
  try {
    const result = run([...asOld, command, 'exit', '5'], { XDG_CACHE_HOME: cache });
    assert.equal(result.status, 5, result.stderr);
  } finally {
    const packages = path.join(root, 'node_modules');
    fs.rmSync(packages, { recursive: true, force: true });
    fs.renameSync(moved, packages);
  }
});

test('the published package runs dist/main.js', () => {
  write('published/bin/fonoteca.cjs', fs.readFileSync(command));
  write('published/dist/main.js', 'process.exit(9)');
  assert.equal(run([path.join(root, 'published/bin/fonoteca.cjs')]).status, 9);
});

describe('what Node compiled is kept for the next start', () => {
  for (const { under, flags } of TIMES)
    test(`under ${under}, in a clone beside the packages`, () => {
      const kept = path.join(root, 'node_modules/.cache/compiled');
      fs.rmSync(kept, { recursive: true, force: true });
      run([...flags, command, 'say'], { NODE_COMPILE_CACHE: '' });
      assert.ok(filesBelow(kept).length > 0);
    });

  const published = path.join(root, 'kept/bin/fonoteca.cjs');
  write('kept/bin/fonoteca.cjs', fs.readFileSync(command));
  write('kept/dist/main.js', 'process.stdout.write(process.env.NODE_COMPILE_CACHE)');

  test("in the user's cache where the program is installed", () => {
    const cache = path.join(root, 'kept/cache');
    run([published], { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: cache });
    assert.ok(filesBelow(path.join(cache, 'fonoteca/compiled')).length > 0);
  });

  test('where the user says', () => {
    const own = path.join(root, 'kept/own');
    assert.equal(run([published], { NODE_COMPILE_CACHE: own }).stdout, own);
    assert.ok(filesBelow(own).length > 0);
  });

  test('nowhere, without a word, where there can be no such folder', () => {
    const { status, stderr } = run([published], {
      NODE_COMPILE_CACHE: '',
      XDG_CACHE_HOME: command,
    });
    assert.deepEqual([status, stderr], [0, '']);
  });
});

test('a package without its program says so', () => {
  write('empty/bin/fonoteca.cjs', fs.readFileSync(command));
  const result = run([path.join(root, 'empty/bin/fonoteca.cjs')]);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /install fonoteca again/);
});

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [...args], { encoding: 'utf8', env });
}

function filesBelow(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

function write(file: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
}
