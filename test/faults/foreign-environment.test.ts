/**
 * Variables that would load code, replace programs or write files reach no worker: `NODE_OPTIONS`, `LD_PRELOAD`, `PATH`,
 * `FFREPORT`. strace tells the environment of every program that is started.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { missingTools } from '../support/outside-tools.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-environment-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);

/** Started by name alone, these would be found here first. */
const DECOYS = ['prlimit', 'unshare', 'node', 'ffmpeg', 'sh', 'env'];

test('workers start with an empty environment, whatever the operator’s holds', {
  skip: missingTools('strace'),
}, async () => {
  const music = at('music');
  const root = at('archive');
  await writeSampleMusic(music);
  assert.equal((await runFonoteca(['init', root])).code, 0);

  const canary = at('canary.cjs');
  const loaded = at('loaded');
  fs.writeFileSync(
    canary,
    `require('node:fs').appendFileSync(${JSON.stringify(loaded)}, process.argv.join(' ') + '\\n');`,
  );
  const started = at('started');
  fs.mkdirSync(at('bin'));
  for (const name of DECOYS)
    fs.writeFileSync(at(`bin/${name}`), `#!/bin/bash\necho ${name} >>'${started}'\n`, {
      mode: 0o755,
    });

  const variables = {
    NODE_OPTIONS: `--require=${canary}`,
    LD_PRELOAD: at('canary.so'),
    PATH: at('bin'),
    FFREPORT: `file=${at('report')}`,
  };
  const log = at('strace');
  const set = Object.entries(variables).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
  const strace = ['strace', '-f', '-qq', '-v', '-s', '4096', '-e', 'trace=execve'];
  const ran = await runFonoteca(['up', music, '--dir', root, '--no-serve'], {
    wrapper: [...strace, ...set, '-o', log],
  });
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);

  const execs = fs
    .readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('execve('));
  const [main, ...others] = execs;
  for (const [name, value] of Object.entries(variables))
    assert.ok(main!.includes(`"${name}=${value}"`), `the operator's own process has ${name}`);
  assert.ok(
    others.some((line) => line.includes('worker.')),
    'workers were started',
  );
  assert.deepEqual(
    others.filter((line) => !/\], \[(?:"PWD=\/")?\](?:\) = | <unfinished)/.test(line)),
    [],
    'no other program has a variable, but for the folder that bwrap and sh tell, which is always the root',
  );

  const loads = fs.readFileSync(loaded, 'utf8').trim().split('\n');
  assert.equal(loads.length, 1, 'the canary was loaded once');
  assert.match(loads[0]!, /main\.[jt]s up /);
  for (const file of [started, at('report')]) assert.ok(!fs.existsSync(file), path.basename(file));
});
