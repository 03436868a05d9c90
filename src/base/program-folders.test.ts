import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readOnlyFlags } from './program-folders.ts';

const SOURCE = path.join(import.meta.dirname, 'program-folders.ts');

test('a process that is held in reads packages whose folder is a link', async (t) => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-packages-')));
  t.after(() => fs.rmSync(root, { recursive: true }));
  const program = path.join(root, 'program');
  const packages = path.join(root, 'packages');
  fs.mkdirSync(path.join(program, 'src', 'base'), { recursive: true });
  fs.mkdirSync(path.join(packages, 'one'), { recursive: true });
  const named = { type: 'module', main: 'index.js' };
  fs.writeFileSync(path.join(program, 'package.json'), JSON.stringify(named));
  fs.writeFileSync(path.join(packages, 'one', 'package.json'), JSON.stringify(named));
  fs.writeFileSync(path.join(packages, 'one', 'index.js'), 'export const one = 1;\n');
  fs.symlinkSync(packages, path.join(program, 'node_modules'));
  const copy = path.join(program, 'src', 'base', 'program-folders.ts');
  fs.copyFileSync(SOURCE, copy);
  const main = path.join(program, 'src', 'main.ts');
  fs.writeFileSync(main, `import { one } from 'one';\nconsole.log(one);\n`);

  const { programFolders }: typeof import('./program-folders.ts') = await import(
    pathToFileURL(copy).href
  );
  const folders = programFolders();
  assert.ok(folders.includes(path.join(program, 'node_modules')));
  assert.equal(new Set(folders).size, folders.length);
  const ran = spawnSync(process.execPath, [...readOnlyFlags(folders), main], { encoding: 'utf8' });
  assert.deepEqual([ran.stdout, ran.stderr], ['1\n', '']);
});
