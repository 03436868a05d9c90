/** The fuzz itself: each codec has its target, each target reaches both ends, and what is wrong is found and told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { caseRandom } from './case-seed.ts';
import { TARGETS as FAULTY } from './faulty-targets.ts';
import { TARGETS } from './targets.ts';

const RUN = path.join(import.meta.dirname, 'run.ts');
const FORMATS = path.resolve(import.meta.dirname, '../../src/formats');

function run(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8', timeout: 400_000 });
}

/** Every file of `src/formats/` that the files in `from` lead to. */
function reached(from: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const imports = fs.readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g);
    for (const [, target] of imports) waiting.push(path.resolve(path.dirname(file), target!));
  }
  return seen;
}

describe('the fuzz targets', () => {
  test('lead to every file of src/formats/', () => {
    const files = fs
      .readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('-targets.ts') && name !== 'faulty-targets.ts')
      .map((name) => path.join(import.meta.dirname, name));
    const seen = reached(files);
    const missing = fs
      .readdirSync(FORMATS)
      .filter((name) => !name.startsWith('test-') && !name.endsWith('.test.ts'))
      .filter((name) => !seen.has(path.join(FORMATS, name)));
    assert.deepEqual(missing, []);
  });

  for (const target of TARGETS)
    test(`${target.name} holds for 300 cases, the same each time`, () => {
      const ends = Array.from({ length: 300 }, (_, number) => target.run(caseRandom(7, number)));
      const again = Array.from({ length: 20 }, (_, number) => target.run(caseRandom(7, number)));
      assert.deepEqual(again, ends.slice(0, 20));
    });
});

describe('the fuzz runner', () => {
  test('tells how many cases of each target it ran, and ends well', () => {
    const { status, stdout } = run('--cases', '40', '--only', 'bencode');
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^bencode +40 cases: \d+ written and read, \d+ refused/m);
    assert.match(stdout, /^fuzz: 40 cases of 1 targets, seed 1, 0 failed/m);
  });

  const faulty = (name: string, ...args: string[]) =>
    run('--targets', path.join(import.meta.dirname, 'faulty-targets.ts'), '--only', name, ...args);

  for (const [name, found, limit] of [
    ['throws', /SyntaxError/, []],
    ['lies', /AssertionError/, []],
    ['endless', /does not end/, ['--case-ms', '6000']],
    ['hungry', /memory/, []],
  ] as const)
    test(`finds a target that is ${name}, and the case again by what it prints`, () => {
      const { status, stdout } = faulty(name, '--cases', '4000', ...limit);
      assert.equal(status, 1, stdout);
      assert.match(stdout, found);
      const [, first] = new RegExp(`--only ${name} --seed 1 --first (\\d+) --cases 1`).exec(
        stdout,
      )!;
      const again = faulty(name, '--first', first!, '--cases', '1', ...limit);
      assert.equal(again.status, 1, again.stdout);
      assert.match(again.stdout, found);
    });

  test('refuses a target that is not there', () => {
    assert.equal(run('--only', 'nothing').status, 1);
    assert.equal(FAULTY.length, 4);
  });
});
